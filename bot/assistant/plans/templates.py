"""Templates of plans: a file of prompts/plans each, in both languages (S1-19, S2-5).

A new template is a file there; what its sections draw on are blocks of `blocks.BLOCKS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from bot.assistant.understanding.cues import found_at, phrases, plain
from kam_knowledge.errors import UsageError
from prompts import load

DEFAULT = "key_account"
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """What to ask where a block says nothing or reports that gap; with the section's own id it is
    asked until people have written into the section."""

    when: str
    ask: Texts


@dataclass(frozen=True)
class SectionTemplate:
    """One section: its title, the blocks it draws, what it asks, who may read it."""

    id: str
    title: Texts
    blocks: tuple[str, ...]
    questions: tuple[Question, ...]
    customer: bool
    """Whether it stands in what the customer is given."""
    called: tuple[str, ...]
    """How messages call it, folded."""
    wording: Mapping[str, tuple[str, ...]]
    """Standing text by language, a line each; it rests on the passage of the method it cites."""
    cites: str
    """`TOPIC/ORDINAL` of that passage; empty without wording."""
    goals: bool
    """Whether what people write into it must be goals or actions that can be held (S1-13)."""


@dataclass(frozen=True)
class Template:
    """One kind of document."""

    id: str
    title: Texts
    about: Literal["account", "deal", "book", "company"]
    """What it is of: an account, one deal of it, a person's own accounts, the company."""
    period: Literal["quarter", "month", "week", "year", "none"]
    covers: tuple[str, ...]
    """Rows of kam.md."""
    sections: tuple[SectionTemplate, ...]
    called: tuple[str, ...]

    @property
    def customer(self) -> bool:
        """Whether any of it may be given to the customer."""
        return any(section.customer for section in self.sections)

    def section(self, key: str) -> SectionTemplate:
        """The section of that id. Raises UsageError for none."""
        for one in self.sections:
            if one.id == key:
                return one
        known = ", ".join(one.id for one in self.sections)
        raise UsageError(f"{self.id} has no section {key!r}.", f"It has: {known}.")


@cache
def template_ids() -> tuple[str, ...]:
    """Every template there is a file for."""
    folder = resources.files("prompts") / "plans"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".yaml")))


@cache
def template(key: str) -> Template:
    """The template of that id. Raises UsageError for none."""
    if key not in template_ids():
        raise UsageError(
            f"there is no template {key!r}.", f"There are: {', '.join(template_ids())}."
        )
    kept = load(f"plans/{key}.yaml")
    return Template(
        key,
        kept["title"],
        kept.get("about", "account"),
        kept.get("period", "quarter"),
        tuple(kept.get("covers", ())),
        tuple(_section(one) for one in kept["sections"]),
        phrases(kept["called"]),
    )


def _section(kept: Mapping[str, Any]) -> SectionTemplate:
    return SectionTemplate(
        kept["id"],
        kept["title"],
        tuple(kept.get("blocks", ())),
        tuple(
            Question(one["when"], {"en": one["en"], "zh": one["zh"]})
            for one in kept.get("asks", ())
        ),
        bool(kept.get("customer", False)),
        phrases(kept["called"]) if kept.get("called") else (),
        {
            language: tuple(str(text).strip().splitlines())
            for language, text in kept.get("wording", {}).items()
        },
        str(kept.get("cites", "")),
        bool(kept.get("goals", False)),
    )


@dataclass(frozen=True)
class Wanted:
    """What of which template a message asks for; `said` is false where it names neither."""

    template: Template
    section: SectionTemplate | None
    said: bool


def wanted(text: str) -> Wanted:
    """The template and the section that the text names: the longest wording wins.

    A section that the named template lacks is looked for in the key account plan, then elsewhere:
    "the SWOT".
    """
    folded = plain(text)
    named = max(
        ((_length(folded, template(key).called), key) for key in template_ids()),
        key=lambda one: (one[0], one[1] == DEFAULT),
    )
    chosen = template(named[1]) if named[0] else template(DEFAULT)
    others = [] if named[0] else [template(key) for key in template_ids()]
    for one in (chosen, *others):
        ranked = [(_length(folded, section.called), section) for section in one.sections]
        best = max(ranked, key=lambda pair: pair[0])
        if best[0]:
            return Wanted(one, best[1], said=True)
    return Wanted(chosen, None, said=bool(named[0]))


def _length(folded: str, wordings: tuple[str, ...]) -> int:
    span = found_at(folded, wordings) if wordings else None
    return span[1] - span[0] if span else 0
