"""One fact about a person that was asked for alone: how to reach them, whom they report to."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.moves import next_post
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sources import Source
from kam_knowledge.queries.stakeholder import has_left, stakeholder_status
from kam_knowledge.store.models import Contact

REACHED_BY = ("phone", "email")


def person_fact(context: SkillContext, request: Request, contact: Contact) -> Reply | None:
    """The fact that `ask` names, or that it is not on record; None where no one fact is asked."""
    ask = request.slots.get("ask", "")
    page = _Fact(context, request, contact)
    if ask in REACHED_BY:
        return page.reached_by(ask)
    if ask == "whereabouts":
        return page.whereabouts()
    if ask == "team":
        return page.team()
    return page.boss() if ask == "boss" else None


class _Fact:
    """The answer about one contact."""

    def __init__(self, context: SkillContext, request: Request, contact: Contact) -> None:
        self.records: Records = context.records
        self.request, self.contact = request, contact
        self.today = context.clock.today
        self.composer = Composer("person_facts", request.language)
        self.account = self.records.accounts[contact.account_id]

    def reached_by(self, field: str) -> Reply:
        """The phone number or the address, and whether the person is there at all."""
        contact, composer = self.contact, self.composer
        if has_left(contact, self.today):
            source = self.records.source(contact, ["name", "account_id", "left_on"])
            values = {"name": contact.name, "account": self.account.name, "date": contact.left_on}
            composer.claim("left", [source], **values)
        value = getattr(contact, field)
        if value:
            source = self.records.source(contact, ["name", "account_id", field])
            values = {"name": contact.name, "account": self.account.name, "value": value}
            composer.claim(field, [source], **values)
        return self._reply(contact, known=bool(value), what=field)

    def whereabouts(self) -> Reply:
        """Whether the person is still there by the record; else since when not, where the person
        is now, and who came after. Nobody is said to have left who is not on record so."""
        contact, composer, records = self.contact, self.composer, self.records
        if not has_left(contact, self.today):
            fields = ["name", "account_id", "title", "since", "left_on"]
            composer.claim(
                "still_there" if contact.title else "still_there_untitled",
                [records.source(contact, fields)],
                name=contact.name,
                title=contact.title,
                account=self.account.name,
                since=composer.text("there_since", date=contact.since) if contact.since else "",
            )
            composer.plain("no_departure", name=contact.name, today=self.today)
            return self._reply(contact, known=True, what="whereabouts")
        source = records.source(contact, ["name", "account_id", "title", "left_on"])
        composer.claim(
            "left",
            [source],
            name=contact.name,
            account=self.account.name,
            date=contact.left_on,
        )
        post = next_post(records, contact)
        if post is not None:
            composer.claim(
                "now_at",
                [records.source(post, ["name", "account_id", "title", "since"])],
                account=records.accounts[post.account_id].name,
                title=in_brackets(post.title, self.request.language),
                date=post.since,
            )
        successors = stakeholder_status(records, contact, self.account).successors
        for row in successors[:1]:
            composer.claim(
                "came_after",
                [records.source(row, ["name", "title", "since"])],
                name=row.name,
                title=in_brackets(row.title, self.request.language),
                date=row.since,
            )
        if post is None:
            composer.plain("gone_nowhere", name=contact.name, today=self.today)
        return self._reply(contact, known=True, what="whereabouts")

    def boss(self) -> Reply | None:
        """Who reports to whom.

        The contact of such a request is the superior already where one is on record, and the
        person asked about where none is. Whose name the message has tells which; None where it
        has neither: then the superior's own status is the answer.
        """
        team = self.records.contacts(self.account.id)
        below = [row for row in team if row.reports_to_id == self.contact.id]
        if self._is_named(self.contact):
            return self._superior_of(self.contact)
        for row in below:
            if self._is_named(row):
                return self._superior_of(row)
        return None if below else self._superior_of(self.contact)

    def team(self) -> Reply:
        """Who reports to the contact: those who are there, by the record."""
        below = [
            row
            for row in self.records.contacts(self.account.id)
            if row.reports_to_id == self.contact.id and not has_left(row, self.today)
        ]
        for row in below:
            self.composer.bullet(
                "reports",
                [self.records.source(row, ["name", "title", "reports_to_id"])],
                name=row.name,
                title=in_brackets(row.title, self.request.language),
                boss=self.contact.name,
            )
        return self._reply(self.contact, known=bool(below), what="team")

    def _superior_of(self, row: Contact) -> Reply:
        above = self.records.get(Contact, row.reports_to_id)
        if above is not None:
            gone = has_left(above, self.today)
            sources: list[Source] = [
                self.records.source(row, ["name", "title", "reports_to_id"]),
                self.records.source(above, ["name", "title", "left_on"]),
            ]
            self.composer.claim(
                "boss_left" if gone else "boss",
                sources,
                name=row.name,
                boss=above.name,
                title=in_brackets(above.title, self.request.language),
                date=above.left_on,
            )
        return self._reply(above or row, known=above is not None, what="boss", of=row)

    def _is_named(self, row: Contact) -> bool:
        family, _, given = row.name.partition(" ")
        return mentions_of([row.name, *row.aliases, family, given])(self.request.text)

    def _reply(self, about: Contact, *, known: bool, what: str, of: Contact | None = None) -> Reply:
        composer = self.composer
        if not known:
            named = composer.text(f"what_{what}")
            name = (of or about).name
            composer.plain("unknown_fact", what=named, name=name, today=self.today)
        looked = composer.text("looked", account=self.account.name)
        return composer.reply(
            Outcome.ANSWERED if known else Outcome.UNKNOWN,
            accounts=[self.account.name],
            people=list(dict.fromkeys([(of or about).name, about.name])),
            looked_at=[] if known else [looked],
            suggestions=[composer.text("ask_status", name=about.name)],
            focus={"account_ids": [self.account.id], "contact_ids": [about.id]},
        )
