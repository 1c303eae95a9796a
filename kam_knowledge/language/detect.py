"""Which language a person writes in, so that the reply is in the same one (decision 9)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from kam_knowledge.language.normalise import HAN, fold, has_han
from kam_knowledge.language.words import word_list

_NOT_THEIR_WORDS = re.compile(
    r"""
    ```.*?``` | `[^`\n]*`                                   # code
  | <[@#!][^>]*> | https?://\S+ | \S+@\S+\.\w+              # Slack marks, addresses
  | ^\s*(?:>|&gt;).*$                                       # quoted lines
  | "[^"\n]*" | “[^”\n]*” | ‘[^’\n]*’ | «[^»\n]*»
  | 「[^」\n]*」 | 『[^』\n]*』 | 《[^》\n]*》
  | (?<!\w)'[^'\n]+'(?!\w)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_WORD = re.compile(rf"[{HAN}]+|[a-z]+(?:'[a-z]+)?", re.IGNORECASE)

# Words that build a sentence say in which language it is built; the things it speaks of may be
# named in either ("Please summarise 华远的采购流程", "ACME 的 renewal 什么时候到期").
_FRAME_ZH = re.compile(
    "什么|怎么|如何|为什么|哪|谁|吗|呢|吧|几|多少|我|你|您|他|她|请|帮|把|给|跟|让|被|了|过|着|是|有|没|在|"
    "不|会|要|能|可以|到|就|都|还|也|从|对|因为|如果|现在|今天|昨天|明天|上次|下次|说|见|记录|起草|总结|列出"
)


def reply_language(
    text: str, names: Iterable[str] = (), default: Literal["en", "zh"] = "en"
) -> Literal["en", "zh"]:
    """The language to reply in: that of the words outside names, quotes, links and code.

    `names` are the names found in the text, as written or as stored; `default` is what a text
    gets that holds nothing else.
    """
    bare = _without_names(_NOT_THEIR_WORDS.sub(" ", text), names)
    english = chinese = 0.0
    first = True
    for match in _WORD.finditer(bare):
        word = match.group()
        if has_han(word):
            chinese += 0.5 * len(word) + 2.5 * len(_FRAME_ZH.findall(fold(word))) + 2 * first
        elif word.lower() in word_list("frame_en"):
            english += 2.5 + 2 * first
        elif word.islower() and len(word) > 1:
            english += 1 + 2 * first
        elif len(word) > 1:
            # ACME, CTO, Globex: names and terms that both languages borrow.
            english += 0.25
        first = False
    if english == chinese:
        return default
    return "en" if english > chinese else "zh"


def text_language(text: str) -> Literal["en", "zh", "mixed"]:
    """The language of a note or document; "mixed" where each has a quarter of the words.

    Acronyms and capitalised names inside Chinese text do not make it mixed. A text without
    words is "en".
    """
    if not has_han(text):
        return "en"
    english = chinese = 0.0
    for match in _WORD.finditer(text):
        word = match.group()
        if has_han(word):
            # A Chinese word is about 1.7 characters long.
            chinese += len(word) / 1.7
        elif len(word) > 1:
            english += 1 if word.islower() else 0.2
    share = chinese / (english + chinese) if english + chinese else 0.0
    if share < 0.25:
        return "en"
    return "zh" if share > 0.75 else "mixed"


def _without_names(text: str, names: Iterable[str]) -> str:
    folded = fold(text)
    for name in sorted({fold(name) for name in names}, key=len, reverse=True):
        if name and name in folded:
            # Case tells names from words later on, so it is kept: cut by pattern, not in `folded`.
            edge = "" if has_han(name) else r"(?![a-zA-Z])"
            start = "" if has_han(name) else r"(?<![a-zA-Z])"
            pattern = start + re.escape(name) + edge
            if len(folded) == len(text):
                for found in reversed(list(re.finditer(pattern, folded))):
                    text = text[: found.start()] + " " + text[found.end() :]
                    folded = folded[: found.start()] + " " + folded[found.end() :]
            else:
                folded = re.sub(pattern, " ", folded)
                text = folded
    return text
