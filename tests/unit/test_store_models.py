"""The models against the workbook's contract, and the migrations' list against its scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from kam_knowledge.changes.values import facts, required
from kam_knowledge.store.base import BOOKKEEPING
from kam_knowledge.store.migrate import REVISIONS, scripts
from kam_knowledge.store.models import SHEETS, Base, BusinessRow

CONTRACT = Path(__file__).resolve().parents[2].parent / "shared" / "contract.md"
MONEY = {
    "opportunities",
    "goals",
    "contracts",
    "receivables",
    "targets",
    "financials",
    "installed",
    "investments",
}
"""Sheets with amounts, beside accounts: each may hold its own currency."""


def _sheets() -> dict[str, tuple[str, str]]:
    """Each sheet of the contract's table: its columns' cell and its key's."""
    if not CONTRACT.exists():
        pytest.skip(f"{CONTRACT.name} is not beside the project: the models were not compared")
    rows = {}
    for line in CONTRACT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        name = cells[0].split(" ")[0]
        if len(cells) == 3 and name.isidentifier() and name != "sheet":
            rows[name] = (cells[1], cells[2])
    return rows


def _names(cell: str) -> list[str]:
    """`name*, kind (a, b), owner or account` -> name, kind, owner, account."""
    plain = re.sub(r"\([^()]*\)", "", cell)
    parts = re.split(r",| or ", plain)
    return [part.replace("*", "").strip() for part in parts if part.strip()]


def _spelled(model: type[BusinessRow]) -> dict[str, list[str]]:
    """The workbook's columns of the model, each with the attributes that hold it."""
    found: dict[str, list[str]] = {}
    for attribute in model.__mapper__.column_attrs:
        column = attribute.columns[0]
        found.setdefault(str(column.info.get("column", column.name)), []).append(attribute.key)
    return found


def test_every_sheet_of_the_contract_is_a_table_in_its_order() -> None:
    assert list(_sheets()) == list(SHEETS)


def test_every_column_of_the_contract_is_in_the_models() -> None:
    missing = {
        (sheet, column)
        for sheet, (columns, _) in _sheets().items()
        for column in [*_names(columns), "external_id", "as_of"]
        if column not in _spelled(SHEETS[sheet])
    }
    assert missing == set()


def test_the_models_hold_no_column_that_the_contract_lacks_but_currencies() -> None:
    ours = {
        (sheet, column)
        for sheet, (columns, _) in _sheets().items()
        for column, attributes in _spelled(SHEETS[sheet]).items()
        if column not in _names(columns) and not set(attributes) & (BOOKKEEPING | {"external_id"})
    }
    assert ours == {(sheet, "currency") for sheet in MONEY} - {
        (sheet, "currency")
        for sheet, (columns, _) in _sheets().items()
        if "currency" in _names(columns)
    } | {("people", "listed")}


def test_the_key_of_every_sheet_is_the_contracts() -> None:
    for sheet, (_, key) in _sheets().items():
        model = SHEETS[sheet]
        columns = {a: c for c, attributes in _spelled(model).items() for a in attributes}
        assert [columns[attribute] for attribute in model.KEY] == key.split(" + "), sheet


def test_what_the_contract_requires_the_models_require() -> None:
    for sheet, (columns, _) in _sheets().items():
        model, spelled = SHEETS[sheet], _spelled(SHEETS[sheet])
        starred = {
            attribute
            for name in re.findall(r"(\w+)\*", columns)
            for attribute in spelled[name]
            if attribute not in BOOKKEEPING
        }
        assert set(required(model)) == starred, sheet


@pytest.mark.parametrize("model", SHEETS.values(), ids=SHEETS.keys())
def test_keys_and_inner_columns_are_attributes_of_their_model(model: type[BusinessRow]) -> None:
    attributes = {attribute.key for attribute in model.__mapper__.column_attrs}
    assert model.KEY
    assert set(model.KEY) <= attributes
    assert set(facts(model)) >= model.INNER


@pytest.mark.parametrize("model", SHEETS.values(), ids=SHEETS.keys())
def test_a_reference_says_how_the_workbook_spells_it(model: type[BusinessRow]) -> None:
    for attribute in model.__mapper__.column_attrs:
        column = attribute.columns[0]
        if column.foreign_keys or column.info.get("list_of"):
            assert column.info.get("column"), f"{model.__tablename__}.{attribute.key}"
            listed = column.info.get("list_of")
            assert listed is None or listed in SHEETS


def test_the_inner_facts_of_the_contract_are_the_teams_alone() -> None:
    """Support, coverage, relationship signals, cost, margin, price limits, investments."""
    inner = {
        ("contacts", "support"),
        ("contacts", "coverage"),
        ("accounts", "relationship"),
        ("accounts", "cost"),
        ("financials", "cost"),
        ("contracts", "price_clause"),
    }
    assert {(t, a) for t, model in SHEETS.items() for a in model.INNER} >= inner
    assert SHEETS["investments"].INNER_ROW


def test_every_constraint_has_a_name_that_a_migration_can_use() -> None:
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"


def test_the_revisions_known_at_start_are_the_scripts_there_are() -> None:
    config = Config()
    config.set_main_option("script_location", str(scripts()))
    directory = ScriptDirectory.from_config(config)
    assert directory.get_heads() == [REVISIONS[-1]]
    assert [script.revision for script in directory.walk_revisions()] == list(reversed(REVISIONS))
