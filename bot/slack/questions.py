"""A question, from the turn to the rows that answer it: in public, in private, or in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Told, Turn
from bot.slack import edits
from bot.slack.answers import AnsweredElsewhere, Row, finish
from bot.slack.asked import Asked
from bot.slack.binding import BoundChannels
from bot.slack.blocks.reply import as_text, below, messages, said
from bot.slack.cards import Cards
from bot.slack.digests import addressed
from bot.slack.edits import Standing
from bot.slack.following import take_up, went_private
from bot.slack.inbox import Received
from bot.slack.pictures import elsewhere, picture_messages
from bot.slack.places import place
from bot.slack.streaming import Seat, Stream, Streams
from kam_knowledge.access import Audience
from prompts import replies

if TYPE_CHECKING:
    from bot.app import App

_NOT_ALL_MAY_SEE = (Outcome.DENIED, Outcome.UNKNOWN)


class _AskedBackAnyway(Exception):
    """The asker alone would be asked back as well: the private turn is rolled back."""


class Questions:
    """Answers questions at one desk. Safe to share between threads."""

    def __init__(
        self, app: App, team: str, channels: BoundChannels, streams: Streams, cards: Cards
    ) -> None:
        self._app = app
        self._cards = cards
        self._team = team
        self._channels = channels
        self._streams = streams
        self._open: dict[int, Stream] = {}

    def turn(self, asked: Asked, text: str | None = None) -> Turn:
        """What was asked, for those who will read the answer."""
        return Turn(
            asked.text if text is None else text,
            asked.viewer,
            asked.audience,
            self._app.clock(asked.asker.person, asked.asker.tz),
            asked.received.conversation,
            self._channels.bound_to(asked.payload.get("channel") or ""),
            self._told(asked),
        )

    def answer(self, asked: Asked, standing: list[Standing] | None = None) -> None:
        """Answers, in the place of what is `standing` from before the question was edited.

        Raises AnsweredElsewhere.
        """
        stream = self._begun(asked) if standing is None else None

        def shown(session: Session, reply: Reply) -> list[Row]:
            rows = self.shown(session, asked, _until_stopped(stream, reply))
            return _ending(stream, reply, rows)

        def done(session: Session, rows: list[Row]) -> None:
            if standing is not None:
                rows = edits.in_their_place(self._team, asked, standing, rows)
            finish(session, self._team, asked, rows)

        try:
            self._asked_of_both(asked, stream, shown, done)
        except AnsweredElsewhere:
            self._open.pop(asked.received.id, None)
            raise
        self._open.pop(asked.received.id, None)

    def shown(self, session: Session, asked: Asked, reply: Reply) -> list[Row]:
        """The messages of a reply, where it was asked for."""
        if asked.viewer.person_id is None and reply.outcome is Outcome.DENIED:
            return [(asked.here, said("outside", asked.language))]
        addressed(session, self._team, asked, reply)
        if asked.payload.get("execution"):
            return [(asked.here, as_text(reply))]
        notes = self._cards.rows(session, asked, reply)
        if notes is not None:
            return notes
        drawn = elsewhere(picture_messages(reply), asked.here, asked.asker.user)
        return [(asked.here, one) for one in self._messages(reply)] + drawn

    def in_place_of_a_stream(self, received: Received, rows: list[Row]) -> list[Row]:
        """The rows, in the place of what was streamed for an arrival that came to nothing."""
        return _ending(self._open.pop(received.id, None), None, rows)

    def _asked_of_both(
        self,
        asked: Asked,
        stream: Stream | None,
        shown: Callable[[Session, Reply], list[Row]],
        done: Callable[[Session, list[Row]], None],
    ) -> None:
        """Asks for all readers and, where these may not see it, for the asker alone."""
        if not asked.text:  # a mention and nothing else: what may be asked is shown
            asked = replace(asked, text=replies("slack")["help_question"][asked.language])
        turn, person = self.turn(asked), asked.asker.person
        private = None
        if person and turn.audience != Audience.only(person.id):
            private = replace(turn, audience=Audience.only(person.id))
        held: list[Reply] = []
        not_for_all: tuple[Outcome, ...] = _NOT_ALL_MAY_SEE
        if private and went_private(self._app.store, self._team, asked):
            # What it goes on from the others may not see: to them it is about nothing.
            not_for_all = (*_NOT_ALL_MAY_SEE, Outcome.CLARIFY)

        def publicly(session: Session, reply: Reply) -> None:
            if private is not None and reply.outcome in not_for_all:
                held.append(reply)
            else:
                done(session, shown(session, reply))

        take_up(self._app.store, self._team, asked)
        self._app.assistant.answer(turn, stream, also=publicly)
        if private is None or not held:
            return

        def privately(session: Session, reply: Reply) -> None:
            if reply.outcome is held[0].outcome is Outcome.CLARIFY:
                raise _AskedBackAnyway
            denied = held[0].outcome in (Outcome.DENIED, Outcome.CLARIFY)
            # Where the channel heard "nothing on record", it must not hear that there is
            # something after all: the asker is answered beside it, without a word there.
            rows = shown(session, held[0])
            if denied:
                rows = _ending(
                    stream, None, [(asked.here, said("answered_privately", asked.language))]
                )
            if denied or reply.outcome not in _NOT_ALL_MAY_SEE:
                rows += self.shown(session, _alone(asked), reply)
            done(session, rows)

        try:
            self._app.assistant.answer(private, also=privately)
        except _AskedBackAnyway:  # in public, with the choices that all may see
            with self._app.store.write() as session:
                done(session, shown(session, held[0]))

    def _begun(self, asked: Asked) -> Stream | None:
        """A stream for whoever awaits the answer in a thread, and a sign that it is made."""
        payload, here = asked.payload, asked.here
        models = bool(self._app.settings.model)
        if "thread_ts" not in here or not here["thread_ts"]:
            return None
        seat = Seat(
            payload["channel"],
            here["thread_ts"],
            payload.get("ts") or here["thread_ts"],
            asked.asker.user,
            asked.language,
        )
        if models or payload.get("direct"):
            self._streams.at_work(seat)
        if not models:
            return None
        before = self._open.pop(asked.received.id, None)
        standing = before.ts if before else None
        if standing is None and asked.received.attempts > 1:
            standing = self._streams.left_behind(seat)
        stream = self._open[asked.received.id] = Stream(self._streams, seat, standing)
        return stream

    def _told(self, asked: Asked) -> Told | None:
        """Where a message stands that may have to be kept as a note."""
        payload = asked.payload
        if payload.get("told"):
            return Told.of_json(payload["told"])
        if asked.received.kind not in ("message", "edited") or not payload.get("ts"):
            return None
        return Told(place(self._team, payload["channel"], payload["ts"]))

    def _messages(self, reply: Reply) -> list[dict[str, Any]]:
        from_slack = any(one.source.where.startswith("slack:") for one in reply.citations)
        return messages(reply, self._streams.site() if from_slack else None)


def _alone(asked: Asked) -> Asked:
    """The arrival as one whose answer goes to the asker by direct message."""
    received = replace(asked.received, payload={**asked.payload, "privately": True})
    return replace(asked, received=received)


def _until_stopped(stream: Stream | None, reply: Reply) -> Reply:
    """The reply as far as it was shown, where a person stopped it."""
    if stream is None or not stream.stopped:
        return reply
    stopped = replies("slack")["stopped"][reply.language]
    return replace(reply, markdown=f"{stream.shown}\n\n{stopped}")


def _ending(stream: Stream | None, reply: Reply | None, rows: list[Row]) -> list[Row]:
    """The rows, the first of which ends the stream: with what is still to be said, where the
    stream says the reply; else in its place."""
    if stream is None or stream.ts is None:
        return rows
    (where, message), *others = rows
    text_alone = all("picture" in one for _, one in others)
    kinds = {block["type"] for block in message["blocks"]}
    as_it_stands = text_alone and "table" not in kinds and reply is not None
    rest = stream.rest_of(reply.markdown) if reply and as_it_stands else None
    if reply is not None and "://" in reply.markdown:
        rest = None  # an address is broken in a stream, lest it be unfurled
    ends = {"ts": stream.ts, "rest": rest, "below": below(message)}
    return [(where, {**message, "stream": ends}), *others]
