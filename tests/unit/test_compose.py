"""Several facts of one kind: a few are lines, many are a table, and each keeps its sources."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from bot.assistant.compose import TABLE_FROM, Composer, Fact
from bot.assistant.grounding import ground
from bot.assistant.reply import Reply
from bot.cli.reading import show
from bot.slack.blocks.reply import messages
from bot.slack.blocks.tables import Table, parts_of
from kam_knowledge.language.names import NameIndex
from kam_knowledge.queries.sources import RecordSource

HEADS = ("col_account", "col_class", "col_owner")


def record(number: int, name: str) -> RecordSource:
    return RecordSource("accounts", name, (("name", name), ("owner", f"Owner {number}")),
                        date(2026, 11, 21), name)  # fmt: skip


def told(count: int, *, name: str = "Mill | North") -> Reply:
    """A reply of so many facts, with something said before and after them."""
    composer = Composer("portfolio", "en")
    composer.heading("head_list", n=count)
    facts = []
    for number in range(1, count + 1):
        account = f"{name} {number}"
        text = f"{account}: Owner {number}"
        cells = (account, "", f"Owner {number}")
        facts.append(Fact(text, cells, [record(number, account)]))
    composer.facts(HEADS, facts)
    composer.more(3)
    return composer.reply()


def test_a_few_facts_are_lines() -> None:
    lines = told(TABLE_FROM - 1).markdown.split("\n")
    assert lines[1] == "- Mill | North 1: Owner 1 [1]"
    assert not any(line.startswith("|") for line in lines)


@pytest.mark.parametrize("count", [TABLE_FROM, 40])
def test_many_facts_are_one_table_with_a_source_in_each_row(count: int) -> None:
    reply = told(count)
    (table,) = [one for one in parts_of(reply.markdown) if isinstance(one, Table)]
    head, *rows = table.rows
    assert head == ("Account", "Class", "Owner")
    assert rows[0] == ("Mill | North 1", "–", "Owner 1 [1]")
    assert rows[-1][-1] == f"Owner {count} [{count}]"
    assert len(rows) == count, "what is said below is no row"
    assert not ground(reply, NameIndex([])).dropped


def test_a_table_reaches_slack_as_one_with_all_its_sources() -> None:
    (message,) = messages(told(8))
    (table,) = [one for one in message["blocks"] if one["type"] == "table"]
    assert len(table["rows"]) == 9
    below = str(message["blocks"][message["blocks"].index(table) + 1 :])
    assert all(f"[{number}] accounts: Mill | North {number}" in below for number in range(1, 9))


def test_a_table_is_drawn_on_a_terminal() -> None:
    file = StringIO()
    console = Console(file=file, force_terminal=True, width=80, color_system=None)
    show(told(6, name="Mill"), console)
    lines = file.getvalue().split("\n")
    drawn = [line for line in lines if "Owner 6" in line and "[6]" in line]
    assert drawn
    assert "|" not in drawn[0]
    assert any("Account" in line and "Class" in line for line in lines)
