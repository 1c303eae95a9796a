"""How Slack's events reach the Bolt app: Socket Mode, or signed HTTP requests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slack_bolt import App as Bolt
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler

from bot.slack.oauth.door import InstallDoor

LARGEST_BODY = 4 << 20
PING_SECONDS = 3.0
"""How soon a connection that fell silent is noticed; the SDK's own ten are long for a person. One
that was cut is noticed at once by the client of websocket-client, by the SDK's own one after five
pings: what happens meanwhile comes a minute later."""
CONNECTIONS = 2
"""Side by side: Slack brings what happens over any that is open, so that nothing is missed while
one is cut or renewed. What meets none comes a minute later, or five (slack-sdk issue 1280,
bolt-python issue 1071)."""
PATH = "/slack/events"
SILENT_SECONDS = 10.0
"""So long a client may leave a request unfinished."""


@contextmanager
def over_socket_mode(bolt: Bolt, app_token: str) -> Iterator[str]:
    """Connected while it lasts, over several connections, each of which reconnects by itself.

    Raises SlackApiError where Slack refuses the token, OSError where it does not answer.
    """
    handlers = [
        SocketModeHandler(bolt, app_token, ping_interval=PING_SECONDS) for _ in range(CONNECTIONS)
    ]
    try:
        for one in handlers:
            one.connect()  # type: ignore[no-untyped-call]
        yield "Socket Mode"
    finally:
        # The SDK takes seconds to close a connection.
        with ThreadPoolExecutor(CONNECTIONS) as closing:
            for one in handlers:
                closing.submit(one.close)


@contextmanager
def over_http(
    bolt: Bolt, port: int, host: str = "0.0.0.0", *, installing: InstallDoor | None = None
) -> Iterator[str]:
    """Listens while it lasts; Bolt checks every signature. Port 0 takes any free one.

    `installing` answers on its two paths. Raises OSError for a port that is taken.
    """

    class Door(BaseHTTPRequestHandler):
        timeout = SILENT_SECONDS

        def do_POST(self) -> None:
            given = self.headers.get("Content-Length", "")
            if self.path.partition("?")[0] != PATH:
                return self.send_error(404)
            if not given.isdecimal():
                return self.send_error(411)
            if int(given) > LARGEST_BODY:
                return self.send_error(413)
            body = self.rfile.read(int(given)).decode("utf-8", "replace")
            request = BoltRequest(body=body, headers=dict(self.headers.items()))
            return self._send(bolt.dispatch(request))

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            headers = dict(self.headers.items())
            answer = installing.answer(path, query, headers) if installing else None
            return self.send_error(404) if answer is None else self._send(answer)

        def _send(self, answer: BoltResponse) -> None:
            self.send_response(answer.status)
            for name, values in answer.headers.items():
                for value in values:
                    self.send_header(name, value)
            content = (answer.body or "").encode()
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """What people write stays out of the log."""

    server = _Server((host, port), Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}{PATH}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """A client that goes away or falls silent ends its own request and nothing else."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Nobody is there to be told; a failure of ours was recorded before it came here."""
