"""What tests of skills share: a small book written row by row, and a question put to a skill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import select

from bot.assistant.context import Company, SkillContext
from bot.assistant.reply import Reply
from bot.assistant.skills.registry import Skill
from bot.assistant.understanding.request import Request
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.changes.notes import NoteDraft, NoteWriter
from kam_knowledge.clock import clock
from kam_knowledge.queries.records import Records
from kam_knowledge.search.passages import content_hash
from kam_knowledge.search.service import Search
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Contact, Person

TODAY = date(2026, 11, 21)
NOON = clock(TODAY.isoformat(), "Asia/Shanghai")
LONG_AGO = datetime(2025, 1, 6, 4, tzinfo=UTC)
Language = Literal["en", "zh"]
MARK = re.compile(r"\[(\d+)\]")


class SmallBook:
    """Rows of one store, written as an import of long ago unless said otherwise."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(
        self,
        model: type[BusinessRow],
        *,
        cause: str = "import",
        recorded: datetime = LONG_AGO,
        actor: int | None = None,
        as_of: date | None = None,
        **values: Any,
    ) -> int:
        """A row; its id."""
        with self.store.write() as session:
            ledger = Ledger(session, cause, "workbook", actor, recorded_at=recorded)
            return ledger.create_many(model, [values], sources=["test"], as_ofs=[as_of])[0]

    def change(
        self,
        model: type[BusinessRow],
        row_id: int,
        *,
        recorded: datetime,
        actor: int | None = None,
        as_of: date | None = None,
        **values: Any,
    ) -> None:
        """Values offered to a row in a message."""
        with self.store.write() as session:
            row = session.get(model, row_id)
            assert row is not None
            ledger = Ledger(session, "message", "slack", actor, recorded_at=recorded)
            ledger.update(row, values, source="message", as_of=as_of)

    def person(self, name: str, **values: Any) -> int:
        """A colleague whose email is the name."""
        email = f"{name.lower().replace(' ', '.')}@example.com"
        return self.add(Person, email=email, name=name, **values)

    def account(self, name: str, **values: Any) -> int:
        """An account, open unless said otherwise."""
        return self.add(Account, name=name, **values)

    def contact(self, account: int, name: str, **values: Any) -> int:
        """A customer's person."""
        return self.add(Contact, account_id=account, name=name, **values)

    def note(
        self,
        account: int,
        text: str,
        day: date | None,
        *,
        author: int | None = None,
        visibility: str = "open",
        kind: str = "meeting",
        contacts: tuple[int, ...] = (),
        people: tuple[int, ...] = (),
        title: str = "A note",
    ) -> int:
        """A note, with the touch it tells of; its id."""
        with self.store.write() as session:
            draft = NoteDraft(
                text, title, kind, content_hash(title, text), visibility, "en", day, account,
                author, contact_ids=contacts, person_ids=people,
            )  # fmt: skip
            return NoteWriter(session, LONG_AGO).add(draft).id


def ask(
    store: Store,
    skill: Skill,
    who: str,
    language: Language = "en",
    *,
    audience: tuple[str, ...] | None = None,
    company: Company | None = None,
    previous: Mapping[str, Any] | None = None,
    search: Search | None = None,
    **request: Any,
) -> Reply:
    """What the skill answers to that person, alone unless others read it too."""

    def opened() -> Search:
        assert search is not None, "this skill searches: give it a search"
        return search

    with store.read() as session:
        ids = dict(session.execute(select(Person.email, Person.id)).all())
        asker = ids[f"{who}@example.com"]
        readers = [ids[f"{name}@example.com"] for name in audience or ()]
        reach = Audience.members([asker, *readers]) if readers else Audience.only(asker)
        rights = decide(session, Viewer(asker), reach, TODAY)
        context = SkillContext(
            session, rights, Records(session, rights), NOON, language, opened,
            company or Company(), previous,
        )  # fmt: skip
        asked = Request(request.pop("text", ""), language, "", **request)
        return skill(context, asked)


def lines(reply: Reply) -> list[str]:
    """The reply's lines without the blank ones."""
    return [line for line in reply.markdown.split("\n") if line.strip()]


def bare(text: str) -> str:
    """The text without its markers."""
    return re.sub(r"\s*\[\d+\]", "", text)
