"""A server on this machine that speaks the OpenAI chat API, with a script instead of a model."""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
Said = list[dict[str, Any]]
Step = Callable[[Said], "dict[str, Any] | int"]
"""Sees the messages so far; gives back the assistant's message, or an HTTP status."""


def says(text: str) -> Step:
    """The model writes that."""
    return lambda _: {"role": "assistant", "content": text}


def breaks_off(text: str) -> Step:
    """The model writes that, and the connection ends before the answer does."""
    return lambda _: {"role": "assistant", "content": text, "then": "breaks"}


def hangs_after(text: str) -> Step:
    """The model writes that, and then nothing more for a long time."""
    return lambda _: {"role": "assistant", "content": text, "then": "hangs"}


def rests_after(text: str, rest: str) -> dict[str, Any]:
    """The message of a model that writes that, rests until `ChatApi.goes_on`, and ends."""
    return {"role": "assistant", "content": text, "then": "rests", "rest": rest}


def fails(status: int) -> Step:
    """The provider answers with that status."""
    return lambda _: status


def calls(name: str, /, **arguments: str) -> Step:
    """The model calls that tool."""
    return calls_raw(name, json.dumps(arguments, ensure_ascii=False))


def calls_raw(name: str, arguments: str) -> Step:
    """The model calls that tool with exactly this text as arguments."""
    call = {
        "id": f"call_{name}",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }
    return lambda _: {"role": "assistant", "content": None, "tool_calls": [call]}


def told(said: Said) -> str:
    """What the tools have returned so far."""
    return "\n".join(str(one["content"]) for one in said if one["role"] == "tool")


def number_of(said: Said, words: str) -> str:
    """The marker of the source that holds these words."""
    number = 0
    for line in told(said).split("Sources:")[-1].splitlines():
        found = re.match(r"\[(\d+)\]", line)
        number = int(found.group(1)) if found else number
        if words in line:
            return f"[{number}]"
    raise AssertionError(words)


class ChatApi:
    """One running server: its address, its script, and what it was sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.script: list[Step] = []
        self.requests: list[dict[str, Any]] = []
        self.hanging = threading.Event()
        """Set at the end: who waits in a step may go."""
        self.goes_on = threading.Event()
        """Set, a model that rests goes on."""

    def plays(self, *steps: Step) -> None:
        """The steps of the next answer; the last one is repeated."""
        self.script = list(steps)
        self.requests = []
        self.goes_on.clear()


@contextmanager
def chat_api() -> Iterator[ChatApi]:
    """Runs the server while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            api.requests.append(body)
            step = api.script.pop(0) if len(api.script) > 1 else api.script[0]
            found = step(body["messages"])
            try:
                if isinstance(found, dict) and body.get("stream"):
                    self._stream(body, found)
                else:
                    self._whole(body, found)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # whoever asked did not wait

        def _whole(self, body: dict[str, Any], found: dict[str, Any] | int) -> None:
            answer: dict[str, Any] = {"error": {"message": "no", "type": "x"}}
            if isinstance(found, dict):
                choice = {"index": 0, "message": found, "finish_reason": _why(found)}
                answer = _head(body, "chat.completion") | {"choices": [choice], "usage": USAGE}
            data = json.dumps(answer).encode()
            self.send_response(found if isinstance(found, int) else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _stream(self, body: dict[str, Any], found: dict[str, Any]) -> None:
            self.close_connection = True  # its end is the stream's
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            head = _head(body, "chat.completion.chunk")
            text = found.get("content") or ""
            deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
            deltas += [{"content": text[at : at + 5]} for at in range(0, len(text), 5)]
            for number, call in enumerate(found.get("tool_calls") or ()):
                deltas.append({"tool_calls": [{"index": number} | call]})
            self._deltas(head, deltas)
            if found.get("then") == "hangs":
                api.hanging.wait(20)
            if found.get("then") == "rests":
                api.goes_on.wait(20)
                self._deltas(head, [{"content": found["rest"]}])
            elif found.get("then"):
                return
            end = {"index": 0, "delta": {}, "finish_reason": _why(found)}
            self._event(head | {"choices": [end]})
            if (body.get("stream_options") or {}).get("include_usage"):
                self._event(head | {"choices": [], "usage": USAGE})
            self._event("[DONE]")
            self.wfile.write(b"0\r\n\r\n")

        def _deltas(self, head: dict[str, Any], deltas: list[dict[str, Any]]) -> None:
            for delta in deltas:
                choice = {"index": 0, "delta": delta, "finish_reason": None}
                self._event(head | {"choices": [choice]})

        def _event(self, event: dict[str, Any] | str) -> None:
            text = event if isinstance(event, str) else json.dumps(event)
            data = f"data: {text}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the requests are kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api = ChatApi(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.hanging.set()
        api.goes_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    number = f"chat-{secrets.token_hex(4)}"
    return {"id": number, "object": kind, "created": 0, "model": body["model"]}


def _why(message: dict[str, Any]) -> str:
    why = "tool_calls" if message.get("tool_calls") else "stop"
    return str(message.get("finish_reason", why))
