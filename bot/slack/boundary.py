"""Where what nobody foresaw ends: with an id, and in the log without anybody's words."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.journal import record_failure

if TYPE_CHECKING:
    from bot.app import App

_LOG = logging.getLogger(__name__)


class Boundary:
    """Records failures. Safe to share between threads."""

    def __init__(self, app: App) -> None:
        self._app = app

    def failed(self, error: BaseException, doing: str) -> str:
        """Records it; the id that the person is told."""
        identifier, _ = record_failure(
            self._app.home, error, doing, words=self._app.settings.log_text
        )
        return identifier

    def listener_failed(self, error: Exception) -> None:
        """What failed before or in a listener: Slack gets no ack from the first, nobody waits
        for the second."""
        _LOG.warning("a Slack request failed: %s", self.failed(error, "slack request"))
