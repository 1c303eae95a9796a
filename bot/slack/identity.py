"""Which person of ours a Slack user is; whoever is in doubt is kept out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.slack.directory import Directory, Member, NotTold
from bot.slack.links import linked
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
    tz: str | None = None
    """The time zone of their Slack settings."""

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
        return Asker(user, person, None, member.locale, member.tz)


def person_of(session: Session, member: Member) -> Person | None:
    """Our person: linked by an admin to this user of this workspace, else with this email.

    Nobody where two people are linked to the user.
    """
    return people_of(session, [member])[0]


def people_of(session: Session, members: Sequence[Member]) -> list[Person | None]:
    """The same for several members of one workspace, in their order."""
    teams = {one.team for one in members}
    assert len(teams) <= 1, "an id means something in its workspace only"
    by_link = linked(session, "".join(teams), [one.id for one in members])
    emails = {one.email.lower() for one in members if one.email and one.id not in by_link}
    chosen = select(Person).where(Person.retracted.is_(False))
    chosen = chosen.where(func.lower(Person.email).in_(emails))
    by_email = {one.email.lower(): one for one in session.scalars(chosen)}
    session.expunge_all()
    found: list[Person | None] = []
    for member in members:
        ways = by_link.get(member.id)
        if ways is None:
            found.append(by_email.get((member.email or "").lower()))
        else:
            found.append(ways[0] if len(ways) == 1 else None)
    return found
