"""Whether an email went to many at once, by what it says of itself (P-2)."""

from __future__ import annotations

import re
from functools import lru_cache

from kam_knowledge.language.normalise import fold

_SUBJECT = re.compile(
    r"newsletter|mass mail|mailshot|unsubscribe|you receive this (?:e-?)?mail|群发|退订|电子期刊"
)
_BODY = re.compile(
    r"you (?:receive|are receiving|received) this (?:e-?)?mail|unsubscribe"
    r"|view (?:it )?in (?:your )?browser|退订|取消订阅|您收到(?:本|这封)邮件是因为"
)
"""What only the mail itself says: a customer may well write about a newsletter."""


def is_mass_mail(kind: str, subject: str | None, body: str = "") -> bool:
    """Whether a touch of that kind is a mail that went to many; other kinds never are."""
    if kind != "email":
        return False
    return _says_so(subject or "") or bool(_BODY.search(fold(body)))


@lru_cache(maxsize=50_000)
def _says_so(subject: str) -> bool:
    return bool(_SUBJECT.search(fold(subject)))
