"""How often a method may be called: by tier a minute, by channel for posting."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable

A_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
POST_BURST = 5
"""Slack allows a post a second a channel and "short bursts" above it, without a number."""


class RateLimits:
    """Counts by app and method. `enforced` is False for the trials that are not about limits."""

    def __init__(self, now: Callable[[], float], enforced: bool = True) -> None:
        self._now = now
        self.enforced = enforced
        self._calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._posts: dict[tuple[str, str], tuple[float, float]] = {}

    def refuse(self, app: str, method: str, tier: int | None) -> int | None:
        """Seconds to wait when this call is one too many, else None and the call counts."""
        if not self.enforced or tier is None:
            return None
        now, calls = self._now(), self._calls[app, method]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= A_MINUTE[tier]:
            return max(1, math.ceil(calls[0] + 60 - now))
        calls.append(now)
        return None

    def refuse_post(self, app: str, channel: str) -> int | None:
        """Seconds to wait before the next post to a channel, else None and the post counts."""
        if not self.enforced:
            return None
        now = self._now()
        left, at = self._posts.get((app, channel), (float(POST_BURST), now))
        left = min(float(POST_BURST), left + now - at)
        if left < 1:
            self._posts[app, channel] = (left, now)
            return max(1, math.ceil(1 - left))
        self._posts[app, channel] = (left - 1, now)
        return None
