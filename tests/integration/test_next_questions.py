"""What an answer suggests to ask next is about its account or person, and can be answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import App
from bot.assistant.compose import Composer
from bot.assistant.next_questions import SHOWN, next_questions
from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Turn
from bot.settings import load_settings
from prompts import replies


@pytest.fixture(scope="module")
def app(sample_home: Path) -> Iterator[App]:
    opened = App(
        load_settings(
            home=sample_home, today="2026-11-21", time_zone="Asia/Shanghai", embeddings="none"
        )
    )
    yield opened
    opened.close()


def _ask(app: App, question: str) -> Reply:
    person = app.person("li.na@example.com")
    audience, _ = app.audience(person, None)
    return app.assistant.answer(Turn(question, app.viewer(person), audience, app.clock(person)))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("key", sorted(replies("next_questions")))
def test_every_suggestion_is_understood_in_both_languages(
    app: App, key: str, language: str
) -> None:
    names = {"account": "ACME Corp", "person": "Dana Wu"}
    reply = _ask(app, Composer("next_questions", language).text(key, **names))
    assert reply.outcome is Outcome.ANSWERED
    assert reply.language == language
    assert "ACME Corp" in reply.accounts
    if "{person}" in replies("next_questions")[key][language]:
        assert reply.people == ("Dana Wu",)


def test_an_answer_leads_on_to_other_questions_about_the_same_person_and_account(app: App) -> None:
    reply = _ask(app, "When did anyone last talk to Dana Wu?")
    assert 1 <= len(reply.suggestions) <= SHOWN
    assert all("Dana Wu" in one or "ACME Corp" in one for one in reply.suggestions)
    assert not any("last talk" in one for one in reply.suggestions)


def test_an_answer_about_several_accounts_leads_on_to_the_first_ones() -> None:
    said = Reply("…", "zh", Outcome.ANSWERED, accounts=("甲", "乙", "丙"))
    first, second = next_questions("renewals", said)
    assert "甲" in first
    assert "乙" in second


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.PROPOSED, Outcome.CLARIFY])
def test_what_is_no_answer_leads_on_to_nothing(outcome: Outcome) -> None:
    assert next_questions("", Reply("…", "en", outcome, accounts=("ACME Corp",))) == ()
