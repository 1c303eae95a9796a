"""Which Slack user an admin said a person of ours is, workspace by workspace.

The people sheet's `slack_user_id` names no workspace: it is a user of the first one served. Links
made with `kam people link` name theirs.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Person, SlackLink, State

_HOME = "slack_home"


def remember_home(store: Store, team: str, *, only: bool) -> None:
    """Keeps which workspace was served first, or which is the only one."""
    with store.read() as session:
        known = home_team(session)
    if known == team or (known and not only):
        return
    with store.write() as session:
        session.merge(State(key=_HOME, value=team))


def home_team(session: Session) -> str | None:
    """The workspace that user ids without one belong to."""
    row = session.get(State, _HOME)
    return None if row is None else str(row.value)


def linked(session: Session, team: str, users: Collection[str]) -> dict[str, list[Person]]:
    """Whoever an admin linked to each of those users: one person, or several by mistake."""
    found: dict[str, list[Person]] = {}
    chosen = select(SlackLink.user, Person).join(Person, SlackLink.person_id == Person.id)
    chosen = chosen.where(SlackLink.team == team, SlackLink.user.in_(users))
    for user, person in session.execute(chosen.where(Person.retracted.is_(False))):
        found.setdefault(user, []).append(person)
    if home_team(session) in (team, None):
        left = set(users) - set(found)
        stated = select(Person).where(Person.slack_user_id.in_(left), Person.retracted.is_(False))
        for person in session.scalars(stated):
            found.setdefault(str(person.slack_user_id), []).append(person)
    return found


def link(session: Session, person_id: int, team: str, user: str) -> None:
    """From now on that user of that workspace is this person, and nobody else there is."""
    unlink(session, person_id, team)
    session.execute(delete(SlackLink).where(SlackLink.team == team, SlackLink.user == user))
    session.add(SlackLink(team=team, user=user, person_id=person_id, linked_at=Clock.now()))


def unlink(session: Session, person_id: int, team: str | None = None) -> int:
    """Takes the links of a person back, in one workspace or all; how many there were."""
    chosen = delete(SlackLink).where(SlackLink.person_id == person_id)
    if team is not None:
        chosen = chosen.where(SlackLink.team == team)
    return int(session.execute(chosen).rowcount)  # type: ignore[attr-defined]
