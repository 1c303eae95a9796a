"""A model drafts a section: its words are held to the same sources, and kept as they were shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import App
from bot.assistant.turn import Turn
from bot.settings import load_settings
from kam_knowledge.plans.sections import Section
from kam_knowledge.store.models import PlanVersion
from tests.integration.chat_api import ChatApi, Said, calls, chat_api, number_of

LI_NA = "li.na@example.com"


@pytest.fixture
def app(home: Path, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    shutil.copytree(sample_home, home)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with chat_api() as api:
        opened = App(
            load_settings(
                home=home,
                today="2026-11-21",
                time_zone="Asia/Shanghai",
                embeddings="none",
                model="openai:test",
                model_url=api.url,
            )
        )
        opened.api = api  # type: ignore[attr-defined]
        yield opened
        opened.close()


def test_what_a_model_drafts_is_held_to_its_sources_and_kept_as_it_was_shown(app: App) -> None:
    def drafts(said: Said) -> dict[str, object]:
        mark = number_of(said, "decision_role=blocker")
        text = (
            f"Pieter van Dalen, Plant Manager Rotterdam, is a blocker {mark}.\n"
            "Frank Osterman has promised us a contract of 9,000,000 USD."
        )
        return {"role": "assistant", "content": text}

    api: ChatApi = app.api  # type: ignore[attr-defined]
    api.plays(calls("plan_draft", account="ACME", about="the relationships section"), drafts)
    person = app.person(LI_NA)
    audience, _ = app.audience(person, None)
    text = "Draft the relationships section for ACME"
    turn = Turn(text, app.viewer(person), audience, app.clock(person))
    reply = app.assistant.answer(turn)
    assert reply.brain == "model"
    assert "is a blocker" in reply.markdown
    assert "9,000,000" not in reply.markdown
    assert "Saved as version 1" in reply.markdown
    with app.store.read() as session:
        (version,) = session.scalars(select(PlanVersion))
        (section,) = map(Section.of_json, version.sections)
    assert section.text.startswith("Pieter van Dalen, Plant Manager Rotterdam, is a blocker [")
    assert "9,000,000" not in section.text
    assert {fact.where for fact in section.cited} == {"contacts:ACME Corp / Pieter van Dalen"}
