"""Ten turns in each language as somebody new would type them: pronouns, corrections, namesakes.

What each answer must say and must not was read off the records of the sample book.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.conftest import Kam

Turn = tuple[str, tuple[str, ...], tuple[str, ...]]

ENGLISH: list[Turn] = [
    ("Where do we stand with ACME's CTO?", ("Dana Wu", "can't defend", "2026-11-17"), ("Kovac",)),
    ("what did she say about the renewal?", ("can't defend a renewal",), ("timetable",)),
    ("and when did we last talk to her?", ("2026-11-17", "4 days ago"), ("Osterman",)),
    ("what do we still owe them?", ("TCO model", "12 days late", "Kevin Zhao"), ("pricing sheet",)),
    ("what about the CFO?", ("No open commitment", "Sun Meiling"), ("TCO model",)),
    ("no, I meant Globex", ("pricing sheet", "RE-5521"), ("INV-10432",)),
    ("who knows Dana there?", ("Dana Kovac", "Tom Becker"), ("Dana Wu",)),
    ("that's the wrong account, I meant ACME", ("ACME Corp",), ("Tom Becker",)),
    ("what was lost to Corvexa there?", ("No lost deal is on record for ACME Corp",), ("Antwerp",)),
    ("who won the world cup?", ("not something I keep",), ("Won ",)),
]
CHINESE: list[Turn] = [
    ("Initech 怎么样了？", ("红灯", "INI-MSA-03"), ("ACME",)),
    ("为什么是红灯？", ("INI-MSA-03", "严重投诉"), ("八家客户",)),
    ("答应什么时候恢复？", ("2026-11-24", "2026-11-11"), ("TCO",)),
    ("谁认识他们的法务？", ("Helen Brandt", "Sofia Marek"), ("Dana Wu",)),
    ("吴总那边怎么样？", ("吴建平", "Dana Wu"), ()),
    ("99", ("99", "可选 1 到 2"), ("Chief Executive",)),
    ("不是这个，我说的是ACME的", ("Dana Wu 是 ACME Corp",), ("INV-10398",)),
    ("她的上级是谁？", ("Frank Osterman",), ("吴建平",)),
    ("华远重工的钱呢，欠多少？", ("HY-2207", "逾期 47 天"), ("INV-10432",)),
    ("你从哪里知道的？", ("receivables:华远重工 / HY-2207",), ("Osterman",)),
]
_CLAIM = re.compile(r"\d{4}-\d\d-\d\d|\b[A-Z]{2,3}-\d{3,}|\d,\d{3}|\d万")
_GAP = re.compile(
    r"\[\d+\]|on record|up to|没有|截至|^›|Ask next|接着问|Choose|输入编号|^\s*\d+\. "
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, kam: Kam) -> Path:
    home = tmp_path_factory.mktemp("conversations") / "home"
    assert kam("demo", "--script", home=home, KAM_EMBEDDINGS="none").returncode == 0
    return home


@pytest.mark.parametrize("turns", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_ten_turns_say_what_is_on_record_and_cite_every_claim(
    kam: Kam, demo: Path, turns: list[Turn]
) -> None:
    typed = "".join(f"{question}\n" for question, *_ in turns)
    done = kam("chat", "--as", "li.na@example.com", home=demo, stdin=typed, KAM_EMBEDDINGS="none")
    assert (done.returncode, done.stderr) == (0, "")
    rest = done.stdout
    for question, must, must_not in turns:
        _, found, rest = rest.partition(f"› {question}\n")
        assert found, question
        answer = re.split(r"\n› ", rest, maxsplit=1)[0]
        said = re.split(r"\n(?:Sources|来源)|\n *\[1\] |\nAsk next|\n接着问", answer)[0]
        for words in must:
            assert words in answer, (question, words, answer)
        for words in must_not:
            assert words not in said, (question, words, said)
        for line in said.splitlines():
            assert not _CLAIM.search(line) or _GAP.search(line), (question, line)
