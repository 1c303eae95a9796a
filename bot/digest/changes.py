"""What became different at a person's accounts since the last digest (S3-7, P-1, S2-13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from functools import partial

from bot.assistant.compose import Composer
from bot.assistant.development_lines import told
from bot.assistant.health_lines import colour_word, computed, reasons
from bot.assistant.lines import note_source
from bot.assistant.wording import word
from bot.digest.line import FIRST, LAST, NEXT, SOON, Line, Said
from kam_knowledge.analysis.cadence import KEY_DECIDERS
from kam_knowledge.analysis.health import Colour
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.developments import Development, developments
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.health import AccountHealth, HealthReader
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.seats import SPONSOR, TRIANGLE, team_seats
from kam_knowledge.queries.touches import NoteText, latest_mentions
from kam_knowledge.store.models import (
    Account,
    Competitor,
    Complaint,
    Contact,
    Contract,
    Note,
    Opportunity,
    Person,
)

QUOTED = 120
STANCE = frozenset({"support", "coverage"})
"""What nobody reads in a channel, whoever is in it."""
TIERS = {
    "contact_left": FIRST, "contract_ended": FIRST, "notice_passed": FIRST,
    "deal_lost": NEXT, "contact_joined": NEXT, "complaint_new": NEXT, "survey": NEXT,
    "deal_won": LAST, "deal_new": LAST, "complaint_closed": LAST, "invoice_paid": LAST,
}  # fmt: skip
"""Dated developments that a digest tells of; what is late is told by the agenda."""
OF_A_LEADER = frozenset({"contact_left", "contract_ended", "deal_lost", "deal_won"})
CHANGED = {Opportunity: "deal_moved", Contact: "contact_changed", Contract: "contract_changed"}
"""Rows whose changed fields are news, and what a line of them is called."""
ORDER = (Colour.GREEN, Colour.AMBER, Colour.RED)


@dataclass(frozen=True)
class ChangeLines:
    """Lines of what changed from `since` to the business day."""

    records: Records
    accounts: list[Account]
    health: HealthReader
    since: date
    zone: tzinfo | None = None
    leads: bool = False

    @property
    def _today(self) -> date:
        return self.records.rights.today

    def found(self) -> Iterator[Line]:
        """In no order."""
        for one in developments(self.records, self.accounts, self.since, self._today, self.zone):
            line = self._development(one)
            if line is not None:
                yield line
        yield from self._health()
        yield from self._seats()
        if not self.leads:
            yield from self._rivals()

    def _development(self, one: Development) -> Line | None:
        kind = self._kind(one)
        if kind is None:
            return None
        name = "" if one.change is None else one.change.name
        row = f"{one.row.__tablename__}:{one.row.id}"
        tier = TIERS.get(kind, NEXT)
        if kind == "contract_changed":
            tier = SOON
        return self._line(
            kind,
            one.account_id,
            f"{row}:{name}" if name else row,
            tier,
            one.day,
            partial(self._told, one=one),
            (one.change.new if one.change else one.kind,),
        )

    def _kind(self, one: Development) -> str | None:
        """What a line of it is called; None where it is no news to whoever reads."""
        if one.change is None:
            if one.kind == "complaint_new" and isinstance(one.row, Complaint):
                return None if one.row.severity == "high" else one.kind  # the agenda has it
            if self.leads and not self._for_a_leader(one):
                return None
            return one.kind if one.kind in TIERS else None
        kind = CHANGED.get(type(one.row))
        reader = self.records.rights.sole_reader
        if reader is not None and one.change.actor_id == reader:
            return None
        if self.leads and kind != "deal_moved":
            return None
        if one.change.name in STANCE:
            return "stance_moved" if reader is not None else None
        return kind

    def _for_a_leader(self, one: Development) -> bool:
        if isinstance(one.row, Contact):
            return one.kind == "contact_left" and one.row.decision_role in KEY_DECIDERS
        return one.kind in OF_A_LEADER

    def _told(self, composer: Composer, one: Development) -> Said:
        words = composer.speaking("changes_since")
        text, sources = told(self.records, words, one)
        account = self.records.accounts[one.account_id].name
        return words.text("at_account", date=one.day, account=account, text=text), sources

    def _health(self) -> Iterator[Line]:
        """Accounts whose colour is another one than then, with the cause where it is worse."""
        then = Records(
            self.records.session,
            replace(self.records.rights, today=self.since),
            keeps=True,
        )
        ids = [account.id for account in self.accounts if account.id in then.accounts]
        before = HealthReader(then, ids, evidence=False)
        for key in ids:
            old = before.of(then.accounts[key]).health.colour
            new = self.health.of(self.records.accounts[key]).health.colour
            if old == new or Colour.GREY in (old, new):
                continue
            worse = ORDER.index(new) > ORDER.index(old)
            if not worse and self.leads:
                continue
            yield self._line(
                "health_down" if worse else "health_up",
                key,
                f"health:{key}",
                (SOON if new is Colour.RED else NEXT) if worse else LAST,
                self._today,
                partial(self._moved, key=key, old=old, worse=worse),
                (old, new),
                dated=False,
            )

    def _moved(self, composer: Composer, key: int, old: Colour, *, worse: bool) -> Said:
        found: AccountHealth = self.health.citing([key]).of(self.records.accounts[key])
        why = reasons(self.records, composer, found, most=2, cited=False) if worse else []
        because = composer.text("semicolon").join(why)
        text = composer.text(
            "health_moved",
            account=found.account.name,
            old=composer.text(f"colour_{old}"),
            new=colour_word(composer, found),
            since=self.since,
            date=self._today,
            why=composer.text("colon") + because if because else "",
        )
        source = computed(self.records, found, why)
        return text, [replace(source, quote=f"{self.since}: {old}; {self._today}: {source.quote}")]

    def _seats(self) -> Iterator[Line]:
        """Seats whose holder left and that nobody has taken."""
        wanted = (SPONSOR,) if self.leads else (*TRIANGLE, SPONSOR)
        for one in team_seats(self.records, self.accounts):
            for seat in one.empty(wanted):
                for person in one.gone.get(seat, [])[:1]:
                    yield self._line(
                        "seat",
                        one.account.id,
                        f"seat:{one.account.id}:{seat}",
                        SOON,
                        person.left_on or self._today,
                        partial(self._empty, account=one.account, seat=seat, person=person),
                        (person.id,),
                    )

    def _empty(self, composer: Composer, account: Account, seat: str, person: Person) -> Said:
        text = composer.text(
            "seat_empty",
            account=account.name,
            seat=word(f"seat_{seat}", composer.language),
            name=person.name,
            date=person.left_on,
        )
        where = self.records.source(account, ["name", "owner_id"])
        return text, [where, self.records.source(person, ["email", "name", "left_on"])]

    def _rivals(self) -> Iterator[Line]:
        """The last note of the span about each account that names a rival of record there."""
        ids = [account.id for account in self.accounts]
        rows = self.records.fields(Competitor, ("account_id", "competitor"), account_ids=ids)
        names = sorted({row.competitor for row in rows})
        told_of: set[int] = set()
        for account_id, note in latest_mentions(self.records, ids, names) if names else ():
            if note.date is None or note.date < self.since:
                break
            if account_id in told_of or self._private(note):
                continue
            told_of.add(account_id)
            yield self._line(
                "rival",
                account_id,
                f"note:{note.note_id}",
                NEXT,
                note.date,
                partial(self._named, account_id=account_id, note=note, names=names),
                (note.note_id,),
            )

    def _private(self, note: NoteText) -> bool:
        """A note that only its author reads stands in no digest, the author's neither."""
        row = self.records.session.get(Note, note.note_id)
        return row is None or row.visibility == "author"

    def _named(
        self, composer: Composer, account_id: int, note: NoteText, names: Iterable[str]
    ) -> Said:
        said = [name for name in names if fold(name) in fold(note.text)]
        quote = excerpt(note.text, said, longest=QUOTED, alone=True)
        text = composer.text(
            "rival_named",
            date=note.date,
            account=self.records.accounts[account_id].name,
            quote=quote,
        )
        return text, [note_source(note, quote)]

    def _line(
        self,
        kind: str,
        account_id: int,
        row: str,
        tier: int,
        day: date,
        say: Callable[[Composer], Said],
        facts: tuple[object, ...],
        *,
        dated: bool = True,
    ) -> Line:
        key_account = self.records.accounts[account_id].account_class == "key"
        band = 1 if tier == FIRST else 3
        return Line(
            kind,
            account_id,
            row,
            tier,
            (band, 0 if key_account else 1, -day.toordinal()),
            day if dated else self.since,
            say,
            {"date": day},
            facts,
        )
