"""Where a message stands in Slack, as a source's place and as an address."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACE = re.compile(r"slack:(T[A-Z0-9]+):([CDG][A-Z0-9]+):(\d{10})\.(\d{6})")


def place(team: str, channel: str, ts: str) -> str:
    """The place of a message, as sources name it: `slack:T0HOME:C0ACME:1763700000.000100`."""
    return f"slack:{team}:{channel}:{ts}"


@dataclass(frozen=True)
class Site:
    """A workspace and the address it is read at."""

    team: str
    url: str
    """`https://example.slack.com/`."""

    def permalink(self, where: str) -> str | None:
        """The address of a message of this workspace; None for a place that is none."""
        found = _PLACE.fullmatch(where)
        if found is None or found[1] != self.team:
            return None
        return f"{self.url}archives/{found[2]}/p{found[3]}{found[4]}"
