"""The house: who may import whom."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("bot", "ingest", "kam_knowledge", "prompts")
MAY = {
    "kam_knowledge": {"kam_knowledge"},
    "ingest": {"ingest", "kam_knowledge", "prompts"},
    "bot": set(OURS),
    "prompts": {"prompts"},
}


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found & set(OURS)


@pytest.mark.parametrize("package", OURS)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    wrong = {
        str(path.relative_to(ROOT)): sorted(_imported(path) - MAY[package])
        for path in files
        if _imported(path) - MAY[package]
    }
    assert wrong == {}


def test_only_changes_writes_business_rows() -> None:
    """Nothing outside the ledger's package inserts, updates or deletes a business row."""
    allowed = {"kam_knowledge/changes", "kam_knowledge/store"}
    offenders = []
    for package in ("kam_knowledge", "ingest", "bot"):
        for path in (ROOT / package).rglob("*.py"):
            relative = path.relative_to(ROOT).as_posix()
            if any(relative.startswith(folder) for folder in allowed):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in {"insert", "update", "delete"}
                    and node.args
                    and isinstance(node.args[0], ast.Name)
                    and node.args[0].id in _business_models()
                ):
                    offenders.append(f"{relative}:{node.lineno}")
    assert offenders == []


def _business_models() -> set[str]:
    from kam_knowledge.store.models import SHEETS

    return {model.__name__ for model in SHEETS.values()}
