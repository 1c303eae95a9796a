"""Which person of ours a Slack user is; whoever is in doubt is kept out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.slack.directory import Directory, Member, NotTold
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Person


class Stranger(StrEnum):
    """Why somebody is answered about the method only, or not at all."""

    OUTSIDE = "outside"
    """A guest, a stranger, or somebody of another workspace."""
    UNLISTED = "unlisted"
    """A colleague whom the book does not list."""
    LEFT = "left"
    NOT_TOLD = "not_told"
    """Slack would not say who it is just now."""


@dataclass(frozen=True)
class Asker:
    """A Slack user, as we know them."""

    user: str
    person: Person | None
    stranger: Stranger | None
    locale: str | None = None

    @property
    def language(self) -> str:
        """en or zh: the person's, else Slack's."""
        if self.person is not None and self.person.language:
            return self.person.language
        return "zh" if (self.locale or "").lower().startswith("zh") else "en"


class Identities:
    """Looks people up by the admin's link, else by their email."""

    def __init__(self, directory: Directory, store: Store, today: Callable[[Person], date]) -> None:
        """`today` is the business date of a person."""
        self._directory = directory
        self._store = store
        self._today = today

    def asker(self, user: str, user_team: str | None, team: str) -> Asker:
        """Who that is. `user_team` None counts as outside: a connected Grid org tells none."""
        if user_team != team:
            return Asker(user, None, Stranger.OUTSIDE)
        try:
            member = self._directory.member(user)
        except NotTold:
            return Asker(user, None, Stranger.NOT_TOLD)
        if member.outside or member.is_bot:
            return Asker(user, None, Stranger.OUTSIDE, member.locale)
        if member.deleted:
            return Asker(user, None, Stranger.LEFT, member.locale)
        with self._store.read() as session:  # after Slack was asked: none is open meanwhile
            person = person_of(session, member)
        if person is None or not person.listed:
            return Asker(user, None, Stranger.UNLISTED, member.locale)
        if person.left_on and person.left_on <= self._today(person):
            return Asker(user, None, Stranger.LEFT, member.locale)
        return Asker(user, person, None, member.locale)


def person_of(session: Session, member: Member) -> Person | None:
    """Our person: linked by an admin to this user, else with this email."""
    ways = [Person.slack_user_id == member.id]
    if member.email:
        ways.append(func.lower(Person.email) == member.email.lower())
    found = session.scalars(
        select(Person)
        .where(Person.retracted.is_(False), or_(*ways))
        .order_by(Person.slack_user_id.is_distinct_from(member.id))
    ).first()
    if found is not None:
        session.expunge(found)
    return found
