"""A plan lives: versions, what is stale, what changed, people's words kept, undo (S1-13)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.assistant.assistant import Assistant
from bot.assistant.plans.asking import PlanWish
from bot.assistant.plans.editing import proposed
from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Turn
from kam_knowledge.access import Audience, Viewer
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.clock import clock
from kam_knowledge.plans.sections import Section
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Action,
    Contact,
    Goal,
    Person,
    Plan,
    PlanVersion,
    Proposal,
)
from tests.integration.asking import SmallBook
from tests.integration.conftest import Kam

LI_NA, TOM, ZHOU = "li.na@example.com", "tom.becker@example.com", "zhou.qiang@example.com"
NOON = clock("2026-11-21", "Asia/Shanghai")
RELATIONSHIPS = "Draft the relationships section for ACME"


class Desk:
    """People who write to the assistant over a book of their own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.assistant = Assistant(store, lambda: pytest.fail("a plan searches nothing"))
        with store.read() as session:
            self._ids = dict(session.execute(select(Person.email, Person.id)).all())

    def turn(self, text: str, who: str = LI_NA, thread: str | None = "t", *others: str) -> Turn:
        key = self._ids[who]
        audience = Audience.only(key)
        if others:
            audience = Audience.members([key, *(self._ids[one] for one in others)])
        return Turn(text, Viewer(key), audience, NOON, thread)

    def says(self, text: str, who: str = LI_NA, *others: str) -> Reply:
        return self.assistant.answer(self.turn(text, who, f"t-{who}", *others))

    def edits(self, section: str, text: str, who: str = LI_NA, account: str = "ACME Corp") -> Reply:
        with self.store.read() as session:
            key = session.scalar(select(Account.id).where(Account.name == account))
        wish = PlanWish(key, "key_account", section, None, "en")

        def work(context: object) -> Reply:
            asked = wish.asked(context)  # type: ignore[arg-type]
            assert not isinstance(asked, Reply)
            return proposed(context, asked, wish.chosen[0], text)  # type: ignore[arg-type]

        return self.assistant.write(self.turn("edit", who, None), work)

    def versions(self) -> list[PlanVersion]:
        with self.store.read() as session:
            rows = session.scalars(
                select(PlanVersion)
                .where(PlanVersion.retracted.is_(False))
                .order_by(PlanVersion.number)
            )
            found = list(rows)
            session.expunge_all()
        return found

    def text(self, section: str = "relationships") -> str:
        kept = [Section.of_json(one) for one in self.versions()[-1].sections]
        return next(one.text for one in kept if one.id == section)

    def restate(self, name: str, **values: object) -> None:
        """A colleague corrects what is on record of somebody at the customer."""
        with self.store.write() as session:
            row = session.scalar(select(Contact).where(Contact.name == name))
            assert row is not None
            actor = self._ids["priya.raman@example.com"]
            ledger = Ledger(session, "message", "slack", actor, date(2026, 11, 21), True)
            ledger.update(row, values, source="message")


@pytest.fixture
def desk(home: Path, sample_rows_file: Path) -> Iterator[Desk]:
    home.mkdir(parents=True)
    opened = Store.at(Path(shutil.copy(sample_rows_file, home / "kam.sqlite3")))
    yield Desk(opened)
    opened.close()


def test_a_drafted_section_is_kept_as_a_version_with_a_receipt(desk: Desk) -> None:
    reply = desk.says(RELATIONSHIPS)
    assert reply.outcome is Outcome.ANSWERED
    assert "| Dana Wu | Chief Technology Officer | decision maker |" in reply.markdown
    assert "Saved as version 1 (change-" in reply.markdown
    (version,) = desk.versions()
    assert version.author_id == desk._ids[LI_NA]
    again = desk.says(RELATIONSHIPS)
    assert "Nothing has changed: version 1 stands." in again.markdown
    assert len(desk.versions()) == 1


def test_the_chinese_draft_is_a_plan_of_its_own(desk: Desk) -> None:
    desk.says(RELATIONSHIPS)
    reply = desk.says("写一下 ACME 的关系部分")
    assert "决策者" in reply.markdown
    with desk.store.read() as session:
        assert set(session.scalars(select(Plan.language))) == {"en", "zh"}


def test_undo_takes_the_version_back(desk: Desk) -> None:
    desk.says(RELATIONSHIPS)
    reply = desk.says("undo")
    assert reply.outcome is Outcome.DONE
    assert desk.versions() == []
    assert "Saved as version 2" in desk.says(RELATIONSHIPS).markdown


