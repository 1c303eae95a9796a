"""Before a meeting: who comes, what was said, what is open, what is at risk, what to ask (S1-9)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import colour_word, computed, reasons
from bot.assistant.lines import Lines, note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.my_day import duties_of
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.queries.agenda import next_meeting
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.health import HealthReader
from kam_knowledge.queries.meetings import cares_about, planned, questions
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.stakeholder import has_left, is_open
from kam_knowledge.queries.tenders import quiet_deals
from kam_knowledge.queries.touches import Touch, touches
from kam_knowledge.store.models import Account, Activity, Contact, Opportunity, Person

PEOPLE, OPEN, DEALS, REASONS, QUOTES, QUESTIONS = 4, 3, 1, 2, 1, 3
DECIDERS = ("decision_maker", "economic_buyer", "champion")


def meeting_brief(context: SkillContext, request: Request) -> Reply:
    """One screen before the meeting asked about, else before the asker's next one."""
    composer, records = Composer("meeting_brief", request.language), context.records
    meeting = _meeting(context, request)
    if meeting is None and not request.account_ids:
        since = max(request.since or context.clock.today, context.clock.today)
        composer.plain("none", since=since)
        composer.plain("which")
        looked = composer.text("looked", since=since)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    account = records.accounts[meeting.account_id if meeting else request.account_ids[0]]
    page = _Brief(context, composer, account, meeting, _people(context, request, account, meeting))
    page.meeting()
    page.people()
    page.last_contact()
    page.open()
    page.deals()
    page.risks()
    page.cares()
    page.ask()
    return composer.reply(
        accounts=[account.name],
        people=[row.name for row in page.whom],
        focus={"account_ids": [account.id], "contact_ids": [row.id for row in page.whom][:1]},
    )


def _meeting(context: SkillContext, request: Request) -> Activity | None:
    """The planned activity with whom or when was asked; the asker's next without either."""
    today = context.clock.today
    since = max(request.since or today, today)
    until = request.until if request.until and request.until >= since else None
    if request.account_ids or request.contact_ids:
        found = planned(
            context.records,
            since,
            until,
            account_ids=request.account_ids or None,
            contact_ids=request.contact_ids,
        )
        return found[0] if found else None
    duties = duties_of(context)
    mine = [
        row
        for row in planned(context.records, since, until)
        if any(duties.acts_for(key, row.account_id) for key in row.person_ids)
    ]
    if mine:
        return mine[0]
    ahead = None if request.since else next_meeting(context.records, duties, since)
    return ahead.evidence if ahead and isinstance(ahead.evidence, Activity) else None


def _people(
    context: SkillContext, request: Request, account: Account, meeting: Activity | None
) -> list[Contact]:
    """Whom it is about: those asked about, those who come, else those who decide there."""
    records = context.records
    keys = list(request.contact_ids) + (list(meeting.contact_ids) if meeting else [])
    named = [row for key in dict.fromkeys(keys) if (row := records.get(Contact, key))]
    if named:
        return named[:PEOPLE]
    here = [row for row in records.contacts(account.id) if not has_left(row, context.clock.today)]
    deciding = [row for row in here if row.decision_role in DECIDERS]
    return sorted(deciding, key=lambda row: DECIDERS.index(row.decision_role or ""))[:PEOPLE]


