"""Where we stand with a person: role, stance, last contact, what is open, risks, gaps (S1-10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.reply import Reply
from bot.assistant.skills.no_such_title import no_such_title
from bot.assistant.skills.person_facts import person_fact
from bot.assistant.skills.said_about import said_about
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.moves import next_post
from kam_knowledge.queries.sources import ComputedSource, RecordSource
from kam_knowledge.queries.stakeholder import StakeholderStatus, has_left, stakeholder_status
from kam_knowledge.queries.touches import NoteText
from kam_knowledge.store.models import Contact

STALE_STANCE = 90
"""Days after which an entered stance is asked about, if the person was met since."""
QUOTES = 2
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


class _Page:
    """The parts of the answer, each of which says its gap when it has nothing."""

    def __init__(
        self, context: SkillContext, composer: Composer, status: StakeholderStatus, language: str
    ) -> None:
        self.context = context
        self.records = context.records
        self.composer = composer
        self.lines = Lines(context.records, composer)
        self.status = status
        self.language = language
        self.today = context.clock.today

    def who(self) -> None:
        """Name, title, role in decisions, reporting line; of who left, where to and who came."""
        status, contact, compose = self.status, self.status.contact, self.composer
        if has_left(contact, self.today):
            compose.claim(
                "who_left",
                [self._contact("name", "title", "left_on")],
                name=contact.name,
                title=contact.title or word("unknown", self.language),
                account=status.account.name,
                date=contact.left_on,
            )
            post = next_post(self.records, contact)
            if post is not None:
                compose.claim(
                    "now_at",
                    [self.records.source(post, ["name", "account_id", "title", "since"])],
                    account=self.records.accounts[post.account_id].name,
                    title=in_brackets(post.title, self.language),
                    date=post.since,
                )
            for successor in status.successors:
                compose.claim(
                    "successor",
                    [self.records.source(successor, ["name", "title", "since"])],
                    name=successor.name,
                    title=successor.title,
                    date=successor.since,
                )
        else:
            text = compose.text(
                "who" if contact.title else "who_untitled",
                name=contact.name,
                title=contact.title,
                account=status.account.name,
            )
            if contact.decision_role:
                role = word(f"role_{contact.decision_role}", self.language)
                text += compose.text("decision_role", role=role)
            if status.reports_to:
                text += compose.text("reports_to", boss=status.reports_to.name)
            compose.line(compose.cited(text, [self._contact(*self._who_fields())]))

    @property
    def stance_is_older(self) -> bool:
        """Whether the person was met since the stance was entered: what is newer goes first."""
        touch, contact = self.status.last_touch, self.status.contact
        if not (touch and self.status.inner and contact.support):
            return False
        return touch.date > self._stated("support")

    def stance(self) -> None:
        """How the person stands to us and how often we met, who of us knows them, where two
        sources disagree."""
        status, contact, compose = self.status, self.status.contact, self.composer
        compose.blank()
        if status.inner:
            self._stance()
        if status.known_by:
            people = listed([person.name for person in status.known_by], self.language)
            compose.claim(
                "known_by",
                [self._contact(*self._who_fields())],
                people=people,
            )
        for found in status.disagreements:
            if found.held is None:
                continue
            newer, older = sorted(
                (found.held, found.other), key=lambda side: side.as_of, reverse=True
            )
            field = found.field.removesuffix("_id")
            compose.claim(
                "disagreement",
                [
                    RecordSource(
                        "contacts",
                        self.records.key(contact),
                        ((field, str(side.value)), ("as_of", side.as_of.isoformat())),
                        side.as_of,
                        side.source or contact.name,
                    )
                    for side in (newer, older)
                ],
                field=field.replace("_", " "),
                newer=newer.value,
                newer_date=newer.as_of,
                older=older.value,
                older_date=older.as_of,
            )
        if not status.inner:
            compose.plain("inner_withheld")

    def _who_fields(self) -> list[str]:
        """The fields the first lines rest on: one citation for all that is as old as the row."""
        fields = ["name", "account_id", "title", "decision_role", "reports_to_id", "known_by_ids"]
        if self.status.inner:
            row = self.status.contact
            fields += [f for f in ("support", "coverage") if self._stated(f) == row.as_of]
        return fields

    def _stance(self) -> None:
        """Stance and coverage, in one line where they are as old."""
        contact = self.status.contact
        days = {
            field: self._stated(field)
            for field in ("support", "coverage")
            if getattr(contact, field)
        }
        values = {
            field: word(f"{field}_{getattr(contact, field)}", self.language) for field in days
        }
        together = len(set(days.values())) == 1 and len(days) == 2
        if together:
            day = days["support"]
            fields = self._who_fields() if day == contact.as_of else list(days)
            source = self._contact(*fields, as_of=day)
            self.composer.claim("stance_and_coverage", [source], date=day, **values)
        else:
            for field, day in days.items():
                fields = self._who_fields() if day == contact.as_of else [field]
                self.composer.claim(
                    "stance" if field == "support" else "coverage",
                    [self._contact(*fields, as_of=day)],
                    **{field: values[field], "date": day},
                )
        if "support" in days:
            self._stale(days["support"])

    def _stale(self, day: dt.date) -> None:
        """Says so when the stance was entered long ago and the person was met since."""
        age = (self.today - day).days
        later = [touch for touch in self.status.touches if touch.date > day]
        if age <= STALE_STANCE or not later:
            return
        formula = f"{self.today} - {day} = {age} days; contacts on record since: {len(later)}"
        source = ComputedSource("stakeholder_status (S1-10)", "Stance", self.today, formula)
        self.composer.claim("stance_stale", [source], days=age, n=len(later))

    def _stated(self, field: str) -> dt.date:
        """The day the field's value was stated for."""
        found = self.records.provenance(self.status.contact, [field])
        return found[field].as_of if field in found else self.status.contact.as_of

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
        """What was said in the touches before the last, then what other notes say."""
        last = self.status.last_touch
        shown = {last.note.note_id} if last and last.note else set()
        notes: list[tuple[NoteText, list[str]]] = []
        for touch in self.status.touches:
            if touch.note and touch.note.note_id not in shown and len(notes) < QUOTES:
                notes.append((touch.note, self.lines.words_of(touch, self._names())))
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
            source = [self._contact("decision_role")]
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

    def _contact(self, *fields: str, as_of: dt.date | None = None) -> RecordSource:
        people = listed([person.name for person in self.status.known_by], self.language)
        title = _knows(self.status.contact, people)
        source = self.records.source(self.status.contact, fields, title=title)
        if as_of is None or as_of == source.date:
            return source
        return replace(source, date=as_of)


def _knows(contact: Contact, people: str) -> str:
    """The citation's title: whose record it is, and whom of ours its addresses mean."""
    return f"{contact.name}: {people}" if people else contact.name
