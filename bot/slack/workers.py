"""The threads of `kam serve`: some answer what arrived, some deliver what was written, one does
what is due by the clock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from bot.slack.claims import Bell
from bot.slack.inbox import Inbox, Received
from bot.slack.outbox import Outbox, Parcel
from bot.slack.scheduled import Scheduled
from ingest.leases import new_owner
from kam_knowledge.errors import KamError

_LOG = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
"""How often rows of other processes, and leases that ran out, are looked for."""
DRAIN_SECONDS = 20.0


class Workers:
    """Starts on `start`, ends what it has begun on `stop`."""

    def __init__(
        self,
        inbox: Inbox,
        outbox: Outbox,
        answer: Callable[[Received], None],
        deliver: Callable[[Parcel], None],
        scheduled: Scheduled,
        *,
        answerers: int = 4,
        deliverers: int = 2,
    ) -> None:
        self._inbox, self._outbox = inbox, outbox
        self._answer_one, self._deliver_one = answer, deliver
        self._scheduled = scheduled
        self._ending = threading.Event()
        self._answered = threading.Event()
        self._answerers = [
            _thread(f"kam-answers-{n}", self._answer, inbox.bell, self._ends_answering)
            for n in range(answerers)
        ]
        # What the clock brings up is written like an answer, and delivered like one.
        self._answerers.append(
            _thread("kam-schedules", self._work_off, inbox.bell, self._ends_answering)
        )
        self._deliverers = [
            _thread(f"kam-delivers-{n}", self._deliver, outbox.bell, self._ends_delivering)
            for n in range(deliverers)
        ]

    def start(self) -> None:
        """Begins, first of all with what a killed process left behind."""
        self._inbox.free_the_gone()
        self._outbox.free_the_gone()
        self._scheduled.free_the_gone()
        for thread in (*self._answerers, *self._deliverers):
            thread.start()

    def stop(self, seconds: float = DRAIN_SECONDS) -> bool:
        """Takes nothing new, ends what was begun and delivers it; whether that was done in time.

        What was received and not begun stays in the inbox for the next start.
        """
        until = time.monotonic() + seconds
        self._ending.set()
        self._inbox.bell.ring()
        _join(self._answerers, until)
        self._answered.set()
        self._outbox.bell.ring()
        _join(self._deliverers, until)
        return not any(one.is_alive() for one in (*self._answerers, *self._deliverers))

    def _ends_answering(self, worked: bool) -> bool:
        return self._ending.is_set()

    def _ends_delivering(self, worked: bool) -> bool:
        """Only when every answer is written and no message waits that could go now."""
        return self._answered.is_set() and not worked

    def _answer(self, owner: str) -> bool:
        received = self._inbox.claim(owner)
        if received is None:
            return False
        self._answer_one(received)
        self._outbox.bell.ring()
        self._inbox.bell.ring()  # the next one of this conversation may begin
        return True

    def _work_off(self, owner: str) -> bool:
        if not self._scheduled.work(owner):
            return False
        self._outbox.bell.ring()
        return True

    def _deliver(self, owner: str) -> bool:
        parcel = self._outbox.claim(owner)
        if parcel is None:
            return False
        self._deliver_one(parcel)
        self._outbox.bell.ring()
        return True


def _thread(
    name: str,
    work: Callable[[str], bool],
    bell: Bell,
    ends: Callable[[bool], bool],
) -> threading.Thread:
    def loop() -> None:
        owner = new_owner()
        worked = True
        while not ends(worked):
            heard = bell.rings
            try:
                worked = work(owner)
            except KamError as error:
                _LOG.warning("%s", error)
                worked = False
            except Exception:
                _LOG.exception("a worker stumbled and goes on")
                worked = False
            if not (worked or ends(worked)):
                bell.wait(heard, LOOK_SECONDS)

    return threading.Thread(target=loop, name=name, daemon=True)


def _join(threads: list[threading.Thread], until: float) -> None:
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
