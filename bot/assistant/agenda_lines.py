"""One item of a day in words, with why it is there and what that rests on."""

from __future__ import annotations

from datetime import date

from bot.assistant.compose import Composer
from bot.assistant.lines import Lines
from bot.assistant.wording import amount, in_brackets, listed, word
from kam_knowledge.analysis.urgency import Matter
from kam_knowledge.queries.agenda import Item
from kam_knowledge.queries.commitments import Commitment
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.silence import Silence
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import (
    Activity,
    Complaint,
    Contact,
    Contract,
    Opportunity,
    Person,
    Receivable,
)

Said = tuple[str, list[Source]]


class AgendaLines:
    """Writes the items of an agenda as of one day."""

    def __init__(self, records: Records, composer: Composer, day: date) -> None:
        self.records = records
        self.composer = composer
        self.language = composer.language
        self.day = day

    def said(self, item: Item) -> str:
        """The item as one cited line."""
        text, sources = self.parts(item)
        return self.composer.cited(text, sources)

    def parts(self, item: Item) -> Said:
        """The item in words, and what they rest on."""
        match item.evidence:
            case Activity():
                return self.meeting(item, item.evidence)
            case Commitment():
                return self._promise(item, item.evidence)
            case Complaint():
                return self._complaint(item, item.evidence)
            case Contract():
                return self._renewal(item, item.evidence)
            case Receivable():
                return self._invoice(item, item.evidence)
            case Silence():
                return self._silence(item, item.evidence)
            case Opportunity():
                return self._deal(item, item.evidence)

    def meeting(self, item: Item, row: Activity, key: str = "item_meeting") -> Said:
        """A planned meeting: when, with whom of theirs, about what."""
        contacts = [c for k in row.contact_ids if (c := self.records.get(Contact, k))]
        fields = ["date", "kind", "status", "contact_ids", "person_ids", "subject"]
        people = listed([contact.name for contact in contacts], self.language)
        text = self.composer.text(
            key,
            date=row.date,
            kind=word(f"kind_{row.kind}", self.language),
            people=self.composer.text("with_them", people=people) if people else "",
            account=item.account.name,
            subject=self.composer.text("subject", subject=row.subject) if row.subject else "",
        )
        sources: list[Source] = [self.records.source(row, fields)]
        return text, sources

    def _promise(self, item: Item, commitment: Commitment) -> Said:
        action = commitment.action
        fields = ["action", "direction", "owner", "due", "first_due", "status"]
        sources: list[Source] = [self.records.source(action, fields)]
        owner = self.records.get(Person, action.owner_person_id)
        if (owner and item.matter is not Matter.OWN_PROMISE) or item.covered:
            assert owner is not None, "a covered promise has an owner"
            sources.append(self.records.source(owner, ["email", "name", "left_on"]))
        slipped = ""
        if commitment.slipped:
            slipped = self.composer.text("due_slipped", first=action.first_due)
        key = f"item_{item.matter}"
        if item.matter is Matter.OWN_PROMISE:
            internal = action.direction == "internal"
            key = "covered_promise" if item.covered else "own_internal" if internal else key
        elif item.matter is Matter.ORPHAN and not (owner and owner.left_on):
            key = "orphan_plain"
        elif item.matter is Matter.THEIRS:
            key = "item_theirs"
        if item.days > 0 and action.due:
            sources.append(self._late(item, action.due, sources[0]))
        text = self.composer.text(
            key,
            account=item.account.name,
            when=self._when(item.days, action.due),
            action=action.action,
            slipped=slipped,
            name=owner.name if owner else "",
            owner=in_brackets(commitment.owner, self.language)
            if key == "item_theirs"
            else commitment.owner or "",
            left=owner.left_on if owner else "",
        )
        return text, sources

    def _when(self, days: int, due: date | None) -> str:
        if days > 0:
            return self.composer.text("late_one" if days == 1 else "late", n=days)
        return self.composer.text("due_on" if days else "due_today", date=due)

    def _complaint(self, item: Item, row: Complaint) -> Said:
        text = self.composer.text(
            "item_complaint", account=item.account.name, n=item.days, complaint=row.complaint
        )
        source = self.records.source(row, ["complaint", "raised_on", "severity"])
        return text, [source, self._late(item, row.raised_on, source)]

    def _renewal(self, item: Item, row: Contract) -> Said:
        fields = ["contract", "notice_by", "end", "auto_renews", "status"]
        text = self.composer.text(
            "item_renewal",
            contract=row.contract,
            account=item.account.name,
            n=-item.days,
            deadline=date.fromordinal(self.day.toordinal() - item.days),
            step=self.composer.text(f"step_{item.step}"),
        )
        return text, [self.records.source(row, fields), self._counted(item, row)]

    def _counted(self, item: Item, row: Contract) -> ComputedSource:
        """The days to the deadline, and the step that they mean."""
        deadline = date.fromordinal(self.day.toordinal() - item.days)
        source = self.records.source(row, ["contract", "notice_by", "end"])
        return ComputedSource(
            "renewal_step (P-4)",
            row.contract,
            self.day,
            f"{deadline} - {self.day} = {-item.days} days; "
            f"{item.account.account_class or 'account'} → {item.step}",
            (source.where,),
        )

    def _invoice(self, item: Item, row: Receivable) -> Said:
        fields = ["invoice", "amount", "currency", "due", "disputed", "reason"]
        text = self.composer.text(
            "item_invoice",
            invoice=row.invoice,
            amount=amount(row.amount, row.currency or item.account.currency, self.language),
            account=item.account.name,
            n=item.days,
            why=Lines(self.records, self.composer).why_unpaid(row),
        )
        source = self.records.source(row, fields)
        return text, [source, self._late(item, row.due, source)]

    def _silence(self, item: Item, one: Silence) -> Said:
        contact = one.contact
        source = ComputedSource(
            "silences (P-2)",
            contact.name,
            self.day,
            f"{contact.name}: {self.day} - {one.last} = {one.days} days; "
            f"cadence {one.cadence} days; beyond it {item.days} days",
            (self.records.where(contact),),
        )
        text = self.composer.text(
            "item_silence",
            name=contact.name,
            role=word(f"role_{contact.decision_role}", self.language),
            account=item.account.name,
            last=one.last,
            n=item.days,
            cadence=one.cadence,
        )
        return text, [self.records.source(contact, ["name", "decision_role"]), source]

    def _deal(self, item: Item, row: Opportunity) -> Said:
        text = self.composer.text(
            "item_deal", name=row.name, account=item.account.name, n=item.days, date=row.close_date
        )
        source = self.records.source(row, ["name", "stage", "close_date", "outcome"])
        return text, [source, self._late(item, row.close_date or self.day, source)]

    def _late(self, item: Item, since: date, source: Source) -> ComputedSource:
        """How many days have gone by since the record's day."""
        formula = f"{self.day} - {since} = {item.days} days"
        return ComputedSource("urgency (P-1)", source.title, self.day, formula, (source.where,))
