"""What is wrong with one sentence, given what the answer cites."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.assistant.figures import FiguresOnRecord, figures
from bot.assistant.grounding.addresses import ADDRESS, MARKUP, SCHEME, bare_address
from bot.assistant.grounding.direction import turned_round
from bot.assistant.grounding.evidence import SURE, Evidence
from bot.assistant.grounding.familiar import figures_are_familiar
from bot.assistant.grounding.sentences import HEADING, ITEM, MARK, numbers_of
from bot.assistant.grounding.stated_names import is_heading, unknown_name
from bot.assistant.grounding.statements import is_command, is_no_statement
from bot.assistant.grounding.support import Support
from bot.assistant.our_words import without_our_phrases
from bot.assistant.quotations import quoted, spaceless
from bot.assistant.reply import Citation
from kam_knowledge.language.names import NameIndex
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.sources import MethodSource

NO_SOURCE = "states something without a source"
_NONE = re.compile(
    r"\b(?:no|nothing|nobody|none|not|never)\b.*\b(?:on record|recorded|in the notes|found)\b"
    r"|(?:没有|沒有|未有|无|無|未).*(?:记录|記錄|记载|記載|找到|纪要)",
    re.IGNORECASE,
)


class Judge:
    """Holds the sentences of one answer to its sources."""

    def __init__(
        self,
        names: NameIndex,
        *,
        about: Collection[str] = (),
        plain: Collection[str] = (),
        proposal: Evidence | None = None,
        given: Collection[tuple[int, str]] | None = None,
    ) -> None:
        """`about` are the accounts and people of the answer, `plain` lines that may stand.

        `given` is what a model was given with each marker (`lines_given`): its sentences are held
        to their sources' words too. None for sentences of ours, which skills have composed.
        """
        self._names = names
        self._sources: dict[int, Evidence] = {}
        self._method: list[str] = []
        self._asked = {fold(name) for name in about}
        self._proposal = [proposal] if proposal else []
        self.plain = frozenset(line.strip() for line in plain)
        self._checks_words = given is not None
        self._given: dict[int, list[str]] = {}
        for number, text in given or ():
            self._given.setdefault(number, []).append(text)
        self._given_evidence: dict[int, Evidence] = {}
        self._support: dict[tuple[int, ...], Support] = {}

    def may_cite(self, citations: Collection[Citation]) -> None:
        """Adds what the sentences may cite from now on."""
        for one in citations:
            if one.n not in self._sources:
                self._sources[one.n] = Evidence.of(one.source, self._names)
                if isinstance(one.source, MethodSource):
                    self._method.append(bare(one.source.quote))

    def fault(self, piece: str, *, heads_table: bool = False) -> str | None:
        """What is wrong with the sentence; None where nothing is."""
        # A quoted text may hold "[3]" itself: only what stands outside quotations is a marker.
        outside, _ = _without_quotes(piece, list(self._sources.values()))
        numbers = {n for group in MARK.findall(outside) for n in numbers_of(group)}
        foreign = numbers - set(self._sources)
        if foreign:
            return f"cites [{min(foreign)}], which is no source of this answer"
        item = ITEM.match(piece)
        body = piece[item.end() if item else 0 :].strip()
        if not numbers and not any(map(str.isalnum, body)):
            return None
        cited = [self._sources[n] for n in sorted(numbers)]
        rest, misquoted = _without_quotes(body, cited)
        if misquoted is not None:
            return f"quotes what its source does not say: {misquoted[:60]!r}"
        rest = MARK.sub("", rest).strip()
        address = _foreign_address(rest, cited)
        if address is not None:
            return f"names an address: {address[:60]!r}"
        if not numbers:
            why = self._unmarked(rest)
            return None if heads_table and why == NO_SOURCE else why
        if all(one.is_note for one in cited) and is_command(rest):
            return "tells its reader what to do in the words of a note"
        cited += self._proposal + [self._given_with(n) for n in numbers if n in self._given]
        if not figures_are_familiar(rest, cited):
            on_record = FiguresOnRecord.together([one.figures for one in cited])
            lacking = on_record.lacks(figures(without_our_phrases(rest)), len(numbers))
            if lacking is not None:
                return f"states {lacking!r}, which its sources do not"
        name = unknown_name(rest, cited, self._names, self._asked)
        if name:
            return f"names {name!r}, whom its sources do not"
        return self._unsupported(rest, numbers) if self._checks_words else None

    def _given_with(self, number: int) -> Evidence:
        """What the skills said with that marker."""
        found = self._given_evidence.get(number)
        if found is None:
            text = "\n".join(self._given[number])
            found = self._given_evidence[number] = Evidence(self._names, "", text)
        return found

    def _unsupported(self, rest: str, numbers: set[int]) -> str | None:
        """What a model's sentence says in words that its sources do not."""
        why = is_no_statement(rest)
        if why is not None:
            return why
        # What a note tells people to do is no advice of ours; a record or a skill may give it.
        own = [n for n in sorted(numbers) if not (is_command(rest) and self._sources[n].is_note)]
        support = self._support.get(tuple(own))
        if support is None:
            sources = [(*self._sources[n].said, *self._given.get(n, ())) for n in own]
            support = self._support[tuple(own)] = Support(sources)
        word = support.lacks(self._without_names(rest))
        if word:
            return f"says {word!r}, which its sources do not bear out"
        told = [text for n in own for text in (*self._sources[n].said, *self._given.get(n, ()))]
        turned = turned_round(rest, told, self._names)
        return f"says {turned!r}, which its sources have the other way round" if turned else None

    def _without_names(self, rest: str) -> str:
        for match in sorted(self._names.find(rest), key=lambda one: -one.span[0]):
            if match.score >= SURE:
                start, end = match.span
                rest = rest[:start] + " " * (end - start) + rest[end:]
        return rest

    def of_the_method(self, line: str) -> bool:
        """Whether the line stands in a cited passage of the method: it is quoted at length."""
        if not self._method:
            return False
        numbers = {n for group in MARK.findall(line) for n in numbers_of(group)}
        # Passages are shortened: an ellipsis stands for what was left out.
        parts = [bare(part).strip(".。") for part in MARK.sub("", line).split("…")]
        return (
            max(map(len, parts)) > 6
            and numbers <= set(self._sources)
            and all(any(part in text for text in self._method) for part in parts)
        )

    def _unmarked(self, body: str) -> str | None:
        if figures(body):
            return "states a figure without a source"
        name = unknown_name(body, [], self._names, self._asked)
        if name:
            return f"names {name!r} without a source"
        if _NONE.search(body) or (HEADING.fullmatch(body) and is_heading(body, self._names)):
            return None
        return NO_SOURCE


