"""What is late or falls due for a person in the week of a digest (P-1, P-2, P-4, P-12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.assistant.agenda_lines import AgendaLines
from bot.assistant.compose import Composer
from bot.assistant.health_lines import colour_word, computed, reasons
from bot.assistant.wording import amount
from bot.digest.line import FIRST, NEXT, SOON, Line, Said
from kam_knowledge.analysis.health import Colour
from kam_knowledge.analysis.urgency import Matter, band
from kam_knowledge.queries.agenda import Duties, Evidence, Item, agenda
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.health import HealthReader
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.silence import Silence
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import (
    Action,
    Activity,
    Complaint,
    Contract,
    Opportunity,
    Receivable,
)

MONEY = frozenset({Matter.RENEWAL, Matter.INVOICE, Matter.DEAL})
PROMISES = frozenset({Matter.OWN_PROMISE, Matter.ORPHAN, Matter.COLLEAGUE, Matter.THEIRS})
OF_A_LEADER = frozenset(Matter) - {Matter.SILENCE, Matter.THEIRS, Matter.MEETING}
"""What of a portfolio is a leader's to read: no colleague's calendar, no colleague's calls."""
AT_RISK = (Colour.RED, Colour.AMBER)


@dataclass(frozen=True)
class DutyLines:
    """Lines of what is late on `day` or falls due by `until`."""

    records: Records
    duties: Duties
    health: HealthReader
    day: date
    until: date

    def found(self) -> Iterator[Line]:
        """In no order."""
        for item in (*agenda(self.records, self.duties, self.day, self.until), *self._theirs()):
            if not self.duties.leads or self._leads(item):
                yield self._line(item)

    def _leads(self, item: Item) -> bool:
        """Whether it belongs on a leader's page: of renewals those at risk."""
        if self._own(item):
            return True
        if item.matter is Matter.RENEWAL:
            return self.health.of(item.account).health.colour in AT_RISK
        return item.matter in OF_A_LEADER

    def _own(self, item: Item) -> bool:
        row = item.evidence
        if isinstance(row, Commitment):
            return self.duties.acts_for(row.action.owner_person_id, row.action.account_id)
        return isinstance(row, Activity) and self.duties.person_id in row.person_ids

    def _theirs(self) -> Iterator[Item]:
        """What the customer owes by the end of the week; the late ones are in the agenda."""
        if self.duties.leads:
            return
        held = self.duties.answers_for
        now = [Action.direction == "theirs", Action.due.between(self.day, self.until)]
        for one in open_commitments(self.records, account_ids=held, now=now):
            due = one.action.due
            if one.action.direction == "theirs" and due and self.day <= due <= self.until:
                account = self.records.accounts[one.action.account_id]
                yield Item(Matter.THEIRS, account, (self.day - due).days, one)

    def _line(self, item: Item) -> Line:
        due = item.matter in PROMISES and item.days <= 0
        tier = FIRST if (item.matter in MONEY or item.matter in PROMISES) else NEXT
        if item.matter is Matter.COMPLAINT or due:
            tier = SOON
        if item.matter is Matter.THEIRS and due:
            tier = NEXT
        row = item.evidence
        about = _about(row)
        return Line(
            f"{item.matter}_due" if due else str(item.matter),
            item.account.id,
            f"{about.__tablename__}:{about.id}",
            tier,
            item.order[0],
            self._day(item),
            lambda composer: self._said(composer, item),
            self._values(item),
            (band(item.matter, item.days), *_facts(item)),
        )

    def _day(self, item: Item) -> date:
        """The day it was or is due; of silence the last contact."""
        if isinstance(item.evidence, Silence):
            return item.evidence.last or self.day
        return self.day - timedelta(days=item.days)

    def _values(self, item: Item) -> dict[str, object]:
        row = item.evidence
        found: dict[str, object] = {"n": abs(item.days), "date": self._day(item)}
        match row:
            case Commitment():
                found["what"] = row.action.action
            case Silence():
                found["what"] = row.contact.name
            case Receivable():
                found["what"] = row.invoice
                found["worth"] = (row.amount, row.currency or item.account.currency)
            case Contract():
                found["what"] = row.contract
            case Opportunity():
                found["what"] = row.name
            case Complaint():
                found["what"] = row.complaint
            case Activity():
                found["what"] = row.subject or item.account.name
        return found

    def _said(self, composer: Composer, item: Item) -> Said:
        lines = AgendaLines(self.records, composer.speaking("my_day"), self.day)
        text, sources = lines.parts(item)
        if item.matter is Matter.COMPLAINT or (
            item.days > 0 and item.matter in PROMISES | {Matter.INVOICE}
        ):
            key = "raised" if item.matter is Matter.COMPLAINT else "was_due"
            text = composer.text(key, text=text, date=self._day(item))
        if item.matter is not Matter.RENEWAL:
            return text, sources
        found = self.health.citing([item.account.id]).of(item.account)
        if found.health.colour not in AT_RISK:
            return text, sources
        why = reasons(self.records, composer, found, most=1, told=["notice_given"], cited=False)
        risk = composer.text("colon").join([colour_word(composer, found), *why])
        return (
            composer.text("semicolon").join([text, risk]),
            [*sources, computed(self.records, found, why)],
        )


def worded(line: Line, language: str) -> dict[str, object]:
    """The values of its texts, amounts as people write them."""
    found = dict(line.values)
    if "worth" in found:
        value, currency = line.values["worth"]
        found["worth"] = amount(value, currency, language)
    return found


def _about(row: Evidence) -> BusinessRow:
    match row:
        case Commitment():
            return row.action
        case Silence():
            return row.contact
        case _:
            return row


def _facts(item: Item) -> tuple[object, ...]:
    """What of the row makes it another line when it changes."""
    row = item.evidence
    match row:
        case Commitment():
            return (row.action.action, row.action.due, row.action.owner)
        case Silence():
            return (row.last,)
        case Receivable():
            return (row.amount, row.due, row.disputed)
        case Contract():
            return (item.step, row.status)
        case Opportunity():
            return (row.stage, row.close_date)
        case Complaint():
            return (row.severity, row.action)
        case Activity():
            return (row.date, row.subject)
