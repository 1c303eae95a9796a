"""A colleague by the surname alone: 陈的续约, 老周手上的客户.

One character is no name of the book's index, for it stands in too many words; in front of 的 at
the beginning of a question it can only be somebody.
"""

from __future__ import annotations

import re

from kam_knowledge.language.normalise import fold
from kam_knowledge.language.words import word_list
from kam_knowledge.queries.records import Records

_OWNER = re.compile(r"^\W*([\u4e00-\u9fff]{1,2})(?:的|手上|名下)")


def colleague_by_surname(text: str, records: Records) -> list[int]:
    """The one colleague, still here, whose surname begins the question; none where it is two's."""
    owner = _OWNER.match(fold(text))
    if owner is None or owner.group(1) not in word_list("surnames_zh"):
        return []
    today = records.rights.today
    found = [
        person.id
        for person in records.people.values()
        if not (person.left_on and person.left_on <= today)
        and any(_is_called(fold(name), owner.group(1)) for name in (person.name, *person.aliases))
    ]
    return found if len(found) == 1 else []


def _is_called(name: str, surname: str) -> bool:
    return 2 <= len(name) <= 4 and name.startswith(surname) and name[1:].isalpha()
