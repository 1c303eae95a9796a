"""The workspaces that installed us, and their tokens: kept sealed, renewed in time, removed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from slack_sdk.oauth.token_rotation.rotator import TokenRotator
from sqlalchemy import select

from bot.slack.links import remember_home
from bot.slack.oauth.vault import Sealed, Vault
from bot.slack.tokens import BotToken, NotInstalled, NotRenewed
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import locked

_LOG = logging.getLogger(__name__)
STATE_SECONDS = 600
EARLY_MINUTES = 120
"""So long before its end a token is renewed."""


class Installations(SQLAlchemyInstallationStore):
    """The SDK's store with its secret columns sealed. Tables of its own, made when missing."""

    def __init__(self, client_id: str, store: Store, vault: Vault) -> None:
        super().__init__(client_id, store.writing)
        self._store = store
        for table in (self.bots, self.installations):
            for column in table.c:
                # Wider than the SDK has them: a sealed token is three times as long.
                if column.name.endswith("_token") or column.name == "incoming_webhook_url":
                    column.type = Sealed(vault)
        with locked(store), store.translated():
            self.create_tables()  # type: ignore[no-untyped-call]

    def save(self, installation: Installation) -> None:
        """Keeps it in the place of what was there of that workspace."""
        team, enterprise = installation.team_id, installation.enterprise_id
        remember_home(self._store, team or "", only=False)
        with self._store.translated():
            super().save(installation)
            with self.engine.begin() as connection:
                for table in (self.bots, self.installations):
                    connection.execute(
                        table.delete().where(
                            table.c.client_id == self.client_id,
                            table.c.team_id == team,
                            table.c.enterprise_id.is_not_distinct_from(enterprise),
                            table.c.installed_at < _naive(installation.installed_at),
                        )
                    )

    def of_team(self, team: str) -> Installation | None:
        """The installation of a workspace. Raises KamError where the key is another one."""
        table = self.installations
        chosen = (
            select(table)
            .where(table.c.client_id == self.client_id, table.c.team_id == team)
            .order_by(table.c.installed_at.desc())
        )
        with self._store.read() as session:
            row = session.execute(chosen).mappings().first()
        return None if row is None else self.build_installation_entity(row)

    def teams(self) -> list[str]:
        """The workspaces that installed us."""
        table = self.installations
        chosen = select(table.c.team_id).where(table.c.client_id == self.client_id).distinct()
        with self._store.read() as session:
            return sorted(session.scalars(chosen))


class States(SQLAlchemyOAuthStateStore):
    """The states of installs under way; what nobody came back with is forgotten."""

    def __init__(self, store: Store) -> None:
        super().__init__(STATE_SECONDS, store.writing)
        with locked(store), store.translated():
            self.create_tables()  # type: ignore[no-untyped-call]

    def issue(self, *args: object, **kwargs: object) -> str:
        """A new state."""
        with self.engine.begin() as connection:
            old = self.oauth_states.c.expire_at < _naive(time.time())
            connection.execute(self.oauth_states.delete().where(old))
        return str(super().issue(*args, **kwargs))


class InstalledTokens:
    """The tokens of the workspaces that installed us and are listed. Safe between threads."""

    def __init__(
        self,
        installations: Installations,
        listed: Collection[str],
        *,
        client_secret: str,
        api_url: str,
    ) -> None:
        """Raises KamError at once where what is kept was sealed with another key."""
        for team in installations.teams():
            installations.of_team(team)
        self._installations = installations
        self._listed = frozenset(listed)
        self._rotator = TokenRotator(
            client_id=installations.client_id,
            client_secret=client_secret,
            client=WebClient(base_url=api_url),
        )
        self._renewing = threading.Lock()

    def of(self, team: str) -> BotToken:
        """The token of a workspace, renewed where it ends soon.

        Raises NotInstalled, NotRenewed, and KamError where the key is another one.
        """
        found = self._known(team)
        if _ends_within(found, EARLY_MINUTES * 60):
            with self._renewing:
                found = self._renewed(self._known(team))
        return BotToken(
            team, found.bot_token or "", found.bot_user_id or "", found.bot_id, found.enterprise_id
        )

    def teams(self) -> list[str]:
        """The workspaces that installed us and are listed."""
        return [one for one in self._installations.teams() if one in self._listed]

    def taken_out(self, team: str, at: float) -> None:
        """Removes its tokens, unless it was installed again since."""
        found = self._installations.of_team(team)
        if found is None or found.installed_at > at + 1:
            return
        self._installations.delete_all(enterprise_id=found.enterprise_id, team_id=team)
        _LOG.warning("the app was taken out of workspace %s: its tokens are removed", team)

    def _known(self, team: str) -> Installation:
        found = self._installations.of_team(team) if team in self._listed else None
        if found is None or not found.bot_token:
            raise NotInstalled(team)
        return found

    def _renewed(self, found: Installation) -> Installation:
        try:
            renewed = self._rotator.perform_token_rotation(
                installation=found, minutes_before_expiration=EARLY_MINUTES
            )
        except (SlackTokenRotationError, OSError) as error:
            # Another process may have been faster: a refresh token works once.
            now = self._known(found.team_id or "")
            if now.bot_token != found.bot_token or not _ends_within(now, 0):
                return now
            _LOG.warning("the token of workspace %s cannot be renewed", found.team_id)
            if _is_for_good(error):
                raise NotInstalled(found.team_id) from error
            raise NotRenewed(found.team_id) from error
        if renewed is None:  # another thread was faster
            return found
        self._installations.save(renewed)
        return renewed


def _is_for_good(error: Exception) -> bool:
    """Whether only another install can help."""
    told: Any = getattr(getattr(error, "api_error", None), "response", None) or {}
    return told.get("error") in ("invalid_refresh_token", "token_revoked", "account_inactive")


def _ends_within(found: Installation, seconds: float) -> bool:
    ends = found.bot_token_expires_at
    return ends is not None and ends <= time.time() + seconds


def _naive(instant: float) -> datetime:
    return datetime.fromtimestamp(instant, tz=UTC).replace(tzinfo=None)
