"""What understanding has besides the text: the book's names, the readers' rights, the thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kam_knowledge.access import Rights
from kam_knowledge.language.names import NameIndex
from kam_knowledge.queries.records import Records

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Scene:
    """What understanding has besides the text."""

    names: NameIndex
    records: Records
    asker: Rights
    focus: Mapping[str, Any]
    default_account_id: int | None
    language: Language
