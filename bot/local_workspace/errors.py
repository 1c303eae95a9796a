"""How the workspace says no, in Slack's own words."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refusal: the error code of Slack, and what else its answer carries."""

    def __init__(self, code: str, messages: list[str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages or []
        self.more = more

    def answer(self) -> Json:
        """The body that a caller of the Web API reads."""
        body: Json = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


class Impossible(Exception):
    """A person can't do this: no such button, not a member, gone from the workspace."""
