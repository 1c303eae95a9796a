"""The command line: `kam`, a file a command group.

Exit codes (contract.md, "Running"): 0 good, 1 failed, 2 usage, 3 partly done, 4 denied.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from bot.cli.failures import INTERRUPTED, explain, home_folder
from bot.cli.output import warn


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its code.

    Whatever goes wrong is one line on standard error that says what to do next; the traceback of
    what nobody foresaw is in the log, under the id that the line names.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A pipe in the C locale would refuse Chinese.
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(_flushed(_run(globals_first(given))))


def _run(arguments: list[str]) -> int:
    import typer
    from typer.exceptions import TyperException

    from bot.cli.root import build

    try:
        returned = build()(arguments, standalone_mode=False)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except TyperException as error:
        warn(_usage(error))
        return 2
    except BrokenPipeError:
        return 0  # whoever read us has read enough
    except (Exception, KeyboardInterrupt) as error:
        cause = KeyboardInterrupt() if isinstance(error, typer.Abort) else error
        command = next((item for item in arguments if not item.startswith("-")), "")
        line, code = explain(cause, home_folder(_home(arguments)), f"kam {command}")
        warn(line)
        return code
    if returned == INTERRUPTED:  # Typer's own way of telling
        warn("interrupted.")
    return int(returned or 0)


def globals_first(arguments: Sequence[str]) -> list[str]:
    """`--home` and `--today` moved to the front, so that they may stand after the command."""
    front: list[str] = []
    rest: list[str] = []
    items = iter(arguments)
    for item in items:
        if item == "--":
            rest += [item, *items]
        elif item in ("--home", "--today"):
            front += [item, *([value] if (value := next(items, None)) is not None else [])]
        elif item.startswith(("--home=", "--today=")):
            front.append(item)
        else:
            rest.append(item)
    return front + rest


def _home(arguments: Sequence[str]) -> str | None:
    for item, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if item == "--home":
            return following
        if item.startswith("--home="):
            return item.partition("=")[2]
    return None


def _usage(error: Exception) -> str:
    from typer.exceptions import TyperException

    text = error.format_message() if isinstance(error, TyperException) else str(error)
    command = getattr(getattr(error, "ctx", None), "command_path", None) or "kam"
    return f"{' '.join(text.split()).rstrip('.')}. See `{command} --help`."


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except OSError as error:
        # Python would try again at its exit, and print a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE:
            warn(f"the output could not be written: {error.strerror}. Free some space there.")
            return code or 1
    return code
