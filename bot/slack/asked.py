"""An arrival whose people are known: who asks, and who will read what is answered."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from bot.slack.audience import readers
from bot.slack.blocks.mrkdwn import mentioned, plain
from bot.slack.directory import Directory, NotTold
from bot.slack.identity import Asker, Identities, Stranger
from bot.slack.inbox import Received
from kam_knowledge.access import Audience, Viewer
from kam_knowledge.language.detect import reply_language

if TYPE_CHECKING:
    from bot.app import App

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """An arrival whose people are known."""

    received: Received
    asker: Asker
    audience: Audience
    text: str
    language: Literal["en", "zh"]

    @property
    def payload(self) -> dict[str, Any]:
        """What came with it."""
        return self.received.payload

    @property
    def viewer(self) -> Viewer:
        """The asker under our rights; somebody outside where we do not know them."""
        return Viewer(self.asker.person.id) if self.asker.person else Viewer.outside()

    @property
    def here(self) -> dict[str, Any]:
        """Where it was asked: the place of an answer in the outbox."""
        payload = self.payload
        if payload.get("execution"):
            return {"execution": payload["execution"]}
        if payload.get("privately"):
            return {"user": payload["user"]}
        if payload.get("response_url"):
            return {"response_url": payload["response_url"], "asker": payload["user"]}
        if payload["channel"] == "home":
            return {"user": payload["user"]}
        return {"channel": payload["channel"], "thread_ts": payload.get("thread_ts")}


class Askers:
    """Tells who asks and who will read. Safe to share between threads."""

    def __init__(self, app: App, directory: Directory, identities: Identities, team: str) -> None:
        self._app = app
        self._directory = directory
        self._identities = identities
        self._team = team

    def asked(self, received: Received) -> Asked:
        """The arrival with its people; nobody is let in on a guess."""
        payload = received.payload
        asker = self._identities.asker(payload["user"], payload.get("user_team"), self._team)
        audience = self._audience(payload, asker)
        if audience is None:
            asker = replace(asker, person=None, stranger=Stranger.NOT_TOLD)
        text = plain(payload.get("text") or payload.get("value") or "", self._names(payload))
        default: Literal["en", "zh"] = "zh" if asker.language == "zh" else "en"
        language = reply_language(text, (), default) if text else default
        readers_of = audience or Audience.everyone(outsiders=True)
        return Asked(received, asker, readers_of, text, language)

    def _audience(self, payload: dict[str, Any], asker: Asker) -> Audience | None:
        """Who reads the reply; None where Slack would not say."""
        person = asker.person.id if asker.person else None
        if person is None:
            return Audience.everyone(outsiders=True)
        if payload.get("execution"):
            # Whoever built the workflow named the asker, and sends the answer where they like.
            return Audience.everyone()
        if payload.get("direct"):
            return Audience.only(person)
        try:
            room = self._directory.room(payload["channel"])
            if payload.get("shared_outside"):
                room = replace(room, shared_outside=True)
            return readers(self._app.store, self._directory, room, person)
        except NotTold as error:
            _LOG.warning("nobody is answered where the readers are not known: %s", error)
            return None

    def _names(self, payload: dict[str, Any]) -> dict[str, str]:
        found = {}
        for user in mentioned(payload.get("text") or ""):
            try:
                member = self._directory.member(user)
            except NotTold:
                continue
            found[user] = "" if member.is_bot else member.name
        return found
