"""The weekly digest: what stands in it, for whom, how often, and what never does."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.digest.composed import Digest
from bot.digest.pages import as_html, as_json
from bot.digest.weeks import as_of
from bot.digest.written import digest
from kam_knowledge import digests
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.clock import Clock, clock
from kam_knowledge.errors import UsageError
from kam_knowledge.queries.records import Records
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Action,
    Competitor,
    Contact,
    Contract,
    DigestLine,
    Opportunity,
    Person,
    Receivable,
)
from tests.integration.asking import MARK, SmallBook, lines

MONDAY = date(2026, 11, 23)
LISTED = re.compile(r"\d+\. ")


class World(NamedTuple):
    book: SmallBook
    ana: int
    ben: int
    lea: int
    acme: int
    globex: int
    dana: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    lea = book.person("Lea", role="leader")
    ana, ben = book.person("Ana", manager_id=lea), book.person("Ben", manager_id=lea)
    acme = book.account("ACME", owner_id=ana, currency="USD", account_class="key")
    globex = book.account("Globex", owner_id=ana, currency="EUR")
    dana = book.contact(acme, "Dana Wu", title="CTO", decision_role="decision_maker")
    return World(book, ana, ben, lea, acme, globex, dana)


def composed(
    world: World,
    who: str = "ana",
    day: date = MONDAY,
    language: str = "en",
    *,
    readers: tuple[int, ...] = (),
    tier: int | None = None,
    keep: bool = False,
) -> Digest:
    """The digest of that day; `keep` writes down that it was shown."""
    with world.book.store.write() as session:
        asker = session.scalars(select(Person.id).where(Person.email == f"{who}@example.com")).one()
        audience = Audience.members([asker, *readers]) if readers else Audience.only(asker)
        moment = clock(day.isoformat(), "Asia/Shanghai")
        rights = decide(session, Viewer(asker), audience, day)
        context = SkillContext(
            session, rights, Records(session, rights), moment, language, lambda: None,  # type: ignore[arg-type,return-value]
        )  # fmt: skip
        found = digest(context, tier)
        if keep and found.reply.digest is not None:
            digests.keep(session, found.reply.digest)
        return found


def shown(found: Digest | Reply) -> list[str]:
    """The numbered lines before the suggested steps."""
    reply = found.reply if isinstance(found, Digest) else found
    said = lines(reply)
    heads = [n for n, one in enumerate(said) if one.startswith("**")]
    return [one for one in said[: [*heads, len(said)][1]] if LISTED.match(one)]


def promise(world: World, action: str, due: date, **values: Any) -> int:
    row = {"account_id": world.acme, "direction": "ours", "owner_person_id": world.ana}
    return world.book.add(Action, action=action, due=due, **{**row, **values})


def invoice(world: World, name: str, due: date, account: int | None = None) -> int:
    return world.book.add(
        Receivable, account_id=account or world.acme, invoice=name, amount=Decimal(100), due=due
    )


def busy(world: World) -> None:
    """Something of everything."""
    promise(world, "Send the TCO sheet", MONDAY - timedelta(days=5))
    promise(world, "Name the architect", MONDAY + timedelta(days=2))
    promise(
        world, "Asset list", MONDAY - timedelta(days=3), direction="theirs", owner_person_id=None
    )
    invoice(world, "INV-7", MONDAY - timedelta(days=40), world.globex)
    world.book.add(
        Contract, account_id=world.globex, contract="GLX-1",
        notice_by=MONDAY + timedelta(days=10), end=MONDAY + timedelta(days=70),
    )  # fmt: skip
    world.book.contact(
        world.acme, "Jan Kessler", title="CIO", decision_role="economic_buyer",
        left_on=MONDAY - timedelta(days=2),
    )  # fmt: skip
    world.book.add(
        Opportunity, account_id=world.acme, name="Edge", amount=Decimal(5), outcome="won",
        close_date=MONDAY - timedelta(days=4),
    )  # fmt: skip


def test_money_broken_promises_and_exits_come_first_each_cited_with_its_date(
    world: World,
) -> None:
    busy(world)
    found = composed(world)
    told = shown(found)
    assert 0 < len(told) <= 7
    first = " ".join(told[:5])
    for name in ("Send the TCO sheet", "GLX-1", "INV-7", "Jan Kessler", "Asset list"):
        assert name in first
    later = " ".join(told[5:])
    assert "Name the architect" in later
    for line in told:
        assert MARK.search(line)
        assert re.search(r"\d{4}-\d\d-\d\d", line)
        assert line.count(" → ") == 1, "one action a line"
    assert found.reply.outcome is Outcome.ANSWERED


def test_three_steps_each_with_its_reason(world: World) -> None:
    busy(world)
    found = composed(world)
    assert len(found.steps) == 3
    for one in found.steps:
        assert "Why: " in one.text
        assert MARK.search(one.text)


def test_it_speaks_chinese(world: World) -> None:
    busy(world)
    found = composed(world, language="zh")
    assert "周报摘要" in found.reply.markdown
    assert "建议下一步" in found.reply.markdown
    assert not re.search(r"\b(?:late|due|Why)\b", found.reply.markdown)


def test_nothing_to_say_is_two_lines(world: World) -> None:
    found = composed(world)
    assert len(lines(found.reply)) == 2
    assert not found.reply.citations
    assert not found.lines


def test_an_unchanged_line_is_shown_in_two_weeks_and_then_counted(world: World) -> None:
    row = promise(world, "Send the TCO sheet", MONDAY - timedelta(days=20))
    for week in range(2):
        day = MONDAY + timedelta(weeks=week)
        for _ in range(2):  # read twice in a week it counts once
            assert "Send the TCO sheet" in composed(world, day=day, keep=True).reply.markdown
    third = composed(world, day=MONDAY + timedelta(weeks=2), keep=True)
    assert "Send the TCO sheet" not in third.reply.markdown
    assert third.folded == 1
    assert "1" in lines(third.reply)[1]
    assert len(lines(third.reply)) == 2

    again = MONDAY + timedelta(weeks=3)
    moment = datetime(2026, 12, 10, 4, tzinfo=UTC)
    world.book.change(
        Action, row, recorded=moment, due=date(2026, 12, 11), as_of=date(2026, 12, 10)
    )
    assert "Send the TCO sheet" in composed(world, day=again).reply.markdown, "it has changed"


def test_reading_an_earlier_week_folds_nothing(world: World) -> None:
    promise(world, "Send the TCO sheet", MONDAY - timedelta(days=60))
    composed(world, keep=True)
    composed(world, day=MONDAY - timedelta(weeks=1), keep=True)
    with world.book.store.read() as session:
        assert [row.weeks for row in session.scalars(select(DigestLine))] == [1] * len(
            session.scalars(select(DigestLine)).all()
        )


def test_private_notes_and_what_one_changed_oneself_are_no_news(world: World) -> None:
    world.book.add(Competitor, account_id=world.acme, competitor="Initrode")
    day = MONDAY - timedelta(days=1)
    own = "Initrode offers a free pilot."
    world.book.note(world.acme, own, day, author=world.ana, visibility="author")
    moment = datetime(2026, 11, 22, 4, tzinfo=UTC)
    world.book.change(Contact, world.dana, recorded=moment, actor=world.ana, title="CIO", as_of=day)
    assert len(lines(composed(world).reply)) == 2
    world.book.note(world.acme, "Initrode offers 30 percent off.", day, author=world.ben)
    told = composed(world).reply.markdown
    assert "30 percent off" in told
    assert "free pilot" not in told


def test_a_stance_is_told_to_one_reader_and_never_in_a_channel(world: World) -> None:
    day, moment = MONDAY - timedelta(days=1), datetime(2026, 11, 22, 4, tzinfo=UTC)
    world.book.change(
        Contact, world.dana, recorded=moment, actor=world.ben, support="enemy", as_of=day
    )
    assert "opposed" in composed(world).reply.markdown
    with_leader = composed(world, readers=(world.lea,)).reply
    assert "opposed" not in with_leader.markdown
    assert "stance" not in with_leader.markdown
    assert with_leader.digest is None, "what a channel reads is nobody's own digest"


def test_a_reader_beside_sees_only_what_both_may_see(world: World) -> None:
    secret = world.book.account("Secret", owner_id=world.ana, visibility="team", currency="USD")
    promise(world, "Hush", MONDAY - timedelta(days=3), account_id=secret)
    assert "Hush" in composed(world).reply.markdown
    assert "Secret" not in composed(world, readers=(world.ben,)).reply.markdown


def test_of_one_tier_where_that_is_wished(world: World) -> None:
    busy(world)
    told = composed(world, tier=1).reply.markdown
    assert "ACME" in told
    assert "Globex" not in told


def test_a_leader_reads_of_the_portfolio_and_not_of_calls_others_should_make(
    world: World,
) -> None:
    busy(world)
    day = MONDAY - timedelta(days=90)
    world.book.note(world.acme, "Talked.", day, contacts=(world.dana,), people=(world.ana,))
    found = composed(world, "lea")
    assert found.edition == "portfolio"
    assert "INV-7" in found.reply.markdown
    assert "Jan Kessler" in found.reply.markdown
    assert "beyond the cadence" not in found.reply.markdown
    assert "Asset list" not in found.reply.markdown
    assert "beyond the cadence" in composed(world).reply.markdown, "its owner reads it"


def test_a_book_imported_this_week_is_checked_instead(store: Store) -> None:
    book = SmallBook(store)
    ana = book.person("Ana")
    fresh = datetime(2026, 11, 20, 4, tzinfo=UTC)
    acme = book.account("ACME", owner_id=ana, recorded=fresh)
    for name in ("Dana Wu", "Wu Dana", "Jo Park", "Al Hahn"):
        book.contact(acme, name, recorded=fresh)
    world = World(book, ana, 0, 0, acme, 0, 0)
    found = composed(world)
    assert found.edition == "book_check"
    told = found.reply.markdown
    assert "may be one person: 1" in told
    assert "without a role in decisions: 4" in told
    assert "renewal date ahead: 1" in told
    asked = [one for one in lines(found.reply) if LISTED.match(one)]
    assert len(asked) == 3
    assert "Dana Wu" in asked[0]
    week = composed(world, day=date(2026, 11, 30))
    assert week.edition == "person", "seven days later it is the digest"


def test_the_parts_are_given_to_programs_and_to_mail(world: World) -> None:
    busy(world)
    found = composed(world)
    shape = as_json(found, found.reply)
    assert (shape["week"], shape["edition"]) == ("2026-W48", "person")
    assert len(shape["lines"]) == len(shown(found))
    assert all(one["citations"] for one in shape["lines"] + shape["steps"])
    world.book.account("<b>Evil & Co</b>", owner_id=world.ana)
    page = as_html(found.reply)
    assert page.count("<li") >= len(shape["lines"])
    assert "<script" not in page


def at(day: date) -> Clock:
    return clock(day.isoformat(), "Asia/Shanghai")


def test_a_week_is_this_one_as_of_today_or_an_earlier_one_as_of_its_monday() -> None:
    friday = date(2026, 11, 27)
    assert as_of(at(friday), "2026-W48").today == friday
    assert as_of(at(friday), "2026-W47").today == date(2026, 11, 16)
    for wrong in ("2026-W60", "last", "2026-W49"):
        with pytest.raises(UsageError):
            as_of(at(friday), wrong)
