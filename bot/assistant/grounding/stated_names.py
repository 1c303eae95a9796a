"""Names in a sentence that its sources do not have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from bot.assistant.grounding.evidence import SURE, Evidence
from bot.assistant.grounding.familiar import SURNAMES, names_are_familiar
from bot.assistant.our_words import WORD, our_words
from kam_knowledge.language.company_names import is_ordinary
from kam_knowledge.language.names import NameIndex, NameMatch
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.language.titles import find_titles

# 王经理, 万科集团: names that the book may not hold. 我方经理 and 该集团 are none.
_HAN_NAME = re.compile(
    f"(?<![对我双甲乙三两各])[{SURNAMES}]"
    "(?:总(?![是共体额部数监计和结量的会之值有])|总监|经理|主任|厂长|部长|处长|科长|董事长|先生|女士|老师)"
    "|(?<![该本整其各子母对我贵此个家的一在与和是为由被给向从])[\u4e00-\u9fff]{2}(?:集团|股份|有限公司)"
)


def unknown_name(
    body: str, cited: Sequence[Evidence], names: NameIndex, asked: Collection[str]
) -> str | None:
    """The first name in the sentence that stands in none of its sources.

    `asked` are the folded names of the accounts and people that the answer is about: these may
    be named, but not over the record of another account.
    """
    if names_are_familiar(body, cited, names):
        return None
    spans: dict[tuple[int, int], list[NameMatch]] = {}
    for match in names.find(body):
        if match.score >= SURE:
            spans.setdefault(match.span, []).append(match)
    for matches in spans.values():
        if any(one.says(fold(matches[0].matched)) for one in cited):
            continue
        if not any(_known(match, cited, asked) for match in matches):
            return matches[0].matched
    for han in _HAN_NAME.finditer(body):
        taken = any(start < han.end() and han.start() < end for start, end in spans)
        if not taken and not any(one.says(fold(han.group())) for one in cited):
            return han.group()
    covered = [*spans, *(title.span for title in find_titles(body))]
    for word, start in _capitalised(body):
        end = start + len(word)
        if any(begin <= start and end <= stop for begin, stop in covered):
            continue
        if any(one.has_term(word) for one in cited):
            continue
        folded = fold(word).removesuffix("'s").removesuffix("’s")
        if folded in our_words() or any(one.says(folded) for one in cited):
            continue
        if _opens(body, start) and word[1:].islower() and is_ordinary(folded):
            continue
        return word
    return None


def is_heading(body: str, names: NameIndex) -> bool:
    """Whether a heading uses our own words and names: "Transfer the money:" does not."""
    if len(body) > 80:
        return False
    rest = body
    for match in names.find(body):
        rest = rest.replace(match.matched, " ")
    return all(fold(word) in our_words() for word in WORD.findall(rest))


def _known(match: NameMatch, cited: Sequence[Evidence], asked: Collection[str]) -> bool:
    entry = match.entry
    for one in cited:
        if any(one.says(fold(name)) for name in (entry.name, *entry.aliases)):
            return True
        if (entry.kind, entry.key) in one.named:
            return True
    if fold(entry.name) not in asked:
        return False
    return not (entry.kind == "account" and any(one.elsewhere(entry.key) for one in cited))


def _capitalised(body: str) -> Iterator[tuple[str, int]]:
    for match in WORD.finditer(body):
        word = match.group()
        if word != "I" and any(c.isupper() for c in word):
            yield word, match.start()


def _opens(body: str, start: int) -> bool:
    """Whether the word stands where any word has a capital."""
    before = body[:start].rstrip(" *_(（")
    return not before or before[-1] in ".:;!?。：；！？，、|¶›—–-#" or has_han(before[-1])
