"""Which accounts, contacts, colleagues, products and competitors a text names.

Names are resolved before anything is ranked: knowing the right account is worth more than any
reranker. A score says how surely the words mean the entry: from 0.9 its own name, from 0.7 a
usual short form, from 0.5 something that fits (a surname, a slip of the pen), below 0.5 a guess
that something in the text speaks against.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from kam_knowledge.language.human_forms import human_forms
from kam_knowledge.language.name_context import NameContext
from kam_knowledge.language.name_entries import NameEntry, NameMatch
from kam_knowledge.language.name_forms import Form, How, organisation_forms
from kam_knowledge.language.name_hits import Hit, NameTables, names_of
from kam_knowledge.language.name_pairs import pair_score
from kam_knowledge.language.name_units import joined

__all__ = ["How", "NameEntry", "NameIndex", "NameMatch", "pair_score"]


class NameIndex:
    """All the names of a book, ready to be found in texts. Immutable, safe between threads."""

    def __init__(self, entries: Iterable[NameEntry]) -> None:
        self.entries = tuple(entries)
        self._tables = NameTables(self.entries)

    def find(self, text: str, kinds: Collection[str] | None = None) -> list[NameMatch]:
        """The entries that the text names, by place; of those that fit one place the best first.

        Spans do not overlap: the longer name wins. Several entries on one span are an ambiguity
        for the caller to settle, or to ask about; a contact of an account that the text names
        too goes before its namesakes elsewhere.
        """
        context = NameContext(text, self._tables.companies)
        hits = [h for h in self._tables.hits(context) if kinds is None or self._kind(h) in kinds]
        return self._chosen(text, hits)

    def best(
        self, name: str, kinds: Collection[str] | None = None, scope: int | None = None
    ) -> list[NameMatch]:
        """The entries that one name as written may mean, best first: a cell, a front matter line.

        Here the whole text is the name, so neither capitals nor boundaries matter. With `scope`,
        contacts of other accounts are left out.
        """
        name = name.strip()
        found: dict[int, Hit] = {}

        def add(number: int, how: How, score: float) -> None:
            entry = self.entries[number]
            if kinds is not None and entry.kind not in kinds:
                return
            if scope is not None and entry.scope is not None and entry.scope != scope:
                return
            if number not in found or found[number].score < score:
                found[number] = Hit(number, 0, len(name), how, score)

        for asked, human in [(f, False) for f in organisation_forms(name, alias=False)] + [
            (f, True) for f in human_forms(name, alias=False) if isinstance(f, Form)
        ]:
            for number, form in self._tables.forms.get(asked.key, ()):
                if self._tables.human[number] == human and (_own(asked) or _own(form)):
                    how = form.how if asked.score >= form.score else asked.how
                    add(number, how, asked.score * form.score)
        context = NameContext(name, self._tables.companies)
        for hit in self._tables.hits(context):
            if hit.start == 0 and hit.end == len(name):
                add(hit.entry, hit.how, hit.score)
        if not any(hit.score >= 0.5 for hit in found.values()):
            for number, score in self._alike(name):
                add(number, "typo", score)
        return self._matches(name, found.values())

    def _alike(self, name: str) -> Iterator[tuple[int, float]]:
        from rapidfuzz import fuzz, process

        key = joined(name)
        if len(key) < 4:
            return
        near = process.extract(
            key, self._tables.forms.keys(), scorer=fuzz.ratio, score_cutoff=75, limit=20
        )
        for number in {number for found, _, _ in near for number, _ in self._tables.forms[found]}:
            score = max(pair_score(name, known) for known in names_of(self.entries[number]))
            if score >= 0.85:
                yield number, round(score * 0.85, 3)

    def _kind(self, hit: Hit) -> str:
        return self.entries[hit.entry].kind

    def _chosen(self, text: str, hits: list[Hit]) -> list[NameMatch]:
        spans: dict[tuple[int, int], dict[int, Hit]] = {}
        for hit in hits:
            best = spans.setdefault((hit.start, hit.end), {})
            if hit.entry not in best or best[hit.entry].score < hit.score:
                best[hit.entry] = hit
        taken: list[tuple[int, int]] = []

        def rank(span: tuple[int, int]) -> tuple[bool, int, float, int]:
            score = max(hit.score for hit in spans[span].values())
            letters = sum(map(str.isalnum, text[slice(*span)]))
            return score < 0.5, -letters, -score, span[0]

        for start, end in sorted(spans, key=rank):
            if all(end <= begun or ended <= start for begun, ended in taken):
                taken.append((start, end))
        chosen = [hit for span in sorted(taken) for hit in spans[span].values()]
        named = {
            self.entries[hit.entry].key
            for hit in chosen
            if self._kind(hit) == "account" and hit.score >= 0.6
        }
        at_hand = {(hit.start, hit.end) for hit in chosen if self.entries[hit.entry].scope in named}
        matches: list[NameMatch] = []
        for span in sorted(taken):
            group = []
            for hit in spans[span].values():
                score = hit.score
                scope = self.entries[hit.entry].scope
                if span in at_hand and scope is not None:
                    score = min(1.0, score + 0.05) if scope in named else score - 0.1
                group.append(Hit(hit.entry, hit.start, hit.end, hit.how, round(score, 3)))
            matches += self._matches(text, group)
        return matches

    def _matches(self, text: str, hits: Iterable[Hit]) -> list[NameMatch]:
        ordered = sorted(hits, key=lambda hit: (-hit.score, hit.entry))
        return [
            NameMatch(
                entry=self.entries[hit.entry],
                span=(hit.start, hit.end),
                matched=text[hit.start : hit.end],
                how=hit.how,
                score=round(hit.score, 3),
            )
            for hit in ordered
        ]


def _own(form: Form) -> bool:
    """Whether the form is a name itself: two names that merely sound or shorten alike are two."""
    return form.how in ("exact", "alias")
