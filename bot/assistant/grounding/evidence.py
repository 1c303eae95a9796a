"""A source in the forms that sentences are compared with, each made when it is first needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from bot.assistant.figures import FiguresOnRecord
from bot.assistant.grounding.addresses import addresses
from bot.assistant.quotations import spaceless
from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.names import NameIndex
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.queries.sources import ComputedSource, NoteSource, Source

SURE = 0.5
"""From this score on the words are taken as the name (see `NameIndex`)."""


class Evidence:
    """What one sentence may rest on."""

    def __init__(
        self,
        names: NameIndex,
        title: str,
        quote: str,
        *,
        where: str = "",
        rest: str = "",
        is_note: bool = False,
    ) -> None:
        self._names = names
        self._title, self._quote, self._where = title, quote, where
        self.is_note = is_note
        self.text = "\n".join((title, quote, where, rest))
        self.said = (title, quote)

    @classmethod
    def of(cls, source: Source, names: NameIndex) -> Evidence:
        """A citation's source."""
        day = source.date.isoformat() if source.date else ""
        inputs = source.inputs if isinstance(source, ComputedSource) else ()
        return cls(
            names,
            source.title,
            source.quote,
            where=source.where,
            rest="\n".join((day, *inputs)),
            is_note=isinstance(source, NoteSource),
        )

    @classmethod
    def of_proposal(cls, proposal: Mapping[str, Any], names: NameIndex) -> Evidence:
        """What waits for a person's yes: it is put to them, not claimed."""
        return cls(names, str(proposal.get("summary", "")), str(proposal.get("changes", "")))

    def says(self, folded: str) -> bool:
        """Whether the folded words stand in it, Latin ones as whole words."""
        text = self.folded
        if has_han(folded):
            return folded in text
        start = text.find(folded)
        while start >= 0:
            end = start + len(folded)
            if not _joins(text[start - 1 : start]) and not _joins(text[end : end + 1]):
                return True
            start = text.find(folded, start + 1)
        return False

    def has_term(self, word: str) -> bool:
        """Whether it has another word for a term of the field: PO and purchase order, 苏州."""
        terms = Glossary.load().translate_terms(word)
        same = (name for term in terms for name in (*term.synonyms, *term.targets))
        return any(self.says(fold(name)) for name in same)

    def elsewhere(self, account: int) -> bool:
        """Whether it lies with other accounts only."""
        return bool(self._accounts) and account not in self._accounts

    @cached_property
    def folded(self) -> str:
        """The whole text, folded."""
        return fold(self.text)

    @cached_property
    def quotable(self) -> tuple[str, str]:
        """What may stand between quotation marks: the quote and the title."""
        return spaceless(self._quote), spaceless(self._title)

    @cached_property
    def figures(self) -> FiguresOnRecord:
        """Its numbers and dates."""
        return FiguresOnRecord(self.text)

    @cached_property
    def named(self) -> frozenset[tuple[str, int]]:
        """Kind and key of every entry of the book that it names."""
        return frozenset(
            (match.entry.kind, match.entry.key)
            for match in self._names.find(self.text)
            if match.score >= SURE
        )

    @cached_property
    def _accounts(self) -> frozenset[int]:
        return frozenset(
            match.entry.key
            for match in self._names.find(self._where, ["account"])
            if match.score >= SURE
        )

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The addresses of its quote."""
        return addresses(self._quote)

    @cached_property
    def places(self) -> frozenset[str]:
        """The addresses anywhere in it, its own place among them."""
        return addresses(self.text)


def _joins(character: str) -> bool:
    return character.isascii() and character.isalnum()
