"""Chinese personal names: surnames, given names, and their pinyin."""

from __future__ import annotations

import itertools
import json
import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from kam_knowledge.language.normalise import fold, strip_accents
from kam_knowledge.language.words import word_lines, word_list

# A surname's reading where it differs from the character's usual one.
_SURNAME_READINGS = {
    "单": ("shan",),
    "曾": ("zeng",),
    "解": ("xie",),
    "区": ("ou",),
    "仇": ("qiu",),
    "查": ("zha",),
    "翟": ("zhai", "di"),
    "盖": ("ge", "gai"),
    "覃": ("qin", "tan"),
    "朴": ("piao", "park"),
    "乐": ("yue", "le"),
    "任": ("ren",),
    "华": ("hua",),
    "缪": ("miao",),
    "尉迟": ("yuchi",),
    "万俟": ("moqi",),
    "长孙": ("zhangsun",),
    "单于": ("chanyu",),
    "冼": ("xian",),
    "员": ("yun",),
    "柏": ("bai", "bo"),
    "薄": ("bo",),
    "纪": ("ji",),
    "葛": ("ge",),
    "种": ("chong",),
    "黑": ("he",),
    "尹": ("yin",),
    "沈": ("shen",),
    "石": ("shi",),
    "车": ("che",),
    "卜": ("bu",),
    "宁": ("ning",),
    "燕": ("yan",),
    "费": ("fei",),
    "贾": ("jia",),
    "祭": ("zhai",),
    "隗": ("wei", "kui"),
}
_MOST_READINGS = 4


def surname_of(name: str) -> str | None:
    """The surname with which a folded Han name of two to four characters begins, else None."""
    if 3 <= len(name) <= 4 and name[:2] in word_list("surnames_zh"):
        return name[:2]
    if 2 <= len(name) <= 3 and name[:1] in word_list("surnames_zh"):
        return name[:1]
    return None


@lru_cache(maxsize=20_000)
def syllables(character: str) -> tuple[str, ...]:
    """The toneless readings of a Chinese character, the usual one first; `ü` also as `v`."""
    written = _readings().get(ord(character), "").split(",")
    plain = [strip_accents(reading) for reading in written if reading]
    with_v = [strip_accents(_UMLAUTS.sub("v", reading)) for reading in written if reading]
    return tuple(dict.fromkeys([*plain, *with_v]))


_UMLAUTS = re.compile("[üǖǘǚǜ]")


@cache
def _readings() -> dict[int, str]:
    """pypinyin's table of readings by code point.

    Its file is read as it is: importing the package would load its phrases too, which single
    characters do not need, and cost every cold start a third of a second.
    """
    spec = find_spec("pypinyin")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        table = Path(folder) / "pinyin_dict.json"
        if table.is_file():
            rows: dict[str, str] = json.loads(table.read_text(encoding="utf-8"))
            return {int(code): readings for code, readings in rows.items()}
    from pypinyin.pinyin_dict import pinyin_dict

    loaded: dict[int, str] = pinyin_dict
    return loaded


def surname_pinyin(surname: str) -> tuple[str, ...]:
    """The readings of a surname as one word: 吴 → wu, 欧阳 → ouyang, 吕 → lu, lv."""
    if surname in _SURNAME_READINGS:
        return _SURNAME_READINGS[surname]
    usual = [_with_v(character) for character in surname]
    return tuple("".join(parts) for parts in itertools.product(*usual))


def _with_v(character: str) -> tuple[str, ...]:
    readings = syllables(character)
    return tuple(r for r in readings if r == readings[0] or "v" in r)


def given_pinyin(given: str) -> list[str]:
    """The likely readings of a given name as one word, at most four: 丹娜 → danna, dannuo."""
    choices = [syllables(character)[:2] for character in given]
    if not all(choices):
        return []
    return ["".join(parts) for parts in itertools.islice(itertools.product(*choices), 4)]


def pinyin(text: str) -> tuple[str, ...]:
    """The usual toneless syllable of each character; the character itself where it has none."""
    return tuple((syllables(character) or (character,))[0] for character in text)


@cache
def surname_syllables() -> frozenset[str]:
    """The pinyin of every Chinese surname: what tells Wu Danna's surname from Dana Wu's."""
    return frozenset(
        reading for surname in word_list("surnames_zh") for reading in surname_pinyin(surname)
    )


@cache
def all_syllables() -> frozenset[str]:
    """Every toneless syllable of Mandarin."""
    written = {reading for readings in _readings().values() for reading in readings.split(",")}
    return frozenset(strip_accents(reading) for reading in written if reading.isalpha())


@lru_cache(maxsize=20_000)
def is_pinyin(word: str) -> bool:
    """Whether a Latin word is one to three syllables of Mandarin: danna, xiaoming."""
    known = all_syllables()
    reachable = {0: 0}
    for start in range(len(word)):
        if start not in reachable or reachable[start] >= 3:
            continue
        for end in range(start + 1, min(start + 6, len(word)) + 1):
            if word[start:end] in known:
                reachable.setdefault(end, reachable[start] + 1)
    return bool(word) and len(word) in reachable


@cache
def titles_after_surname() -> tuple[str, ...]:
    """总, 经理, 工 …: what follows a surname in speech, folded, the longest first."""
    words = {fold(word) for line in word_lines("titles_after_surname_zh") for word in line}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


_NAME_TAGS = re.compile(r"n[rstz]|x|eng")


@lru_cache(maxsize=20_000)
def is_chinese_word(word: str) -> bool:
    """Whether a Chinese word is in the dictionary as something else than a name."""
    import rjieba

    tagged = rjieba.tag(word, False)
    return len(tagged) == 1 and _NAME_TAGS.match(tagged[0][1]) is None
