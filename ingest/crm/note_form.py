"""A note in the terms of a CRM: which of its fields holds what (docs/mappings.md, `note`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PARTS = (
    "title", "kind", "date", "account", "attendees", "ours", "author", "text", "summary", "actions",
    "decisions", "concerns", "competitors",
)  # fmt: skip
"""What a note has to give."""


@dataclass(frozen=True)
class NoteField:
    """One field of the CRM's form."""

    label: str
    of: str
    """One of `PARTS`."""
    map: Mapping[str, str]
    """The CRM's words for ours; empty where it takes ours."""


WORKBOOK = (
    NoteField("account", "account", {}),
    NoteField("date", "date", {}),
    NoteField("kind", "kind", {}),
    NoteField("contacts", "attendees", {}),
    NoteField("people", "ours", {}),
    NoteField("subject", "title", {}),
    NoteField("actions", "actions", {}),
    NoteField("notes", "text", {}),
)
"""Where there is no CRM: the workbook's own columns."""


def parse_note(value: Any) -> tuple[NoteField, ...]:
    """The form that a mapping file describes; none for None. Raises ValueError."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError("must be a list of fields")
    found = []
    for one in value:
        if not isinstance(one, dict) or set(one) - {"label", "of", "map"} or "label" not in one:
            raise ValueError("holds a field that is not {label, of, map}")
        if one.get("of") not in PARTS:
            raise ValueError(f"names {one.get('of')!r}, which is none of {', '.join(PARTS)}")
        words = {str(key): str(word) for key, word in (one.get("map") or {}).items()}
        found.append(NoteField(str(one["label"]), str(one["of"]), words))
    return tuple(found)


def filled(
    form: Sequence[NoteField], note: Mapping[str, str | Sequence[str]]
) -> list[tuple[str, str]]:
    """The form's fields with what the note has for them, in its order; empty ones are left out.

    `note` holds texts, and lists of lines, by `PARTS`.
    """
    found = []
    for field in form:
        value = note.get(field.of) or ""
        text = value if isinstance(value, str) else "\n".join(value)
        if field.of in ("attendees", "ours", "competitors") and not isinstance(value, str):
            text = "; ".join(value)
        if text:
            found.append((field.label, field.map.get(text, text)))
    return found
