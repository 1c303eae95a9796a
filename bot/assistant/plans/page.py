"""What a block of facts writes on: one section of one document, under one set of rights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.plans.guard import names_of_others
from bot.assistant.plans.naming import chosen_deal
from bot.assistant.wording import listed, one_line, word
from kam_knowledge.analysis.periods import Period
from kam_knowledge.plans.sections import Gap
from kam_knowledge.queries.health import AccountHealth, HealthReader
from kam_knowledge.queries.offices import one_a_person
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.stakeholder import has_left, is_open
from kam_knowledge.queries.touches import NoteText, Touch, touches
from kam_knowledge.store.models import Account, Contact, Opportunity, Person

ROLES = (
    "decision_maker", "economic_buyer", "champion", "blocker", "influencer", "gatekeeper", "user",
)  # fmt: skip


class Reading:
    """What the sections of one document share: the account's rows, each read once."""

    def __init__(
        self,
        context: SkillContext,
        account: Account | None,
        accounts: Sequence[Account],
        period: Period,
        *,
        customer: bool,
        about: str = "",
    ) -> None:
        """`about` is what was asked in words: it may name the deal a document is of."""
        self.context = context
        self.records = context.records
        self.today: date = context.clock.today
        self.account_or_none = account
        self.accounts = list(accounts)
        self.period = period
        self.customer = customer
        self.about = about
        self.notes: list[NoteText] | None = None
        """Fresh notes, once a block has read them."""

    @property
    def account(self) -> Account:
        """The account; blocks of documents that have none never ask."""
        assert self.account_or_none is not None, "this document is of no account"
        return self.account_or_none

    @property
    def ids(self) -> list[int]:
        """The account's id, or those of all the accounts the document is of."""
        return [one.id for one in self.accounts]

    @cached_property
    def inner(self) -> bool:
        """Whether stance, cost and the like may stand in it."""
        return not self.customer and all(map(self.records.rights.sees_inner, self.ids))

    @cached_property
    def contacts(self) -> list[Contact]:
        """Their people who are still there, in order of weight."""
        rows = self.records.contacts(self.account.id)
        here = one_a_person(row for row in rows if not has_left(row, self.today))
        return sorted(here, key=lambda row: (_rank(row), row.name))

    @cached_property
    def touches(self) -> list[Touch]:
        """Two-way contacts, newest first."""
        met = touches(self.records, account_ids=[self.account.id])
        return [touch for touch in met if touch.two_way]

    def last_touch(self, contact: Contact) -> Touch | None:
        """The last two-way contact with the person."""
        return next((one for one in self.touches if contact.id in one.contact_ids), None)

    @cached_property
    def health(self) -> AccountHealth:
        """The account's health with what it rests on (P-1)."""
        return HealthReader(self.records, [self.account.id]).of(self.account)

    @cached_property
    def deals(self) -> list[Opportunity]:
        """Open deals, the largest first."""
        found = self.records.all(Opportunity, account_ids=self.ids)
        held = [row for row in found if is_open(row, self.today)]
        return sorted(held, key=lambda row: (-(row.amount or 0), row.id))

    @cached_property
    def deal(self) -> Opportunity | None:
        """The deal that the document is of."""
        return chosen_deal(self.records, self.account, self.about)

    @cached_property
    def others_names(self) -> tuple[str, ...]:
        """Names that nothing for this customer may hold: rivals, and other customers."""
        return names_of_others(self.records, self.account_or_none)


class Page:
    """One section being written: statements with their sources, and what is missing."""

    def __init__(self, reading: Reading, composer: Composer) -> None:
        self.reading = reading
        self.context = reading.context
        self.records = reading.records
        self.composer = composer
        self.language = composer.language
        self.today = reading.today
        self.lines = Lines(self.records, composer, name_account=len(reading.accounts) > 1)
        self.gaps: list[Gap] = []
        self.met: list[str] = []

    @property
    def account(self) -> Account:
        """The account it is of."""
        return self.reading.account

    @property
    def inner(self) -> bool:
        """Whether inner facts may stand in it."""
        return self.reading.inner

    def met_or_gap(self, code: str, *, there: bool, **values: object) -> None:
        """A point that the section should make: met, or a gap of that code."""
        if there:
            self.met.append(code)
        else:
            self.gap(code, **values)

    def gap(self, code: str, **values: object) -> None:
        """Something that no record says; the values, and the account's name, fill its sentence and
        its question."""
        names = [account.name for account in self.reading.accounts]
        place = listed(names, self.language, most=4) or word("your_accounts", self.language)
        said = {name: str(value) for name, value in values.items()}
        self.gaps.append(Gap(code, {"account": place} | said))

    def say(self, key: str, sources: Iterable[Source], /, **values: object) -> None:
        """A statement as an item of a list."""
        self.composer.bullet(key, sources, **values)

    def below(self, key: str, sources: Iterable[Source], /, **values: object) -> None:
        """A statement under the last one."""
        text = self.composer.cited(self.composer.text(key, **values), sources)
        self.composer.line(f"  - {text}")

    def heads(self, *keys: str) -> None:
        """The columns of a table; the sources stand in the last one."""
        names = [self.composer.text(f"col_{key}") for key in (*keys, "sources")]
        for line in (_row(names), _row(["---"] * len(names))):
            self.composer.unclaimed(line)

    def row(self, cells: Iterable[object], sources: Iterable[Source]) -> None:
        """A row of the table; nothing in a cell is a dash."""
        said = [_cell(cell) for cell in cells]
        marks = self.composer.marks(sources)
        self.composer.line(_row([*said, marks]))

    def word(self, family: str, code: str | None) -> str:
        """A code in the reader's words; nothing for none."""
        return word(f"{family}_{code}", self.language) if code else ""

    def listed(self, names: Iterable[str]) -> str:
        """`A, B and C`."""
        return listed(names, self.language)

    def title_of(self, note: NoteText) -> str:
        """The note's title without the date that stands before it anyway."""
        bare = note.title.removeprefix(str(note.date)).lstrip(" -_·,，")
        return bare or note.title

    def person(self, person_id: int | None) -> Person | None:
        """One of ours who is still here."""
        person = self.records.people.get(person_id or 0)
        gone = person is not None and person.left_on is not None and person.left_on <= self.today
        return None if gone else person

    def person_source(self, person: Person) -> Source:
        """What turns an email into the name that is shown."""
        return self.records.source(person, ["email", "name", "left_on"])

    def contact_source(self, touch: Touch, name: str) -> ComputedSource:
        """The day of the last two-way contact with somebody (P-2)."""
        where = touch.note.where if touch.note else ""
        if not where and touch.activity:
            where = self.records.source(touch.activity, ["date"]).where
        return ComputedSource(
            "last_contact (P-2)",
            name,
            touch.date,
            f"last two-way contact on record with {name}: {touch.date}",
            (where,) if where else (),
        )


def _rank(row: Contact) -> int:
    return ROLES.index(row.decision_role) if row.decision_role in ROLES else len(ROLES)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: object) -> str:
    text = one_line(str(value)) if value not in (None, "") else "–"
    return text.replace("|", "/")
