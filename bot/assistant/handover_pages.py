"""A handover's page of an account (P-10); a person's is in `handover_person`."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines, note_source
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.handover import known_only_to, left, orphaned_goals
from kam_knowledge.queries.seats import SPONSOR, TRIANGLE, team_seats
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.stakeholder import account_risks, has_left, is_open
from kam_knowledge.queries.touches import notes_mentioning, touches
from kam_knowledge.store.models import Account, Contact, Contract, Opportunity, Person

PEOPLE, PROMISES, DEALS, SHORT = 8, 6, 4, 3
ROLES = (
    "decision_maker", "economic_buyer", "champion", "blocker", "influencer", "gatekeeper", "user",
)  # fmt: skip
WANTED = ("decision_maker", "economic_buyer", "champion")
AGAINST = ("non_supporter", "enemy")


class AccountPage:
    """What the next account manager must know."""

    def __init__(self, context: SkillContext, composer: Composer, account: Account) -> None:
        self.context = context
        self.records = context.records
        self.composer = composer
        self.language = composer.language
        self.account = account
        self.today = context.clock.today
        self.inner = context.rights.sees_inner(account.id)
        self.lines = Lines(self.records, composer)
        self.people = sorted(
            (row for row in self.records.contacts(account.id) if not has_left(row, self.today)),
            key=lambda row: (
                ROLES.index(row.decision_role) if row.decision_role in ROLES else len(ROLES),
                row.name,
            ),
        )

    def write(self) -> None:
        """Every part that has something."""
        self.composer.heading("title", account=self.account.name)
        self._owner()
        self._people()
        self._promises()
        self._deals()
        self._contracts()
        self._trouble()
        if self.inner:
            self._politics()
        self._gaps()

    def _owner(self) -> None:
        compose, records, account = self.composer, self.records, self.account
        owner = records.get(Person, account.owner_id)
        kind = account.account_class
        if owner is None:
            compose.plain("no_owner")
        else:
            compose.bullet(
                "owned_by_reason" if account.key_reason else "owned_by",
                [
                    records.source(account, ["name", "owner_id", "account_class", "key_reason"]),
                    records.source(owner, ["email", "name"]),
                ],
                name=owner.name,
                reason=account.key_reason,
                **{"class": in_brackets(word(f"class_{kind}", self.language), self.language)}
                if kind
                else {"class": ""},
            )
        team = team_seats(records, [account])[0]
        held = [
            compose.text(
                "seat_held",
                seat=word(f"seat_{seat}", self.language),
                people=listed([person.name for person in people], self.language),
            )
            for seat, people in team.held.items()
        ]
        empty = team.empty((*TRIANGLE, SPONSOR))
        if held:
            told = "; ".join(
                f"{seat}: {', '.join(f'{person.name} <{person.email}>' for person in people)}"
                for seat, people in team.held.items()
            )
            where = [records.where(row) for row in team.rows]
            where.append(records.where(account))
            told += f"; empty: {', '.join(empty) or 'none'}"
            source = ComputedSource(
                "team_seats (S3-5, S1-16)", account.name, self.today, told, tuple(where)
            )
            compose.bullet("seats", [source], seats=word("clause", self.language).join(held))
        if empty:
            seats = listed([word(f"seat_{seat}", self.language) for seat in empty], self.language)
            compose.plain("empty", seats=seats)

    def _people(self) -> None:
        if not self.people:
            return
        self.composer.heading("head_people")
        met = [t for t in touches(self.records, account_ids=[self.account.id]) if t.two_way]
        for row in self.people[:PEOPLE]:
            last = next((touch for touch in met if row.id in touch.contact_ids), None)
            said = [
                word(f"{family}_{value}", self.language)
                for family, value in (
                    ("role", row.decision_role),
                    ("support", row.support if self.inner else None),
                )
                if value
            ]
            known = [p.name for key in row.known_by_ids if (p := self.records.people.get(key))]
            if known:
                people = listed(known, self.language)
                said.append(self.composer.text("known_by", people=people))
            said.append(
                self.composer.text("last", date=last.date) if last else self.composer.text("never")
            )
            fields = ["name", "title", "decision_role", "known_by_ids"]
            sources: list[Source] = [
                self.records.source(row, [*fields, "support"] if self.inner else fields)
            ]
            sources += [
                self.records.source(person, ["email", "name"])
                for key in row.known_by_ids
                if (person := self.records.get(Person, key))
            ]
            if last:
                where = last.note.where if last.note else ""
                if not where and last.activity:
                    where = self.records.where(last.activity)
                sources.append(
                    ComputedSource(
                        "last_contact (P-2)",
                        row.name,
                        self.today,
                        f"last two-way contact on record with {row.name}: {last.date}",
                        (where,),
                    )
                )
            self.composer.bullet(
                "person",
                sources,
                name=row.name,
                title=in_brackets(row.title, self.language),
                said=self.composer.text("colon") + word("clause", self.language).join(said),
            )
        if len(self.people) > PEOPLE:
            self.composer.plain("more_people", n=len(self.people) - PEOPLE)
        self._introductions()

    def _introductions(self) -> None:
        owner = self.records.people.get(self.account.owner_id or 0)
        if owner is None:
            return
        alone = known_only_to(self.records, owner, [self.account.id])
        if alone:
            fields = ["name", "account_id", "known_by_ids"]
            self.composer.bullet(
                "introduce",
                [self.records.source(row, fields) for row in alone],
                name=owner.name,
                people=listed([row.name for row in alone], self.language, most=len(alone)),
            )

    def _promises(self) -> None:
        found = [
            one
            for one in open_commitments(self.records, account_ids=[self.account.id])
            if one.action.direction != "internal"
        ]
        self.composer.heading("head_promises")
        if not found:
            self.composer.plain("no_promises")
        for one in found[:PROMISES]:
            self.lines.commitment(one)
        if len(found) > PROMISES:
            self.composer.plain("more_promises", n=len(found) - PROMISES)

    def _deals(self) -> None:
        found = [
            row
            for row in self.records.all(Opportunity, account_ids=[self.account.id])
            if is_open(row, self.today)
        ]
        if found:
            self.composer.heading("head_deals")
        for row in sorted(found, key=lambda row: -(row.amount or 0))[:DEALS]:
            self.lines.deal(row)

    def _contracts(self) -> None:
        rows = [
            row
            for row in self.records.all(Contract, account_ids=[self.account.id])
            if row.end is None or row.end >= self.today
        ]
        if rows:
            self.composer.heading("head_contracts")
        unknown = word("unknown", self.language)
        for row in sorted(rows, key=lambda row: row.notice_by or row.end or self.today)[:SHORT]:
            fields = ["contract", "notice_by", "end", "auto_renews", "status"]
            fields += ["price_clause"] if self.inner else []
            auto = ""
            if row.auto_renews is not None:
                auto = self.composer.text("auto_yes" if row.auto_renews else "auto_no")
            self.composer.bullet(
                "contract",
                [self.records.source(row, fields)],
                contract=row.contract,
                notice=row.notice_by or unknown,
                end=row.end or unknown,
                auto=auto,
                price=self.composer.text("price", clause=row.price_clause)
                if row.price_clause
                else "",
            )

    def _trouble(self) -> None:
        risks = account_risks(self.records, self.account.id)
        if not (risks.open_complaints or risks.overdue_invoices):
            return
        self.composer.heading("head_trouble")
        for complaint in risks.open_complaints[:SHORT]:
            self.lines.complaint(complaint)
        for invoice in risks.overdue_invoices[:SHORT]:
            self.lines.invoice(invoice)

    def _politics(self) -> None:
        """Who is against us, and what a note of the team says of it. For the team alone."""
        against = [
            row for row in self.people if row.support in AGAINST or row.decision_role == "blocker"
        ]
        if not against:
            return
        self.composer.heading("head_politics")
        for row in against[:SHORT]:
            stance = f"support_{row.support}" if row.support in AGAINST else "role_blocker"
            fields = ["name", "title", "decision_role", "support"]
            self.composer.bullet(
                "against",
                [self.records.source(row, fields)],
                name=row.name,
                title=in_brackets(row.title, self.language),
                stance=word(stance, self.language),
            )
            self._said(row)

    def _said(self, row: Contact) -> None:
        """The last note of a touch with the person, else the last that speaks of them."""
        names = [row.name, *row.aliases]
        met = touches(self.records, account_ids=[self.account.id], contact_id=row.id)
        told = next((touch for touch in met if touch.note), None)
        mentions = notes_mentioning(self.records, self.account.id, names, limit=1)
        note = told.note if told else next(iter(mentions), None)
        if note is None:
            return
        quote = excerpt(note.text, self.lines.words_of(told, names) if told else names)
        key = "quoted" if note.date else "quoted_undated"
        text = self.composer.text(key, date=note.date, title=note.title, quote=quote)
        self.composer.line("  - " + self.composer.cited(text, [note_source(note, quote)]))

    def _gaps(self) -> None:
        held = {row.decision_role for row in self.people}
        roles = [word(f"role_{role}", self.language) for role in WANTED if role not in held]
        goals = orphaned_goals(self.records, self.account)
        orphans = [
            (one, person)
            for one in open_commitments(self.records, account_ids=[self.account.id])
            if (person := left(self.records, one.action.owner_person_id))
        ]
        deals = [
            (row, person)
            for row in self.records.all(Opportunity, account_ids=[self.account.id])
            if is_open(row, self.today) and (person := left(self.records, row.owner_id))
        ]
        if not (roles or goals or orphans or deals):
            return
        self.composer.heading("head_gaps")
        if roles:
            self.composer.plain("gap_roles", roles=listed(roles, self.language))
        for goal in goals[:SHORT]:
            source = self.records.source(goal, ["goal", "horizon", "owner_id", "status"])
            self.composer.bullet("gap_goal", [source], goal=goal.goal)
        for one, person in orphans[:SHORT]:
            self.composer.bullet(
                "gap_promise",
                [
                    self.records.source(one.action, ["action", "owner", "status"]),
                    self.records.source(person, ["email", "name", "left_on"]),
                ],
                action=one.action.action,
                owner=person.name,
            )
        for row, person in deals[:SHORT]:
            self.composer.bullet(
                "gap_deal",
                [
                    self.records.source(row, ["name", "owner_id", "outcome"]),
                    self.records.source(person, ["email", "name", "left_on"]),
                ],
                name=row.name,
                owner=person.name,
            )