def bare(text: str) -> str:
    """The text without markdown and spaces: the method is quoted in lists, tables, paragraphs."""
    return "".join(re.sub(r"[*|_#>`-]+", " ", text).split())


def _without_quotes(body: str, cited: Sequence[Evidence]) -> tuple[str, str | None]:
    """The sentence without its verbatim quotations, and one that is not verbatim."""

    def verbatim(said: str) -> bool:
        words = spaceless(said.strip().strip("…"))
        return bool(words) and any(words in quote for one in cited for quote in one.quotable)

    rest, place = "", 0
    for start, end, wrong in quoted(body, verbatim):
        if wrong is not None:
            return body, wrong
        rest += body[place:start] + " ¶ "
        place = end
    return rest + body[place:], None


def _foreign_address(body: str, cited: Sequence[Evidence]) -> str | None:
    """An address or markup outside quotations that no cited record has.

    What a note says is somebody's words: an address in it is shown inside a quotation or not.
    """
    for found in ADDRESS.findall(body):
        address = bare_address(found)
        if SCHEME.match(address):
            known = any(address in one.addresses for one in cited if not one.is_note)
        else:
            known = any(address in one.places for one in cited)
        if not known:
            return address
    markup = MARKUP.search(body)
    if markup and not any(
        spaceless(markup.group()) in quote
        for one in cited
        if not one.is_note
        for quote in one.quotable
    ):
        return markup.group()
    return None
