"""A model reads a note: only what stands in it is taken over; the built-in reading stands in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.notes.said import SaidAction, SaidNote, SaidPart, SaidSignal, grounded, pieces, said_of
from tests.integration.chat_api import ChatApi, calls_raw, chat_api, fails, says
from tests.integration.conftest import Kam

LI_NA = "li.na@example.com"
NOTE = (
    "Dana Wu and Tang Rui, call on Friday. Migration costs scare her. "
    "Priya hands in the plan by Thu."
)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatApi]:
    """A provider on this machine, with a script instead of a model."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with chat_api() as running:
        yield running


def _fills(**part: Any) -> Any:
    return calls_raw("SaidNote", json.dumps({"parts": [part]}, ensure_ascii=False))


def _log(kam: Kam, home: Path, api: ChatApi, text: str = NOTE) -> dict[str, Any]:
    ran = kam(
        "log", text, "--as", LI_NA, "--json",
        home=home, KAM_MODEL="openai:scripted", KAM_MODEL_URL=api.url, KAM_EMBEDDINGS="none",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_home, tmp_path / "by-model"))


def test_what_the_model_reads_is_resolved_by_the_book(kam: Kam, home: Path, api: ChatApi) -> None:
    api.plays(
        _fills(
            account="",
            date_words="on Friday",
            kind="call",
            attendees=["Dana Wu", "Tang Rui"],
            our_attendees=[],
            summary="Migration costs scare Dana Wu.",
            actions=[
                {
                    "action": "Hand in the plan",
                    "who": "Priya",
                    "direction": "ours",
                    "due_words": "by Thu",
                    "words": "Priya hands in the plan by Thu",
                }
            ],
            concerns=["Migration costs"],
            sentiment="negative",
        )
    )
    note = _log(kam, home, api)
    assert note["understood_by"] == "model"
    assert (note["account"], note["date"], note["kind"]) == ("ACME Corp", "2026-11-20", "call")
    assert note["attendees"] == ["Dana Wu", "Tang Rui"]
    assert note["actions"] == [
        {
            "action": "Hand in the plan",
            "direction": "ours",
            "owner": "priya.raman@example.com",
            "due": "2026-11-26",
        }
    ]
    assert note["concerns"] == ["Migration costs"]
    shown = api.requests[0]["messages"]
    assert NOTE in shown[-1]["content"]


def test_what_the_model_invents_is_left_out(kam: Kam, home: Path, api: ChatApi) -> None:
    api.plays(
        _fills(
            date_words="on Monday",
            kind="meeting",
            attendees=["Dana Wu", "Robert Hale"],
            summary="Robert Hale approved 500,000 dollars.",
            actions=[
                {
                    "action": "Pay 500,000",
                    "who": "Robert Hale",
                    "direction": "theirs",
                    "due_words": "by Friday",
                    "words": "Robert Hale pays 500,000 by Friday",
                }
            ],
            decisions=["the budget is approved"],
            competitors=["Corvexa"],
            signals=[{"type": "budget", "words": "the budget is approved"}],
        )
    )
    note = _log(kam, home, api)
    assert note["attendees"] == ["Dana Wu"]
    assert (note["actions"], note["decisions"], note["competitors"]) == ([], [], [])
    assert note["signals"] == []
    assert "500" not in note["summary"]
    assert note["date"] == "2026-11-20"


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(fails(500), id="the provider fails"),
        pytest.param(says("I would rather chat."), id="it fills in no form"),
        pytest.param(calls_raw("SaidNote", '{"parts": [{"kind": "party"}]}'), id="a wrong form"),
        pytest.param(calls_raw("SaidNote", "{"), id="no JSON"),
    ],
)
def test_a_model_that_fails_leaves_the_built_in_reading(
    kam: Kam, home: Path, api: ChatApi, step: Any
) -> None:
    api.plays(step)
    note = _log(kam, home, api)
    assert note["understood_by"] == "built-in"
    assert note["attendees"] == ["Dana Wu", "Tang Rui"]


def test_an_account_that_is_not_the_writers_stays_refused_whatever_a_model_says(
    kam: Kam, home: Path, api: ChatApi
) -> None:
    api.plays(_fills(account="ACME", attendees=["Bill Tan"]))
    ran = kam(
        "log", "met Bill Tan at Initech", "--as", "zhou.qiang@example.com", "--json",
        home=home, KAM_MODEL="openai:scripted", KAM_MODEL_URL=api.url, KAM_EMBEDDINGS="none",
    )  # fmt: skip
    assert ran.returncode == 4


def test_a_long_note_is_read_in_pieces_and_put_together() -> None:
    text = "\n".join(f"Dana said point {number} matters a lot to her." for number in range(800))
    shown: list[str] = []

    def fill(piece: str) -> SaidNote:
        shown.append(piece)
        first = piece.strip().split("\n")[0]
        return SaidNote(parts=[SaidPart(account="", attendees=["Dana"], concerns=[first])])

    said = said_of(text, fill)
    assert "".join(shown) == text
    assert len(shown) > 2
    assert len(said.parts) == 1
    assert said.parts[0].attendees == ["Dana"]
    assert len(said.parts[0].concerns) == len(shown)
    assert all(len(piece) <= 12_000 for piece in pieces("x" * 50_000))


def test_a_form_is_held_to_the_words_of_the_note() -> None:
    text = "今天见了吴总，他下周三前给答复。"
    form = SaidNote(
        parts=[
            SaidPart(
                account="ACME",
                attendees=["吴总", "郑总"],
                actions=[
                    SaidAction(
                        action="给答复", who="他", due_words="下周三前", words="他下周三前给答复"
                    ),
                    SaidAction(action="付款", who="吴总", due_words="明天", words="吴总明天付款"),
                ],
                signals=[SaidSignal(type="budget", words="预算批了")],
            )
        ]
    )
    kept = grounded(form, text).parts[0]
    assert (kept.account, kept.attendees, kept.signals) == ("", ["吴总"], [])
    assert [one.action for one in kept.actions] == ["给答复"]
