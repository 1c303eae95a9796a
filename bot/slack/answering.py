"""One arrival, from who asks and who will read to what goes out, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.orm import Session

from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Turn
from bot.journal import record_failure
from bot.slack import inbox, outbox
from bot.slack.audience import readers
from bot.slack.binding import BoundChannels
from bot.slack.blocks.mrkdwn import mentioned, plain
from bot.slack.blocks.reply import as_text, messages, said
from bot.slack.directory import Directory, NotTold
from bot.slack.identity import Asker, Identities, Stranger
from bot.slack.inbox import Inbox, Received
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.clock import Clock
from kam_knowledge.errors import KamError, StoreUnavailable, UsageError
from kam_knowledge.language.detect import reply_language
from kam_knowledge.store.models import AuditEntry

if TYPE_CHECKING:
    from bot.app import App

_LOG = logging.getLogger(__name__)
_TRY_AGAIN = timedelta(seconds=2)
_NOT_ALL_MAY_SEE = (Outcome.DENIED, Outcome.UNKNOWN)


class BegunTooOften(Exception):
    """Whoever began with it never came to an end: it may be what ends them."""


class AnsweredElsewhere(Exception):
    """Another worker, whose lease was thought lost, answered first: ours is rolled back."""


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


class Answering:
    """Answers what was claimed from the inbox. Safe to share between threads."""

    def __init__(
        self, app: App, inbox: Inbox, directory: Directory, identities: Identities, team: str
    ) -> None:
        self._app = app
        self._inbox = inbox
        self._directory = directory
        self._identities = identities
        self._team = team
        self._channels = BoundChannels(app.store, team)
        self._does: dict[str, Callable[[Asked], None]] = {
            "message": self._message,
            "command": self._message,
            "ask_again": self._message,
            "step": self._message,
            "settle": self._settle,
            "feedback": self._feedback,
            "bind": self._bind,
        }

    def answer(self, received: Received) -> None:
        """Answers, refuses, or says that it failed; each exactly once, and never nothing."""
        try:
            if received.attempts > inbox.ATTEMPTS:
                raise BegunTooOften(f"{received.attempts - 1} times")
            asked = self._asked(received)
            if not self._refused(asked):
                self._does[_kind(received)](asked)
        except AnsweredElsewhere:
            _LOG.info("arrival %s was answered by another worker", received.id)
        except StoreUnavailable as error:
            _LOG.warning("arrival %s waits for the database: %s", received.id, error)
            self._inbox.put_back(received, _TRY_AGAIN)
        except Exception as error:  # whatever it is, the person hears of it
            identifier, _ = record_failure(self._app.home, error, f"slack {received.kind}")
            self._give_up(received, identifier)

    # who asks, and who reads

    def _asked(self, received: Received) -> Asked:
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

    def _refused(self, asked: Asked) -> bool:
        stranger = asked.asker.stranger
        if stranger in (None, Stranger.OUTSIDE):
            return False
        self._say(asked, str(stranger))
        return True

    # what is asked

    def _message(self, asked: Asked) -> None:
        if not asked.text:  # a mention and nothing else: what may be asked is shown
            from prompts import replies

            asked = replace(asked, text=replies("slack")["help_question"][asked.language])
        turn = self._turn(asked, asked.audience)
        private = None
        if asked.asker.person and turn.audience != Audience.only(asked.asker.person.id):
            private = replace(turn, audience=Audience.only(asked.asker.person.id))
        held: list[Reply] = []

        def publicly(session: Session, reply: Reply) -> None:
            if private is not None and reply.outcome in _NOT_ALL_MAY_SEE:
                held.append(reply)
                return
            self._finish(session, asked, self._shown(asked, reply))

        self._app.assistant.answer(turn, also=publicly)
        if private is None or not held:
            return

        def privately(session: Session, reply: Reply) -> None:
            denied = held[0].outcome is Outcome.DENIED
            # Where the channel heard "nothing on record", it must not hear that there is
            # something after all: the asker is answered beside it, without a word there.
            rows = self._shown(asked, held[0])
            if denied:
                rows = [(self._here(asked), said("answered_privately", asked.language))]
            if denied or reply.outcome not in _NOT_ALL_MAY_SEE:
                rows += [({"user": asked.asker.user}, one) for one in messages(reply)]
            self._finish(session, asked, rows)

        self._app.assistant.answer(private, also=privately)

    def _shown(self, asked: Asked, reply: Reply) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        if asked.viewer.person_id is None and reply.outcome is Outcome.DENIED:
            return [(self._here(asked), said("outside", asked.language))]
        if asked.payload.get("execution"):
            return [(self._here(asked), as_text(reply))]
        return [(self._here(asked), one) for one in messages(reply)]

    def _turn(self, asked: Asked, audience: Audience) -> Turn:
        person = asked.asker.person
        return Turn(
            asked.text,
            asked.viewer,
            audience,
            self._app.clock(person),
            asked.received.conversation,
            self._channels.bound_to(asked.payload.get("channel") or ""),
        )

    def _settle(self, asked: Asked) -> None:
        action: Literal["confirm", "cancel"] = (
            "confirm" if asked.payload["action"].endswith("confirm") else "cancel"
        )
        turn = replace(self._turn(asked, asked.audience), text=action)

        proposal = asked.payload["value"]

        def also(session: Session, reply: Reply) -> None:
            # A second press finds the receipt of the first standing there already.
            key = f"receipt:{proposal}" if reply.outcome is Outcome.DONE else None
            again = key is not None and outbox.is_written(session, key)
            self._finish(session, asked, [] if again else self._shown(asked, reply), key=key)

        try:
            self._app.assistant.settle(turn, proposal, action, also=also)
        except UsageError:  # somebody else's card, or one that is gone
            with self._app.store.write() as session:
                shown = said("not_your_card", asked.language)
                self._finish(session, asked, [({"user": asked.asker.user}, shown)])

    def _feedback(self, asked: Asked) -> None:
        with self._app.store.write() as session:
            session.add(
                AuditEntry(
                    at=Clock.now(),
                    person_id=asked.viewer.person_id,
                    act="feedback",
                    outcome=str(asked.payload["value"])[:20],
                    subject="",
                    detail={"message": asked.payload.get("message_ts")},
                )
            )
            self._finish(session, asked, [])

    def _bind(self, asked: Asked) -> None:
        name = asked.text.partition(" ")[2].strip()
        today = self._app.clock(asked.asker.person).today
        channel = asked.payload["channel"]
        with self._app.store.write() as session:
            rights = decide(session, asked.viewer, asked.audience, today)
            account = self._channels.bind(session, channel, name, rights)
            shown = said("bound", asked.language, account=account)
            if account is None:
                shown = said("bound_to_none", asked.language, name=name)
            self._finish(session, asked, [(self._here(asked), shown)])

    # what goes out

    def _here(self, asked: Asked) -> dict[str, Any]:
        """Where the question was asked."""
        payload = asked.payload
        if payload.get("execution"):
            return {"execution": payload["execution"]}
        if payload.get("response_url"):
            return {"response_url": payload["response_url"], "asker": payload["user"]}
        if payload["channel"] == "home":
            return {"user": payload["user"]}
        return {"channel": payload["channel"], "thread_ts": payload.get("thread_ts")}

    def _say(self, asked: Asked, key: str, **values: object) -> None:
        with self._app.store.write() as session:
            shown = said(key, asked.language, **values)
            self._finish(session, asked, [(self._here(asked), shown)])

    def _finish(
        self,
        session: Session,
        asked: Asked,
        rows: list[tuple[dict[str, Any], dict[str, Any]]],
        state: str = inbox.DONE,
        *,
        key: str | None = None,
    ) -> None:
        """Marks it answered by these messages; `key` names the first where it may come again."""
        received = asked.received
        if not inbox.finish(session, received, state):
            raise AnsweredElsewhere
        for number, (where, message) in enumerate(rows):
            there = received.conversation
            if "user" in where:
                there = f"slack:{self._team}:with:{where['user']}"
            named = key if key and number == 0 else f"inbox:{received.id}:{number}"
            outbox.put(session, named, there, where | message, received.id)

    def _give_up(self, received: Received, identifier: str) -> None:
        """Says that it failed, with an id; it is not tried again."""
        payload = received.payload
        asker = Asker(payload["user"], None, Stranger.NOT_TOLD)
        language = reply_language(str(payload.get("text") or ""), (), "en")
        asked = Asked(received, asker, Audience.everyone(outsiders=True), "", language)
        try:
            with self._app.store.write() as session:
                shown = said("failed", language, id=identifier)
                self._finish(session, asked, [(self._here(asked), shown)], inbox.FAILED)
        except AnsweredElsewhere:
            return
        except KamError as error:
            _LOG.warning("arrival %s waits for the database: %s", received.id, error)
            self._inbox.put_back(received, _TRY_AGAIN)


def _kind(received: Received) -> str:
    if received.kind == "command" and received.payload["text"].split(" ")[0].lower() == "bind":
        return "bind"
    return received.kind
