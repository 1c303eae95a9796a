"""What skills said to a model with each marker: its own sentences may rest on that too."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bot.assistant.grounding.sentences import HEADING, ITEM, MARK, numbers_of


def lines_given(markdown: str, known: Collection[int]) -> Iterator[tuple[int, str]]:
    """Each marker with each line it stands in, below its heading, without the known markers.

    A marker that nobody gave stays where it is: somebody forged it.
    """

    def ours(group: re.Match[str]) -> str:
        return " " if all(n in known for n in numbers_of(group.group(1))) else group.group()

    head = ""
    for line in markdown.split("\n"):
        groups = MARK.findall(line)
        if not groups and HEADING.fullmatch(line):
            head = line.strip("*#: ：") + "\n\n"
        text = head + ITEM.sub("", MARK.sub(ours, line), count=1).replace("**", "")
        for number in sorted({n for group in groups for n in numbers_of(group)}):
            yield number, text
