"""A recap for those who were there: the steps that both sides agreed on, and nothing that is ours
alone. It is a draft: nobody but its reader sends it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import select

from bot.assistant.compose import Composer
from bot.assistant.wording import listed
from ingest.notes.cues import any_of, keys, pattern, plainly
from kam_knowledge.changes.logged import LoggedNote
from kam_knowledge.language.detect import text_language
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Competitor, Contact, Interaction, Note, Person
from prompts import load

Language = Literal["en", "zh"]
_LOOKED_AT = 12
"""Notes by which a language is told."""


@dataclass(frozen=True)
class Recap:
    """The draft, in whose language, and what was left out of it (a code of `why_…` a step)."""

    text: str
    language: Language
    left_out: Mapping[str, int]
    as_written: bool
    """Whether its steps stand in another language than the rest."""
    names: tuple[str, ...]


def recap_of(records: Records, logged: LoggedNote, language: Language | None = None) -> Recap:
    """The recap of a note, in the attendees' language unless another is wished."""
    draft = logged.draft
    there = [row for key in draft.contact_ids if (row := records.get(Contact, key)) is not None]
    chosen = language or language_of(records, there, draft.language)
    composer = Composer("recap", chosen)
    rivals = _rivals(records, logged)
    left_out: Counter[str] = Counter()
    steps: dict[str, list[str]] = {"ours": [], "theirs": []}
    for one in logged.actions:
        why = unsafe(one, rivals)
        if why is not None:
            left_out[why] += 1
        else:
            steps[str(one["direction"])].append(_line(records, composer, one))
    kind = composer.text(f"kind_{draft.kind}")
    emails = [row.email for row in there if row.email]
    names = [_called(row, chosen) for row in there] + list(draft.unknown_names)
    who = listed(names, chosen) or composer.text("nobody")
    if emails:
        composer.unclaimed(composer.text("to", who=", ".join(emails)))
    composer.unclaimed(composer.text("subject", kind=kind, date=draft.date))
    composer.blank()
    composer.unclaimed(composer.text("greeting", names=who))
    agreed = any(steps.values())
    composer.blank()
    thanks = "thanks" if agreed else "thanks_plain"
    composer.unclaimed(composer.text(thanks, kind=kind, date=draft.date))
    for side, lines in steps.items():
        if lines:
            composer.blank()
            composer.unclaimed(composer.text("we_will" if side == "ours" else "you_will"))
            for line in lines:
                composer.unclaimed(line)
    composer.blank()
    composer.unclaimed(composer.text("check"))
    composer.blank()
    composer.unclaimed(composer.text("close"))
    author = records.people.get(records.rights.viewer.person_id or 0)
    composer.unclaimed(_called(author, chosen) if author else "")
    text = composer.reply().markdown
    written = {text_language(str(one["action"])) for one in logged.actions if agreed}
    return Recap(text, chosen, dict(left_out), bool(written - {chosen}), tuple(names))


def unsafe(action: Mapping[str, Any], rivals: Iterable[str]) -> str | None:
    """Why the customer must not read of a step; None where they may. A step that is ours alone,
    that names a rival, or whose words tell of stance, price limits or people."""
    if action["direction"] not in ("ours", "theirs"):
        return "internal"
    words = plainly(str(action["action"]))
    if any(re.search(rf"(?<!\w){re.escape(plainly(one))}(?!\w)", words) for one in rivals if one):
        return "rival"
    for why, cue in _cues().items():
        if cue.search(words):
            return why
    if any(pattern("delicate", kind).search(words) for kind in keys("delicate")):
        return "delicate"
    return None


def language_of(records: Records, there: Sequence[Contact], usual: str) -> Language:
    """The language that the attendees write with us: that of their chats and mails on record,
    else of the names they go by, else the note's."""
    votes: Counter[str] = Counter()
    for row in there:
        votes[_written_in(records, row) or ("zh" if has_han(row.name) else "")] += 1
    del votes[""]
    if votes:
        return "zh" if votes.most_common(1)[0][0] == "zh" else "en"
    if there and all(row.name.isascii() and not any(map(has_han, row.aliases)) for row in there):
        return "en"
    return "zh" if usual == "zh" else "en"


def _written_in(records: Records, row: Contact) -> str | None:
    """The language of the last chats and mails with that person, where there are any."""
    rows = records.session.execute(
        select(Note.language, Interaction.contact_ids)
        .join(Interaction, Interaction.note_id == Note.id)
        .where(
            Interaction.account_id == row.account_id,
            Interaction.kind.in_(("chat", "email")),
            records.rights.note_clause(),
        )
        .order_by(Interaction.date.desc())
    )
    found = [language for language, contacts in rows if row.id in contacts][:_LOOKED_AT]
    return Counter(found).most_common(1)[0][0] if found else None


def _rivals(records: Records, logged: LoggedNote) -> set[str]:
    """Every rival the book or the note knows."""
    known = {row.competitor for row in records.all(Competitor)}
    return known | {str(one) for one in logged.said.get("competitors", ())}


def _line(records: Records, composer: Composer, action: Mapping[str, Any]) -> str:
    person = records.people.get(action.get("owner_person_id") or 0)
    contact = records.get(Contact, action.get("owner_contact_id"))
    row = person or contact
    name = _called(row, composer.language) if row else action.get("owner")
    owner = composer.text("by_whom", name=name) if name and "@" not in str(name) else ""
    due = composer.text("by_day", date=action["due"]) if action.get("due") else ""
    return composer.text("step", action=action["action"], owner=owner, due=due)


def _called(row: Contact | Person, language: str) -> str:
    """The name by which somebody goes in that language: for Chinese the longest in characters."""
    if language != "zh" or has_han(row.name):
        return row.name
    chinese = [one for one in row.aliases or () if has_han(one) and len(fold(one)) > 1]
    return max(chinese, key=lambda one: (len(one) in (2, 3), len(one)), default=row.name)


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    found = load("logging/customer_safe.yaml")
    return {why: re.compile(any_of([*words["en"], *words["zh"]])) for why, words in found.items()}
