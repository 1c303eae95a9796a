"""What goes out after the check: what holds, else that nothing does."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date

import pytest

from bot.assistant.held import held, withheld
from bot.assistant.reply import Citation, Outcome, Reply
from kam_knowledge.language.names import NameEntry, NameIndex
from kam_knowledge.queries.sources import RecordSource

NAMES = NameIndex([NameEntry("account", 1, "Corwen Mills", ("科文纺织",))])
DEAL = RecordSource(
    "opportunities",
    "Corwen Mills / Loom renewal",
    (("name", "Loom renewal"), ("amount", "1200000"), ("currency", "CNY")),
    date(2026, 11, 21),
    "Corwen Mills / Loom renewal",
)


def _reply(markdown: str, **fields: object) -> Reply:
    made = Reply(
        markdown, "en", Outcome.ANSWERED, (Citation(1, DEAL),), suggestions=("What next?",)
    )
    return replace(made, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("brain", ["built-in", "model"])
def test_either_brains_answer_goes_out_without_what_its_sources_do_not_bear_out(
    brain: str, caplog: pytest.LogCaptureFixture
) -> None:
    said = "- Loom renewal, 1,200,000 CNY [1]\n- Loom renewal, 1,300,000 CNY [1]"
    with caplog.at_level(logging.INFO, logger="bot"):
        kept = held(_reply(said, brain=brain), NAMES)
    assert kept is not None
    assert kept.markdown == "- Loom renewal, 1,200,000 CNY [1]"
    (line,) = [record.getMessage() for record in caplog.records]
    assert "dropped 1 " in line
    assert "Loom" not in line


@pytest.mark.parametrize("brain", ["built-in", "model"])
def test_of_an_answer_that_nothing_bears_out_nothing_is_left(brain: str) -> None:
    head = "**Deals**"
    reply = _reply(f"{head}\n- Loom renewal, 1,300,000 CNY [1]", brain=brain, plain=(head,))
    assert held(reply, NAMES) is None


def test_a_statement_that_nothing_is_on_record_is_an_answer_of_the_built_in_brain_alone() -> None:
    nothing = _reply("Nothing is on record about that.", citations=())
    assert held(nothing, NAMES) == nothing
    assert held(replace(nothing, brain="model"), NAMES) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_withheld_says_so_and_names_what_was_looked_at(language: str) -> None:
    said = withheld(_reply("Loom renewal, 1,300,000 CNY [1]", language=language))
    assert said.outcome is Outcome.UNKNOWN
    assert said.looked_at == ("opportunities:Corwen Mills / Loom renewal",)
    assert said.citations == ()
    assert said.markdown
    assert held(said, NAMES) == said


def test_what_is_proposed_may_be_put_to_a_person_though_no_record_has_it_yet() -> None:
    change = {"table": "opportunities", "field": "amount", "before": "1200000", "after": "1300000"}
    proposal = {"summary": "Loom renewal: 1,300,000 CNY", "changes": [change]}
    said = "Loom renewal: 1,300,000 CNY [1]"
    proposed = _reply(said, outcome=Outcome.PROPOSED, proposal=proposal)
    assert held(proposed, NAMES) == proposed
    assert held(replace(proposed, proposal=None), NAMES) is None
