"""Who does what to whom: a sentence that turns its source's order round says something else.

"Varnholt beat Corvexa" and "Corvexa beat Varnholt" have the same words. Where both names stand
around the same verb in a cited sentence, the claim must keep who stands on which side of it. Only
verbs that one does to another count (words/directed.txt); of a source that does not have the two
around that verb nothing is said here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from bot.assistant.grounding.evidence import SURE
from kam_knowledge.language.names import NameIndex
from kam_knowledge.language.normalise import fold
from kam_knowledge.language.words import word_lines

_APART = re.compile(
    r"[.;:!?。；：！？\n|]|[,，](?=\s*(?:and|but|while|who|which|然后|但|而))"
    r"|\b(?:and|but|while|because|so that|whereas|says?|said|that|from|of)\b|但是?|因为|而且",
    re.IGNORECASE,
)
"""What parts two names so that no verb between them joins them."""
_PASSIVE = re.compile(r"\bby\b", re.IGNORECASE)
_LONGEST = 60
"""Characters between the two names."""
_WORD = re.compile(r"[a-z]+")

Key = tuple[str, int]


@dataclass(frozen=True)
class Deed:
    """One does something to another: the verb by the number of its line."""

    doer: Key
    verb: int
    other: Key

    @property
    def turned(self) -> Deed:
        """The same with the two changed round."""
        return Deed(self.other, self.verb, self.doer)


def turned_round(claim: str, sources: Iterable[str], names: NameIndex) -> str | None:
    """The verb's place in the claim where the sources have its two sides the other way round."""
    said = list(_deeds(claim, names))
    if not said:
        return None
    told = {deed for text in sources for deed, _ in _deeds(text, names)}
    return next(
        (words for deed, words in said if deed.turned in told and deed not in told),
        None,
    )


def _deeds(text: str, names: NameIndex) -> Iterator[tuple[Deed, str]]:
    """What the text says that one does to another, each with its words."""
    if not _holds_verb(text):
        return
    places: dict[tuple[int, int], list[Key]] = {}
    for match in names.find(text):
        if match.score >= SURE:
            places.setdefault(match.span, []).append((match.entry.kind, match.entry.key))
    for (left, doers), (right, others) in pairwise(sorted(places.items())):
        between = text[left[1] : right[0]]
        if len(between) > _LONGEST or _APART.search(between):
            continue
        verb = _verb_in(between)
        if verb is None:
            continue
        passive = _is_passive(between)
        words = text[left[0] : right[1]]
        for one in doers:
            for other in others:
                deed = Deed(one, verb, other)
                yield (deed.turned if passive else deed), words


def _is_passive(between: str) -> bool:
    folded = fold(between)
    return bool(_PASSIVE.search(folded)) or folded.lstrip().startswith(("被", "由"))


def _verb_in(text: str) -> int | None:
    """The line of the only directed verb in the text; None for none or for several."""
    folded = fold(text)
    found = {_latin()[word] for word in _WORD.findall(folded) if word in _latin()}
    found |= {line for verb, line in _han() if verb in folded}
    return found.pop() if len(found) == 1 else None


def _holds_verb(text: str) -> bool:
    folded = fold(text)
    return any(word in _latin() for word in _WORD.findall(folded)) or any(
        verb in folded for verb, _ in _han()
    )


@cache
def _latin() -> dict[str, int]:
    return dict(_numbered(str.isascii))


@cache
def _han() -> tuple[tuple[str, int], ...]:
    return tuple(_numbered(lambda verb: not verb.isascii()))


def _numbered(of: Callable[[str], bool]) -> Sequence[tuple[str, int]]:
    lines = enumerate(word_lines("directed"))
    return [(verb, number) for number, line in lines for verb in line if of(verb)]
