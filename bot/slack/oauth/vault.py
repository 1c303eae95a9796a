"""Tokens at rest: encrypted with a key that the database does not hold."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from kam_knowledge.errors import KamError, UsageError

KEY_FILE = "token.key"
_MAKE = "Make one with `openssl rand -base64 32 | tr '+/' '-_'`."


class Vault:
    """Seals and opens. The first key seals; every key opens, so that a key can be replaced."""

    def __init__(self, keys: str) -> None:
        """`keys` are one or more, with commas between. Raises UsageError for what is no key."""
        try:
            self._fernet = MultiFernet([Fernet(one.strip()) for one in keys.split(",")])
        except ValueError as error:
            raise UsageError("the key of the Slack tokens is no key.", _MAKE) from error

    def seal(self, text: str) -> str:
        """The text, readable with the key alone."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises KamError where it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise KamError(
                "the Slack tokens were encrypted with another key.",
                f"Set KAM_TOKEN_KEY to that key, or bring {KEY_FILE} back; else remove the app "
                "from each workspace and install it again.",
            ) from error


class Sealed(TypeDecorator[str]):
    """A text column whose database sees only what the vault made of it."""

    impl = Text
    cache_ok = True

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self.vault = vault

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """On the way in."""
        return None if value is None else self.vault.seal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """On the way out."""
        return None if value is None else self.vault.open(value)


def open_vault(home: Path, given: str | None) -> Vault:
    """The vault with the key of the settings, else of the home's file, which is made if need be.

    Raises UsageError for a key that is none, and for a file that others may read.
    """
    path = home / KEY_FILE
    if not given and not path.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
    found = kept_vault(home, given)
    assert found is not None, "its key was just made"
    return found


def kept_vault(home: Path, given: str | None) -> Vault | None:
    """The same where there is a key already; None where there is none yet. Raises UsageError."""
    if given:
        return Vault(given)
    path = home / KEY_FILE
    if not path.exists():
        return None
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"others may read {path}.", f"Run `chmod 600 {path}`.")
    return Vault(path.read_text(encoding="ascii").strip())
