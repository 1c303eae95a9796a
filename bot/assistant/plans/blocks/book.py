"""A person's accounts in a report, and the company's in a policy (S2-2, demand 21)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal

from bot.assistant.plans.page import Page
from bot.assistant.skills.my_day import duties_of
from bot.assistant.skills.week_report import Report
from bot.assistant.wording import word
from kam_knowledge.analysis.concentration import loss_of
from kam_knowledge.queries.revenue import percent, year_of_sales
from kam_knowledge.queries.seats import SPONSOR, TRIANGLE, team_seats
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Account, Person

CLASSES = ("key", "ordinary", "prospect", "unattractive")


def _of_report(part: str) -> Callable[[Page], None]:
    """A part of the weekly report, over the document's period."""

    def write(page: Page) -> None:
        period = page.reading.period
        report = Report(
            page.context,
            duties_of(page.context),
            {account.id for account in page.reading.accounts},
            period.first,
            min(period.last, page.today),
            page.composer.speaking("my_day"),
            headed=False,
        )
        getattr(report, part)()

    return write


done = _of_report("done")
progress = _of_report("progress")
collections = _of_report("collections")
risky = _of_report("risks")
help_wanted = _of_report("help")
next_steps = _of_report("plan")


def classes(page: Page) -> None:
    """How many accounts each class has, and those of the key class by name (S2-19)."""
    found = Counter(account.account_class for account in page.reading.accounts)
    page.met_or_gap("classes", there=any(found[kind] for kind in CLASSES))
    page.met_or_gap("unclassed", there=not found[None], n=found[None])
    for kind in CLASSES:
        rows = [one for one in page.reading.accounts if one.account_class == kind]
        if rows:
            names = [account.name for account in rows]
            _counted(
                page, "of_class", rows, f"{kind}: {len(rows)} accounts", n=len(rows),
                kind=word(f"class_{kind}", page.language), names=page.listed(names),
            )  # fmt: skip


def _counted(page: Page, key: str, rows: list[Account], formula: str, **values: object) -> None:
    where = tuple(page.records.source(one, ["name"]).where for one in rows)
    names = ", ".join(one.name for one in rows)
    source = ComputedSource(
        f"{key} (S2-2)",
        page.composer.text(f"title_{key}"),
        page.today,
        f"{formula}: {names}",
        where,
    )
    page.say(key, [source], **values)


def weight(page: Page) -> None:
    """How much of the revenue the key accounts are: the importance in our own figures (S3-1)."""
    keys = [one for one in page.reading.accounts if one.account_class == "key"]
    years = year_of_sales(page.records, page.reading.accounts)
    page.met_or_gap("weight", there=bool(keys and years))
    by_currency: defaultdict[str, dict[int, Decimal]] = defaultdict(dict)
    for key, year in years.items():
        by_currency[year.currency or "?"][key] = year.revenue
    for currency, revenue in sorted(by_currency.items()):
        ours = loss_of(revenue, (one.id for one in keys if one.id in revenue))
        if not ours.lost:
            continue
        rows = [page.records.accounts[key] for key in revenue]
        share = f"{percent(ours.share):f}"
        formula = f"key accounts {ours.lost:f} of {ours.total:f} {currency} = {share} %"
        _counted(page, "weight", rows, formula, share=share, currency=currency)


def load(page: Page) -> None:
    """How many key accounts each person holds, and which have no sponsor (S0-3, S1-16)."""
    keys = [one for one in page.reading.accounts if one.account_class == "key"]
    held = Counter(one.owner_id for one in keys if page.records.get(Person, one.owner_id))
    for person_id, n in held.most_common():
        person = page.records.people[person_id or 0]
        rows = [one for one in keys if one.owner_id == person_id]
        _counted(page, "load", rows, f"{person.name}: {n} key accounts", name=person.name, n=n)
    teams = team_seats(page.records, keys)
    for key, wanted in (("no_sponsor", (SPONSOR,)), ("no_triangle", TRIANGLE)):
        rows = [one.account for one in teams if one.empty(wanted)]
        page.met_or_gap(key, there=not rows, names=page.listed([one.name for one in rows]))
