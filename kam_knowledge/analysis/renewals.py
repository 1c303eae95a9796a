"""When a renewal really falls due, and which step of its timeline is due (P-4)."""

from __future__ import annotations

from datetime import date

STEPS_KEY = ((30, "sign"), (90, "offer"), (120, "path"), (180, "review"))
STEPS = ((30, "sign"), (90, "review_and_offer"))
"""Days before the deadline at which each step begins, for key and for other accounts."""
FIRST_STEP = max(days for days, _ in (*STEPS_KEY, *STEPS))


def renewal_deadline(notice_by: date | None, end: date | None) -> date | None:
    """The earlier of the two dates; None when neither is known."""
    known = [day for day in (notice_by, end) if day is not None]
    return min(known) if known else None


def renewal_step(days: int, *, key_account: bool) -> str | None:
    """The step that is due `days` before the deadline; None while it is too early or over.

    review: value review and risks; path: sponsor and buyer agree on the path; offer; sign: the
    path to the signature. An account that is not key begins at 90 days, with review and offer.
    """
    if days < 0:
        return None
    for limit, step in STEPS_KEY if key_account else STEPS:
        if days <= limit:
            return step
    return None
