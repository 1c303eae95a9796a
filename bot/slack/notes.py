"""Notes at one desk: what is to be logged, and what is pressed on a card, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sqlalchemy.orm import Session

from bot.assistant.context import SkillContext
from bot.assistant.note_cards import WAITING, card_of, edit, may_settle, show_to
from bot.assistant.note_drafts import drafts
from bot.assistant.reply import Outcome, Reply
from bot.assistant.ticking import tick
from bot.assistant.turn import Told
from bot.slack.answers import Row, finish
from bot.slack.asked import Asked
from bot.slack.blocks.note_card import closed_card, deleted_original
from bot.slack.blocks.note_drafts import drafts_offered
from bot.slack.blocks.reply import said, told
from bot.slack.card_places import shown_again_key
from bot.slack.cards import Cards, closing
from bot.slack.note_fields import Entered
from bot.slack.originals import Line, Originals, said_at
from bot.slack.places import place
from bot.slack.questions import Questions
from bot.slack.receipts import Receipts
from kam_knowledge.access import Audience
from kam_knowledge.changes import proposals
from kam_knowledge.clock import Clock
from kam_knowledge.errors import UsageError
from kam_knowledge.language.detect import reply_language
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Proposal
from prompts import replies

if TYPE_CHECKING:
    from bot.app import App

ORIGIN = "slack"
_Change = Callable[[Session, Proposal], bool]


class Notes:
    """Logs at one desk. Safe to share between threads."""

    def __init__(
        self,
        app: App,
        team: str,
        questions: Questions,
        cards: Cards,
        originals: Originals,
        draw_home: Callable[[str, str | None], None],
    ) -> None:
        """`draw_home` shows Home of a user of a workspace as it is by now."""
        self._app = app
        self._draw_home = draw_home
        self._team = team
        self._questions = questions
        self._cards = cards
        self._originals = originals
        self._receipts = Receipts(app, team, questions)

    def log(self, asked: Asked) -> None:
        """Proposes what was written behind `/kam log` or in the form. Raises AnsweredElsewhere."""
        if not asked.text:
            self._say(asked, "log_what")
            return
        self._questions.answer(asked)

    def save(self, asked: Asked) -> None:
        """Proposes a message, or the thread below it, as a note of whoever pressed it.

        Raises NotTold, AnsweredElsewhere.
        """
        payload = asked.payload
        message, channel = payload["message"], payload["channel"]
        language = reply_language(str(message.get("text") or ""), (), asked.language)
        asked = replace(asked, language=language)
        lines: list[Line] | None = [self._originals.line(message)]
        if message.get("reply_count"):
            lines = self._originals.thread(channel, message["ts"], without=payload["us"])
            if lines is None:
                self._say(asked, "thread_unread")
                return
        asks = payload.get("ts")  # the message that asks for it is no part of it
        lines = [one for one in lines or () if one.text and one.who and one.ts != asks]
        several = len(lines) > 1
        said_lines = [f"{one.who}: {one.text}" if several else one.text for one in lines]
        own = all(one.person_id == asked.viewer.person_id for one in lines)
        clock = self._app.clock(asked.asker.person, asked.asker.tz)
        at = said_at(message["ts"], asked.asker.tz)
        whose = dict.fromkeys(one.who for one in lines)
        source = Told(
            place(self._team, channel, message["ts"]),
            min(at.date(), clock.today),
            () if own else tuple((one.person_id, one.text) for one in lines),
            {"author": None if own else ", ".join(whose), "at": at.isoformat(timespec="minutes")},
        )
        source.source["keeper"] = asked.asker.user
        payload["told"] = source.as_json()
        above = payload.get("above") or [replies("note_card")["log_head"][asked.language]]
        self._questions.answer(replace(asked, text="\n".join([*above, *said_lines])))

    def pressed(self, asked: Asked) -> None:
        """Does what a card's button says, for its author or the account's team."""
        does: dict[str, Callable[[Asked], None]] = {
            "confirm": lambda one: self._settled(one, "confirm"),
            "cancel": lambda one: self._settled(one, "cancel"),
            "undo": self._undone,
            "tick": lambda one: self._changed(one, _ticked(one)),
            "see_team": lambda one: self._changed(one, _seen_by("team")),
            "see_author": lambda one: self._changed(one, _seen_by("author")),
            "edited": lambda one: self._changed(one, self._entered(one)),
            "edit": self._shown_again,
            "keep": self._kept,
            "open": self._opened,
            "bring": self._opened,
            "discard": self._discarded,
            **self._receipts.does,
        }
        word = str(asked.payload["action"]).split(":")[1]
        if self._theirs(asked):
            does[word](asked)
            return
        with self._app.store.write() as session:
            shown = said("not_your_card", asked.language)
            finish(session, self._team, asked, [({"user": asked.asker.user}, shown)])

    def _theirs(self, asked: Asked) -> bool:
        person = asked.asker.person
        if person is None:
            return False
        with self._app.store.read() as session:
            try:
                proposal = proposals.by_key(session, asked.payload["value"], None)
            except UsageError:
                return False
            alone = self._cards.rights(session, asked, Audience.only(person.id))
            return may_settle(proposal, alone)

    def _settled(self, asked: Asked, what: Literal["confirm", "cancel"]) -> None:
        key = asked.payload["value"]
        ticked = asked.payload.get("ticked")

        def work(context: SkillContext) -> Reply:
            from bot.assistant.skills.writing import Desk, cancelled, confirmed

            proposal = proposals.by_key(context.session, key, None)
            if ticked is not None and what == "confirm":
                tick(context.session, proposal, {int(one) for one in ticked})
            language = proposal.payload.get("language", context.language)
            does = confirmed if what == "confirm" else cancelled
            said_back = replace(context, language=language)
            return does(said_back, language, proposal, Desk(proposal.thread_id, ORIGIN))

        def also(session: Session, reply: Reply) -> None:
            if reply.outcome is Outcome.DONE:
                rows = self._in_place(asked, self._cards.receipt(session, asked, key, reply))
                rows += closing(session, key, besides=self._pressed_on(asked))
            elif what == "cancel":
                rows = self._standing(session, asked, key)
                if proposals.by_key(session, key, None).state == "cancelled":
                    rows += closing(session, key, besides=self._pressed_on(asked))
            else:
                rows = self._questions.shown(session, asked, reply)
            finish(session, self._team, asked, rows)

        turn = self._questions.turn(asked)
        self._app.assistant.write(turn, work, also=also)

    def _undone(self, asked: Asked) -> None:
        person = asked.asker.person
        assert person is not None, "whoever is nobody may not settle it"
        today = self._app.clock(person, asked.asker.tz).today
        with self._app.store.write() as session:
            proposal = proposals.by_key(session, asked.payload["value"], None)
            gone = proposals.take_back(
                session, proposal, person_id=person.id, origin=ORIGIN, today=today
            )
            rows = self._standing(session, asked, proposal.key)
            if not gone and proposal.state != "undone":
                words = replies("note_card")["still_stands"][asked.language]
                rows = [(asked.here, told(words.format(summary=proposal.payload["summary"])))]
            finish(session, self._team, asked, rows)

    def _changed(self, asked: Asked, change: _Change) -> None:
        """Changes what waits, and shows the card as it stands then."""
        with self._app.store.write() as session:
            proposal = proposals.by_key(session, asked.payload["value"], None)
            if proposal.state == WAITING:
                change(session, proposal)
            finish(session, self._team, asked, self._standing(session, asked, proposal.key))

    def original_gone(self, session: Session, asked: Asked) -> list[Row]:
        """What is asked by direct message once the message behind saved notes is deleted; what
        waited for a yes is cancelled. Empty where nothing was saved from it."""
        rows: list[Row] = []
        for one in self._of_message(session, asked):
            if one.state == WAITING:
                proposals.cancel(session, one)
            elif one.state == "confirmed":
                shown = deleted_original(card_of(one))
                rows.append(({"user": asked.asker.user}, shown))
        return rows

    def saved_before(self, session: Session, asked: Asked) -> bool:
        """Whether a note was saved from the message: its receipt is left as it stands."""
        return any(one.state == "confirmed" for one in self._of_message(session, asked))

    def _of_message(self, session: Session, asked: Asked) -> list[Proposal]:
        person, ts = asked.asker.person, asked.payload.get("ts")
        if person is None or ts is None:
            return []
        where = place(self._team, asked.payload["channel"], str(ts))
        return proposals.from_place(session, where, person.id)

    def _kept(self, asked: Asked) -> None:
        with self._app.store.write() as session:
            card = card_of(proposals.by_key(session, asked.payload["value"], None))
            shown: Row = (asked.here, closed_card(card, "kept"))
            finish(session, self._team, asked, self._in_place(asked, [shown]))

    def _opened(self, asked: Asked) -> None:
        """Shows a card by direct message, and no longer where it stood; in the place of what
        brought it to mind."""
        with self._app.store.write() as session:
            key = asked.payload["value"]
            card = card_of(proposals.by_key(session, key, None))
            if card.state != WAITING:
                rows: list[Row] = [({"user": asked.asker.user}, closed_card(card))]
            else:
                named = shown_again_key(key, asked.received.id)
                rows = [({"user": asked.asker.user}, {**self._cards.shown(card), "named": named})]
                in_place = asked.payload["action"] == "note:open"
                rows = self._in_place(asked, rows) if in_place else rows
                besides = self._pressed_on(asked) if in_place else None
                rows += closing(session, key, "moved", besides=besides)
            finish(session, self._team, asked, rows)

    def _discarded(self, asked: Asked) -> None:
        """Throws a draft away, and shows the list it stood in without it."""
        person = asked.asker.person
        assert person is not None, "whoever is nobody may not settle it"
        with self._app.store.write() as session:
            proposal = proposals.by_key(session, asked.payload["value"], None)
            proposals.cancel(session, proposal)
            rows: list[Row] = []
            if self._pressed_on(asked):
                left = drafts(session, person.id, Clock.now())
                shown = drafts_offered(left, asked.language)
                rows = self._in_place(asked, [(asked.here, shown)])
            rows += closing(session, proposal.key, besides=self._pressed_on(asked))
            finish(session, self._team, asked, rows)
        if not self._pressed_on(asked):
            self._draw_home(asked.asker.user, self._team)

    @staticmethod
    def _pressed_on(asked: Asked) -> str | None:
        """The message whose button was pressed; None for Home."""
        return asked.payload.get("message_ts")

    def _shown_again(self, asked: Asked) -> None:
        """Shows the card as it stands to whoever pressed a button that it has no longer."""
        with self._app.store.write() as session:
            rows = self._standing(session, asked, asked.payload["value"])
            finish(session, self._team, asked, rows)

    def _entered(self, asked: Asked) -> _Change:
        def change(session: Session, proposal: Proposal) -> bool:
            person = asked.asker.person
            assert person is not None, "whoever is nobody may not settle it"
            rights = self._cards.rights(session, asked, Audience.only(person.id))
            records = Records(session, rights, keeps=False)
            card = card_of(proposal)
            entered = Entered(records, card.language)
            note = entered.edited(asked.payload["fields"], card.note)
            if entered.errors:  # rights or names have changed since the form was checked
                return False
            visibility = asked.payload["fields"].get("visibility") or card.visibility
            return edit(session, records, proposal, note, visibility)

        return change

    def _standing(self, session: Session, asked: Asked, key: str) -> list[Row]:
        """The card as it stands now, in its own place."""
        card = card_of(proposals.by_key(session, key, None))
        if card.state == "confirmed":
            return []  # its receipt stands there
        shown = self._cards.shown(card) if card.state == WAITING else closed_card(card)
        return self._in_place(asked, [(asked.here, shown)])

    def _in_place(self, asked: Asked, rows: list[Row]) -> list[Row]:
        """The first message in the place of the one whose button was pressed."""
        ts = asked.payload.get("message_ts")
        if not rows or ts is None:
            return rows
        (where, message), *others = rows
        return [(where, {**message, "stands": ts}), *others]

    def _say(self, asked: Asked, key: Literal["log_what", "thread_unread"]) -> None:
        shown: Row = (asked.here, told(replies("note_card")[key][asked.language]))
        with self._app.store.write() as session:
            finish(session, self._team, asked, [shown])


def _ticked(asked: Asked) -> _Change:
    numbers = {int(one) for one in asked.payload.get("ticked") or ()}
    return lambda session, proposal: tick(session, proposal, numbers)


def _seen_by(visibility: str) -> _Change:
    def change(session: Session, proposal: Proposal) -> bool:
        return show_to(session, proposal, visibility)

    return change