def test_a_plan_is_stale_where_a_fact_changed_and_says_since_when(desk: Desk) -> None:
    desk.says(RELATIONSHIPS)
    assert "up to date" in desk.says("Is my ACME plan stale?").markdown
    desk.restate("Dana Wu", support="neutral")
    told = desk.says("Is my ACME plan stale?").markdown
    assert "Out of date in version 1 of 2026-11-21" in told
    assert "support supporter → neutral" in told
    assert "(2026-11-21)" in told


def test_a_redraft_after_a_change_shows_exactly_what_changed(desk: Desk) -> None:
    desk.says(RELATIONSHIPS)
    before = desk.text().split("\n")
    desk.restate("Dana Wu", support="neutral")
    reply = desk.says(RELATIONSHIPS)
    assert "Saved as version 2" in reply.markdown
    after = desk.text().split("\n")
    moved = [line for line in after if line not in before]
    assert len(moved) == 1
    assert "Dana Wu" in moved[0]
    assert "neutral (as of 2026-11-21)" in moved[0]
    told = desk.says("What changed since the last plan for ACME?").markdown
    assert "support supporter → neutral" in told
    assert "Tang Rui" not in told


def test_a_persons_words_are_proposed_confirmed_and_kept_by_every_redraft(desk: Desk) -> None:
    desk.says(RELATIONSHIPS)
    own = "- Dana Wu will only present the case if Tang Rui stands beside her."
    asked = desk.edits("relationships", f"{desk.text()}\n{own}")
    assert asked.outcome is Outcome.PROPOSED
    assert len(desk.versions()) == 1, "nothing is written before the yes"
    assert asked.proposal is not None
    desk.assistant.settle(desk.turn("yes"), asked.proposal["id"], "confirm")
    assert desk.versions()[-1].cause == "edit"
    desk.restate("Dana Wu", support="neutral")
    reply = desk.says(RELATIONSHIPS)
    assert own in desk.text()
    assert "neutral (as of 2026-11-21)" in desk.text()
    shown = next(line for line in reply.markdown.split("\n") if line.startswith(own[:20]))
    number = int(shown.rpartition("[")[2].rstrip("]"))
    cited = next(one for one in reply.citations if one.n == number)
    assert cited.source.title == "written by Li Na on 2026-11-21"


def test_a_line_that_a_person_changed_is_not_overwritten(desk: Desk) -> None:
    desk.says(RELATIONSHIPS)
    line = next(one for one in desk.text().split("\n") if one.startswith("| Dana Wu"))
    mine = line.replace("supporter (as of 2026-06-24)", "supporter, but wavering")
    asked = desk.edits("relationships", desk.text().replace(line, mine))
    assert asked.proposal is not None
    desk.assistant.settle(desk.turn("yes"), asked.proposal["id"], "confirm")
    desk.restate("Dana Wu", support="neutral")
    reply = desk.says(RELATIONSHIPS)
    assert "supporter, but wavering" in desk.text()
    assert "Lines of the draft that gave way to people's own words: 1." in reply.markdown


def test_an_edit_of_a_section_that_changed_meanwhile_is_not_written(desk: Desk) -> None:
    desk.says(RELATIONSHIPS)
    asked = desk.edits("relationships", f"{desk.text()}\n- Mine.")
    desk.restate("Dana Wu", support="neutral")
    desk.says(RELATIONSHIPS)
    assert asked.proposal is not None
    reply = desk.assistant.settle(desk.turn("yes"), asked.proposal["id"], "confirm")
    assert reply.outcome is Outcome.UNKNOWN
    assert "- Mine." not in desk.text()


def test_a_vague_goal_is_refused_with_a_better_wording(desk: Desk) -> None:
    reply = desk.edits("targets", "- Improve the relationship with IT")
    assert reply.outcome is Outcome.CLARIFY
    assert "has no owner" in reply.markdown
    assert "names an effort and no result" in reply.markdown
    assert "owner ____ (who?)" in reply.markdown
    held = desk.edits("targets", "- Pilot signed in Penang, Li Na, 2026-12-18")
    assert held.outcome is Outcome.PROPOSED


def test_only_the_team_keeps_and_edits_a_plan(desk: Desk) -> None:
    shown = desk.says(RELATIONSHIPS, ZHOU)
    assert "Only the account's team may save it" in shown.markdown
    assert "supporter" not in shown.markdown
    assert desk.edits("relationships", "- Mine.", ZHOU).outcome is Outcome.DENIED
    assert desk.versions() == []
    refused = desk.says("Draft the relationships section for Initech", TOM)
    assert refused.outcome is Outcome.DENIED


