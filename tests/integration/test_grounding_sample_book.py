"""The built-in brain's own answers over the sample book: grounding finds nothing to drop."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import App
from bot.assistant.grounding import ground
from bot.assistant.reply import Outcome
from bot.assistant.turn import Turn
from bot.settings import load_settings
from kam_knowledge.queries.book import BookNames

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


@pytest.fixture(scope="module")
def app(sample_home: Path) -> App:
    return App(
        load_settings(
            home=sample_home, today="2026-11-21", time_zone="Asia/Shanghai", embeddings="none"
        )
    )


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_is_dropped_from_a_built_in_answer(app: App, question: str) -> None:
    person = app.person("li.na@example.com")
    audience, _ = app.audience(person, None)
    reply = app.assistant.answer(Turn(question, app.viewer(person), audience, app.clock(person)))
    assert reply.outcome is Outcome.ANSWERED
    assert reply.citations
    with app.store.read() as session:
        names = BookNames(app.store).current(session).names
    assert ground(reply, names).dropped == ()
