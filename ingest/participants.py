"""Who took part in a touch: stated, given by the format, or found in the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from ingest.book import Book
from kam_knowledge.language.names import NameMatch

_FITS = 0.5
"""A name that is said to be somebody's may be a surname; it must fit one alone."""
_FITS_IN_TEXT = 0.6
_NEAR = 0.05
_FAR = 0.3
_ASIDE = re.compile(r"[(（\[].*?[)）\]]")


@dataclass(frozen=True)
class Participants:
    """People of ours, contacts of the account, and names that are neither as far as is known."""

    contact_ids: tuple[int, ...] = ()
    person_ids: tuple[int, ...] = ()
    unknown_names: tuple[str, ...] = ()

    @property
    def anybody(self) -> bool:
        """Whether anybody is named."""
        return bool(self.contact_ids or self.person_ids or self.unknown_names)


def resolve(names: Iterable[str], book: Book, account_id: int | None) -> Participants:
    """Whom the names, as somebody wrote them down for it, mean.

    A name that fits nobody, or two alike, is kept as written among the unknown.
    """
    contacts: dict[int, None] = {}
    people: dict[int, None] = {}
    unknown: dict[str, None] = {}
    for written in names:
        kind, key = _resolved(written, book, account_id)
        if key is None:
            unknown[" ".join(written.split())] = None
        elif kind == "person":
            people[key] = None
        else:
            contacts[key] = None
    return Participants(tuple(contacts), tuple(people), tuple(unknown))


def found_in(matches: Sequence[NameMatch], account_id: int | None) -> Participants:
    """The account's contacts and our people among the names found in a text.

    Somebody of another account whom the words fit far better is who they mean.
    """
    spans: defaultdict[tuple[int, int], list[NameMatch]] = defaultdict(list)
    for match in matches:
        spans[match.span].append(match)
    contacts: dict[int, None] = {}
    people: dict[int, None] = {}
    for group in spans.values():
        ours = [m for m in group if _is_one_of(m, account_id) and m.score >= _FITS_IN_TEXT]
        if not ours or ours[0].score < group[0].score - _FAR:
            continue
        if len(ours) > 1 and ours[1].score > ours[0].score - _NEAR:
            continue
        (people if ours[0].entry.kind == "person" else contacts)[ours[0].entry.key] = None
    return Participants(tuple(contacts), tuple(people))


def _resolved(written: str, book: Book, account_id: int | None) -> tuple[str, int | None]:
    name, address = parseaddr(written) if "@" in written else (written, "")
    if address:
        if (person := book.person_at(address)) is not None:
            return "person", person
        if account_id is not None:
            contact = book.contact_at(address, account_id, name)
            if contact is not None:
                return "contact", contact
    # "Dana Wu (CTO)" is Dana Wu; "Wu (Dana)" may be found only as it stands.
    for form in dict.fromkeys((_ASIDE.sub(" ", name).strip(), name.strip())):
        matches = book.humans_called(form, account_id) if form else []
        if matches and matches[0].score >= _FITS:
            if len(matches) > 1 and matches[1].score > matches[0].score - _NEAR:
                return "", None
            return matches[0].entry.kind, matches[0].entry.key
    return "", None


def _is_one_of(match: NameMatch, account_id: int | None) -> bool:
    entry = match.entry
    return entry.kind == "person" or (entry.kind == "contact" and entry.scope == account_id)
