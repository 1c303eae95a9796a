"""A tiny real Bolt app, and the two ways to run it against a local workspace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.local_workspace.people import People

Json = dict[str, Any]


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Press"), **more}


def text_input(action_id: str, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": action_id,
        "label": plain("Label"),
        "element": {"type": "plain_text_input", "action_id": action_id},
        **more,
    }


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("A form"),
        "submit": plain("Save"),
        "blocks": list(blocks),
        **more,
    }


FORM = modal(text_input("amount"), text_input("remark", optional=True), notify_on_close=True)


class Heard(list[Json]):
    """What reached the app's listeners, in order."""

    def of(self, kind: str, **like: Any) -> list[Json]:
        return [
            one
            for one in self
            if one["kind"] == kind and all(one["body"].get(k) == v for k, v in like.items())
        ]

    def note(self, kind: str, body: Json, **more: Any) -> None:
        self.append({"kind": kind, "body": body, **more})


def bolt_app(client: WebClient, signing_secret: str) -> tuple[App, Heard]:
    """Listeners that answer in ways a test can tell apart."""
    app = App(client=client, signing_secret=signing_secret)
    heard = Heard()

    @app.event("app_mention")
    def mentioned(event: Json, body: Json, say: Callable[..., Any]) -> None:
        heard.note("app_mention", event, whole=body)
        say(text=f"heard: {event['text']}", thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("message")
    def message(event: Json, body: Json, request: BoltRequest, say_stream: Any) -> None:
        heard.note("message", event, whole=body, headers=request.headers)
        if event.get("text") == "stream, please":
            stream = say_stream(buffer_size=5)
            for word in ("once ", "upon ", "a ", "time"):
                stream.append(markdown_text=word)
            stream.stop()

    @app.event("app_home_opened")
    def home(event: Json, client: WebClient) -> None:
        heard.note("app_home_opened", event)
        if event["tab"] == "home":
            blocks = [section("Welcome"), {"type": "actions", "elements": [button("at_home")]}]
            client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    for name in ("member_joined_channel", "channel_shared", "channel_unshared", "user_change"):
        app.event(name)(lambda event, body: heard.note(event["type"], event, whole=body))
    for name in ("agent_session_stopped", "app_context_changed", "reaction_added", "file_shared"):
        app.event(name)(lambda event, body: heard.note(event["type"], event, whole=body))

    @app.command("/kam")
    def command(ack: Any, body: Json, client: WebClient, respond: Any) -> None:
        heard.note("command", body)
        if body["text"] == "form":
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=FORM)
        elif body["text"] == "late":
            ack()
            respond("here it is, late")
        elif body["text"] != "silence":
            ack(f"one moment: {body['text']}")

    @app.action("approve")
    def approve(ack: Any, body: Json, respond: Any) -> None:
        ack()
        heard.note("approve", body)
        respond(text=f"approved {body['actions'][0].get('value')}", replace_original=True)

    @app.action({"type": "block_actions", "action_id": "deeper"})
    def deeper(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=modal(text_input("inner")))

    for name in ("at_home", "rate", "choose"):
        app.action(name)(lambda ack, body: (ack(), heard.note("action", body)))

    @app.options("account")
    def options(ack: Any, body: Json) -> None:
        ack(options=[{"text": plain(f"{body['value']} Corp"), "value": "acme"}])

    @app.view("form")
    def submitted(ack: Any, body: Json, view: Json) -> None:
        heard.note("view_submission", body)
        values = view["state"]["values"]
        amount = values["amount"]["amount"]["value"] if "amount" in values else ""
        if amount == "update":
            ack(response_action="update", view=modal(text_input("amount"), text_input("reason")))
        elif amount == "push":
            ack(response_action="push", view=modal(text_input("inner")))
        elif amount == "clear":
            ack(response_action="clear")
        elif "amount" in values and not str(amount).isdigit():
            ack(response_action="errors", errors={"amount": "a number, please"})
        else:
            ack()

    @app.view_closed("form")
    def closed(ack: Any, body: Json) -> None:
        ack()
        heard.note("view_closed", body)

    @app.shortcut("log_note")
    def global_shortcut(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        heard.note("shortcut", body)
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.shortcut("file_note")
    def message_shortcut(ack: Any, body: Json) -> None:
        ack()
        heard.note("message_shortcut", body)

    @app.function("summarise")
    def step(inputs: Json, complete: Any, fail: Any) -> None:
        if inputs.get("account"):
            complete(outputs={"summary": f"about {inputs['account']}"})
        else:
            fail("no account")

    return app, heard


@contextmanager
def over_socket_mode(
    app: App, app_token: str, people: People, closing: ThreadPoolExecutor
) -> Iterator[None]:
    handler = SocketModeHandler(app, app_token, ping_interval=1)
    handler.connect()
    people.waits_until(lambda: people.do("connections"))
    try:
        yield
    finally:
        handler.client.auto_reconnect_enabled = False
        closing.submit(handler.close)


@contextmanager
def over_http(app: App, people: People) -> Iterator[str]:
    """Runs the app behind a request URL, which the workspace verifies by its challenge."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = app.dispatch(BoltRequest(body=body, headers=dict(self.headers.items())))
            try:
                self.send_response(answer.status)
                for name, values in answer.headers.items():
                    for value in values:
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write((answer.body or "").encode())
            except ConnectionError:
                """Slack waits three seconds and goes."""

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/slack/events"
    try:
        people.do("set_request_url", url=url)
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def until(what: Callable[[], Any], seconds: float = 5.0) -> Any:
    """Looks until there is something."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return found
