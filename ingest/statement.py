"""What a file's front matter states, checked against the book.

What is stated and cannot be understood is never guessed where it decides who may read the note or
when it was: the file fails, with the line to mend. An unknown kind is inferred as if it had not
been stated; an unknown author only matters to a note that its author alone may read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.book import Book, KnownAccount
from kam_knowledge.errors import DocumentError
from kam_knowledge.language.normalise import fold

VISIBILITIES = ("team", "author", "open")
KINDS: dict[str, tuple[str, ...]] = {
    "meeting": (
        *("meeting", "visit", "site visit", "workshop", "lunch", "dinner", "会议", "会面", "面谈"),
        *("拜访", "走访", "例会", "研讨会"),
    ),
    "call": ("call", "phone", "phone call", "telephone", "video call", "电话", "通话", "电话会议"),
    "email": ("email", "e-mail", "mail", "邮件", "电子邮件"),
    "chat": ("chat", "wechat", "whatsapp", "message", "微信", "企业微信", "聊天", "聊天记录"),
    "document": ("document", "doc", "note", "memo", "文档", "文件", "备忘", "备忘录", "资料"),
}
"""The kinds of note, and the words that front matter may use for each."""

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_MOST_SUGGESTED = 3


class StatementError(DocumentError):
    """Front matter that says something that cannot be understood.

    `rights` is true when that bears on who may read the note.
    """

    def __init__(self, message: str, next_step: str, *, rights: bool = True) -> None:
        super().__init__(message, next_step)
        self.rights = rights


@dataclass(frozen=True)
class Statement:
    """What front matter says; None is what it does not say."""

    account: KnownAccount | None = None
    date: dt.date | None = None
    kind: str | None = None
    author_id: int | None = None
    unknown_author: str | None = None
    """An author who is nobody of ours."""
    attendees: tuple[str, ...] | None = None
    visibility: str | None = None


def read_statement(
    front_matter: Mapping[str, Any], book: Book, read_date: Callable[[str], dt.date | None]
) -> Statement:
    """What the front matter states. Raises StatementError with every line that is wrong."""
    problems: list[tuple[str, str]] = []

    def checked(name: str, read: Callable[[str], Any]) -> Any:
        value = front_matter.get(name)
        if value is None:
            return None
        try:
            if not isinstance(value, str):
                raise StatementError(f"{name}: one value is expected, not a list.", "Name one.")
            return read(value)
        except StatementError as problem:
            problems.append((problem.message, problem.next_step))
            wrong.add(name)
            return None

    wrong: set[str] = set()
    visibility = checked("visibility", _visibility)
    author = checked("author", lambda value: _author(value, book))
    statement = Statement(
        account=checked("account", lambda value: _account(value, book)),
        date=checked("date", lambda value: _date(value, read_date)),
        kind=checked("kind", _kind),
        author_id=author if isinstance(author, int) else None,
        unknown_author=author if isinstance(author, str) else None,
        attendees=_names(front_matter.get("attendees")),
        visibility=visibility,
    )
    if visibility == "author" and statement.author_id is None and not problems:
        problems.append(
            (
                f"author: nobody of ours has the email {author!r}, and only the author may read it."
                if author
                else "visibility: only the author may read it, and no author is named.",
                "Write `author:` with the email of one of ours.",
            )
        )
        wrong.add("author")
    if problems:
        raise StatementError(
            " ".join(message for message, _ in problems),
            " ".join(dict.fromkeys(step for _, step in problems)),
            rights=not wrong <= {"date", "kind"},
        )
    return statement


def _account(value: str, book: Book) -> KnownAccount:
    found = book.accounts_called(value)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(account.name for account in found)
        raise StatementError(
            f"account: {value!r} may be any of {names}.", "Write the full name of one of them."
        )
    near = [account.name for account in book.accounts_like(value)][:_MOST_SUGGESTED]
    step = f"Did you mean {' or '.join(near)}? " if near else ""
    raise StatementError(
        f"account: no account is called {value!r}.",
        f"{step}Correct the line, or import the account first.",
    )


def _visibility(value: str) -> str:
    if fold(value).strip() not in VISIBILITIES:
        raise StatementError(
            f"visibility: {value!r} is none of {', '.join(VISIBILITIES)}.", "Write one of them."
        )
    return fold(value).strip()


def _author(value: str, book: Book) -> int | str:
    """The person's id, or the value as written when it is nobody of ours."""
    found = book.person_at(value.removeprefix("mailto:").strip(" <>"))
    return found or book.person_called(value) or value


def _kind(value: str) -> str | None:
    word = fold(value).strip()
    return next((kind for kind, words in KINDS.items() if word in words), None)


def _date(value: str, read_date: Callable[[str], dt.date | None]) -> dt.date:
    iso = _ISO.fullmatch(value)
    try:
        found = dt.date(int(iso[1]), int(iso[2]), int(iso[3])) if iso else read_date(value)
    except ValueError:
        found = None
    if found is None:
        raise StatementError(f"date: {value!r} is not one day.", "Write it as 2026-11-12.")
    return found


def _names(value: object) -> tuple[str, ...] | None:
    """The attendees of a list or of a text that lists them; None where there is no such line."""
    if value is None:
        return None
    names: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            # `- name: Dana Wu` with more about her; and `- Dana Wu: CTO`, which YAML reads alike.
            named = item.get("name") or item.get("email") or next(iter(item), "")
            names.append(str(named))
        elif isinstance(value, list):
            names += [name.strip() for name in str(item).split(";")]  # "Wu, Dana" is one
        else:
            names += split_names(str(item))
    return tuple(dict.fromkeys(name for name in names if name))


def split_names(text: str) -> list[str]:
    """The names in a line that lists them with semicolons, else with commas, 、 or "and"."""
    parts = re.split(r"[;；\n]", text)
    if len(parts) == 1:
        parts = re.split(r"[,，、]|\s(?:and|und|et|&)\s", text)
    return [name for part in parts if (name := part.strip(" \t.。*_-"))]
