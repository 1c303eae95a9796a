"""The catalogue of the method: its topics, their sections, and their place in the store.

A topic is a Markdown file with front matter (`id`, `title`, `source`, `covers`, `tags`), the
same id in both languages; a section of it is a passage that can be found and cited.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any, Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kam_knowledge import own_data
from kam_knowledge.language.tokens import TOKENISER_VERSION, tokens
from kam_knowledge.search.passages import content_hash
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import IndexJob, Passage, State

LANGUAGES: tuple[Literal["en", "zh"], ...] = ("en", "zh")
_LOCK = 0x6D657468  # "meth": PostgreSQL's advisory lock while the passages are rewritten


@dataclass(frozen=True)
class Section:
    """A passage of the method. `text` is verbatim in its file."""

    key: str
    """Its id as cited: `methodology:en/s1-scoring-matrix#2`."""
    ordinal: int
    heading: str
    text: str


@dataclass(frozen=True)
class Topic:
    """One file of the method in one language."""

    id: str
    language: str
    title: str
    source: str
    """S0 to S4, or P for house practice."""
    covers: tuple[str, ...]
    tags: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def cited_title(self) -> str:
        """The title with the source in front, as a citation shows it."""
        return f"{source_name(self.source, self.language)}: {self.title}"


@cache
def topics(language: str) -> tuple[Topic, ...]:
    """Every topic in that language, by id."""
    folder = resources.files("kam_knowledge.methodology") / language
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".md")),
        key=lambda entry: entry.name,
    )
    return tuple(_topic(entry.read_text(encoding="utf-8"), language) for entry in files)


def source_name(source: str, language: str, *, short: bool = True) -> str:
    """The name of a source (S0 … P) as cited."""
    names = _sources()[source]["short" if short else "name"]
    return str(names[language])


def without_sources(question: str) -> tuple[frozenset[str], str]:
    """The sources (S0 …) that the question names, and the question without their names.

    Who said it tells which source is meant and nothing of the subject.
    """
    named: set[str] = set()
    for source, entry in _sources().items():
        for name in entry["called"]:
            plain = re.sub(
                rf"(?<![^\W\d]){re.escape(name)}('s)?(?![a-z])", " ", question, flags=re.I
            )
            if plain != question:
                named.add(source)
                question = plain
    return frozenset(named), question


@cache
def _sources() -> dict[str, Any]:
    folder = resources.files("kam_knowledge.methodology")
    loaded = own_data.parse((folder / "sources.yaml").read_text(encoding="utf-8"))
    return dict(loaded)


def _topic(raw: str, language: str) -> Topic:
    _, header, body = raw.split("---\n", 2)
    meta = own_data.parse(header)
    return Topic(
        str(meta["id"]),
        language,
        str(meta["title"]),
        str(meta["source"]),
        tuple(meta["covers"]),
        tuple(str(tag) for tag in meta["tags"]),
        tuple(_sections_of(str(meta["id"]), language, body)),
    )


def _sections_of(topic: str, language: str, body: str) -> Iterator[Section]:
    heading, lines = "", list[str]()
    ordinal = 0

    def section() -> Section:
        key = f"methodology:{language}/{topic}#{ordinal}"
        return Section(key, ordinal, heading, "\n".join(lines).strip())

    for line in body.splitlines():
        if line.startswith("## "):
            if any(part.strip() for part in lines):
                yield section()
                ordinal += 1
            heading, lines = line[3:].strip(), []
        else:
            lines.append(line)
    if any(part.strip() for part in lines):
        yield section()


def fingerprint() -> str:
    """Changes whenever a file of the method or the tokeniser does."""
    digest = sha256(TOKENISER_VERSION.encode())
    for language in LANGUAGES:
        folder = resources.files("kam_knowledge.methodology") / language
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".md"):
                digest.update(entry.name.encode())
                digest.update(entry.read_bytes())
    return digest.hexdigest()


def sync(store: Store) -> bool:
    """Brings the store's passages of the method to this program's; returns whether it had to."""
    wanted = fingerprint()
    with store.read() as session:
        if _recorded(session) == wanted:
            return False
    with store.write() as session:
        if store.dialect == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _recorded(session) == wanted:
            return False  # another process was faster
        _write(session)
        session.merge(State(key="methodology", value=wanted))
    return True


def _recorded(session: Session) -> object:
    return session.scalar(select(State.value).where(State.key == "methodology"))


def _write(session: Session) -> None:
    now = dt.datetime.now(dt.UTC)
    stored = {
        passage.method_key: passage
        for passage in session.scalars(select(Passage).where(Passage.method_key.is_not(None)))
    }
    fresh: list[Passage] = []
    for language in LANGUAGES:
        for topic in topics(language):
            context = " · ".join([topic.cited_title, *topic.tags])
            for section in topic.sections:
                passage = stored.pop(section.key, None)
                if passage is None:
                    passage = Passage(method_key=section.key, note_id=None)
                    session.add(passage)
                before = passage.content_hash
                words = tokens(f"{context}\n{section.heading}\n{section.text}")
                passage.ordinal, passage.language = section.ordinal, language
                passage.title, passage.heading = topic.cited_title, section.heading
                passage.context, passage.text = context, section.text
                passage.tokens, passage.length = " ".join(words), len(words)
                passage.content_hash = content_hash(context, section.text)
                if passage.content_hash != before:
                    fresh.append(passage)
    session.flush()
    gone = list(stored.values())
    for passage in fresh + gone:
        what = "delete" if passage in gone else "upsert"
        session.add(
            IndexJob(passage_id=passage.id, what=what, state="due", attempts=0, created_at=now)
        )
    for passage in gone:
        session.delete(passage)
