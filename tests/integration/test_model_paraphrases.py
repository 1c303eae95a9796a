"""What a model writes in its own words: what its sources say is heard, what they do not is not.

The sentences of the data are a model's, about the sample book: honest ones in the words of a
reader, in both languages and across them, and false ones that use the source's words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.assistant.reply import Reply
from bot.assistant.turn import Turn
from bot.settings import load_settings
from tests.integration.chat_api import ChatApi, Said, calls, chat_api, told

DATA = Path(__file__).resolve().parents[1] / "evaluation" / "paraphrases" / "own.jsonl"
SENTENCES = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
QUESTIONS = {"en": "What is on record about that at ACME?", "zh": "ACME 这件事有什么记录？"}


@pytest.fixture(scope="module")
def api() -> Iterator[ChatApi]:
    with chat_api() as running:
        yield running


@pytest.fixture(scope="module")
def app(api: ChatApi, sample_home: Path) -> Iterator[App]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "none")
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        opened = App(
            load_settings(
                home=sample_home,
                today="2026-11-21",
                time_zone="Asia/Shanghai",
                embeddings="none",
                model="openai:test",
                model_url=api.url,
            )
        )
        yield opened
        opened.close()


def _is_heard(app: App, api: ChatApi, one: dict[str, Any]) -> bool:
    """Whether the model's sentence reaches the reader, cited as the data say."""

    def answer(said: Said) -> dict[str, Any]:
        stop = "。" if one["language"] == "zh" else "."
        content = f"{one['says']} {_marker(told(said), one['cites'])}{stop}"
        return {"role": "assistant", "content": content}

    api.plays(calls(one["tool"], **one["arguments"]), answer)
    reply = _ask(app, QUESTIONS[one["language"]])
    heard = one["says"] in reply.markdown
    assert heard == (reply.brain == "model")
    return heard


def _ask(app: App, question: str) -> Reply:
    person = app.person("li.na@example.com")
    audience, _ = app.audience(person, None)
    return app.assistant.answer(Turn(question, app.viewer(person), audience, app.clock(person)))


def _marker(shown: str, words: str) -> str:
    number = ""
    for line in shown.split("Sources:")[-1].splitlines():
        found = re.match(r"\[\d+\]", line)
        number = found.group() if found else number
        if words in line:
            return number
    raise AssertionError(f"no source holds {words!r}")


@pytest.mark.slow
def test_nine_of_ten_honest_sentences_are_heard_and_of_twenty_false_ones_at_most_one(
    app: App, api: ChatApi
) -> None:
    heard: dict[str, dict[str, list[bool]]] = {"honest": {}, "false": {}}
    for one in SENTENCES:
        by_language = heard[one["kind"]].setdefault(one["language"], [])
        by_language.append(_is_heard(app, api, one))
    for kind, at_least in (("honest", 0.9), ("false", 0.0)):
        assert set(heard[kind]) == {"en", "zh"}
        everything = [each for found in heard[kind].values() for each in found]
        assert sum(everything) >= at_least * len(everything), (kind, sum(everything))
    of_false = [each for found in heard["false"].values() for each in found]
    assert sum(of_false) <= 0.05 * len(of_false), sum(of_false)
    assert len(SENTENCES) >= 160
