"""How commands print: JSON for programs, text for people."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """One JSON document on standard output, characters as they are."""
    print(json.dumps(value, ensure_ascii=False, indent=indent, default=str), flush=True)


def leave(code: int) -> NoReturn:
    """Ends the command with that exit code."""
    sys.exit(code)


def warn(text: str) -> None:
    """One line on standard error."""
    print(f"kam: {text}", file=sys.stderr, flush=True)
