"""What a relationship map holds, and what it keeps from whom."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.accounts_at_risk import accounts_at_risk
from bot.assistant.skills.relationship_map import relationship_map
from bot.assistant.skills.trends import trends
from bot.assistant.skills.whitespace import whitespace
from bot.render import charts, whitespace_grid
from bot.render.draw import drawn
from bot.render.drawings import HealthChart, RelationshipMap, RevenueChart, WhitespaceGrid
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Activity,
    Contract,
    Financial,
    Installed,
    Satisfaction,
    Target,
)
from tests.integration.asking import TODAY, Language, SmallBook, ask
from tests.integration.conftest import Kam

LI_NA = "li.na@example.com"


class World(NamedTuple):
    book: SmallBook
    acme: int
    dana: int
    ben: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    book.person("Otto")
    acme = book.account("ACME", owner_id=ana, currency="USD", relationship="partner")
    dana = book.contact(
        acme, "Dana Wu", title="CTO", decision_role="decision_maker", support="enemy",
        coverage="in_depth", layer="key", known_by_ids=[ana],
    )  # fmt: skip
    ben = book.contact(acme, "Ben Lee", title="Buyer", decision_role="blocker", reports_to_id=dana)
    book.contact(acme, "Gone Long", left_on=TODAY - timedelta(days=400), support="mentor")
    for days in (3, 3, 40):
        book.add(
            Activity, account_id=acme, date=TODAY - timedelta(days=days), kind="meeting",
            status="done", contact_ids=[dana], person_ids=[ana], subject=f"Call {days}",
        )  # fmt: skip
    return World(book, acme, dana, ben)


def asked(world: World, who: str, language: Language = "en", **more: object) -> Reply:
    return ask(world.book.store, relationship_map, who, language, account_ids=(world.acme,), **more)  # type: ignore[arg-type]


def the_map(reply: Reply) -> RelationshipMap:
    (picture,) = reply.pictures
    assert isinstance(picture.drawing, RelationshipMap)
    return picture.drawing


def test_the_map_holds_everybody_who_is_there_with_lines_roles_and_ties(world: World) -> None:
    reply = asked(world, "ana")
    shown = the_map(reply)
    by_name = {one.name: one for one in shown.people}
    assert by_name.keys() == {"Dana Wu", "Ben Lee"}
    assert by_name["Ben Lee"].reports_to == by_name["Dana Wu"].key == world.dana
    (bond,) = by_name["Dana Wu"].bonds
    assert (bond.days, bond.entered) == (2, True), "days in touch, not meetings"
    assert by_name["Ben Lee"].bonds == ()
    assert [one.name for one in shown.ours] == ["Ana"]
    assert shown.threads
    assert reply.outcome is Outcome.ANSWERED
    assert "Ben Lee" in reply.markdown
    assert all(one.source.date for one in reply.citations)


def test_stance_and_coverage_are_the_teams_alone(world: World) -> None:
    inside, outside = asked(world, "ana"), asked(world, "otto")
    assert the_map(inside).inner
    assert {one.stance for one in the_map(inside).people} == {"enemy", None}
    assert the_map(inside).level == "partner"
    shown = the_map(outside)
    assert not shown.inner
    assert {(one.stance, one.coverage) for one in shown.people} == {(None, None)}
    assert shown.level is None
    told = json.dumps(outside.pictures[0].as_payload()) + outside.markdown
    for secret in ("enemy", "in_depth", "partner", "Could derail it: Dana"):
        assert secret not in told


def test_before_others_the_map_holds_what_all_of_them_may_see(world: World) -> None:
    shown = the_map(asked(world, "ana", audience=("otto",)))
    assert not shown.inner
    assert all(one.stance is None and one.coverage is None for one in shown.people)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_description_is_in_the_readers_language(world: World, language: Language) -> None:
    alt = asked(world, "ana", language).pictures[0].alt
    assert "Dana Wu" in alt
    assert ("关系图" in alt) == (language == "zh")


def test_where_nobody_is_on_record_nothing_is_drawn(world: World) -> None:
    empty = world.book.account("Empty")
    reply = ask(world.book.store, relationship_map, "ana", account_ids=(empty,))
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.pictures == ()


def test_a_second_record_of_somebody_adds_its_line_and_no_card(world: World) -> None:
    book = world.book
    book.contact(world.acme, "Eva Moss", title="CFO", email="eva@acme.example")
    book.contact(world.acme, "E. Moss", email="eva@acme.example", reports_to_id=world.dana)
    shown = the_map(asked(world, "ana"))
    (eva,) = [one for one in shown.people if "Moss" in one.name]
    assert eva.reports_to == world.dana


def test_sales_are_drawn_against_the_plan_of_the_same_quarter(world: World) -> None:
    book = world.book
    for period, revenue in (("2026-Q1", 110), ("2026-Q2", 120), ("2025-Q2", 100)):
        book.add(Financial, account_id=world.acme, period=period, revenue=Decimal(revenue))
    book.add(
        Target, account_id=world.acme, period="2026-Q2", amount=Decimal(130), kind="revenue",
        currency="USD",
    )  # fmt: skip
    book.add(Target, account_id=world.acme, period="2026", amount=Decimal(500), kind="revenue")
    book.add(Target, account_id=world.acme, period="2026-Q1", amount=Decimal(99), kind="bookings")
    (picture,) = ask(book.store, trends, "ana", account_ids=(world.acme,)).pictures
    assert isinstance(picture.drawing, RevenueChart)
    found = {one.label: (one.amount, one.plan, one.year_before) for one in picture.drawing.quarters}
    assert found["2026-Q1"] == (110, None, None)
    assert found["2026-Q2"] == (120, 130, 100)
    assert "plan 130" in picture.alt
    assert drawn(picture).startswith(b"\x89PNG")
    assert charts.revenue(picture.drawing).width < 8


def test_health_over_time_is_drawn_from_the_records_as_they_stood(world: World) -> None:
    book = world.book
    for days, value in ((100, 60), (20, -40)):
        book.add(
            Satisfaction, account_id=world.acme, date=TODAY - timedelta(days=days), kind="nps",
            value=Decimal(value),
        )  # fmt: skip
    for year, revenue in ((2024, 100), (2025, 90)):
        book.add(Financial, account_id=world.acme, period=str(year), revenue=Decimal(revenue))
    book.add(Contract, account_id=world.acme, contract="Frame", end=TODAY + timedelta(days=400))
    given = {"account_ids": (world.acme,)}
    assert ask(book.store, accounts_at_risk, "ana", **given).pictures == ()  # type: ignore[arg-type]
    reply = ask(book.store, trends, "ana", slots={"metric": "health"}, **given)  # type: ignore[arg-type]
    (picture,) = reply.pictures
    assert isinstance(picture.drawing, HealthChart)
    weeks = picture.drawing.weeks
    assert [one.day for one in weeks][-1] == TODAY
    assert len(weeks) == 8
    assert weeks[0].score is not None
    assert weeks[-1].score is not None
    assert weeks[0].score > weeks[-1].score
    assert charts.health(picture.drawing).height < 6


def test_the_grid_of_one_account_is_drawn_and_says_each_state_in_a_word(world: World) -> None:
    book = world.book
    states = {"Line A": "ours", "Line B": "competitor", "Line C": "open"}
    for unit, state in states.items():
        book.add(
            Installed, account_id=world.acme, unit=unit, product="Core", state=state,
            potential=Decimal(200_000), competitor="Rivalon" if state == "competitor" else None,
        )  # fmt: skip
    (picture,) = ask(book.store, whitespace, "ana", account_ids=(world.acme,)).pictures
    assert isinstance(picture.drawing, WhitespaceGrid)
    assert picture.alt.startswith("Grid of ACME's units and products: 1 ours, 1 a rival's, 1 open.")
    texts = {one.get_text() for one in whitespace_grid.draw(picture.drawing).figure.axes[0].texts}
    assert {"Rivalon", "open", "ours", "Line A", "Core"} <= texts


def test_kam_map_writes_the_file(kam: Kam, sample_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.svg"
    done = kam("map", "ACME", "--as", LI_NA, "--out", str(out), "--json", home=sample_home)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["pictures"][0]["saved"] == str(out)
    assert told["pictures"][0]["media_type"] == "image/png"
    assert "<svg" in out.read_text(encoding="utf-8")


def test_kam_map_is_denied_outside_a_team(kam: Kam, sample_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.png"
    who = ("--as", "jonas.weber@example.com", "--language", "zh")
    done = kam("map", "Initech", *who, "--out", str(out), home=sample_home)
    assert done.returncode == 4
    assert "Initech" in done.stdout
    assert not out.exists()


def test_kam_map_wants_a_pictures_name(kam: Kam, sample_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.docx"
    done = kam("map", "ACME", "--as", LI_NA, "--out", str(out), home=sample_home)
    assert done.returncode == 2
    assert "map.docx" in done.stderr


def test_kam_ask_says_what_the_picture_shows_and_saves_it(
    kam: Kam, sample_home: Path, tmp_path: Path
) -> None:
    question = ("ask", "画一下 Globex 的关系图", "--as", LI_NA)
    plain = kam(*question, home=sample_home)
    assert "--picture" in plain.stdout
    out = tmp_path / "globex.png"
    kam(*question, "--picture", str(out), home=sample_home)
    assert out.read_bytes().startswith(b"\x89PNG")


def test_an_answer_does_not_draw(sample_home: Path) -> None:
    program = (
        "import sys; from bot.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('matplotlib' in sys.modules)"
    )
    question = ["ask", "map of ACME", "--as", LI_NA, "--home", str(sample_home)]
    question += ["--today", "2026-11-21"]
    done = subprocess.run(
        [sys.executable, "-c", program, *question], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "False"
