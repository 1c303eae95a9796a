"""How Slack's events reach the Bolt app: Socket Mode, or signed HTTP requests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slack_bolt import App as Bolt
from slack_bolt import BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler

LARGEST_BODY = 4 << 20
PING_SECONDS = 3.0
"""How soon a cut connection is noticed and made anew; the SDK's own ten are long for a person."""
PATH = "/slack/events"


@contextmanager
def over_socket_mode(bolt: Bolt, app_token: str) -> Iterator[str]:
    """Connected while it lasts; reconnects by itself."""
    handler = SocketModeHandler(bolt, app_token, ping_interval=PING_SECONDS)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        yield "Socket Mode"
    finally:
        handler.close()  # type: ignore[no-untyped-call]


@contextmanager
def over_http(bolt: Bolt, port: int, host: str = "0.0.0.0") -> Iterator[str]:
    """Listens while it lasts; Bolt checks every signature. Port 0 takes any free one."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if self.path.partition("?")[0] != PATH or length > LARGEST_BODY:
                self.send_error(404 if length <= LARGEST_BODY else 413)
                return
            body = self.rfile.read(length).decode("utf-8", "replace")
            answer = bolt.dispatch(BoltRequest(body=body, headers=dict(self.headers.items())))
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

    server = ThreadingHTTPServer((host, port), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}{PATH}"
    finally:
        server.shutdown()
        server.server_close()
