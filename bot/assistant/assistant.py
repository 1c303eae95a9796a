"""One turn, from the message to the reply (design.md, "One turn, as data flows")."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy.orm import Session

from bot.assistant import conversation
from bot.assistant.brains import built_in
from bot.assistant.brains.plain_names import is_for_models
from bot.assistant.collecting import keep_what_is_there
from bot.assistant.context import Company, SkillContext
from bot.assistant.held import held, withheld
from bot.assistant.next_questions import next_questions
from bot.assistant.reply import Reply
from bot.assistant.skills.log_note import (
    Logged,
    Wish,
    log,
    prepared,
    read_note,
    request_of,
)
from bot.assistant.skills.writing import WRITERS, Desk, cancelled, confirmed, undo
from bot.assistant.ticking import tick
from bot.assistant.turn import Turn
from bot.assistant.understanding.addressed import Overheard, overheard
from bot.assistant.understanding.hearing import hear
from bot.assistant.understanding.intent import intent_index
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.thread import repeats
from bot.assistant.understanding.understand import understand
from bot.journal import MODEL_USE
from ingest.notes import LONGEST, SaidNote
from kam_knowledge.access import Audience, Rights, decide
from kam_knowledge.changes import proposals
from kam_knowledge.language.detect import reply_language
from kam_knowledge.language.names import NameIndex
from kam_knowledge.queries.book import BookNames
from kam_knowledge.queries.records import Records
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Person
from prompts import replies

if TYPE_CHECKING:
    from bot.assistant.brains.drafts import Draft
    from bot.assistant.brains.model import ModelBrain
    from bot.assistant.brains.skill_tools import Room
    from bot.assistant.plans.keeping import Kept
    from kam_knowledge.changes.plans import PlanDraft
    from kam_knowledge.search.service import Search

_USE = logging.getLogger(MODEL_USE)
Also = Callable[[Session, Reply], None]
"""Writes beside a reply, in its transaction."""
Found = TypeVar("Found")
Work = Callable[[SkillContext], Reply]
"""Writes, and says what was written."""

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
        self._settled: NameIndex | None = None
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
            names = self._current_names(session)
            reply = None
            if not (writes or asks_model):
                reply = _held(built_in.answer(context, request), names)
        if asks_model:
            reply = self._by_model(turn, request, draft)
        logs = writes and request.intent == "log_note"
        desk = Desk(None, ORIGIN, names, told=turn.told)
        if logs:
            desk = self._prepared(turn, request, desk)
        with self._store.write() as session:
            if reply is None:
                written = self._written(session, turn, request, desk)
                reply = _held(written, names)
            if reply.drafted is not None:
                reply = self._kept(session, turn, reply, names)
            if not reply.suggestions:
                reply = replace(reply, suggestions=next_questions(request.intent, reply))
            focus = conversation.focus(session, turn, self._thread_days)
            about = conversation.carried_on(focus, request, reply)
            conversation.remember(session, turn, reply, about)
            if also is not None:
                also(session, reply)
        return reply

    def read(
        self, turn: Turn, language: str, work: Callable[[SkillContext, NameIndex], Found]
    ) -> Found:
        """What somebody looks up without words, under the rights of the turn."""
        with self._store.read() as session:
            names = self._current_names(session)
            return work(self._context(session, turn, language), names)

    def answered(
        self,
        turn: Turn,
        language: str,
        work: Callable[[SkillContext, NameIndex], Reply],
        *,
        also: Also | None = None,
    ) -> Reply:
        """An answer to what was asked without words, held to its sources and remembered.

        `also` writes in the same transaction: what it raises rolls everything back.
        """
        with self._store.read() as session:
            names = self._current_names(session)
            reply = _held(work(self._context(session, turn, language), names), names)
        with self._store.write() as session:
            conversation.remember(session, turn, reply)
            if also is not None:
                also(session, reply)
        return reply

    def keep(self, turn: Turn, language: str, draft: PlanDraft) -> Kept:
        """Saves what was drafted as a version of its plan."""
        from bot.assistant.plans.keeping import keep

        names = self._known_names()
        with self._store.write() as session:
            context = self._context(session, turn, language, writes=True)
            return keep(context, draft, names, ORIGIN, conversation.thread_id(session, turn))

    def _kept(self, session: Session, turn: Turn, reply: Reply, names: NameIndex) -> Reply:
        """The reply once the sections it drafted are a version of their plan."""
        from bot.assistant.plans.keeping import as_written, keep, with_receipt

        draft = as_written(reply)
        assert draft is not None
        context = self._context(session, turn, reply.language, writes=True)
        thread_id = conversation.thread_id(session, turn)
        return with_receipt(reply, keep(context, draft, names, ORIGIN, thread_id))

    def listen(self, turn: Turn) -> Overheard:
        """What a message is that nobody addressed to us; nothing is answered or remembered."""
        with self._store.read() as session:
            context = self._context(session, turn, "en")
            names = self._current_names(session)
            alone = self._alone(session, turn, context.rights)
            heard = hear(turn.text, names, context.rights, alone, turn.clock.today)
            focus = conversation.focus(session, turn, self._thread_days)
            people = context.records.people.values()
            colleagues = [name for one in people for name in (one.name, *(one.aliases or ()))]
            return overheard(heard, colleagues, goes_on=repeats(focus.get("intent")))

    def log(self, turn: Turn, wish: Wish) -> Logged:
        """The turn's text as a note: proposed, or saved where that is wished."""
        names = self._known_names()
        with self._store.read() as session:
            language = self._language(session, turn)
        request = request_of(turn.text, language, wish)
        desk = Desk(None, ORIGIN, names, wish.visibility, told=turn.told)
        desk = self._prepared(turn, request, desk)
        with self._store.write() as session:
            context = self._context(session, turn, language, writes=True)
            desk = replace(desk, thread_id=conversation.thread_id(session, turn))
            logged = log(context, request, desk, wish)
            logged = replace(logged, reply=_held(logged.reply, names))
            conversation.remember(session, turn, logged.reply)
        return logged

    def understood_note(self, turn: Turn) -> Logged:
        """The turn's text as a note, without proposing, saving or remembering anything."""
        with self._store.read() as session:
            language = self._language(session, turn)
        said = self._said(turn.text, language)
        with self._store.read() as session:
            context = self._context(session, turn, language)
            return read_note(context, turn.text, self._current_names(session), said)

    def _said(self, text: str, language: str) -> SaidNote | None:
        """What a model reads in a note, where one is set and does not fail.

        No transaction is open while it is asked. Too long a text is refused without it.
        """
        if self._model is None or len(text) > LONGEST:
            return None
        try:
            return self._model().read_note(text, language)
        except Exception as error:  # a provider's client raises what it likes
            _USE.info("the model failed at a note: %s", type(error).__name__)
            return None

    def _language(self, session: Session, turn: Turn) -> Literal["en", "zh"]:
        """That of the text, else of the person."""
        person = session.get(Person, turn.viewer.person_id) if turn.viewer.person_id else None
        return reply_language(turn.text[:2_000], (), default=self._usual(person))

    def _usual(self, person: Person | None) -> Literal["en", "zh"]:
        """The person's own language, else the company's."""
        chosen = (person.language if person else None) or self._company.language
        return "zh" if chosen == "zh" else "en"

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
        only: Collection[int] | None = None,
        also: Also | None = None,
    ) -> Reply:
        """Confirms or cancels a proposal by its id; a second confirm returns the first receipt.

        `only` are the numbers, from 0, of what it offers that is to be written; without it what is
        ticked. `also` writes in the same transaction. Raises UsageError where the asker has no such
        proposal.
        """
        settled = confirmed if what == "confirm" else cancelled

        def work(context: SkillContext) -> Reply:
            person = context.rights.viewer.person_id or 0
            found = proposals.by_key(context.session, proposal_id, person)
            if only is not None and what == "confirm":
                tick(context.session, found, only)
            return settled(context, context.language, found, Desk(found.thread_id, ORIGIN))

        return self.write(turn, work, also=also)

    def take_back(self, turn: Turn) -> Reply:
        """Undoes the asker's last write."""

        def work(context: SkillContext) -> Reply:
            request = Request(turn.text, self._usual(_asker(context)), "undo")
            return undo(context, request, Desk(None, ORIGIN))

        return self.write(turn, work)

    def about(
        self,
        turn: Turn,
        intent: str,
        account_id: int | None,
        language: Literal["en", "zh"] | None = None,
        **asked: Any,
    ) -> Reply:
        """What a skill says of one account, or of the asker's own for None, asked for without
        words (a command). A skill that writes proposes.

        The turn's text is the account as the asker named it; the language is the asker's own
        unless another is given; `asked` is what else the request holds, by the fields of Request.
        """
        writes = intent in WRITERS
        names = self._known_names()
        with self._store.write() if writes else self._store.read() as session:
            context = self._context(session, turn, "en", writes=writes)
            spoken = language or self._usual(_asker(context))
            context = replace(context, language=spoken)
            ids = () if account_id is None else (account_id,)
            request = Request(turn.text, spoken, intent, account_ids=ids, **asked)
            if account_id is not None and not context.rights.sees(account_id):
                mine = self._alone(session, turn, context.rights).sees(account_id)
                hidden = replace(request, account_ids=(), hidden_accounts=(turn.text,))
                request = replace(hidden, hidden_from_asker=not mine)
            if not writes:
                reply = built_in.answer(context, request)
            elif (refused := built_in.refusal(context, request)) is not None:
                reply = refused
            else:
                reply = WRITERS[intent](context, request, Desk(None, ORIGIN, names))
            reply = _held(reply, names)
            if writes:
                conversation.remember(session, turn, reply)
        if not writes:
            with self._store.write() as session:
                conversation.remember(session, turn, reply)
        return reply

    def write(self, turn: Turn, work: Work, *, also: Also | None = None) -> Reply:
        """Does what a person asked for without words (a button, a form), in one unit of work.

        `also` writes in the same transaction; what either raises rolls everything back.
        """
        names = self._known_names()
        with self._store.write() as session:
            context = self._context(session, turn, "en", writes=True)
            context = replace(context, language=self._usual(_asker(context)))
            reply = _held(work(context), names)
            conversation.remember(session, turn, reply)
            if also is not None:
                also(session, reply)
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
            names = self._current_names(session)
            reply = held(said, names) if said is not None else None
            if reply is not None:
                return reply
            context = self._context(session, turn, request.language)
            found = _held(built_in.answer(context, request), names)
        note = replies("model_brain")[why][request.language]
        return replace(found, markdown=f"{found.markdown}\n\n{note}", plain=(*found.plain, note))

    def _current_names(self, session: Session) -> NameIndex:
        """The book's names as of the session's view."""
        names = self._names.current(session).names
        if names is not self._settled:
            self._settled = names
            keep_what_is_there()
        return names

    def _known_names(self) -> NameIndex:
        """The book's names, read before a unit of work: what it writes is not theirs yet."""
        with self._store.read() as session:
            return self._current_names(session)

    @contextmanager
    def _room(self, turn: Turn, request: Request) -> Iterator[Room]:
        """One reading for a tool, under rights decided anew."""
        from bot.assistant.brains.skill_tools import Room

        with self._store.read() as session:
            context = self._context(session, turn, request.language)
            names = self._current_names(session)
            yield Room(context, self._alone(session, turn, context.rights), names)

    def _written(self, session: Session, turn: Turn, request: Request, desk: Desk) -> Reply:
        """Runs a skill that writes, under rights decided anew in the unit of work."""
        context = self._context(session, turn, request.language, writes=True)
        desk = replace(desk, thread_id=conversation.thread_id(session, turn))
        return WRITERS[request.intent](context, request, desk)

    def _prepared(self, turn: Turn, request: Request, desk: Desk) -> Desk:
        """A note understood before anything is written: a long one takes seconds."""
        desk = replace(desk, said=self._said(request.text, request.language))
        with self._store.read() as session:
            context = self._context(session, turn, request.language)
            return prepared(context, request, desk)

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
            names=self._current_names(session),
            records=context.records,
            asker=self._alone(session, turn, context.rights),
            focus=focus,
            asked=conversation.asked(session, turn, focus),
            default_account_id=turn.default_account_id,
            default_language=self._company.language,
        )
        return replace(context, language=request.language), request

    @staticmethod
    def _alone(session: Session, turn: Turn, rights: Rights) -> Rights:
        """What the asker might see alone: it tells "not yours" from "not here"."""
        person = turn.viewer.person_id
        if person is None or rights.sole_reader == person:
            return rights
        return decide(session, turn.viewer, Audience.only(person), turn.clock.today)


def _asker(context: SkillContext) -> Person | None:
    return context.records.people.get(context.rights.viewer.person_id or 0)


def _held(reply: Reply, names: NameIndex) -> Reply:
    """The reply as far as its sources bear it out."""
    return held(reply, names) or withheld(reply)
