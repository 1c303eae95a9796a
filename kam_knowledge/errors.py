"""The errors a person can meet, as one small tree.

KamError
├── UsageError            the call is wrong (exit 2)
├── UnknownPerson         an email that `people` does not hold, or who may not sign in (exit 2)
├── DeniedError           the asker may not (exit 4)
├── StoreUnavailable      the database is down, locked, full or newer than the program (exit 1)
├── BookEmpty             nothing has been imported yet (exit 1)
├── IndexMismatch         the index was built by another model or tokeniser (exit 1)
├── ModelFileError        an embedding model's file is missing or has the wrong hash (exit 1)
└── DocumentError         a file that cannot be read (reported by ingest, never fatal)

Every one carries what is wrong and what to do next, in one line each; a face prints both.
"""

from __future__ import annotations


class KamError(Exception):
    """Something a person should hear of: `message` says what, `next_step` what to do next."""

    exit_code = 1

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class UsageError(KamError):
    """The call itself is wrong."""

    exit_code = 2


class UnknownPerson(UsageError):
    """Nobody of ours has this email, or that person may not sign in."""


class DeniedError(KamError):
    """The asker may not see or do this."""

    exit_code = 4


class StoreUnavailable(KamError):
    """The database cannot be used as it is."""


class BookEmpty(KamError):
    """No account has been imported yet."""


class IndexMismatch(KamError):
    """The index was built by another embedding model or tokeniser; `kam reindex` mends it."""


class ModelFileError(KamError):
    """A file of the embedding model is missing or is not the published one."""


class DocumentError(KamError):
    """A document that cannot be turned into text."""
