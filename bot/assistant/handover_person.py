"""A handover's page of a person: what hangs on them at all their accounts (P-10)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.queries.handover import Hanging
from kam_knowledge.store.models import Account, Person

PEOPLE, PROMISES, SHORT = 8, 6, 3


class PersonPage:
    """What somebody leaves behind, or what a stand-in looks after."""

    def __init__(self, context: SkillContext, composer: Composer, one: Hanging) -> None:
        self.context = context
        self.records = context.records
        self.composer = composer
        self.language = composer.language
        self.one = one
        self.lines = Lines(self.records, composer, name_account=True)

    def write(self) -> list[str]:
        """The page; the names of the accounts it speaks of."""
        one = self.one
        self.composer.heading("title_person", name=one.person.name)
        self._state()
        if one.accounts:
            self.composer.heading("head_accounts")
        for account in one.accounts:
            self._account(account)
        if one.commitments:
            self.composer.heading("head_promises")
        for commitment in one.commitments[:PROMISES]:
            self.lines.commitment(commitment)
        if len(one.commitments) > PROMISES:
            self.composer.plain("more_promises", n=len(one.commitments) - PROMISES)
        if one.deals:
            self.composer.heading("head_deals")
        for deal in one.deals[:PROMISES]:
            self.lines.deal(deal)
        self._seats()
        self._known()
        self._meetings()
        return [self.records.accounts[key].name for key in sorted(one.account_ids)]

    def _state(self) -> None:
        person, cover = self.one.person, self.one.cover
        if person.left_on and person.left_on <= self.context.clock.today:
            source = self.records.source(person, ["email", "name", "left_on"])
            self.composer.claim("left", [source], name=person.name, date=person.left_on)
        if cover is None:
            return
        stand_in = self.records.get(Person, cover.cover_id)
        if stand_in is None:
            return
        visible = [k for k in cover.account_ids if k in self.records.accounts]
        places = listed([self.records.accounts[k].name for k in visible], self.language)
        self.composer.claim(
            "away",
            [
                self.records.source(cover, ["person_id", "cover_id", "from_date", "to_date"]),
                self.records.source(person, ["email", "name"]),
                self.records.source(stand_in, ["email", "name"]),
            ],
            name=person.name,
            since=cover.from_date,
            until=cover.to_date,
            cover=stand_in.name,
            places=self.composer.text("places", places=places) if places else "",
        )

    def _account(self, account: Account) -> None:
        kind = account.account_class
        name = word(f"class_{kind}", self.language) if kind else None
        self.composer.bullet(
            "account",
            [self.records.source(account, ["name", "owner_id", "account_class"])],
            name=account.name,
            **{"class": in_brackets(name, self.language)},
        )

    def _seats(self) -> None:
        if self.one.seats:
            self.composer.heading("head_seats")
        for row in self.one.seats:
            self.composer.bullet(
                "seat_of",
                [self.records.source(row, ["account_id", "person_id", "seat"])],
                account=self.records.accounts[row.account_id].name,
                seat=word(f"seat_{row.seat}", self.language),
            )

    def _known(self) -> None:
        if self.one.known:
            self.composer.heading("head_known", name=self.one.person.name)
        for row in self.one.known[:PEOPLE]:
            self.composer.bullet(
                "known",
                [self.records.source(row, ["name", "account_id", "title", "known_by_ids"])],
                name=row.name,
                title=in_brackets(row.title, self.language),
                account=self.records.accounts[row.account_id].name,
            )
        if len(self.one.known) > PEOPLE:
            self.composer.plain("more_people", n=len(self.one.known) - PEOPLE)

    def _meetings(self) -> None:
        if self.one.meetings:
            self.composer.heading("head_meetings")
        for row in self.one.meetings[:SHORT]:
            fields = ["date", "kind", "status", "contact_ids", "person_ids", "subject"]
            subject = self.composer.text("subject", subject=row.subject) if row.subject else ""
            self.composer.bullet(
                "meeting",
                [self.records.source(row, fields)],
                date=row.date,
                kind=word(f"kind_{row.kind}", self.language),
                account=self.records.accounts[row.account_id].name,
                subject=subject,
            )
