"""Digests by direct message: written into the outbox once, with the row of their schedule.

Who gets one, and when, is a schedule (`bot/assistant/skills/digest_schedule.py`). Where to, the
workspace says in which the schedule was confirmed; else it is the user an admin linked.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.digest_schedule import KIND, digest_key
from bot.assistant.turn import Turn
from bot.digest.written import digest
from bot.slack import outbox
from bot.slack.answers import with_user
from bot.slack.asked import Asked
from bot.slack.blocks.reply import messages
from bot.slack.links import home_team
from kam_knowledge import schedules
from kam_knowledge.access import Audience, Viewer
from kam_knowledge.schedules import Due
from kam_knowledge.store.models import Person, SlackLink

if TYPE_CHECKING:
    from bot.app import App
    from bot.assistant.context import SkillContext
    from kam_knowledge.language.names import NameIndex

_LOG = logging.getLogger(__name__)


def addressed(session: Session, team: str, asked: Asked, reply: Reply) -> None:
    """Keeps where a digest goes, once its schedule is confirmed here."""
    proposal = reply.proposal
    if not proposal or proposal["kind"] != KIND or reply.outcome is not Outcome.DONE:
        return
    if asked.viewer.person_id is not None:
        to = {"team": team, "user": asked.asker.user, "zone": asked.asker.tz}
        schedules.tell(session, digest_key(asked.viewer.person_id), to=to)


class Digests:
    """Sends digests that are due. Safe to share between threads."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.does = {KIND: self.send}

    def send(self, due: Due) -> None:
        """Writes one digest for whoever it is for, as of now. Raises NotOurs."""
        person_id = int(due.payload["person"])
        with self._app.store.read() as session:
            person = session.get(Person, person_id)
            to = due.payload.get("to") or linked_to(session, person)
            if person is not None:
                session.expunge(person)
        if person is None or to is None or self._is_gone(person):
            _LOG.info("the schedule %s has nobody to send to", due.key)
            with self._app.store.write() as session:
                schedules.finish(session, due)
                schedules.drop(session, due.key)
            return
        turn = Turn(
            KIND,
            Viewer(person_id),
            Audience.only(person_id),
            self._app.clock(person, to.get("zone")),
        )
        language = person.language or self._app.settings.language
        tier = due.payload.get("tier")

        def write(context: SkillContext, _: NameIndex) -> Reply:
            return digest(context, tier).reply

        def post(session: Session, reply: Reply) -> None:
            schedules.finish(session, due)  # first: who comes too late writes nothing
            there = with_user(to["team"], to["user"])
            for number, message in enumerate(messages(reply)):
                key = f"digest:{due.id}:{due.due_at.timestamp():.0f}:{number}"
                outbox.put(session, key, there, {"user": to["user"], **message}, None)

        self._app.assistant.answered(turn, language, write, also=post)

    def _is_gone(self, person: Person) -> bool:
        left = person.left_on is not None and person.left_on <= self._app.clock(person).today
        return left or person.retracted or not person.listed


def linked_to(session: Session, person: Person | None) -> dict[str, Any] | None:
    """The user of a workspace whom an admin said a person is; None for nobody."""
    if person is None:
        return None
    row = session.scalars(
        select(SlackLink).where(SlackLink.person_id == person.id).order_by(SlackLink.id)
    ).first()
    if row is not None:
        return {"team": row.team, "user": row.user}
    team = home_team(session)
    if team is None or not person.slack_user_id:
        return None
    return {"team": team, "user": person.slack_user_id}
