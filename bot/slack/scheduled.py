"""What is due by the clock: claimed, and done by whoever knows how (docs/architecture.md)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bot.slack.boundary import Boundary
from ingest import leases
from kam_knowledge import schedules
from kam_knowledge.errors import StoreUnavailable
from kam_knowledge.schedules import Due, NotOurs
from kam_knowledge.store.models import Schedule

if TYPE_CHECKING:
    from bot.app import App

_LOG = logging.getLogger(__name__)
Do = Callable[[Due], None]
"""Does it and finishes its row, in one transaction; raises NotOurs."""


class Scheduled:
    """Works off schedules of some kinds. Safe to share between threads and processes."""

    def __init__(self, app: App, does: Mapping[str, Do]) -> None:
        self._app = app
        self._does = does

    def free_the_gone(self) -> None:
        """Gives back what killed processes of this machine had begun."""
        leases.free_the_gone(self._app.store, Schedule)

    def work(self, owner: str) -> bool:
        """Does what is due for longest; False where nothing is."""
        due = schedules.claim(self._app.store, owner, self._does)
        if due is None:
            return False
        try:
            self._does[due.kind](due)
        except NotOurs:
            _LOG.info("the schedule %s was done by another worker", due.key)
        except StoreUnavailable as error:
            _LOG.warning("the schedule %s waits for the database: %s", due.key, error)
            schedules.put_back(self._app.store, due)
        except Exception as error:  # whatever it is, the others go on
            Boundary(self._app).failed(error, f"schedule {due.kind}")
            schedules.put_back(self._app.store, due)
        return True
