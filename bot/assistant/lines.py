"""One record, one line: commitments, deals, invoices, renewals… the same in every answer."""

from __future__ import annotations

from datetime import date

from bot.assistant.compose import Composer
from bot.assistant.wording import amount, in_brackets, listed, word
from kam_knowledge.queries.commitments import Commitment
from kam_knowledge.queries.excerpts import LONGEST, excerpt, excerpts
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sources import NoteSource, RecordSource, Source
from kam_knowledge.queries.touches import NoteText, Touch
from kam_knowledge.store.models import (
    Account,
    Activity,
    Complaint,
    Contact,
    Contract,
    Opportunity,
    Person,
    Receivable,
)


class Lines:
    """Writes records into one reply. `account` in front where the reply is about several."""

    def __init__(self, records: Records, composer: Composer, *, name_account: bool = False) -> None:
        self.records = records
        self.composer = composer
        self.language = composer.language
        self._name_account = name_account

    def commitment(self, commitment: Commitment, *, labelled: bool = True) -> None:
        """Who promised what until when, and whether it is late or was moved.

        `labelled` says whose promise it is, where no heading does.
        """
        compose, action = self.composer, commitment.action
        kept = action.done_on is not None and action.done_on <= self.records.rights.today
        due = compose.text("no_date")
        if action.due:
            late = commitment.overdue_days > 0
            due = compose.text("due_overdue" if late else "due", date=action.due)
        if commitment.slipped:
            due += compose.text("due_slipped", first=action.first_due)
        if kept:
            due = compose.text("done", date=action.done_on)
        owner, left = "", self._owner_left(commitment)
        if commitment.owner:
            owner = compose.text(
                "owner_left" if left else "owner", owner=commitment.owner, date=left
            )
        sources: list[Source] = [self.commitment_source(commitment)]
        if left:
            sources.append(self._owner(commitment))
        label = f"kept_{action.direction}" if kept else action.direction
        self._bullet(
            label if labelled else "promise", sources, action.account_id,
            action=action.action, owner=owner, due=due,
        )  # fmt: skip

    def commitment_source(self, commitment: Commitment) -> RecordSource:
        """What a line about the promise cites: its record, titled with its owner's name."""
        action = commitment.action
        fields = ["action", "direction", "owner", "due", "first_due", "status", "done_on"]
        title = action.action + in_brackets(commitment.owner, self.language)
        return self.records.source(action, fields, title=title)

    def deal(self, deal: Opportunity) -> None:
        """A deal: its worth, stage, close date and next step."""
        self._bullet("deal", [self.deal_source(deal)], deal.account_id, **self.deal_values(deal))

    def deal_values(self, deal: Opportunity) -> dict[str, str]:
        """What the deal's template takes."""
        compose = self.composer
        worth = (
            amount(deal.amount, self._currency(deal.currency, deal.account_id), self.language)
            if deal.amount is not None
            else ""
        )
        return {
            "name": deal.name,
            "amount": compose.text("deal_amount", amount=worth) if worth else "",
            "stage": compose.text("deal_stage", stage=deal.stage) if deal.stage else "",
            "close": compose.text("deal_close", date=deal.close_date) if deal.close_date else "",
            "next": compose.text("deal_next", step=deal.next_step) if deal.next_step else "",
        }

    def deal_source(self, deal: Opportunity) -> RecordSource:
        """What a line about the deal cites."""
        fields = ["name", "amount", "currency", "stage", "close_date", "next_step", "contact_id"]
        return self.records.source(deal, fields)

    def invoice(self, invoice: Receivable) -> None:
        """An invoice that is unpaid, due or not yet."""
        currency = self._currency(invoice.currency, invoice.account_id)
        fields = ["invoice", "amount", "currency", "due", "paid_on", "disputed", "reason"]
        ahead = invoice.due >= self.records.rights.today
        self._bullet(
            "invoice_ahead" if ahead else "invoice",
            [self.records.source(invoice, fields)],
            invoice.account_id,
            disputed=self.why_unpaid(invoice),
            invoice=invoice.invoice,
            amount=amount(invoice.amount, currency, self.language),
            date=invoice.due,
        )

    def why_unpaid(self, invoice: Receivable) -> str:
        """Whether it is disputed, and the reason on record; nothing where there is neither."""
        if not (invoice.disputed or invoice.reason):
            return ""
        key = "invoice_disputed" if invoice.disputed else "invoice_reason"
        key = key if invoice.reason else "invoice_disputed_plain"
        return self.composer.text(key, reason=invoice.reason)

    def complaint(self, complaint: Complaint) -> None:
        """A complaint: since when it is open, or from when to when it was, and what was done."""
        gone = complaint.closed_on
        closed = gone is not None and gone <= self.records.rights.today
        key = "complaint" if complaint.severity else "complaint_plain"
        done = ""
        if closed and complaint.action:
            done = self.composer.text("complaint_done", action=complaint.action)
        fields = [
            "raised_on",
            "complaint",
            "severity",
            *(["closed_on", "action"] if closed else []),
        ]
        self._bullet(
            "complaint_ended" if closed else key,
            [self.records.source(complaint, fields)],
            complaint.account_id,
            date=complaint.raised_on,
            complaint=complaint.complaint,
            severity=word(f"severity_{complaint.severity}", self.language),
            closed=gone,
            done=done,
        )

    def renewal(self, deadline: date, contract: Contract) -> None:
        """A contract that must be decided on."""
        unknown = word("unknown", self.language)
        self._bullet(
            "renewal",
            [self.records.source(contract, ["contract", "notice_by", "end", "auto_renews"])],
            contract.account_id,
            contract=contract.contract,
            deadline=deadline,
            notice=contract.notice_by or unknown,
            end=contract.end or unknown,
        )

    def touch(
        self,
        touch: Touch,
        names: list[str],
        *,
        longest: int = LONGEST,
        theirs: bool = False,
        most: int = 1,
    ) -> None:
        """A touch: when, how, who of us (and of theirs, if wanted), about what, its own words.

        Of a chat as many as `most` messages: each is about something of its own.
        """
        compose = self.composer
        people = [p for key in touch.person_ids if (p := self.records.get(Person, key))]
        met = [self.records.get(Contact, key) for key in touch.contact_ids] if theirs else []
        contacts = [row for row in met if row is not None]
        with_whom = self._with_whom(people, contacts)
        sources = self._participants(touch, people, contacts)
        subject = touch.activity.subject if touch.activity else None
        if touch.note and not people and (author := self._author(touch.note)):
            # Who took part of ours is not stated; who tells of it is.
            with_whom += compose.text("noted_by", name=author.name)
            sources.append(self._person(author.id))
        kind = word(f"kind_{touch.kind}", self.language)
        values = {"date": touch.date, "kind": kind, "with_whom": with_whom}
        if touch.note:
            said = self.words_of(touch, names)
            quotes = [excerpt(touch.note.text, said, longest=longest)]
            if touch.kind == "chat" and most > 1:
                quotes = excerpts(touch.note.text, said, most=most, longest=longest) or quotes
            quote = "” … “".join(quotes)
            words = [note_source(touch.note, one) for one in quotes]
            assumed = compose.text("assumed") if touch.assumed else ""
            about = compose.text("touch_about", subject=subject) if subject else ""
            text = compose.text("touch_note", quote=quote, about=about, **values) + assumed
            compose.line(compose.cited(text, [*words, *sources]))
            return
        key = "touch_activity" if subject else "touch_bare"
        compose.claim(key, sources, subject=subject, **values)

    def _author(self, note: NoteText) -> Person | None:
        return self.records.people.get(note.author_id or 0)

    def planned(self, row: Activity) -> None:
        """A planned activity: when, who of us with whom of theirs, about what."""
        people = [p for key in row.person_ids if (p := self.records.people.get(key))]
        contacts = [c for key in row.contact_ids if (c := self.records.get(Contact, key))]
        fields = ["date", "kind", "status", "contact_ids", "person_ids", "subject"]
        together = self._with_whom(people, contacts)
        kind = word(f"kind_{row.kind}", self.language)
        source = self.records.source(row, fields, title=f"{kind} {row.date}{together}")
        values = {"date": row.date, "kind": kind, "with_whom": together, "subject": row.subject}
        key = "planned" if row.subject else "planned_bare"
        self._bullet(key, [source], row.account_id, **values)

    def _participants(
        self, touch: Touch, people: list[Person], contacts: list[Contact]
    ) -> list[Source]:
        """What says who was there: the recorded activity, titled with their names; else each
        person's own record."""
        row = touch.activity
        if row is None:
            return [
                *(self._person(person.id) for person in people),
                *(self.records.source(contact, ["name", "title"]) for contact in contacts),
            ]
        fields = ["date", "kind", "status", "contact_ids", "person_ids", "subject"]
        kind = word(f"kind_{row.kind}", self.language)
        title = f"{kind} {row.date}" + self._with_whom(people, contacts)
        found: list[Source] = [self.records.source(row, fields, title=title)]
        return found

    def words_of(self, touch: Touch, names: list[str]) -> list[str]:
        """Whose words to quote: in a chat theirs, not ours; else anybody's if one of them came."""
        if touch.kind == "chat":
            met = [self.records.get(Contact, key) for key in touch.contact_ids]
            return names or [name for row in met if row for name in (row.name, *row.aliases)]
        return names if len(touch.contact_ids) > 1 else []

    def _with_whom(self, people: list[Person], contacts: list[Contact]) -> str:
        ours = listed([person.name for person in people], self.language)
        theirs = listed([row.name for row in contacts], self.language)
        if ours and theirs:
            return self.composer.text("between", ours=ours, theirs=theirs)
        if ours or theirs:
            return self.composer.text("with_whom" if ours else "with_them", people=ours or theirs)
        return ""

    def quoted(self, note: NoteText, names: list[str]) -> None:
        """A note's own words."""
        quote = excerpt(note.text, names)
        self.composer.bullet(
            "quoted" if note.date else "quoted_undated",
            [note_source(note, quote)],
            date=note.date,
            title=note.title,
            quote=quote,
        )

    def _bullet(self, key: str, sources: list[Source], account_id: int, **values: object) -> None:
        if not self._name_account:
            self.composer.bullet(key, sources, **values)
            return
        account = self.records.accounts[account_id]
        said = self.composer.text(key, **values)
        text = self.composer.text("of_account", account=account.name, text=said)
        self.composer.line("- " + self.composer.cited(text, sources))

    def _currency(self, currency: str | None, account_id: int) -> str | None:
        account = self.records.get(Account, account_id)
        return currency or (account.currency if account else None)

    def _owner_left(self, commitment: Commitment) -> date | None:
        """The day the owner left, if that has come: the promise needs another one (P-10)."""
        action = commitment.action
        owner = self.records.people.get(action.owner_person_id or 0) or self.records.get(
            Contact, action.owner_contact_id
        )
        gone = owner.left_on if owner else None
        return gone if gone and gone <= self.records.rights.today else None

    def _owner(self, commitment: Commitment) -> RecordSource:
        """The record that turns an email into the name that is shown."""
        action = commitment.action
        if action.owner_person_id is not None:
            return self._person(action.owner_person_id)
        contact = self.records.get(Contact, action.owner_contact_id)
        assert contact is not None, "the owner's name came from this contact"
        return self.records.source(contact, ["name", "aliases", "left_on"])

    def _person(self, person_id: int) -> RecordSource:
        person = self.records.get(Person, person_id)
        assert person is not None, "people of ours are known to every colleague"
        return self.records.source(person, ["email", "name", "left_on"])


def note_source(note: NoteText, quote: str) -> NoteSource:
    """A citation of the note with these words of it."""
    kind = "document" if note.kind == "document" else "note"
    return NoteSource(note.where, note.title, note.date, quote, kind, note.note_id)
