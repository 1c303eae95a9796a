"""A document put together from its sections: one numbering of sources, gaps shown as gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.assistant.compose import Composer
from bot.assistant.grounding import renumbered
from bot.assistant.plans.drafting import source_of
from bot.assistant.plans.templates import SectionTemplate
from bot.assistant.reply import Citation, Outcome, Reply
from kam_knowledge.plans.sections import Gap, Section, bare
from kam_knowledge.queries.sources import NoteSource, Source
from prompts import replies


@dataclass(frozen=True)
class Head:
    """What stands above the sections."""

    title: str
    facts: tuple[str, ...] = ()
    """Period, day, version: lines that claim nothing."""


@dataclass(frozen=True)
class Part:
    """A section as it was written: its heading, what it says, and what is still open in it."""

    template: SectionTemplate
    title: str
    said: tuple[str, ...]
    still_open: tuple[str, ...]


class Document:
    """Collects the sections of one document; `marked` puts the markers of sources behind its
    statements, `headed` writes headings as Markdown has them."""

    def __init__(
        self, language: str, head: Head, *, marked: bool = True, headed: bool = False
    ) -> None:
        self.language = language
        self._words = Composer("plans", language)
        self._marked, self._headed = marked, headed
        self._numbers: dict[Source, int] = {}
        self._lines: list[str] = []
        self._plain: list[str] = []
        self._parts: list[Part] = []
        self._heading(head.title, 1)
        for line in head.facts:
            self._say(line)

    def section(
        self,
        template: SectionTemplate,
        section: Section,
        *,
        number: int | None,
        place: str = "",
        gaps: bool = True,
    ) -> None:
        """Adds a section. `place` is where the plan's own words are cited from."""
        title = template.title[self.language]
        title = f"{number}. {title}" if number else title
        self._heading(title, 2)
        begun = len(self._lines)
        self._statements(section, place)
        if not section.lines:
            self._say(self._words.text("nothing_on_record"))
        open_from = len(self._lines)
        shown = gap_lines(template, section.gaps, self.language) if gaps else []
        if shown:
            self._lines.append("")
            self._say(f"**{self._words.text('still_open')}**")
        for line in shown:
            self._say(line)
        said, still_open = self._lines[begun:open_from], self._lines[open_from:]
        self._parts.append(Part(template, title, tuple(said), tuple(still_open)))

    def _statements(self, section: Section, place: str) -> None:
        own = {bare(one.line): one for one in section.written}
        sources = {kept.n: source_of(kept) for kept in section.facts}
        citations = [Citation(n, source) for n, source in sources.items()]
        numbers = {}
        used = {kept.n for kept in section.cited}
        for n, source in sources.items():
            if n in used:
                numbers[n] = self._number(source)
        text = renumbered(section.text, citations, numbers)
        for before, line in zip(section.text.split("\n"), text.split("\n"), strict=True):
            written = own.get(bare(before))
            if written is not None:
                said = bare(before).removeprefix("- ").strip()
                title = self._words.text("written_by", name=written.name, date=written.date)
                source = NoteSource(
                    place, title, date.fromisoformat(written.date), said, "document"
                )
                line = f"{bare(line)} [{self._number(source)}]"
            if not self._marked:
                line = bare_row(line)
            self._lines.append(line)
        self._plain += section.plain

    def add(self, text: str) -> None:
        """A line of ours below the sections."""
        self._lines.append("")
        self._say(text)

    def sources(self) -> None:
        """The appendix: every source with its place and day."""
        self._lines.append("")
        self._heading(self._words.text("sources"), 2)
        for source, number in self._numbers.items():
            day = source.date.isoformat() if source.date else ""
            parts = (source.title, day, source.where)
            quote = " ".join(source.quote.split())
            said = " · ".join(dict.fromkeys(part for part in parts if part))
            self._lines.append(f"- [{number}] {said}: {quote}")

    @property
    def parts(self) -> tuple[Part, ...]:
        """The sections as they were written."""
        return tuple(self._parts)

    @property
    def cited(self) -> tuple[Citation, ...]:
        """Every source with its number."""
        return tuple(Citation(n, source) for source, n in self._numbers.items())

    @property
    def markdown(self) -> str:
        """The document's text."""
        return "\n".join(self._lines).strip() + "\n"

    def reply(self, **parts: Any) -> Reply:
        """The document as an answer."""
        outcome = Outcome.ANSWERED
        return Reply(
            "\n".join(self._lines).strip(),
            self.language,
            outcome,
            self.cited,
            plain=tuple(self._plain),
            **parts,
        )

    def _number(self, source: Source) -> int:
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def _heading(self, text: str, level: int) -> None:
        if self._lines:
            self._lines.append("")
        self._say(f"{'#' * level} {text}" if self._headed else f"**{text}**")
        if self._headed:
            self._lines.append("")

    def _say(self, line: str) -> None:
        self._lines.append(line)
        self._plain.append(line)


def gap_lines(template: SectionTemplate, gaps: Iterable[Gap], language: str) -> list[str]:
    """Each gap with the question that would fill it."""
    words = Composer("plan_gaps", language)
    own = {f"{template.id}.{one.when}": one.ask for one in template.questions}
    found = []
    for gap in gaps:
        if gap.code in own:
            found.append("- " + own[gap.code][language].format(**gap.values))
            continue
        said = words.text(f"gap_{gap.code}", **gap.values)
        key = f"ask_{gap.code}"
        asks = key in replies("plan_gaps")
        between = " " if language == "en" else ""
        found.append(f"- {said}{between}{words.text(key, **gap.values)}" if asks else f"- {said}")
    return found


def bare_row(line: str) -> str:
    """A line without its markers; of a table's row without the column of sources."""
    if line.startswith("| ") and line.endswith(" |"):
        cells = line[2:-2].split(" | ")
        return "| " + " | ".join(cells[:-1]) + " |"
    indent = line[: len(line) - len(line.lstrip())]
    return indent + bare(line)


def numbered(chosen: Sequence[SectionTemplate]) -> list[int | None]:
    """The sections' numbers; none for one section on its own."""
    if len(chosen) == 1:
        return [None]
    return list(range(1, len(chosen) + 1))
