"""Which digest somebody gets: the week's, or the check of a book that was just imported."""

from __future__ import annotations

from bot.assistant.context import SkillContext
from bot.digest import book_check
from bot.digest.composed import Digest
from bot.digest.composing import compose


def digest(context: SkillContext, tier: int | None = None) -> Digest:
    """The digest of the context's day, for those who read it; of one tier where that is wished."""
    return book_check.check(context) if book_check.is_due(context) else compose(context, tier)
