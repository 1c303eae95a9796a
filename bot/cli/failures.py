"""What went wrong, as the one line that a person reads, and the exit code."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from kam_knowledge.errors import KamError

INTERRUPTED = 130

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR}


def explain(error: BaseException, home: Path, doing: str) -> tuple[str, int]:
    """The line and the exit code for whatever was raised.

    An error that nobody foresaw goes to the home's log with its traceback; the line names its id.
    """
    match error:
        case KamError():
            return _line(str(error)), error.exit_code
        case KeyboardInterrupt():
            return "interrupted.", INTERRUPTED
        case MemoryError():
            return "the memory is full. Close other programs, or give it less at once.", 1
        case OSError() if error.errno is not None:
            return _line(_system(error)), 1
    from bot.journal import log_file, record_failure

    identifier, written = record_failure(home, error, doing)
    if written:
        return f"an unexpected error, {identifier}. What happened is in {log_file(home)}.", 1
    return (
        _line(
            f"an unexpected error, {identifier}: {type(error).__name__}: {error}. The log "
            f"{log_file(home)} could not be written; `kam doctor` checks the installation."
        ),
        1,
    )


def home_folder(given: str | None) -> Path:
    """The home of a command whose settings may be what is wrong; `given` is its --home."""
    from bot.settings import Settings

    named = given or os.environ.get("KAM_HOME", "").strip()
    # model_construct reads nothing else: another setting's mistake must not hide the error.
    return Settings.model_construct(home=Path(named) if named else None).home_folder


def _system(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in _FULL:
        step = "Free some space there and try again; nothing was half-written."
    elif error.errno in _FORBIDDEN:
        step = "Check who may read and write it."
    elif error.errno in _ABSENT:
        step = "Check the path."
    else:
        step = "`kam doctor` checks the installation."
    return f"{where}{reason}. {step}"


def _line(text: str) -> str:
    return " ".join(text.split())
