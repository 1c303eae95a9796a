"""One turn, from the message to the reply (design.md, "One turn, as data flows")."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sqlalchemy.orm import Session

from bot.assistant import conversation
from bot.assistant.brains import built_in
from bot.assistant.brains.plain_names import is_for_models
from bot.assistant.context import Company, SkillContext
from bot.assistant.held import held, withheld
from bot.assistant.next_questions import next_questions
from bot.assistant.reply import Reply
from bot.assistant.skills.writing import WRITERS, Desk, cancelled, confirmed, undo
from bot.assistant.turn import Turn
from bot.assistant.understanding.intent import intent_index
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.understand import understand
from bot.journal import MODEL_USE
from kam_knowledge.access import Audience, Rights, decide
from kam_knowledge.changes import proposals
from kam_knowledge.language.names import NameIndex
from kam_knowledge.queries.book import BookNames
from kam_knowledge.queries.records import Records
from kam_knowledge.store.engine import Store
from prompts import replies

if TYPE_CHECKING:
    from bot.assistant.brains.drafts import Draft
    from bot.assistant.brains.model import ModelBrain
    from bot.assistant.brains.skill_tools import Room
    from kam_knowledge.search.service import Search

_USE = logging.getLogger(MODEL_USE)
Also = Callable[[Session, Reply], None]
"""Writes beside a reply, in its transaction."""

ORIGIN = "assistant"
"""What the ledger calls writes that were asked for in words."""


class Assistant:
    """Answers turns over one store. Safe to share between threads."""

    def __init__(
        self,
        store: Store,
        search: Callable[[], Search],
        *,
        thread_days: int = 30,
        company: Company | None = None,
        model: Callable[[], ModelBrain] | None = None,
    ) -> None:
        """`model` opens the model brain; without it the built-in brain answers everything."""
        self._store = store
        self._company = company or Company()
        self._search = search
        self._thread_days = thread_days
        self._names = BookNames(store)
        self._model = model

    def answer(self, turn: Turn, draft: Draft | None = None, *, also: Also | None = None) -> Reply:
        """The reply to one message; the turn is remembered in its thread and in the audit.

        `draft` is shown what a model writes, sentence by sentence, each once it is checked.
        `also` writes in the reply's own transaction: what it raises rolls everything back.
        """
        with self._store.read() as session:
            context, request = self._understood(session, turn)
            refused = built_in.refusal(context, request) is not None
            writes = request.intent in WRITERS and not refused
            asks_model = self._model is not None and not refused and context.rights.inside
            asks_model = asks_model and is_for_models(request.intent)
            names = self._names.current(session).names
            reply = None
            if not (writes or asks_model):
                reply = _held(built_in.answer(context, request), names)
        if asks_model:
            reply = self._by_model(turn, request, draft)
        with self._store.write() as session:
            if reply is None:
                written = self._written(session, turn, request)
                reply = _held(written, names)
            if not reply.suggestions:
                reply = replace(reply, suggestions=next_questions(request.intent, reply))
            focus = conversation.focus(session, turn, self._thread_days)
            about = conversation.carried_on(focus, request, reply)
            conversation.remember(session, turn, reply, about)
            if also is not None:
                also(session, reply)
        return reply

    @staticmethod
    def warm_up() -> None:
        """Learns the intents now, so that the first message need not wait for it."""
        intent_index()

    def settle(
        self,
        turn: Turn,
        proposal_id: str,
        what: Literal["confirm", "cancel"],
        *,
        also: Also | None = None,
    ) -> Reply:
        """Confirms or cancels a proposal by its id; a second confirm returns the first receipt.

        `also` writes in the same transaction. Raises UsageError where the asker has no such
        proposal.
        """
        person = turn.viewer.person_id
        names = self._known_names()
        with self._store.write() as session:
            context = self._context(session, turn, "en", writes=True)
            found = proposals.by_key(session, proposal_id, person or 0)
            asker = context.records.people.get(person or 0)
            language = (asker.language if asker else None) or "en"
            desk = Desk(found.thread_id, ORIGIN)
            settled = confirmed if what == "confirm" else cancelled
            reply = _held(settled(context, language, found, desk), names)
            conversation.remember(session, turn, reply)
            if also is not None:
                also(session, reply)
        return reply

    def take_back(self, turn: Turn) -> Reply:
        """Undoes the asker's last write."""
        names = self._known_names()
        with self._store.write() as session:
            context = self._context(session, turn, "en", writes=True)
            asker = context.records.people.get(turn.viewer.person_id or 0)
            language: Literal["en", "zh"] = "zh" if asker and asker.language == "zh" else "en"
            reply = undo(context, Request(turn.text, language, "undo"), Desk(None, ORIGIN))
            reply = _held(reply, names)
            conversation.remember(session, turn, reply)
        return reply

    def _by_model(self, turn: Turn, request: Request, draft: Draft | None) -> Reply:
        """The model's answer; where it fails or nothing of it stands, the built-in one.

        No transaction is open while the model is asked: each tool reads in one of its own.
        """
        assert self._model is not None
        why = "not_grounded"
        try:
            said = self._model().answer(request, lambda: self._room(turn, request), draft)
        except Exception as error:  # a provider's client raises what it likes
            _USE.info("the model failed: %s", type(error).__name__)
            said, why = None, "no_model"
        with self._store.read() as session:
            names = self._names.current(session).names
            reply = held(said, names) if said is not None else None
            if reply is not None:
                return reply
            context = self._context(session, turn, request.language)
            found = _held(built_in.answer(context, request), names)
        note = replies("model_brain")[why][request.language]
        return replace(found, markdown=f"{found.markdown}\n\n{note}", plain=(*found.plain, note))

    def _known_names(self) -> NameIndex:
        """The book's names, read before a unit of work: what it writes is not theirs yet."""
        with self._store.read() as session:
            return self._names.current(session).names

    @contextmanager
    def _room(self, turn: Turn, request: Request) -> Iterator[Room]:
        """One reading for a tool, under rights decided anew."""
        from bot.assistant.brains.skill_tools import Room

        with self._store.read() as session:
            context = self._context(session, turn, request.language)
            names = self._names.current(session).names
            yield Room(context, self._alone(session, turn, context.rights), names)

    def _written(self, session: Session, turn: Turn, request: Request) -> Reply:
        """Runs a skill that writes, under rights decided anew in the unit of work."""
        context = self._context(session, turn, request.language, writes=True)
        desk = Desk(conversation.thread_id(session, turn), ORIGIN)
        return WRITERS[request.intent](context, request, desk)

    def _context(
        self, session: Session, turn: Turn, language: str, *, writes: bool = False
    ) -> SkillContext:
        rights = decide(session, turn.viewer, turn.audience, turn.clock.today)
        return SkillContext(
            session,
            rights,
            Records(session, rights, keeps=not writes),
            turn.clock,
            language,
            self._search,
            self._company,
            conversation.previous(session, turn, self._thread_days),
        )

    def _understood(self, session: Session, turn: Turn) -> tuple[SkillContext, Request]:
        """The request, and the context that skills read in."""
        context = self._context(session, turn, "en")
        focus = conversation.focus(session, turn, self._thread_days)
        request = understand(
            turn.text,
            names=self._names.current(session).names,
            records=context.records,
            asker=self._alone(session, turn, context.rights),
            focus=focus,
            asked=conversation.asked(session, turn, focus),
            default_account_id=turn.default_account_id,
        )
        return replace(context, language=request.language), request

    @staticmethod
    def _alone(session: Session, turn: Turn, rights: Rights) -> Rights:
        """What the asker might see alone: it tells "not yours" from "not here"."""
        person = turn.viewer.person_id
        if person is None or rights.sole_reader == person:
            return rights
        return decide(session, turn.viewer, Audience.only(person), turn.clock.today)


def _held(reply: Reply, names: NameIndex) -> Reply:
    """The reply as far as its sources bear it out."""
    return held(reply, names) or withheld(reply)
