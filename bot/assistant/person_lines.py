"""Who a person is and how they stand to us, in lines: role, stance, who knows them (S1-10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.queries.moves import next_post
from kam_knowledge.queries.sources import ComputedSource, RecordSource
from kam_knowledge.queries.stakeholder import StakeholderStatus, has_left
from kam_knowledge.store.models import Contact

STALE_STANCE = 90
"""Days after which an entered stance is asked about, if the person was met since."""


class PersonLines:
    """The person of one status, written into one reply."""

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
                [self.source("name", "title", "left_on")],
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
            compose.line(compose.cited(text, [self.source(*self._who_fields())]))

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
                [self.source(*self._who_fields())],
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
            source = self.source(*fields, as_of=day)
            self.composer.claim("stance_and_coverage", [source], date=day, **values)
        else:
            for field, day in days.items():
                fields = self._who_fields() if day == contact.as_of else [field]
                self.composer.claim(
                    "stance" if field == "support" else "coverage",
                    [self.source(*fields, as_of=day)],
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

    def source(self, *fields: str, as_of: dt.date | None = None) -> RecordSource:
        """The person's record with those fields, titled with whom of ours it names."""
        people = listed([person.name for person in self.status.known_by], self.language)
        title = _knows(self.status.contact, people)
        source = self.records.source(self.status.contact, fields, title=title)
        if as_of is None or as_of == source.date:
            return source
        return replace(source, date=as_of)


def _knows(contact: Contact, people: str) -> str:
    """The citation's title: whose record it is, and whom of ours its addresses mean."""
    return f"{contact.name}: {people}" if people else contact.name
