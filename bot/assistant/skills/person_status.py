"""Where we stand with a person: role, stance, last contact, what is open, risks, gaps (S1-10)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.person_lines import PersonLines
from bot.assistant.reply import Reply
from bot.assistant.skills.no_such_title import no_such_title
from bot.assistant.skills.person_facts import person_fact
from bot.assistant.skills.said_about import said_about
from bot.assistant.speaking import speak_in
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed, word
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.queries.stakeholder import stakeholder_status
from kam_knowledge.queries.touches import NoteText
from kam_knowledge.store.models import Contact

QUOTES = 2
LOOKED_AT = 6
"""Notes among which those are looked for that hold the person's own words."""
SHOWN = 3
"""Open commitments shown; the rest is counted."""


def person_status(context: SkillContext, request: Request) -> Reply:
    """The status of the contact in focus, or what is known of the title that was asked for."""
    if not (request.contact_ids or request.title_text):
        return said_about(context, request)  # nobody is meant: a note may speak of it
    account = context.records.accounts[request.account_ids[0]]
    if not request.contact_ids:
        return no_such_title(context, request, account)
    contact = context.records.get(Contact, request.contact_ids[0])
    assert contact is not None, "understanding resolves contacts under the same rights"
    if (fact := person_fact(context, request, contact)) is not None:
        return fact
    status = stakeholder_status(context.records, contact, account)
    composer = Composer("person_status", request.language)
    page = _Page(context, composer, status, request.language)
    page.who()
    if not page.stance_is_older:
        page.stance()
    page.last_contact()
    page.said()
    if page.stance_is_older:
        page.stance()
    page.commitments()
    page.deals()
    page.risks()
    page.gaps()
    return composer.reply(
        accounts=[account.name],
        people=[contact.name],
        focus={"account_ids": [account.id], "contact_ids": [contact.id]},
    )


class _Page(PersonLines):
    """The parts of the answer, each of which says its gap when it has nothing."""

    def last_contact(self) -> None:
        """The newest touch, what it was about, and how long ago it is against the cadence."""
        compose, touch = self.composer, self.status.last_touch
        compose.heading("last_heading")
        if touch is None:
            compose.plain("no_contact", name=self.status.contact.name, date=self.today)
            return
        self.lines.touch(touch, self._names())
        silent, cadence = self.status.silent_days, self.status.cadence
        if silent is not None and cadence is not None and silent > cadence:
            formula = (
                f"{self.today.isoformat()} - {touch.date.isoformat()} = {silent} days; "
                f"cadence for {self.status.contact.decision_role} at "
                f"{self.status.account.account_class} account = {cadence} days"
            )
            source = ComputedSource("cadence_days (P-2)", "Contact cadence", self.today, formula)
            compose.claim("silent", [source], days=silent, cadence=cadence)

    def said(self) -> None:
        """What the notes of touches before the last hold, then other notes: those first in which
        the person speaks, and not we to them."""
        last = self.status.last_touch
        shown = {last.note.note_id} if last and last.note else set()
        notes: list[tuple[NoteText, list[str]]] = []
        for touch in self.status.touches:
            if touch.note and touch.note.note_id not in shown and len(notes) < LOOKED_AT:
                notes.append((touch.note, self.lines.words_of(touch, self._names())))
        notes.sort(key=lambda one: not speak_in(one[0].text, self._names()))
        notes = notes[:QUOTES]
        shown |= {note.note_id for note, _ in notes}
        names = mentions_of(self._names())
        rest = [
            note
            for note in self.status.mentions
            if note.note_id not in shown and names(excerpt(note.text, self._names()))
        ]
        notes += [(note, self._names()) for note in rest[: QUOTES - len(notes)]]
        if not notes:
            return
        self.composer.heading("mention_heading")
        for note, words in notes:
            self.lines.quoted(note, words)

    def commitments(self) -> None:
        """What is open with the person by name, overdue first; of the account only how much."""
        compose, status = self.composer, self.status
        found = status.commitments
        own = [one for one in found if one.action.id in status.own_commitments]
        compose.heading("open_heading")
        if not found:
            compose.plain("no_commitments", account=status.account.name)
            return
        for commitment in own[:SHOWN]:
            self.lines.commitment(commitment)
        rest = len(found) - len(own[:SHOWN])
        if rest:
            key = "more_commitments" if own else "only_others"
            compose.plain(key, n=rest, account=status.account.name, name=status.contact.name)

    def deals(self) -> None:
        """Open deals that hang on the person."""
        if not self.status.opportunities:
            return
        self.composer.heading("deals_heading")
        for deal in self.status.opportunities[:SHOWN]:
            self.lines.deal(deal)

    def risks(self) -> None:
        """What weighs most on the account: the oldest overdue invoice, a severe complaint, the
        next renewal; with one of a kind each, the rest is another question."""
        risks, contact = self.status.risks, self.status.contact
        severe = [row for row in risks.open_complaints if row.severity == "high"]
        blocks = contact.decision_role == "blocker"
        stated = risks.stated_renewal
        if not (severe or risks.overdue_invoices or risks.renewals or stated or blocks):
            return
        self.composer.heading("risks_heading")
        if blocks:
            what = word("role_blocker", self.language)
            source = [self.source("decision_role")]
            self.composer.bullet("blocker", source, name=contact.name, what=what)
        for complaint in severe[:1]:
            self.lines.complaint(complaint)
        for invoice in risks.overdue_invoices[:1]:
            self.lines.invoice(invoice)
        for deadline, contract in risks.renewals[:1]:
            self.lines.renewal(deadline, contract)
        if stated:
            self.composer.bullet(
                "renewal_stated",
                [self.records.source(self.status.account, ["name", "renewal_date"])],
                date=stated,
            )

    def gaps(self) -> None:
        """What nobody has recorded yet."""
        if not self.status.gaps:
            return
        names = [self.composer.text(f"gap_{code}") for code in self.status.gaps]
        self.composer.blank()
        self.composer.plain("gaps", gaps=listed(names, self.language))

    def _names(self) -> list[str]:
        contact = self.status.contact
        return [contact.name, *contact.aliases, *contact.name.split()]
