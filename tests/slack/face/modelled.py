"""An office whose assistant has a model, which a local server plays as scripted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from bot.local_workspace.people import Spoken
from bot.slack.delivery import EVENT_TYPE
from kam_knowledge.sample_book import SampleBook
from tests.integration.chat_api import ChatApi, Said, calls, chat_api, number_of, rests_after
from tests.slack.face.conftest import Office, opened, text_of
from tests.slack.face.watching import LI_NA, all_quiet

QUESTION = "What did we promise ACME that is still open?"
FIRST, REST = (
    "INV-10432 was due on 2026-11-09 {}.",
    " It is 96,500 USD {}. Purchase order number missing {}.",
)
ASKS = calls("receivables", account="ACME")
INVOICE = "INV-10432"


@pytest.fixture(scope="module")
def api() -> Iterator[ChatApi]:
    with chat_api() as running:
        yield running


@pytest.fixture(scope="module", params=["http"])
def office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sample_home: Any,
    sample_book: SampleBook,
    api: ChatApi,
) -> Iterator[Office]:
    """An office whose assistant has a model."""
    home = tmp_path_factory.mktemp("office") / "kam"
    shutil.copytree(sample_home, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "none")
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        model = {"model": "openai:test", "model_url": api.url}
        with opened(home, sample_book, request.param, **model) as found:
            yield found
            found.people.do("clear_faults")


def filled(text: str, heard: Said) -> str:
    mark = number_of(heard, INVOICE)
    return text.replace("{}", mark)


def answers(heard: Said) -> dict[str, Any]:
    return {"role": "assistant", "content": filled(FIRST + REST, heard)}


def rests(heard: Said) -> dict[str, Any]:
    """The first sentences, and the rest when it is told to go on."""
    return rests_after(filled(FIRST + " It", heard), filled(REST, heard)[3:])


def growing(office: Office, spoken: Spoken) -> dict[str, Any]:
    """The message of the stream, once it shows its first sentence."""
    li_na = office.person(LI_NA)

    def come() -> dict[str, Any] | None:
        found = [one for one in li_na.reads(spoken.channel, spoken.thread) if one.get("bot_id")]
        return found[-1] if found and INVOICE in found[-1]["text"] else None

    return dict(office.people.waits_until(come, 60))


def final(office: Office, spoken: Spoken) -> dict[str, Any]:
    """The one message that stands there in the end, with its sources and its metadata."""
    all_quiet(office)
    read = office.person(LI_NA).reads(spoken.channel, spoken.thread)
    found = [one for one in read if one.get("bot_id")]
    assert len(found) == 1, [one["text"] for one in found]
    assert found[0].get("streaming_state") != "in_progress"
    assert found[0]["metadata"]["event_type"] == EVENT_TYPE
    return dict(found[0])


def whole(message: dict[str, Any]) -> bool:
    """Whether every sentence stands in it once, with its source and the buttons below."""
    text = text_of(message)
    once = all(
        text.count(one) == 1 for one in ("INV-10432 was due", "96,500 USD [", "number missing [")
    )
    return once and "receivables:" in text and "feedback" in text


def calls_of(office: Office, method: str, spoken: Spoken) -> list[dict[str, Any]]:
    found = [one["args"] for one in office.people.calls(method) if one.get("args")]
    return [one for one in found if one.get("channel") == spoken.channel]
