"""Every template drafts, in both languages, and says nothing that its sources do not."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.assistant.grounding import ground
from bot.assistant.plans.blocks import BLOCKS
from bot.assistant.plans.document import gap_lines
from bot.assistant.plans.templates import template, template_ids, wanted
from kam_knowledge.methodology.catalogue import topics
from kam_knowledge.queries.book import BookNames
from kam_knowledge.store.engine import Store
from tests.integration.asking import SmallBook
from tests.integration.planning import as_reply, context_of, drafted, planned

LI_NA, TOM, ZHOU = "li.na@example.com", "tom.becker@example.com", "zhou.qiang@example.com"
BOOK = ((LI_NA, "ACME Corp"), (TOM, "Globex"), (LI_NA, "华远重工"))
LANGUAGES = ("en", "zh")
MARK = re.compile(r"\[\d+\]")


@pytest.mark.parametrize("key", template_ids())
def test_a_template_is_whole_in_both_languages(key: str) -> None:
    kind = template(key)
    assert set(kind.title) == set(LANGUAGES)
    assert kind.called, "messages must be able to name it"
    assert kind.covers
    ids = [one.id for one in kind.sections]
    assert len(set(ids)) == len(ids)
    for section in kind.sections:
        assert set(section.title) == set(LANGUAGES)
        assert section.blocks or section.wording or section.questions
        assert set(section.blocks) <= set(BLOCKS)
        for question in section.questions:
            assert set(question.ask) == set(LANGUAGES)
            assert all(question.ask.values())
        assert set(section.wording) in (set(), set(LANGUAGES))
        if section.wording:
            topic, _, ordinal = section.cites.partition("/")
            for language in LANGUAGES:
                found = next(one for one in topics(language) if one.id == topic)
                assert len(found.sections) > int(ordinal)


def test_every_block_is_drawn_by_a_template() -> None:
    drawn = {
        name for key in template_ids() for one in template(key).sections for name in one.blocks
    }
    assert set(BLOCKS) == drawn


@pytest.mark.slow
@pytest.mark.parametrize("key", template_ids())
def test_a_template_drafts_for_every_account_without_a_statement_that_no_source_bears_out(
    sample_store: Store, key: str
) -> None:
    for email, account in BOOK:
        with sample_store.read() as session:
            context = context_of(session, email)
            names = BookNames(sample_store).current(session).names
            for language in ("en", "zh"):
                shown = planned(context, account, key, language=language)
                for kind, section in shown.sections:
                    held = ground(as_reply(section, language, [account]), names)
                    assert held.dropped == (), (key, account, kind.id)
                    assert section.lines or section.gaps, (key, account, kind.id)
                    _every_statement_is_cited(section.lines, section.plain)
                    for line in gap_lines(kind, section.gaps, language):
                        assert "{" not in line


def _every_statement_is_cited(lines: tuple[str, ...], plain: tuple[str, ...]) -> None:
    for line in lines:
        assert line in plain or MARK.search(line), line


def test_a_gap_is_shown_with_the_question_that_would_fill_it(sample_rows: Store) -> None:
    shown = drafted(sample_rows, TOM, "Globex", "key_account", "team")
    kind, section = shown.sections[0]
    asked = " ".join(gap_lines(kind, section.gaps, "en"))
    assert "Nobody is on record as executive sponsor." in asked
    assert "Which of our executives opens the top floor at Globex?" in asked


def test_a_goal_without_an_owner_is_returned_with_a_better_wording(sample_rows: Store) -> None:
    shown = drafted(sample_rows, LI_NA, "ACME Corp", "key_account", "targets")
    lines = shown.sections[0][1].lines
    returned = next(line for line in lines if "“Replace Corvexa in Rotterdam”" in line)
    assert "has no owner" in returned
    assert "owner ____ (who?)" in returned
    assert not any(line.startswith("| long") for line in lines)


def test_a_swot_takes_notes_alone_and_none_older_than_six_months(sample_store: Store) -> None:
    shown = drafted(sample_store, TOM, "Globex", "swot")
    section = shown.sections[0][1]
    assert {one.kind for one in section.facts} <= {"note", "document"}
    assert "Executive sponsor in place" not in section.text


def test_a_swot_that_is_older_than_six_months_is_named_and_not_used(sqlite_store: Store) -> None:
    book = SmallBook(sqlite_store)
    sam = book.person("Sam Eng")
    account = book.account("Orlik", owner_id=sam)
    old = "Strengths: operations are happy with us."
    book.note(account, old, date(2026, 4, 1), kind="document", title="Orlik SWOT")
    book.note(account, "The plant manager complained about outages.", date(2026, 11, 2))
    shown = drafted(sqlite_store, "sam.eng@example.com", "Orlik", "swot")
    section = shown.sections[0][1]
    assert "happy with us" not in section.text
    assert "complained about outages" in section.text
    asked = " ".join(gap_lines(shown.sections[0][0], section.gaps, "en"))
    assert "The last SWOT on record, “Orlik SWOT” of 2026-04-01, is older than six months" in asked


def test_people_outside_the_team_get_no_stance_and_no_margin(sample_store: Store) -> None:
    shown = drafted(sample_store, ZHOU, "ACME Corp")
    text = "\n".join(section.text for _, section in shown.sections)
    assert "Dana Wu" in text
    for word in ("supporter", "mentor", "non-supporter", "Margin", "price clause", "hours since"):
        assert word not in text
    assert shown.draft is None, "what they drafted is no version of the team's plan"


def test_a_document_holds_nobodys_private_notes(sample_store: Store) -> None:
    with sample_store.read() as session:
        context = context_of(session, LI_NA)
        for key in ("key_account", "handover", "one_page_brief"):
            shown = planned(context, "ACME Corp", key)
            places = [fact.where for _, one in shown.sections for fact in one.facts]
            assert not any("private" in place for place in places)


@pytest.mark.parametrize(
    ("text", "key", "section"),
    [
        ("Draft the relationships section for ACME", "key_account", "relationships"),
        ("写一下 Globex 的关系部分", "key_account", "relationships"),
        ("Write the quarterly plan for ACME", "quarterly_project", None),
        ("拟一份华远重工的季度客户项目计划书", "quarterly_project", None),
        ("SWOT for Globex, only from our notes", "swot", None),
        ("Draft an account plan for ACME", "key_account", None),
        ("Draft the QBR deck for ACME", "customer_review", None),
        ("Write a mutual action plan with Globex", "mutual_action_plan", None),
        ("起草订单前客户分析表", "pre_order", None),
        ("填客户需求预测表", "demand_forecast", None),
        ("起草项目配合计划书", "support_plan", None),
        ("起草项目客服计划书", "service_plan", None),
        ("拟一份项目计划书", "project", None),
        ("Draft the KAM policy", "kam_policy", None),
        ("Draft the job description of a key account manager", "job_description", None),
        ("一页简报", "one_page_brief", None),
        ("Draft the strategy section of the Globex plan", "key_account", "strategy"),
    ],
)
def test_a_message_names_the_document_and_the_section(
    text: str, key: str, section: str | None
) -> None:
    named = wanted(text)
    assert (named.template.id, named.section.id if named.section else None) == (key, section)
