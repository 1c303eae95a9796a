"""The measurements under benchmarks/ run; what they measure depends on the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
SCRIPTS = sorted(path.name for path in FOLDER.glob("[a-z]*.py"))


def test_there_is_something_to_measure() -> None:
    assert {"answer_speed.py", "cold_start.py", "ingest_rate.py", "search_scale.py"} <= {*SCRIPTS}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_measurement_runs_and_prints_its_table(script: str) -> None:
    done = subprocess.run(
        [sys.executable, str(FOLDER / script), "--quick"],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    assert "┃" in done.stdout, "the head of a table"
    assert "│" in done.stdout, "and a line of it"
