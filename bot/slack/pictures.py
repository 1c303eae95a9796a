"""Pictures on their way to Slack: drawn, uploaded, and shown in a message of their own.

A picture is a row of the outbox like any message, behind the text that it belongs to. The file is
uploaded for ourselves alone; what people see is a message that shows it, which carries our metadata
and is therefore posted once. Of a crash in between nothing is left but a file that nobody sees.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.assistant.reply import Reply
from bot.render.drawings import Picture
from bot.slack.blocks.mrkdwn import escape
from bot.slack.outbox import Outbox, Parcel
from prompts import replies

_LOG = logging.getLogger(__name__)
_REFUSED = frozenset(
    {
        "missing_scope", "not_allowed_token_type", "file_uploads_disabled", "storage_limit_reached",
        "file_uploads_except_images_disabled", "restricted_action", "access_denied",
        "invalid_arguments", "alt_txt_too_large", "unknown_method",
    }
)  # fmt: skip
"""Answers after which a file will never be taken: the picture is described instead."""
PATIENCE = 5
"""Attempts at showing it, after which it is described instead: Slack refuses the message
(`invalid_blocks`) until it has looked at the file, which takes seconds."""


def picture_messages(reply: Reply) -> list[dict[str, Any]]:
    """A message for each picture of a reply, not drawn yet."""
    return [
        {"text": escape(one.alt), "picture": one.as_payload(), "language": reply.language}
        for one in reply.pictures
    ]


def shows_file(payload: dict[str, Any]) -> bool:
    """Whether a message shows a file of ours, which Slack may not be ready for."""
    return any("slack_file" in block for block in payload.get("blocks", ()))


def elsewhere(messages: Iterable[dict[str, Any]], here: dict[str, Any], user: str) -> list[Any]:
    """Where each picture goes: with the text; by direct message where that is an ephemeral, which
    is shown once at most and cannot wait for a file."""
    where = {"user": user} if "response_url" in here else here
    return [(where, one) for one in messages]


class Pictures:
    """Uploads pictures for delivery. Safe to share between threads."""

    def __init__(self, client: WebClient, outbox: Outbox) -> None:
        """`client` must not repeat a call by itself."""
        self._client = client
        self._outbox = outbox

    def ready(self, parcel: Parcel) -> Parcel:
        """The parcel with the message that shows its picture; the upload happens once, unless the
        process dies before it is written down.

        Raises what Slack's client raises where it is worth another try.
        """
        payload = parcel.payload
        if "file" not in payload:
            payload = {**payload, "file": self._uploaded(parcel)}
            self._outbox.becomes(parcel, payload)
        if payload["file"] is None or parcel.attempts > PATIENCE:
            return replace(parcel, payload=_described(payload))
        image = {
            "type": "image",
            "slack_file": {"id": payload["file"]},
            "alt_text": payload["picture"]["alt"],
        }
        return replace(parcel, payload={**payload, "blocks": [image]})

    def _uploaded(self, parcel: Parcel) -> str | None:
        """The id of the file; None where there can be none."""
        picture = Picture.of_payload(parcel.payload["picture"])
        try:
            content = _drawn(picture)
            done: Any = self._client.files_upload_v2(
                content=content,
                filename=f"{picture.name}.png",
                title=picture.name,
                alt_txt=picture.alt,
            )
        except _NotDrawn as error:
            _LOG.error("outbox %s: its picture was not drawn: %s", parcel.id, error)
            return None
        except SlackApiError as error:
            said = error.response.get("error")
            if said not in _REFUSED:
                raise
            _LOG.error("outbox %s: its picture was not taken: %s", parcel.id, said)
            return None
        return str(done["files"][0]["id"])


class _NotDrawn(Exception):
    """Something in the picture, or in how it is drawn, is wrong: trying again would not help."""


def _drawn(picture: Picture) -> bytes:
    from bot.render.draw import drawn

    try:
        return drawn(picture)
    except Exception as error:  # the text stands; the picture's words take its place
        raise _NotDrawn(type(error).__name__) from error


def _described(payload: dict[str, Any]) -> dict[str, Any]:
    """The picture in words, where it cannot be shown."""
    words = replies("slack")["picture_described"][payload["language"]]
    text = words.format(alt=payload["text"])
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    return {**payload, "text": text, "blocks": [section]}
