"""What comes first in a day: matters by band, then by how late they are.

House practice over P-2, P-4, P-11 and P-12: what cannot be moved, then our own broken word,
then what the customer suffers under, then deadlines ahead, then money, then silence.
"""

from __future__ import annotations

from enum import StrEnum


class Matter(StrEnum):
    """The kinds of things that ask for a KAM's time."""

    MEETING = "meeting"
    OWN_PROMISE = "own_promise"
    COMPLAINT = "complaint"
    RENEWAL = "renewal"
    ORPHAN = "orphan"
    """A promise whose owner has left."""
    COLLEAGUE = "colleague"
    """A colleague's late promise at an account one answers for."""
    THEIRS = "theirs"
    INVOICE = "invoice"
    SILENCE = "silence"
    DEAL = "deal"
    """A deal past its close date, still open."""


LATE_PAYMENT_DAYS = 30
NOTICE_CLOSE_DAYS = 14


def band(matter: Matter, days: int) -> int:
    """The band, 0 first. `days` is how late it is; negative is how far ahead it lies."""
    match matter:
        case Matter.MEETING:
            return 0 if days >= 0 else 6
        case Matter.OWN_PROMISE:
            return 1 if days >= 0 else 2
        case Matter.RENEWAL:
            return 1 if days >= -NOTICE_CLOSE_DAYS else 3
        case Matter.COMPLAINT:
            return 2
        case Matter.ORPHAN | Matter.COLLEAGUE:
            return 3 if days >= 0 else 6
        case Matter.INVOICE:
            return 4 if days > LATE_PAYMENT_DAYS else 5
        case Matter.THEIRS | Matter.DEAL:
            return 4 if days > 0 else 6
        case Matter.SILENCE:
            return 5


def urgency(matter: Matter, days: int, *, key_account: bool = False) -> tuple[int, int, int]:
    """For sorting, most urgent first: the band, then key accounts, then the latest."""
    return (band(matter, days), 0 if key_account else 1, -days)
