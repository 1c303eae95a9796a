"""What comes in: a message, who sent it, who will read the reply, and the day it is."""

from __future__ import annotations

from dataclasses import dataclass

from kam_knowledge.access import Audience, Viewer
from kam_knowledge.clock import Clock


@dataclass(frozen=True)
class Turn:
    """One message addressed to the assistant."""

    text: str
    viewer: Viewer
    audience: Audience
    clock: Clock
    thread: str | None = None
    """The conversation it belongs to; None for a question on its own."""
    default_account_id: int | None = None
    """The account the channel is bound to."""
