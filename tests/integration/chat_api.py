"""A server on this machine that speaks the OpenAI chat API, with a script instead of a model."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Said = list[dict[str, Any]]
Step = Callable[[Said], "dict[str, Any] | int"]
"""Sees the messages so far; gives back the assistant's message, or an HTTP status."""


def says(text: str) -> Step:
    """The model writes that."""
    return lambda _: {"role": "assistant", "content": text}


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


class ChatApi:
    """One running server: its address, its script, and what it was sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.script: list[Step] = []
        self.requests: list[dict[str, Any]] = []
        self.hanging = threading.Event()
        """Set at the end: who waits in a step may go."""

    def plays(self, *steps: Step) -> None:
        """The steps of the next answer; the last one is repeated."""
        self.script = list(steps)
        self.requests = []


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
            status = found if isinstance(found, int) else 200
            answer: dict[str, Any] = {"error": {"message": "no", "type": "x"}}
            if isinstance(found, dict):
                why = "tool_calls" if found.get("tool_calls") else "stop"
                answer = {
                    "id": "chat-1",
                    "object": "chat.completion",
                    "created": 0,
                    "model": body["model"],
                    "choices": [{"index": 0, "message": found, "finish_reason": why}],
                    "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
                }
            data = json.dumps(answer).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # whoever asked did not wait

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
        server.shutdown()
        server.server_close()
        thread.join()