class _Brief:
    """The parts of the brief, each of which says its gap when it has nothing."""

    def __init__(
        self,
        context: SkillContext,
        composer: Composer,
        account: Account,
        meeting: Activity | None,
        whom: list[Contact],
    ) -> None:
        self.context = context
        self.records = context.records
        self.composer = composer
        self.language = composer.language
        self.today = context.clock.today
        self.account = account
        self.planned = meeting
        self.whom = whom
        self.lines = Lines(context.records, composer)
        self.inner = context.rights.sees_inner(account.id)
        self.met = [t for t in touches(self.records, account_ids=[account.id]) if t.two_way]
        self.quiet = quiet_deals(self.records, [account.id]).get(account.id)
        self._shown: set[int] = set()

    def meeting(self) -> None:
        """When, with whom, about what; or that none is planned."""
        compose = self.composer
        compose.heading("title", account=self.account.name)
        row = self.planned
        if row is None:
            who = listed([one.name for one in self.whom], self.language) or self.account.name
            compose.plain("no_meeting", who=who)
        else:
            ours = [p.name for key in row.person_ids if (p := self.records.people.get(key))]
            theirs = [c.name for key in row.contact_ids if (c := self.records.get(Contact, key))]
            fields = [
                "account_id",
                "date",
                "kind",
                "status",
                "contact_ids",
                "person_ids",
                "subject",
            ]
            sources: list[Source] = [self.records.source(row, fields)]
            for key in row.person_ids:
                person = self.records.get(Person, key)
                if person:
                    sources.append(self.records.source(person, ["email", "name"]))
            names = listed(theirs, self.language)
            compose.claim(
                "meeting",
                sources,
                date=row.date,
                kind=word(f"kind_{row.kind}", self.language),
                people=compose.text("with_them", people=names) if names else "",
                ours=compose.text("from_us", people=listed(ours, self.language)) if ours else "",
                subject=compose.text("subject", subject=row.subject) if row.subject else "",
            )
        if self.quiet:
            fields = ["name", "stage", "next_step", "outcome"]
            source = self.records.source(self.quiet, fields)
            step = self.quiet.next_step or self.quiet.stage
            compose.claim("quiet", [source], deal=self.quiet.name, step=step)

    def people(self) -> None:
        """Role, stance and last contact of each."""
        if not self.whom:
            return
        comes = self.planned is not None and bool(self.planned.contact_ids)
        asked = self.planned is not None or any(
            row.decision_role not in DECIDERS for row in self.whom
        )
        key = "head_people" if comes else "head_whom" if asked else "head_deciders"
        self.composer.heading(key)
        for row in self.whom:
            self._person(row)

    def _person(self, row: Contact) -> None:
        compose = self.composer
        said = [
            word(f"{family}_{value}", self.language)
            for family, value in (
                ("role", row.decision_role),
                ("support", row.support if self.inner else None),
            )
            if value
        ]
        fields = ["name", "title", "decision_role", "left_on"]
        fields += ["support"] if self.inner else []
        sources: list[Source] = [self.records.source(row, fields)]
        last = next((t for t in self.met if row.id in t.contact_ids), None)
        if row.left_on and row.left_on <= self.today:
            state = compose.text("gone", date=row.left_on)
        elif last:
            state = compose.text("last", date=last.date)
            sources.append(self._counted(row, last))
        else:
            state = compose.text("never")
        compose.bullet(
            "person",
            sources,
            name=row.name,
            title=in_brackets(row.title, self.language),
            said=compose.text("colon") + word("comma", self.language).join(said) if said else "",
            last=state,
        )

    def _counted(self, row: Contact, last: Touch) -> ComputedSource:
        where = last.note.where if last.note else ""
        if last.activity:
            where = where or self.records.where(last.activity)
        return ComputedSource(
            "last_contact (P-2)",
            row.name,
            self.today,
            f"last two-way contact on record with {row.name}: {last.date}",
            (where,),
        )

    def last_contact(self) -> None:
        """The newest touch with one of them, else with the account, in its own words."""
        ids = {row.id for row in self.whom}
        touch = next((t for t in self.met if ids & set(t.contact_ids)), None)
        touch = touch or next(iter(self.met), None)
        self.composer.heading("head_last")
        if touch is None:
            self.composer.plain("no_touch", today=self.today)
            return
        self.lines.touch(touch, self._names(), theirs=True)
        if touch.note:
            self._shown.add(touch.note.note_id)

    def open(self) -> None:
        """What is open both ways: overdue first, what names one of them before the rest."""
        found = self._commitments()
        self.composer.heading("head_open")
        if not found:
            self.composer.plain("nothing_open")
            return
        for commitment in found[:OPEN]:
            self.lines.commitment(commitment)
        if len(found) > OPEN:
            self.composer.plain("more_open", n=len(found) - OPEN)

    def _commitments(self) -> list[Commitment]:
        found = [
            one
            for one in open_commitments(self.records, account_ids=[self.account.id])
            if one.action.direction != "internal"
        ]
        ids = {row.id for row in self.whom}
        names = {row.name for row in self.whom}

        def concerns(one: Commitment) -> bool:
            owner = one.action.owner_contact_id in ids
            return owner or any(name in one.action.action for name in names)

        return sorted(found, key=lambda one: (not one.overdue_days, not concerns(one)))

    def deals(self) -> None:
        """Open deals that hang on one of them, then the largest of the account."""
        ids = {row.id for row in self.whom}
        found = [
            row
            for row in self.records.all(Opportunity, account_ids=[self.account.id])
            if is_open(row, self.today)
        ]
        found.sort(key=lambda row: (row.contact_id not in ids, -(row.amount or 0)))
        if not found:
            return
        self.composer.heading("head_deals")
        for row in found[:DEALS]:
            self.lines.deal(row)

    def risks(self) -> None:
        """The account's colour and its first reasons."""
        one = HealthReader(self.records, [self.account.id]).of(self.account)
        self.composer.heading("head_risks")
        colour = colour_word(self.composer, one)
        self.composer.bullet("health", [computed(self.records, one)], colour=colour)
        for reason in reasons(self.records, self.composer, one, most=REASONS):
            self.composer.line(f"- {reason}")

    def cares(self) -> None:
        """Quotes from what they said, or what was noted of them."""
        ids = {row.id for row in self.whom}
        met = [touch for touch in self.met if ids & set(touch.contact_ids)]
        found = cares_about(self.records, self.account, self.whom, met, self._shown)
        if not found:
            return
        self.composer.heading("head_cares")
        for note, touch in found[:QUOTES]:
            names = self._names()
            words = self.lines.words_of(touch, names) if touch else names
            quote = excerpt(note.text, words)
            self.composer.bullet(
                "quoted", [note_source(note, quote)], date=note.date, title=note.title, quote=quote
            )

    def ask(self) -> None:
        """Questions from loose ends; none that a bid's quiet period forbids."""
        if self.quiet:
            return
        found = questions(self.records, self.account, self.whom, self._commitments())
        if not found:
            return
        self.composer.heading("head_ask")
        for one in found[:QUESTIONS]:
            text = self.composer.text(f"ask_{one.code}", name=one.name)
            if one.row is not None:
                fields = [name for name in one.row.KEY if getattr(one.row, name) is not None]
                text = self.composer.cited(text, [self.records.source(one.row, fields)])
            self.composer.line(f"- {text}")

    def _names(self) -> list[str]:
        return [name for row in self.whom for name in (row.name, *row.aliases)]
