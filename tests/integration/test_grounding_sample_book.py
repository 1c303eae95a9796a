"""The built-in brain's own answers over the sample book: grounding finds nothing to drop."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import App
from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.registry import REGISTRY
from bot.assistant.turn import Turn
from bot.assistant.understanding.request import Request
from bot.settings import load_settings
from kam_knowledge.store.models import Complaint

QUESTIONS = [
    "What's our status with ACME's CTO?",
    "What did we promise ACME that is still open?",
    "Give me ACME in five lines.",
    "Who replaced Li Wei in procurement?",
    "Which accounts are red and why?",
    "Renewals in the next 90 days, by risk.",
    "What did Globex say about pricing?",
    "Who knows Initech's legal team?",
    "What happens to revenue if we lose our top two?",
    "Biggest unworked potential in my book?",
    "Tell me ACME's margin.",
    "How did we beat Corvexa at ACME?",
    "吴丹娜最近一次联系是什么时候？",
    "用五句话讲一下 ACME。",
    "哪些客户亮红灯？原因？",
    "华远重工还有哪些承诺没完成？",
    "华远重工有哪些发票逾期？",
    "未来90天有哪些续约？",
    "ACME 的关键联系人有哪些？",
    "我们赢过砺云科技吗？",
]


EVALUATED = Path(__file__).parents[1] / "evaluation" / "questions"
LI = "li.na@example.com"


@pytest.fixture(scope="module")
def app(sample_home: Path) -> Iterator[App]:
    opened = App(
        load_settings(
            home=sample_home, today="2026-11-21", time_zone="Asia/Shanghai", embeddings="none"
        )
    )
    yield opened
    opened.close()


def _ask(app: App, question: str, email: str = LI) -> Reply:
    person = app.person(email)
    audience, _ = app.audience(person, None)
    return app.assistant.answer(Turn(question, app.viewer(person), audience, app.clock(person)))


def _dropped(caplog: pytest.LogCaptureFixture) -> bool:
    return any("do not bear out" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_is_dropped_from_a_built_in_answer(
    app: App, question: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="bot"):
        reply = _ask(app, question)
    assert reply.outcome is Outcome.ANSWERED
    assert reply.citations
    assert not _dropped(caplog)


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(EVALUATED.glob("*.jsonl")), ids=lambda file: file.stem)
def test_nothing_is_dropped_from_the_answers_that_are_evaluated(
    app: App, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = []
    for line in file.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="bot"):
            _ask(app, asked["question"], asked["as"])
        if _dropped(caplog):
            wrong.append(asked["question"])
    assert wrong == []


def test_a_false_sentence_of_a_skill_does_not_reach_the_reader(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Skills are registered by intent: this one says what its source does not."""

    def wrong(context: SkillContext, request: Request) -> Reply:
        composer = Composer("complaints", "en")
        row = context.records.all(Complaint)[0]
        source = context.records.source(row, ["complaint", "severity"])
        composer.line(composer.cited(f"- {row.complaint}", [source]))
        composer.line(composer.cited("- It cost 123,456 USD", [source]))
        return composer.reply()

    monkeypatch.setitem(REGISTRY, "complaints", wrong)
    reply = _ask(app, "Which complaints are open?")
    assert reply.outcome is Outcome.ANSWERED
    assert reply.citations
    assert "123,456" not in reply.markdown
