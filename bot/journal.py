"""The log: `logs/kam.log` below the home. A person is told our own warnings, the log the rest."""

from __future__ import annotations

import logging
import logging.handlers
import secrets
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_LOG = logging.getLogger("kam")
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_BYTES, _KEPT = 5_000_000, 3
_OURS = ("bot", "ingest", "kam_knowledge")
MODEL_USE = "bot.model_use"
"""What models were asked for and what it took; in the log at every level, since it is paid for."""


def log_file(home: Path) -> Path:
    """Where the log of that home is."""
    return home / "logs" / "kam.log"


def open_log(home: Path, level: str) -> None:
    """Sends this process's log, its libraries' and Python's warnings to the home's log.

    What models took is written at every level. Our own warnings are also told on standard error,
    a line each; a library's would stand among the answers. Nothing is created before there is
    something to write. A level that is none counts as WARNING.
    """
    close_log()
    root = logging.getLogger()
    root.addHandler(_Teller())
    handler = _LogFile(log_file(home))
    handler.setFormatter(logging.Formatter(_FORMAT))
    root.addHandler(handler)
    root.setLevel(logging.getLevelNamesMapping().get(level.upper(), logging.WARNING))
    logging.getLogger(MODEL_USE).setLevel(logging.INFO)
    logging.captureWarnings(True)


def close_log() -> None:
    """Takes back what `open_log` did."""
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, _LogFile | _Teller)]:
        root.removeHandler(handler)
        handler.close()
    logging.captureWarnings(False)


def record_failure(
    home: Path, error: BaseException, doing: str, *, words: bool = True
) -> tuple[str, bool]:
    """Writes an unexpected error with its traceback; its id, and whether it could be written.

    Without `words` errors are named and not quoted: they may quote what somebody wrote.
    """
    identifier = f"error-{secrets.token_hex(4)}"
    handler = _LogFile(log_file(home))
    handler.setFormatter(logging.Formatter(_FORMAT) if words else _Wordless(_FORMAT))
    record = _LOG.makeRecord(
        _LOG.name, logging.ERROR, __file__, 0, "%s in %s", (identifier, doing),
        (type(error), error, error.__traceback__),
    )  # fmt: skip
    handler.handle(record)
    handler.close()
    return identifier, not handler.failed


def keep_text_out() -> None:
    """From now on nothing that people wrote goes to this process's log.

    Errors are named and not quoted, and libraries do not debug: they would log what they send to
    Slack, to a model or to the database, and what they get.
    """
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _LogFile):
            handler.setFormatter(_Wordless(_FORMAT))
            handler.addFilter(_is_no_librarys_debugging)


@contextmanager
def untold() -> Iterator[None]:
    """Within the block warnings go to the log alone: whoever uses it tells them itself."""
    tellers = [one for one in logging.getLogger().handlers if isinstance(one, _Teller)]
    for teller in tellers:
        teller.silent = True
    try:
        yield
    finally:
        for teller in tellers:
            teller.silent = False


def _is_no_librarys_debugging(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO or record.name.partition(".")[0] in _OURS


class _Wordless(logging.Formatter):
    """Tracebacks without the errors' own words."""

    def format(self, record: logging.LogRecord) -> str:
        # A record carries the traceback as the first handler formatted it.
        cached, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = cached

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return "".join(_without_words(ei[1], set()))


def _without_words(error: BaseException | None, told: set[int]) -> Iterator[str]:
    if error is None or id(error) in told:
        return
    told.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    yield from _without_words(earlier, told)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"


class _Teller(logging.Handler):
    """Tells a person our own warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.silent = False

    def emit(self, record: logging.LogRecord) -> None:
        if not self.silent and record.name.partition(".")[0] in _OURS:
            # The stream of the moment: tests and progress bars replace it.
            sys.stderr.write(f"kam: {' '.join(record.getMessage().split())}\n")


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log file whose own failure (a full disk) never reaches the person, nor ends the work."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
        self.failed = False

    def emit(self, record: logging.LogRecord) -> None:
        if self.stream is None:
            try:
                Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
            except OSError:
                self.failed = True
                return
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        self.failed = True
