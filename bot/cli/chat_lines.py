"""What a person types: lines with a history and completion, or a pipe of questions."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PROMPT = "› "
_REMEMBERED = 500
"""Lines of the history that the next chat can call up."""


def lines() -> Iterator[str]:
    """What the person types; from a pipe, each line is shown as if it had been typed.

    It ends with the input. Ctrl-C gives the line up, as shells have it.
    """
    if not sys.stdin.isatty():
        for line in sys.stdin:
            print(f"{PROMPT}{line.strip()}", flush=True)
            yield line.strip()
        return
    while True:
        try:
            yield input(PROMPT).strip()
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()


@contextmanager
def history(path: Path, commands: Sequence[str]) -> Iterator[None]:
    """Lines of earlier chats under the arrow keys and commands under Tab, where readline is."""
    try:
        import readline
    except ImportError:
        yield
        return
    if not sys.stdin.isatty():
        yield
        return

    def complete(text: str, state: int) -> str | None:
        found = [name for name in commands if text and name.startswith(text)]
        return f"{found[state]} " if state < len(found) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" \t\n")
    libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")
    with suppress(OSError):
        readline.read_history_file(path)
    try:
        yield
    finally:
        readline.set_completer(None)
        readline.set_history_length(_REMEMBERED)
        with suppress(OSError):
            path.touch(mode=0o600)
            readline.write_history_file(path)
