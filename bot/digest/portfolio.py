"""What a leader's digest tells of the portfolio as a whole (S1-20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.grounding.sentences import MARK, markers
from bot.assistant.skills.concentration import concentration
from bot.assistant.understanding.request import Request
from bot.digest.line import LAST, Line, Said
from kam_knowledge.store.models import Account


def concentrated(context: SkillContext, accounts: list[Account]) -> Iterator[Line]:
    """What revenue hangs on, as the question for it is answered; the same accounts are no news."""
    language: Literal["en", "zh"] = "zh" if context.language == "zh" else "en"
    reply = concentration(context, Request("", language, "concentration"))
    line = next((one for one in reply.markdown.split("\n") if one.strip()), "")
    first = next((one for one in accounts if one.name in reply.accounts), None)
    if first is None or not markers(line):
        return
    by_number = {one.n: one.source for one in reply.citations}

    def say(_: Composer) -> Said:
        text = MARK.sub("", line).replace(" .", ".").strip().rstrip(".。")
        return text, [by_number[number] for number in sorted(markers(line))]

    day = context.clock.today
    facts = tuple(sorted(reply.accounts))
    yield Line(
        "concentration",
        first.id,
        "portfolio:revenue",
        LAST,
        (0,),
        # It is of no day of its own: what makes it new is the accounts.
        day.replace(month=1, day=1),
        say,
        {"date": day},
        facts,
    )
