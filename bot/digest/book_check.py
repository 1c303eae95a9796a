"""The book check: what a freshly imported book lacks, in at most three questions a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome
from bot.assistant.scope import own_accounts
from bot.assistant.wording import in_brackets
from bot.digest.composed import Digest
from bot.digest.weeks import week_of
from kam_knowledge.queries.book_check import BookCheck, book_check, is_fresh
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import Account, Contact

FRESH = 7
"""Days after an import in which its book is checked in place of a digest."""
QUESTIONS = 3
PARTS = ("twins", "ownerless", "without_renewal", "without_role")


@dataclass(frozen=True)
class Question:
    """One thing to settle, and the account and records it is about."""

    part: str
    account: Account
    values: Mapping[str, str]
    sources: Sequence[Source]


def is_due(context: SkillContext) -> bool:
    """Whether most of what the asker answers for was imported in the last seven days."""
    ids = {account.id for account in own_accounts(context)}
    return is_fresh(context.records, ids, FRESH, context.clock.moment.tzinfo)


def check(context: SkillContext) -> Digest:
    """What is missing, counted, and the questions that come first; nearest renewal first."""
    records, day = context.records, context.clock.today
    accounts = own_accounts(context)
    found = book_check(records, accounts)
    composer = Composer("digest", context.language)
    composer.heading("title_book_check", date=day)
    asked = sorted(
        _questions(records, found, context.language),
        key=lambda one: (found.renewals[one.account.id] or date.max, PARTS.index(one.part)),
    )
    if not asked:
        composer.plain("check_clean", n=len(accounts))
        looked = [composer.text("check_looked", date=day)]
        reply = composer.reply(Outcome.UNKNOWN, looked_at=looked)
        return Digest(reply, week_of(day), "book_check", day, day)
    for part in PARTS:
        if getattr(found, part):
            source = _counted(records, found, part, composer)
            composer.bullet(f"check_{part}", [source], n=len(getattr(found, part)))
    composer.heading("check_questions")
    shown = _spread(asked)
    for number, one in enumerate(shown, start=1):
        text = composer.cited(composer.text(f"ask_{one.part}", **one.values), one.sources)
        do = composer.text(f"answer_{one.part}")
        composer.line(f"{number}. {composer.text('line', text=text, do=do)}")
    reply = composer.reply(accounts=[one.account.name for one in shown])
    return Digest(reply, week_of(day), "book_check", day, day)


def _spread(asked: Sequence[Question]) -> list[Question]:
    """The first questions, no two of a kind about one account while there are others."""
    first, again, met = list[Question](), list[Question](), set[tuple[str, int]]()
    for one in asked:
        key = (one.part, one.account.id)
        (again if key in met else first).append(one)
        met.add(key)
    return [*first, *again][:QUESTIONS]


def _questions(records: Records, found: BookCheck, language: str) -> Iterator[Question]:
    for one, other in found.twins:
        account = records.accounts[one.account_id]
        values = {
            "account": account.name,
            "one": _titled(one, language),
            "other": _titled(other, language),
        }
        yield Question("twins", account, values, [_contact(records, row) for row in (one, other)])
    for account in found.ownerless:
        source = records.source(account, ["name", "owner_id"])
        yield Question("ownerless", account, {"account": account.name}, [source])
    for account in found.without_renewal:
        source = records.source(account, ["name", "renewal_date"])
        yield Question("without_renewal", account, {"account": account.name}, [source])
    for row in found.without_role:
        account = records.accounts[row.account_id]
        values = {"account": account.name, "one": _titled(row, language)}
        yield Question("without_role", account, values, [_contact(records, row)])


def _titled(row: Contact, language: str) -> str:
    return row.name + in_brackets(row.title, language)


def _contact(records: Records, row: Contact) -> Source:
    return records.source(row, ["name", "title", "email", "decision_role"])


def _counted(records: Records, found: BookCheck, part: str, composer: Composer) -> ComputedSource:
    """How many there are, and which."""
    rows = getattr(found, part)
    inputs = [
        records.where(row) for one in rows for row in (one if isinstance(one, tuple) else (one,))
    ]
    return ComputedSource(
        "book_check (S1-13)",
        composer.text("title_book_check", date=records.rights.today),
        records.rights.today,
        f"{part}: {len(rows)}",
        tuple(dict.fromkeys(inputs)),
    )
