"""`kam ask` from a cold start to the answer: a fresh process, the sample book, nothing warm."""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kam_knowledge.sample_book import materialise

QUESTIONS = (
    "What's our status with ACME's CTO?",
    "ACME 的 CTO 现在跟我们关系怎么样?",
    "What was said about migration cost?",
)


def main() -> None:
    """Loads the sample book, asks each question several times, each in a new process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="how often each question is asked")
    parser.add_argument("--quick", action="store_true", help="ask once")
    options = parser.parse_args()
    out = Table("question", "median", "slowest", "processor, median")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        environment = os.environ | {"KAM_HOME": str(folder / "home"), "KAM_TODAY": "2026-11-21"}
        book = materialise(folder / "book", date(2026, 11, 21))
        assert book is not None
        kam = [sys.executable, "-c", "from bot.cli import main; main()"]
        for command in (
            ["import", str(folder / "book" / "workbook")],
            ["ingest", str(folder / "book" / "notes")],
        ):
            subprocess.run([*kam, *command], env=environment, check=True, capture_output=True)
        for question in QUESTIONS:
            spent, worked = [], []
            for _ in range(1 if options.quick else options.times):
                started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
                subprocess.run(
                    [*kam, "ask", question, "--as", "li.na@example.com", "--json"],
                    env=environment,
                    check=True,
                    capture_output=True,
                )
                spent.append(time.perf_counter() - started)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                worked.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            out.add_row(
                question,
                f"{statistics.median(spent):.2f} s",
                f"{max(spent):.2f} s",
                f"{statistics.median(worked):.2f} s",
            )
    Console(width=110).print(out)


if __name__ == "__main__":
    main()
