"""What `kam log` reads in a note, field by field, in English, Chinese and mixed text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Kam

LI_NA = "li.na@example.com"
FIELDS: list[tuple[str, str, str]] = [
    # the note, the field, and what stands in it
    ("Met Dana Wu today. We agreed that the pilot starts in Suzhou.", "decisions", "pilot"),
    ("今天见了吴丹娜，决定明年3月上线。", "decisions", "3月上线"),
    ("今天和 Dana Wu sync，go-live moved to March，双方同意。", "decisions", "March"),
    ("Met Dana Wu today, she is worried about the migration cost.", "concerns", "migration cost"),
    ("今天见了吴丹娜，她担心迁移成本。", "concerns", "迁移成本"),
    ("今天 call 了 Dana Wu，她担心 downtime。", "concerns", "downtime"),
    ("Met Dana Wu today, they also talk to Corvexa.", "competitors", "Corvexa"),
    ("今天见了吴丹娜，她说砺云科技报价更低。", "competitors", "砺云科技"),
    ("今天 Dana Wu call，她说 Corvexa 的 pilot 更便宜。", "competitors", "Corvexa"),
    ("Met Dana Wu today, she was very happy with the rollout.", "sentiment", "positive"),
    ("Met Dana Wu today, she is unhappy and annoyed.", "sentiment", "negative"),
    ("今天见了吴丹娜，她对上线很满意。", "sentiment", "positive"),
    ("今天见了吴丹娜，她很不满意。", "sentiment", "negative"),
    ("今天 Dana Wu call，她 happy with the demo，但是担心价格。", "sentiment", "mixed"),
    ("Met Dana Wu today, the renewal depends on the board.", "renewal", "renewal"),
    ("今天见了吴丹娜，她说续约要等董事会。", "renewal", "续约"),
    ("今天 Dana Wu call，renewal 要等 board。", "renewal", "renewal"),
    ("Met Dana Wu today, the budget is frozen until March.", "budget", "budget is frozen"),
    ("今天见了吴丹娜，她说预算被砍了一成。", "budget", "预算"),
    ("今天 Dana Wu call，capex 明年冻结。", "budget", "capex"),
    ("Met Tang Rui today. Jan Kessler left the company in October.", "org_change", "Jan Kessler"),
    ("今天见了唐睿，他说何静离职了。", "org_change", "He Jing"),
    ("今天 Tang Rui call，Jan Kessler 升任 CISO。", "org_change", "Jan Kessler"),
    ("Met Tang Rui today. He Jing now reports to Robert Hale.", "org_change", "He Jing"),
    ("Met Tang Rui today, he vouched for us with Dana Wu.", "relationship", "vouched for"),
    ("今天见了唐睿，他在会上力挺我们。", "relationship", "力挺"),
    ("今天 Tang Rui call，他是我们的 champion。", "relationship", "champion"),
]
SIGNALS = ("renewal", "budget", "org_change", "relationship")


@pytest.fixture(scope="module")
def read(kam: Kam, sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What is understood of each note, in one process."""
    path = tmp_path_factory.mktemp("fields") / "notes.jsonl"
    lines = [
        json.dumps({"id": number, "text": text, "as": LI_NA}, ensure_ascii=False)
        for number, (text, _, _) in enumerate(FIELDS)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    ran = kam("log", "--batch", path, home=sample_home)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("number", range(len(FIELDS)), ids=lambda number: FIELDS[number][0][:40])
def test_a_field_holds_what_the_note_says(read: list[Any], number: int) -> None:
    _, field, expected = FIELDS[number]
    found = read[number]
    if field in SIGNALS:
        said = [
            f"{one['person']} {one['text']}" for one in found["signals"] if one["type"] == field
        ]
        assert any(expected in one for one in said), found["signals"]
    elif field == "sentiment":
        assert found["sentiment"] == expected
    else:
        assert any(expected in one for one in found[field]), found[field]


def test_what_a_note_does_not_say_is_left_empty(
    kam: Kam, sample_home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "Met Dana Wu today.", "as": LI_NA}))
    found = json.loads(kam("log", "--batch", path, home=sample_home).stdout)
    empty = ("actions", "decisions", "concerns", "competitors", "signals", "questions")
    assert {key: found[key] for key in empty} == {key: [] for key in empty}
    assert found["sentiment"] is None
