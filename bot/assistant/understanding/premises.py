"""What a question takes for granted, and the records may not bear out."""

from __future__ import annotations

from bot.assistant.understanding.cues import cues, pattern, phrases


def presumes_a_loss(masked: str) -> bool:
    """Whether a folded message with its names masked says that an account has been lost."""
    lost = pattern(phrases(cues()["presumed_lost"]))
    # Chinese sets a Latin name apart or not, as its writer likes.
    close = masked.replace(" {account}", "{account}").replace("{account} ", "{account}")
    if not (lost.search(masked) or lost.search(close)):
        return False
    return pattern(phrases(cues()["imagined"])).search(masked) is None
