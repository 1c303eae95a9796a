"""Three-way merge by line: a new draft goes into a text that people have changed (S1-13).

What a person changed stays as they left it. The draft's own changes go in wherever nobody touched
those lines; where both changed the same lines, the person's stand and the draft's are handed back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Merged:
    """The text that stands, and the new draft's lines that gave way to a person's."""

    text: str
    clashes: tuple[str, ...] = ()


def merge(base: str, own: str, draft: str) -> Merged:
    """`base` is the draft that a person changed into `own`; `draft` is the new one.

    A line that both have alike is taken once. Nothing of `own` that differs from `base` is lost.
    """
    if own == base:
        return Merged(draft)
    if draft in (base, own):
        return Merged(own)
    before, mine, new = (text.split("\n") for text in (base, own, draft))
    lines: list[str] = []
    clashes: list[str] = []
    at_base = at_mine = at_new = 0
    for start, mine_start, new_start, size in _agreed(before, mine, new):
        held = before[at_base:start]
        left, right = mine[at_mine:mine_start], new[at_new:new_start]
        if left == held:
            lines += right
        else:
            lines += left
            if right != held:
                clashes += [line for line in right if line not in left and line not in held]
        lines += before[start : start + size]
        at_base, at_mine, at_new = start + size, mine_start + size, new_start + size
    return Merged("\n".join(lines), tuple(line for line in clashes if line.strip()))


def _agreed(
    before: Sequence[str], mine: Sequence[str], new: Sequence[str]
) -> list[tuple[int, int, int, int]]:
    """Runs of lines that all three have: where each begins, and its length; the last is empty."""
    found: list[tuple[int, int, int, int]] = []
    in_mine, in_new = _kept(before, mine), _kept(before, new)
    at = 0
    while at < len(before):
        if at in in_mine and at in in_new:
            size = 1
            while (
                in_mine.get(at + size) == in_mine[at] + size
                and in_new.get(at + size) == in_new[at] + size
            ):
                size += 1
            found.append((at, in_mine[at], in_new[at], size))
            at += size
        else:
            at += 1
    found.append((len(before), len(mine), len(new), 0))
    return found


def _kept(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Where each line of the first that the second kept stands in it."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return {
        block.a + offset: block.b + offset
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    }
