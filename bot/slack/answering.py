"""One arrival, from who asks and who will read to what goes out, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy.orm import Session

from bot.assistant import conversation
from bot.assistant.reply import Outcome, Reply
from bot.slack import edits, inbox, outbox
from bot.slack.answers import AnsweredElsewhere, Row, finish
from bot.slack.asked import Asked, Askers
from bot.slack.binding import BoundChannels
from bot.slack.blocks.reply import said
from bot.slack.boundary import Boundary
from bot.slack.cards import Cards
from bot.slack.directory import Directory
from bot.slack.identity import Asker, Identities, Stranger
from bot.slack.inbox import Inbox, Received
from bot.slack.kept import Kept
from bot.slack.notes import Notes
from bot.slack.originals import Originals
from bot.slack.overheard import is_for_us
from bot.slack.places import place
from bot.slack.questions import Questions
from bot.slack.shared_files import SharedFiles
from bot.slack.streaming import Streams
from kam_knowledge.access import Audience, decide
from kam_knowledge.clock import Clock
from kam_knowledge.errors import KamError, StoreUnavailable, UsageError
from kam_knowledge.language.detect import reply_language
from kam_knowledge.store.models import AuditEntry

if TYPE_CHECKING:
    from bot.app import App

_LOG = logging.getLogger(__name__)
_TRY_AGAIN = timedelta(seconds=2)


class BegunTooOften(Exception):
    """Whoever began with it never came to an end: it may be what ends them."""


class Answering:
    """Answers what was claimed from the inbox. Safe to share between threads."""

    def __init__(
        self,
        app: App,
        inbox: Inbox,
        directory: Directory,
        identities: Identities,
        team: str,
        streams: Streams,
        originals: Originals,
        files: SharedFiles,
        draw_home: Callable[[str, str | None], None],
    ) -> None:
        self._app = app
        self._inbox = inbox
        self._askers = Askers(app, directory, identities, team)
        self._team = team
        self._channels = BoundChannels(app.store, team)
        cards = Cards(app, streams)
        self._questions = Questions(app, team, self._channels, streams, cards)
        self._notes = Notes(app, team, self._questions, cards, originals, draw_home)
        self._kept = Kept(app, team, self._questions, self._notes, files)
        self._does: dict[str, Callable[[Asked], None]] = {
            "message": self._kept.answer,
            "edited": self._edited,
            "command": self._questions.answer,
            "ask_again": self._questions.answer,
            "step": self._questions.answer,
            "settle": self._settle,
            "feedback": self._feedback,
            "bind": self._bind,
            "log": self._notes.log,
            "save": self._kept.save,
            "note": self._notes.pressed,
        }

    def answer(self, received: Received) -> None:
        """Answers, refuses, or says that it failed; each exactly once, and never nothing."""
        try:
            if received.attempts > inbox.ATTEMPTS:
                raise BegunTooOften(f"{received.attempts - 1} times")
            asked = self._askers.asked(received)
            kind = _kind(received)
            if kind == "deleted":
                self._deleted(asked)
            elif not (self._passed_over(asked) or self._refused(asked)):
                self._does[kind](asked)
        except AnsweredElsewhere:
            _LOG.info("arrival %s was answered by another worker", received.id)
        except StoreUnavailable as error:
            _LOG.warning("arrival %s waits for the database: %s", received.id, error)
            self._inbox.put_back(received, _TRY_AGAIN)
        except Exception as error:  # whatever it is, the person hears of it
            identifier = Boundary(self._app).failed(error, f"slack {received.kind}")
            self._give_up(received, identifier)

    def _refused(self, asked: Asked) -> bool:
        stranger = asked.asker.stranger
        if stranger in (None, Stranger.OUTSIDE):
            return False
        with self._app.store.write() as session:
            # Who edits what was refused has the refusal standing there.
            told = asked.received.kind == "edited" and edits.answers_to(session, asked)
            rows = [] if told else [(asked.here, said(str(stranger), asked.language))]
            self._finish(session, asked, rows)
        return True

    # what is asked

    def _edited(self, asked: Asked) -> None:
        with self._app.store.read() as session:
            saved = self._notes.saved_before(session, asked)
            standing = [] if saved else edits.answers_to(session, asked)
        self._questions.answer(asked, standing or None)

    def _deleted(self, asked: Asked) -> None:
        with self._app.store.write() as session:
            gone = place(self._team, asked.payload["channel"], str(asked.payload["ts"]))
            conversation.forget(session, gone)
            rows = self._notes.original_gone(session, asked)
            if not rows:
                rows = edits.taken_back(asked, edits.answers_to(session, asked))
            self._finish(session, asked, rows)

    def _passed_over(self, asked: Asked) -> bool:
        """Whether there is nothing to answer: people only talk to each other there, or have taken
        it back already."""
        with self._app.store.read() as session:
            overtaken = edits.overtaken(session, asked)
        if not (overtaken or self._overheard(asked)):
            return False
        with self._app.store.write() as session:
            self._finish(session, asked, [])
        return True

    def _overheard(self, asked: Asked) -> bool:
        if not asked.payload.get("overheard"):
            return False
        with self._app.store.read() as session:
            answered = asked.received.kind == "edited" and edits.answers_to(session, asked)
        if answered:
            del asked.payload["overheard"]
            return False
        if is_for_us(self._app, asked, self._questions.turn(asked)):
            del asked.payload["overheard"]  # from here on silence is no answer
            return False
        return True

    def _settle(self, asked: Asked) -> None:
        action: Literal["confirm", "cancel"] = (
            "confirm" if asked.payload["action"].endswith("confirm") else "cancel"
        )
        turn = self._questions.turn(asked, action)

        proposal = asked.payload["value"]
        ticked = asked.payload.get("ticked")
        only = None if ticked is None else {int(one) for one in ticked}

        def also(session: Session, reply: Reply) -> None:
            # A second press finds the receipt of the first standing there already.
            key = f"receipt:{proposal}" if reply.outcome is Outcome.DONE else None
            again = key is not None and outbox.is_written(session, key)
            rows = [] if again else self._questions.shown(session, asked, reply)
            self._finish(session, asked, rows, key=key)

        try:
            self._app.assistant.settle(turn, proposal, action, only=only, also=also)
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
                    detail={
                        "message": asked.payload.get("message_ts"),
                        "conversation": asked.received.conversation,
                    },
                )
            )
            self._finish(session, asked, [])

    def _bind(self, asked: Asked) -> None:
        name = asked.text.partition(" ")[2].strip()
        today = self._app.clock(asked.asker.person, asked.asker.tz).today
        channel = asked.payload["channel"]
        with self._app.store.write() as session:
            rights = decide(session, asked.viewer, asked.audience, today)
            account = self._channels.bind(session, channel, name, rights)
            shown = said("bound", asked.language, account=account)
            if account is None:
                shown = said("bound_to_none", asked.language, name=name)
            self._finish(session, asked, [(asked.here, shown)])

    # what goes out

    def _finish(
        self,
        session: Session,
        asked: Asked,
        rows: list[Row],
        state: str = inbox.DONE,
        *,
        key: str | None = None,
    ) -> None:
        finish(session, self._team, asked, rows, state, key=key)

    def _give_up(self, received: Received, identifier: str) -> None:
        """Says that it failed, with an id; it is not tried again."""
        payload = received.payload
        asker = Asker(payload["user"], None, Stranger.NOT_TOLD)
        language = reply_language(str(payload.get("text") or ""), (), "en")
        asked = Asked(received, asker, Audience.everyone(outsiders=True), "", language)
        try:
            with self._app.store.write() as session:
                shown = said("failed", language, id=identifier)
                rows = self._questions.in_place_of_a_stream(received, [(asked.here, shown)])
                if "overheard" in payload or received.kind == "deleted":
                    rows = []  # nobody waits for an answer, as far as we know
                self._finish(session, asked, rows, inbox.FAILED)
        except AnsweredElsewhere:
            return
        except KamError as error:
            _LOG.warning("arrival %s waits for the database: %s", received.id, error)
            self._inbox.put_back(received, _TRY_AGAIN)


def _kind(received: Received) -> str:
    """What is to be done with it: a command's first word may say so."""
    if received.kind != "command":
        return received.kind
    word = str(received.payload["text"]).split(" ")[0].lower()
    return "bind" if word == "bind" else "command"
