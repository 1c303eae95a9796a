"""An answer while it is being written: a sentence is shown once it is checked, never before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bot.assistant.grounding.check import judged
from bot.assistant.grounding.judge import Judge
from bot.assistant.grounding.sentences import is_whole, pieces


class Draft(Protocol):
    """Who is shown an answer while it is written. What goes out in the end is the reply."""

    def said(self, text: str) -> None:
        """Another checked piece: it follows what was said before as it is, breaks included."""

    def withdrawn(self) -> None:
        """All that was said so far is taken back: another answer begins."""


class Writing:
    """Takes a model's words as they come and gives on what holds."""

    def __init__(self, draft: Draft, judge: Callable[[], Judge]) -> None:
        """`judge` is asked anew for every message: the tools may have found more by then."""
        self._draft = draft
        self._new_judge = judge
        self._message: str | None = None
        self._line, self._breaks, self._shown = "", "", False
        self._mid_line = False
        self._held: str | None = None
        self._begin()

    def take(self, message: str | None, text: str) -> None:
        """Some more of the message with that id; a new id is another attempt or another step."""
        if message != self._message:
            self._message = message
            self.withdraw()
        self._line += text
        while "\n" in self._line:
            line, _, self._line = self._line.partition("\n")
            self._whole_line(line)
        if not self._held and not is_whole(self._line):
            self._sentences()

    def withdraw(self) -> None:
        """Takes back what was shown."""
        if self._shown:
            self._draft.withdrawn()
        self._begin()

    def _begin(self) -> None:
        self._judge = self._new_judge()
        self._line, self._breaks, self._shown = "", "", False
        self._mid_line = False
        self._held = None

    def _whole_line(self, line: str) -> None:
        # What heads a table is known by the line below it.
        held, self._held = self._held, None
        if held is not None:
            self._judged(held, below=line)
        if "|" in line and not self._mid_line:
            self._held = line
        else:
            self._judged(line)

    def _judged(self, line: str, below: str = "") -> None:
        left, _ = judged(self._judge, line, below)
        if left is not None and left.strip():
            self._show(left)
        self._breaks += "\n"
        self._mid_line = False

    def _sentences(self) -> None:
        """Shows the sentences of an unfinished line whose markers can no longer grow."""
        if self._line.strip() in self._judge.plain:
            return
        found = list(pieces(self._line))
        while len(found) > 1 and found[1].lstrip() and not found[1].lstrip().startswith("["):
            piece = found.pop(0)
            self._line = self._line[len(piece) :]
            if self._judge.fault(piece) is None:
                self._show(piece)
                self._mid_line = True

    def _show(self, text: str) -> None:
        self._draft.said((self._breaks if self._shown else "") + text)
        self._breaks, self._shown = "", True