def test_before_others_than_the_team_nothing_inner_is_shown_or_kept(desk: Desk) -> None:
    reply = desk.says(RELATIONSHIPS, LI_NA, ZHOU)
    assert "mentor" not in reply.markdown
    assert desk.versions() == []


def test_a_meeting_goal_becomes_actions_with_owners_and_days(desk: Desk) -> None:
    asked = desk.says('Turn "CFO meeting in January" at ACME into actions with owners')
    assert asked.outcome is Outcome.PROPOSED
    desk.says("yes")
    with desk.store.read() as session:
        goal = session.scalar(select(Goal).where(Goal.goal.contains("Sun Meiling")))
        assert goal is not None
        assert goal.due == date(2027, 1, 31)
        assert goal.owner_id == desk._ids[LI_NA]
        rows = list(session.scalars(select(Action).where(Action.goal_id == goal.id)))
        assert len(rows) >= 2
        assert all(row.due and row.due < date(2027, 1, 1) for row in rows)
        assert all(row.owner_person_id or row.owner_contact_id for row in rows)
    assert desk.says("undo").outcome is Outcome.DONE


def test_whoever_opens_the_door_is_strengthened_first_and_asked_to_arrange_it_last(
    store: Store,
) -> None:
    book = SmallBook(store)
    sam = book.person("Sam Eng")
    account = book.account("Orlik", owner_id=sam)
    chief = book.contact(account, "Carla Top", title="CTO")
    book.contact(
        account, "Vera Pine", title="VP Engineering", reports_to_id=chief, known_by_ids=[sam]
    )
    desk = Desk(store)
    asked = desk.says('Turn "CTO meeting in March" at Orlik into actions', "sam.eng@example.com")
    steps = [line for line in asked.markdown.split("\n") if line[:2] in ("1.", "2.", "3.")]
    assert len(steps) == 3
    assert steps[0].startswith("1. Strengthen the tie with Vera Pine")
    assert "value proposition for Carla Top" in steps[1]
    assert steps[2].startswith("3. Have Vera Pine arrange the meeting with Carla Top")
    assert all("(Sam Eng, by " in step for step in steps)


def test_a_goal_without_a_day_is_asked_about(desk: Desk) -> None:
    reply = desk.says('Turn "meeting with the CFO" at ACME into actions with owners')
    assert reply.outcome is Outcome.CLARIFY
    assert "A goal without a day is none" in reply.markdown


def test_a_receipt_is_its_own_and_nothing_else_is_undone(desk: Desk) -> None:
    desk.says(RELATIONSHIPS)
    with desk.store.read() as session:
        kinds = list(session.scalars(select(Proposal.kind)))
    assert kinds == ["plan"]


@pytest.mark.slow
def test_the_command_drafts_keeps_exports_and_checks(
    sample_home: Path, home: Path, tmp_path: Path, kam: Kam
) -> None:
    shutil.copytree(sample_home, home)
    # Of this quarter others may have saved a plan in the book that this is a copy of.
    asked = ("plan", "ACME", "--as", LI_NA, "--period", "2027-Q2", "--language", "en")
    done = kam(*asked, "--section", "relationships", "--json", home=home)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["saved"].startswith("change-")
    assert found["version"] == 1
    assert [one["id"] for one in found["sections"]] == ["relationships"]
    assert found["sections"][0]["citations"]
    out = tmp_path / "acme.md"
    assert kam(*asked, "--out", out, home=home).returncode == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# Key account plan: ACME Corp\n")
    assert "## 1. Relationships" in text
    assert "## Sources" in text
    chinese = kam(*asked[:-1], "zh", "--section", "strategy", home=home)
    assert "# 大客户计划：ACME Corp" in chinese.stdout
    checked = kam(*asked, "--check", home=home)
    assert "Completeness:" in checked.stdout
    assert "up to date" in checked.stdout
    safe = kam(*asked, "--template", "customer_review", "--for-customer", home=home)
    assert safe.returncode == 0
    assert "[1]" not in safe.stdout
    assert kam(*asked, "--for-customer", home=home).returncode == 2
    assert kam(*asked, "--template", "nothing", home=home).returncode == 2
    assert kam("plan", "Initech", "--as", TOM, home=home).returncode == 4
    report = kam(
        "plan", "--as", LI_NA, "--template", "weekly_report", "--language", "en", home=home
    )
    assert "# Weekly report" in report.stdout
