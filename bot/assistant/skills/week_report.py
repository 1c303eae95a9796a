"""The week's report (周报): done, progress, collections, risks, help needed, the next plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import cached_property

from bot.assistant.agenda_lines import AgendaLines
from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.development_lines import told
from bot.assistant.health_lines import colour_word, computed, reasons
from bot.assistant.lines import Lines
from bot.assistant.reply import Outcome, Reply
from bot.assistant.sums import by_currency
from bot.assistant.understanding.request import Request
from kam_knowledge.analysis.health import Colour
from kam_knowledge.analysis.urgency import Matter
from kam_knowledge.queries.agenda import Duties, Item, agenda
from kam_knowledge.queries.developments import Development, developments
from kam_knowledge.queries.health import HealthReader
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.receivables import overdue_invoices
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.queries.touches import touches
from kam_knowledge.store.models import Action, Opportunity, Receivable

DONE = frozenset({"promise_done", "complaint_closed"})
PROGRESS = frozenset({"deal_new", "deal_won", "deal_lost"})
HELP = frozenset({Matter.ORPHAN, Matter.COLLEAGUE})
NEXT = frozenset({Matter.OWN_PROMISE, Matter.RENEWAL})
WEEK = timedelta(days=6)
DAY = timedelta(days=1)
SHOWN = 5
"""Lines a part has at most: a report is one screen."""
QUOTED = 160
"""Characters of what was said at a meeting."""


def week_report(context: SkillContext, request: Request, duties: Duties) -> Reply:
    """The report of the week asked about, else of the seven days up to today."""
    composer = Composer("my_day", request.language)
    until = min(request.until or context.clock.today, context.clock.today)
    since = min(request.since or until - WEEK, until)
    wanted = duties.answers_for & frozenset(request.account_ids or duties.answers_for)
    page = Report(context, duties, wanted, since, until, composer)
    if page.accounts:
        composer.heading("report_title", since=page.since, until=page.until)
        page.done()
        page.progress()
        page.collections()
        page.risks()
        page.help()
        page.plan()
    else:
        composer.plain("report_no_accounts")
    looked = composer.text("report_looked", since=page.since, until=page.until)
    known = bool(composer.citations)
    return composer.reply(
        Outcome.ANSWERED if known else Outcome.UNKNOWN,
        accounts=page.told,
        looked_at=[] if known else [looked],
    )


class Report:
    """The parts of a report over some days, each of which says so when it has nothing."""

    def __init__(
        self,
        context: SkillContext,
        duties: Duties,
        account_ids: Collection[int],
        since: date,
        until: date,
        composer: Composer,
        *,
        headed: bool = True,
    ) -> None:
        """`until` is not after the business day; `headed` puts each part under its heading."""
        self.records, self.duties = context.records, duties
        self.composer = composer
        self.news = Composer("changes_since", composer.language)
        """Words for developments; it never holds a line."""
        self.today = context.clock.today
        self.since, self.until = since, until
        self.accounts = [
            account for account in self.records.accounts.values() if account.id in account_ids
        ]
        self.ids = {account.id for account in self.accounts}
        self.found = developments(
            self.records, self.accounts, self.since, self.until, context.clock.moment.tzinfo
        )
        self.told: list[str] = []
        self._headed = headed

    def _heading(self, key: str, **values: object) -> None:
        if self._headed:
            self.composer.heading(key, **values)

    def done(self) -> None:
        """Promises kept, complaints closed, and meetings one took part in."""
        self._heading("report_done")
        kept = [one for one in self.found if one.kind in DONE and self._is_ours(one)]
        shown = self._developments(kept)
        lines = Lines(self.records, self.composer)
        met = [
            touch
            for touch in touches(self.records, account_ids=list(self.ids), since=self.since)
            if touch.two_way
            and touch.date <= self.until
            and self.duties.person_id in touch.person_ids
        ]
        for touch in met[:SHOWN]:
            lines.touch(touch, [], longest=QUOTED, theirs=True)
            name = self.records.accounts[touch.account_id].name
            said = self.composer.text("of_account", account=name, text=self.composer.pop_line())
            self.composer.line(f"- {said}")
            self.told.append(name)
        self._more(len(met) - SHOWN)
        if not (shown or met):
            self.composer.plain("report_nothing_done")

    def progress(self) -> None:
        """Deals that are new, won, lost or moved."""
        self._heading("report_progress")
        moved = [
            one
            for one in self.found
            if one.kind in PROGRESS or (one.change and isinstance(one.row, Opportunity))
        ]
        if not self._developments(moved):
            self.composer.plain("report_no_progress")

    def collections(self) -> None:
        """What was paid in the week, and what is overdue today."""
        self._heading("report_collections")
        paid = [one for one in self.found if one.kind == "invoice_paid"]
        if not self._developments(paid):
            self.composer.plain("report_no_payment")
        late = overdue_invoices(self.records, self.ids)
        if late:
            said, source = self._sum(late)
            self.composer.bullet(
                "report_overdue", [source], sums=said, n=len(late), today=self.today
            )

    def risks(self) -> None:
        """Accounts that are red or amber today, with the first reason.

        So is one of which too little is known for a colour, but something grave.
        """
        self._heading("report_risks", today=self.today)
        reader = HealthReader(self.records, list(self.ids))
        found = [reader.of(account) for account in self.accounts]
        order = (Colour.RED, Colour.AMBER, Colour.GREY, Colour.GREEN)
        bad = order[:2]
        risky = sorted(
            (one for one in found if one.health.colour in bad or one.health.gates),
            key=lambda one: (order.index(one.health.colour), one.account.name),
        )
        for one in risky[:SHOWN]:
            text = self.composer.text(
                "report_risk", account=one.account.name, colour=colour_word(self.composer, one)
            )
            parts = [self.composer.cited(text, [computed(self.records, one)])]
            parts += reasons(self.records, self.composer, one, most=1)
            self.composer.line("- " + self.composer.text("semicolon").join(parts))
            self.told.append(one.account.name)
        self._more(len(risky) - SHOWN)
        if not risky:
            self.composer.plain("report_no_risk")

    def help(self) -> None:
        """Late promises that others must take or keep."""
        self._heading("report_help")
        if not self._items(item for item in self._ahead if item.matter in HELP):
            self.composer.plain("report_no_help")

    def plan(self) -> None:
        """What the seven days after hold."""
        if self._last < self.today:
            return  # of a week long ago there is no plan to make
        first = self.until + DAY
        self._heading("report_next", since=first, until=self._last)
        meetings = [item for item in self._ahead if item.matter is Matter.MEETING]
        meetings = sorted((one for one in meetings if self._day(one) >= first), key=self._day)
        planned = self._items(meetings)
        if not self._items(item for item in self._ahead if item.matter in NEXT) and not planned:
            self.composer.plain("report_no_plan")

    @property
    def _last(self) -> date:
        """The last of the seven days after the report's."""
        return self.until + DAY + WEEK

    @cached_property
    def _ahead(self) -> list[Item]:
        """What is late today or falls due in the seven days after."""
        found = agenda(self.records, self.duties, self.today, max(self._last, self.today))
        return [
            item
            for item in found
            if item.account.id in self.ids or item.matter is Matter.OWN_PROMISE
        ]

    def _day(self, item: Item) -> date:
        return self.today - timedelta(days=item.days)

    def _items(self, items: Iterable[Item]) -> bool:
        found, lines = list(items), AgendaLines(self.records, self.composer, self.today)
        for item in found[:SHOWN]:
            self.composer.line(f"- {lines.said(item)}")
            self.told.append(item.account.name)
        self._more(len(found) - SHOWN)
        return bool(found)

    def _developments(self, found: list[Development]) -> bool:
        for one in found[:SHOWN]:
            name = self.records.accounts[one.account_id].name
            text, sources = told(self.records, self.news, one)
            said = self.news.text("at_account", date=one.day, account=name, text=text)
            self.composer.line("- " + self.composer.cited(said, sources))
            self.told.append(name)
        self._more(len(found) - SHOWN)
        return bool(found)

    def _is_ours(self, one: Development) -> bool:
        """What the customer has done is theirs to report."""
        return not isinstance(one.row, Action) or one.row.direction != "theirs"

    def _sum(self, late: list[Receivable]) -> tuple[str, ComputedSource]:
        accounts = self.records.accounts
        pairs = [(row.amount, row.currency or accounts[row.account_id].currency) for row in late]
        total = Exchange(self.records).total(pairs)
        source = ComputedSource(
            "overdue_invoices (P-1)",
            self.composer.text("report_collections"),
            self.records.rights.today,
            f"{len(late)} invoices: {total.formula}",
            tuple(self.records.where(row) for row in late),
        )
        return by_currency(total.subtotals, self.composer), source

    def _more(self, n: int) -> None:
        if n > 0:
            self.composer.plain("report_more", n=n)
