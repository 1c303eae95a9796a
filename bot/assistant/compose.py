"""Puts a reply together: sentences from templates, a marker for every claim.

A claim is said with its sources; a statement that nothing is on record is said without. The
same source always carries the same number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from bot.assistant.grounding.sentences import pieces
from bot.assistant.reply import Citation, Outcome, Reply
from bot.assistant.wording import one_line
from bot.render.drawings import Picture
from kam_knowledge.queries.sources import Source
from prompts import replies

TABLE_FROM = 5
"""So many facts of one kind, each a few short words, are read faster as a table than as lines: on
a phone too, where Slack shows its columns side by side."""


@dataclass(frozen=True)
class Fact:
    """One of several facts of a kind: as a line, and as the row of a table."""

    text: str
    cells: tuple[str | int, ...]
    sources: Sequence[Source]


class Composer:
    """Collects the lines and the citations of one reply, in one language."""

    def __init__(self, skill: str, language: str) -> None:
        self.language = language
        self._templates = replies(skill)
        self._shared = {**replies("shared"), **replies("lines")}
        self._lines: list[str] = []
        self._numbers: dict[Source, int] = {}
        self._plain: list[str] = []

    def speaking(self, skill: str) -> Composer:
        """Another skill's templates for the same reply: its lines and numbers are shared."""
        other = Composer(skill, self.language)
        other._lines, other._numbers, other._plain = self._lines, self._numbers, self._plain
        return other

    def text(self, key: str, /, **values: Any) -> str:
        """The template of that key, filled; the skill's own before the shared one."""
        return _filled(self._template(key), values)

    def _template(self, key: str) -> str:
        return str((self._templates.get(key) or self._shared[key])[self.language])

    def cited(self, text: str, sources: Iterable[Source]) -> str:
        """The text with the markers of its sources behind it."""
        marks = self.marks(sources)
        if not marks:
            raise ValueError(f"a claim without a source: {text!r}")
        body, stop = (text[:-1], text[-1]) if text[-1:] in ".。" else (text, "")
        return f"{body} {marks}{stop}"

    def marks(self, sources: Iterable[Source]) -> str:
        """The markers alone, as the last cell of a table's row has them."""
        numbers = sorted({self._number(source) for source in sources})
        return "".join(f"[{number}]" for number in numbers)

    def numbered(self, source: Source, number: int) -> None:
        """Gives the source a number that it had before, in an answer that is spoken of again."""
        self._numbers[source] = number

    def claim(self, key: str, sources: Iterable[Source], /, **values: Any) -> None:
        """A line that states a fact, with its markers.

        A sentence of the template that has no slot claims nothing: it is ours.
        """
        self._lines.append(self.cited(self.text(key, **values), sources))
        self._claim_nothing(key)

    def bullet(self, key: str, sources: Iterable[Source], /, **values: Any) -> None:
        """A fact as a list item."""
        self._lines.append("- " + self.cited(self.text(key, **values), sources))
        self._claim_nothing(key)

    def facts(self, heads: Sequence[str], facts: Sequence[Fact]) -> None:
        """List items; where there are many, a table with the templates `heads` above its columns.

        The markers of a row stand in its last cell.
        """
        if len(facts) < TABLE_FROM:
            self._lines += ["- " + self.cited(one.text, one.sources) for one in facts]
            return
        self.blank()
        self.unclaimed(_row([self.text(head) for head in heads]))
        self.unclaimed(_row(["---"] * len(heads)))
        for one in facts:
            *cells, last = (_cell(cell) for cell in one.cells)
            self._lines.append(_row([*cells, f"{last} {self.marks(one.sources)}"]))
        self.blank()

    def _claim_nothing(self, key: str) -> None:
        """Marks as ours what the last line says in the template's own words alone."""
        template = self._template(key)
        if "{" not in template:
            self._plain.append(self._lines[-1])
        sentences = [one.strip() for one in pieces(template)]
        self._plain += [one for one in sentences[:-1] if "{" not in one]

    def plain(self, key: str, /, **values: Any) -> None:
        """A line that claims nothing: a heading, a gap, a hint."""
        self._lines.append(self.text(key, **values))
        self._plain += self._lines[-1].split("\n")

    def more(self, left_out: int) -> None:
        """Says how many lines of a list over accounts were left out, and how to see them."""
        if left_out > 0:
            self.plain("and_more", n=left_out)

    def heading(self, key: str, /, **values: Any) -> None:
        """A bold line with a blank one before it."""
        self.blank()
        self._lines.append(f"**{self.text(key, **values)}**")
        self._plain.append(self._lines[-1])

    @property
    def size(self) -> int:
        """How many lines there are so far."""
        return len(self._lines)

    def head(self, at: int, key: str, /, **values: Any) -> None:
        """A bold line before the lines from number `at` on: what they are about."""
        heading = f"**{self.text(key, **values)}**"
        self._lines[at:at] = ["", heading] if at else [heading]
        self._plain.append(heading)

    def line(self, text: str) -> None:
        """A line made elsewhere (by `text` and `cited`)."""
        self._lines.append(text)

    def unclaimed(self, text: str) -> None:
        """A line made elsewhere that claims nothing: a question to ask, a choice."""
        self._lines.append(text)
        self._plain += text.split("\n")

    def pop_line(self) -> str:
        """The last line, taken back to become part of another."""
        return self._lines.pop()

    def blank(self) -> None:
        """An empty line between parts."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The sources cited so far, in order of their numbers."""
        return tuple(Citation(number, source) for source, number in self._numbers.items())

    def reply(
        self,
        outcome: Outcome = Outcome.ANSWERED,
        *,
        accounts: Iterable[str] = (),
        people: Iterable[str] = (),
        looked_at: Iterable[str] = (),
        suggestions: Iterable[str] = (),
        proposal: Mapping[str, Any] | None = None,
        focus: Mapping[str, Any] | None = None,
        pictures: Iterable[Picture] = (),
    ) -> Reply:
        """The reply as it stands."""
        return Reply(
            "\n".join(self._lines).strip(),
            self.language,
            outcome,
            self.citations,
            tuple(dict.fromkeys(accounts)),
            tuple(dict.fromkeys(people)),
            proposal,
            tuple(looked_at),
            tuple(suggestions),
            focus=dict(focus or {}),
            plain=tuple(self._plain),
            pictures=tuple(pictures),
        )

    def _number(self, source: Source) -> int:
        return self._numbers.setdefault(source, len(self._numbers) + 1)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: str | int) -> str:
    return one_line(str(value)).replace("|", "\\|") or "–"


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """The template with its slots filled.

    Where a Chinese sentence meets a Latin value (or the reverse) a space stands between them;
    the values themselves are never touched, because quotes must stay verbatim.
    """
    text = ""
    for literal, name, spec, _ in Formatter().parse(template):
        text = _joined(text, literal)
        if name is not None:
            value = values[name]
            said = one_line(value) if isinstance(value, str) and "\n" in value else value
            text = _joined(text, format(said, spec or ""))
    return text


def _joined(left: str, right: str) -> str:
    if left and right:
        meeting = (_is_han(left[-1]), _is_han(right[0]))
        latin = left[-1] if meeting[1] else right[0]
        if meeting[0] != meeting[1] and latin.isalnum():
            return f"{left} {right}"
    return left + right


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
