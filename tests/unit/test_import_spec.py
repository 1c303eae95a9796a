"""The workbook's sheets here are the contract's, column by column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.crm.spec import Kind, workbook
from kam_knowledge.store.models import SHEETS

CONTRACT = Path(__file__).resolve().parents[2].parent / "shared" / "contract.md"


def contract() -> dict[str, tuple[str, str]]:
    """The contract's table: columns and key, by sheet."""
    if not CONTRACT.exists():
        pytest.skip("../shared/contract.md is absent: the sheets were not compared with it")
    rows = {}
    for line in CONTRACT.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if len(cells) == 3 and cells[0].split()[0] in workbook():
            rows[cells[0].split()[0]] = (cells[1], cells[2])
    return rows


def split(text: str) -> list[tuple[str, str]]:
    """`name* (words)` pairs of a cell of the table; commas inside brackets part nothing."""
    found = []
    for part in re.findall(r"([a-z_]+\*?)(?:\s*\(([^()]*)\))?(?:,|$|\s*$)", text):
        found.append(part)
    return found


def test_every_sheet_of_the_contract_is_here_and_no_other() -> None:
    assert set(contract()) == set(workbook())


@pytest.mark.parametrize("name", sorted(workbook()))
def test_a_sheet_has_the_contracts_columns_choices_and_key(name: str) -> None:
    columns, key = contract()[name]
    sheet = workbook()[name]
    columns = columns.replace("owner or account", "owner, account")
    written = split(columns)
    ours = {column.name: column for column in sheet.columns}
    added = set(ours) - {column.rstrip("*") for column, _ in written}
    assert added <= {"external_id", "as_of", "currency"}
    assert {column.rstrip("*") for column, _ in written} <= set(ours)
    for column, said in written:
        here = ours[column.rstrip("*")]
        assert here.required is column.endswith("*"), column
        if here.kind is Kind.CHOICE:
            # relationship_target has relationship's words, which the contract does not repeat.
            words = (said or dict(written)[column.removesuffix("_target")]).partition(":")[0]
            assert here.choices == tuple(word.strip() for word in words.split(",")), column
    assert sheet.key == tuple(part.strip() for part in key.split("+"))


@pytest.mark.parametrize("name", sorted(workbook()))
def test_every_sheet_may_hold_external_id_and_as_of_and_money_sheets_a_currency(name: str) -> None:
    names = set(workbook()[name].by_name)
    assert {"external_id", "as_of"} <= names
    if workbook()[name].money:
        assert "currency" in names


@pytest.mark.parametrize("name", sorted(workbook()))
def test_every_column_has_its_place_in_the_store(name: str) -> None:
    model = SHEETS[name]
    there = {
        str(attribute.columns[0].info.get("column", attribute.columns[0].name))
        for attribute in model.__mapper__.column_attrs
    }
    assert set(workbook()[name].by_name) <= there
