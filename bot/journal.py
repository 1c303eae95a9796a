"""The log: `logs/kam.log` below the home. A person is told our own warnings, the log the rest."""

from __future__ import annotations

import logging
import logging.handlers
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def record_failure(home: Path, error: BaseException, doing: str) -> tuple[str, bool]:
    """Writes an unexpected error with its traceback; its id, and whether it could be written."""
    identifier = f"error-{secrets.token_hex(4)}"
    handler = _LogFile(log_file(home))
    handler.setFormatter(logging.Formatter(_FORMAT))
    record = _LOG.makeRecord(
        _LOG.name, logging.ERROR, __file__, 0, "%s in %s", (identifier, doing),
        (type(error), error, error.__traceback__),
    )  # fmt: skip
    handler.handle(record)
    handler.close()
    return identifier, not handler.failed


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
