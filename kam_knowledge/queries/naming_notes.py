"""SQL over notes whose text may hold a name, so that the others are not read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from kam_knowledge.language.normalise import HAN, fold, has_han
from kam_knowledge.language.tokens import tokens
from kam_knowledge.search.fulltext import FullText
from kam_knowledge.store.models import Note, Passage


def indexed(session: Session, names: Iterable[str]) -> ColumnElement[bool]:
    """SQL over `Note`: texts that may hold one of the names, by the full-text index of their
    passages where each name has a word that it holds as it is."""
    wanted = [name.strip() for name in names if len(name.strip()) > 1]
    keys = [_tokens_of(name) for name in wanted]
    if not all(keys):
        return may_hold(wanted)
    full_text = FullText.of(session.get_bind().dialect.name)
    held = or_(false(), *(full_text.all_held(key) for key in keys))
    return Note.id.in_(select(Passage.note_id).where(held, Passage.note_id.is_not(None)))


_WHOLE_WORD = re.compile(rf"(?<![^\W{HAN}])[a-z]{{3,}}(?![^\W{HAN}])|[{HAN}]{{2,}}")


def _tokens_of(name: str) -> tuple[str, ...]:
    """The tokens of the longest word of a name, which every text has that holds the name; of
    Chinese its pairs of characters. Nothing where the index may hold the word otherwise."""
    word = max(_WHOLE_WORD.findall(fold(name)), key=len, default="")
    if not word:
        return ()
    if has_han(word):
        return tuple(dict.fromkeys(word[at : at + 2] for at in range(len(word) - 1)))
    found = tokens(word)
    return tuple(found) if len(found) == 1 else ()


def may_hold(names: Iterable[str]) -> ColumnElement[bool]:
    """SQL over `Note`: texts that may hold one of the names, so that the others are not read.

    Only plain letters are looked for: of other scripts the database knows no variants.
    """
    wanted = [name.strip() for name in names if len(name.strip()) > 1]
    if not all(name.isascii() for name in wanted):
        return true()
    longest = [max(name.split(), key=len) for name in wanted]
    wide = {
        form.translate(_WIDE) for word in longest for form in (word, word.lower(), word.upper())
    }
    return or_(
        false(),
        *(Note.text.icontains(word, autoescape=True) for word in longest),
        *(Note.text.contains(word) for word in sorted(wide)),
    )


# Ｄａｎａ: letters as wide as Chinese characters, as some input methods write them.
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
