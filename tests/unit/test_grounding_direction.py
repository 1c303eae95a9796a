"""Who did what to whom: the order of the source around a verb is kept."""

from __future__ import annotations

import pytest

from bot.assistant.grounding.direction import turned_round
from kam_knowledge.language.names import NameEntry, NameIndex

NAMES = NameIndex(
    [
        NameEntry("account", 1, "Ardmore Breweries", ("Ardmore",)),
        NameEntry("competitor", 1, "Hydrosel"),
        NameEntry("competitor", 2, "Ostwerk"),
        NameEntry("contact", 1, "Niamh Farrell", (), (), 1),
        NameEntry("contact", 2, "Pavel Dusek", (), (), 1),
        NameEntry("contact", 3, "周启航", ("周总",), (), 1),
        NameEntry("contact", 4, "冉红梅", ("冉总",), (), 1),
        NameEntry("competitor", 3, "清渊科技", ("清渊",)),
    ]
)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Hydrosel beat Ostwerk in Leiden", "Ostwerk beat Hydrosel in Leiden last year."),
        ("Niamh Farrell reports to Pavel Dusek", "Pavel Dusek reports to Niamh Farrell."),
        ("Ostwerk was beaten by Hydrosel", "Ostwerk beat Hydrosel."),
        ("Pavel Dusek warned Niamh Farrell", "Pavel Dusek was warned by Niamh Farrell."),
        ("Ardmore owes Hydrosel a test", "Hydrosel still owes Ardmore a test."),
        ("清渊科技打败了海诺，冉红梅反对周启航", "周启航反对冉红梅。"),
    ],
)
def test_a_claim_that_turns_its_source_round_is_caught(claim: str, source: str) -> None:
    assert turned_round(claim, [source], NAMES)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Ostwerk beat Hydrosel", "Hydrosel was beaten by Ostwerk."),
        ("Hydrosel was beaten by Ostwerk", "Ostwerk beat Hydrosel."),
        ("Pavel Dusek met Niamh Farrell", "Niamh Farrell met Pavel Dusek in Dublin."),
        ("Hydrosel beat Ostwerk", "Hydrosel beat Ostwerk in May, Ostwerk beat Hydrosel in June."),
        ("Pavel Dusek warned Niamh Farrell", "Niamh Farrell had a warning from Pavel Dusek."),
        ("Niamh Farrell supports Ardmore", "She supports us."),
        ("周启航反对清渊科技", "清渊科技被周启航反对。"),
        ("周总支持清渊", "周启航支持清渊科技。"),
    ],
)
def test_an_honest_paraphrase_stands(claim: str, source: str) -> None:
    assert turned_round(claim, [source], NAMES) is None
