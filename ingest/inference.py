"""A document becomes a note's draft: what its front matter states, and the rest inferred.

Inferred is in this order from content, the file's name, the folder's: the account (accounts.py),
the day (days.py), the kind (cues.py), the participants (participants.py), the title. Visibility
follows the account; a note under no account is open unless it names one that is for its team.
Never inferred: who the author is, but for a message's sender.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr
from hashlib import sha256
from pathlib import PurePosixPath

from ingest import cues
from ingest.accounts import (
    LONGEST,
    AccountFound,
    accounts_in_name,
    accounts_named,
    evidence_of,
    find_account,
)
from ingest.book import Book
from ingest.days import find_day, read_day
from ingest.documents import Document
from ingest.participants import Participants, found_in, resolve
from ingest.report import From, Inferred
from ingest.statement import KINDS, Statement, read_statement, split_names
from kam_knowledge.changes.notes import TOUCHES, NoteDraft
from kam_knowledge.language.detect import text_language
from kam_knowledge.language.names import NameMatch

_OFFICE = frozenset({"docx", "pptx", "xlsx", "pdf"})
"""Formats of documents, whose first lines speak of many meetings."""
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)
_SENDER = re.compile(r"^From: ([^\n]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Where:
    """Where a document stands: its place, its file's name, its folders' names, nearest first."""

    place: str
    stem: str
    folders: tuple[str, ...]

    @classmethod
    def of(cls, place: str, *, part: str | None = None, above: str = "") -> Where:
        """From a file's place and the part of it that the document is.

        `above` is the folder of a file that was given by itself.
        """
        path = PurePosixPath(place)
        folders = tuple(reversed(path.parts[:-1])) or ((above,) if above else ())
        if not part:
            return cls(place, path.stem, folders)
        inner = PurePosixPath(part)
        inside = tuple(reversed(inner.parts[:-1]))
        return cls(part_place(place, part), inner.name, (*inside, path.stem, *folders))


@dataclass(frozen=True)
class Understood:
    """The draft of a note, and what in it was not stated."""

    draft: NoteDraft
    inferred: tuple[Inferred, ...]


def part_place(place: str, part: str) -> str:
    """What people are shown for one document of a file that holds several."""
    return f"{place}#{part}" if part else place


def document_hash(document: Document) -> str:
    """What makes a note the same note at two places: its text and its front matter."""
    front_matter = json.dumps(dict(document.front_matter), sort_keys=True, ensure_ascii=False)
    return sha256(f"{front_matter}\n{document.text}".encode()).hexdigest()


def understand(document: Document, where: Where, book: Book, today: dt.date) -> Understood:
    """The note that a document is. Raises StatementError when its front matter is wrong."""
    return _Understanding(document, where, book, today).result()


class _Understanding:
    def __init__(self, document: Document, where: Where, book: Book, today: dt.date) -> None:
        self.document = document
        self.where = where
        self.book = book
        self.today = today
        self.text = document.text
        self.statement: Statement = read_statement(
            document.front_matter, book, lambda value: read_day(value, today)
        )
        self.inferred: list[Inferred] = []
        self._matches: list[NameMatch] | None = None

    def result(self) -> Understood:
        stated = self.statement
        title = self._title()
        account_id, team_named = self._account(title)
        day = stated.date or self._day(title)
        kind = stated.kind or self._kind(title, day, account_id)
        author_id = stated.author_id or self._author()
        visibility = stated.visibility or self._visibility(account_id, team_named)
        people, assumed = Participants(), False
        if kind in TOUCHES and account_id is not None and day is not None:
            people, assumed = self._participants(account_id, day)
        draft = NoteDraft(
            text=self.text,
            title=title,
            kind=kind,
            content_hash=document_hash(self.document),
            visibility=visibility,
            language=text_language(self.text),
            date=day,
            account_id=account_id,
            author_id=author_id,
            format=self.document.format,
            inferred=({} if stated.visibility else {"visibility": "account"})
            | {entry.field: str(entry.source) for entry in self.inferred},
            contact_ids=people.contact_ids,
            person_ids=people.person_ids,
            unknown_names=people.unknown_names,
            participants_assumed=assumed,
        )
        return Understood(draft, tuple(self.inferred))

    @property
    def matches(self) -> list[NameMatch]:
        """The names in the first part of the text, looked for once and only when needed."""
        if self._matches is None:
            self._matches = self.book.names.find(self.text[:LONGEST])
        return self._matches

    def _note(
        self, name: str, value: str | None, source: From, candidates: Sequence[str] = ()
    ) -> None:
        entry = Inferred(self.where.place, name, value, source, tuple(candidates))
        self.inferred.append(entry)

    def _title(self) -> str:
        title = self.document.title
        if title and self.document.front_matter.get("title") == title:
            return title
        heading = _HEADING.search(self.text[:LONGEST])
        title = title or (heading[1] if heading else None)
        self._note("title", title or self.where.stem, "content" if title else "file name")
        return title or self.where.stem

    def _account(self, title: str) -> tuple[int | None, bool]:
        """(the account, whether the document names one that is for its team only)."""
        if self.statement.account is not None:
            return self.statement.account.id, False
        if not self.book.accounts:
            return None, False
        # A title that is only the file's name is no content.
        in_text = title if title != self.where.stem else ""
        took_part = (*(self.statement.attendees or ()), *self.document.participants)
        evidence = evidence_of(self.book, in_text, self.text, self.matches, took_part)
        found = find_account(evidence, self.book, self.where.stem, self.where.folders)
        later: set[int] = set()
        if found is None or found.account_id is None:
            later = accounts_named(self.text[LONGEST - 80 :], self.book)
        if found is None and len(later) == 1:
            found = AccountFound(next(iter(later)), "content")
        if found is not None:
            self._note_account(found)
            if found.account_id is not None:
                return found.account_id, False
        return None, self._names_team(evidence.named | later)

    def _note_account(self, found: AccountFound) -> None:
        name = self.book.accounts[found.account_id].name if found.account_id else None
        candidates = [self.book.accounts[key].name for key in found.candidates]
        self._note("account", name, found.source, candidates)

    def _names_team(self, named: set[int]) -> bool:
        """Whether an account for its team only is among these, or in the place's names."""
        names = (self.where.stem, *self.where.folders)
        named = named.union(*(accounts_in_name(name, self.book) for name in names))
        return any(self.book.accounts[key].visibility == "team" for key in named)

    def _visibility(self, account_id: int | None, team_named: bool) -> str:
        if account_id is not None:
            return self.book.accounts[account_id].visibility
        if team_named:
            self._note("visibility", "team", "content")
            return "team"
        return "open"

    def _day(self, title: str) -> dt.date | None:
        in_text = title if title != self.where.stem else ""
        found = find_day(self.document, in_text, self.where.stem, self.where.folders, self.today)
        if found is None:
            return None
        self._note("date", found[0].isoformat(), found[1])
        return found[0]

    def _kind(self, title: str, day: dt.date | None, account_id: int | None) -> str:
        kind, source = self._kind_found(title, day, account_id)
        self._note("kind", kind, source)
        return kind

    def _kind_found(
        self, title: str, day: dt.date | None, account_id: int | None
    ) -> tuple[str, From]:
        if self.document.kind in KINDS:
            return str(self.document.kind), "content"
        if (label := cues.labelled(self.text, "kind")) and (kind := cues.kind_in(label)):
            return kind, "content"
        name = cues.spoken(self.where.stem)
        if self.document.format == "vtt":
            said = cues.kind_in(name)
            return ("call", "file name") if said == "call" else ("meeting", "content")
        if day is None and account_id is None:
            # "How to run a meeting" is no meeting: a touch has a day or an account.
            return "document", "content"
        in_text = title if title != self.where.stem else ""
        body = self.text
        if self.document.format in _OFFICE:
            # A deck for a review is no review; the minutes of one are.
            if not cues.are_minutes(f"{in_text} · {name}"):
                return "document", "content"
            body = ""
        said = cues.kind_said(in_text, body)
        if said is not None:
            return said, "content"
        in_name = None if cues.is_internal(name) else cues.kind_in(name)
        return (in_name, "file name") if in_name else ("document", "content")

    def _author(self) -> int | None:
        if self.statement.unknown_author is not None:
            self._note("author", None, "front matter")
            return None
        if self.document.format == "eml" and (sender := _SENDER.search(self.text[:LONGEST])):
            person = self.book.person_at(parseaddr(sender[1])[1])
            if person is not None:
                self._note("author", parseaddr(sender[1])[1], "content")
            return person
        return None

    def _participants(self, account_id: int, day: dt.date) -> tuple[Participants, bool]:
        """(who took part, whether that is assumed)."""
        if self.statement.attendees is not None:
            return resolve(self.statement.attendees, self.book, account_id), False
        if self.document.participants:
            return resolve(self.document.participants, self.book, account_id), False
        found = Participants()
        if (label := cues.labelled(self.text, "attendees")) is not None:
            found = resolve(split_names(label), self.book, account_id)
        if not found.contact_ids and not found.person_ids:
            found = found_in(self.matches, account_id)
            # Who is named in a text need not have been there; who had left was not.
            there = (one for one in found.contact_ids if not self.book.had_left(one, day))
            found = replace(found, contact_ids=tuple(there))
        if found.anybody:
            self._note("attendees", self._shown(found), "content")
        return found, True

    def _shown(self, found: Participants) -> str:
        names = [self.book.contact_name(key) for key in found.contact_ids]
        names += [self.book.person_name(key) for key in found.person_ids]
        return "; ".join([*names, *found.unknown_names])
