"""The Home tab and the prompts of the agent view, drawn from the person's own accounts."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from bot.assistant.note_drafts import Draft, drafts
from bot.assistant.turn import Turn
from bot.slack.blocks.home import AccountCard, home_view
from bot.slack.blocks.reply import said
from bot.slack.boundary import Boundary
from bot.slack.identity import Asker, Identities
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.clock import Clock
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.health import HealthReader
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.renewals import renewals
from kam_knowledge.store.models import Account, Person, TeamSeat
from prompts import replies

if TYPE_CHECKING:
    from bot.app import App

_LOG = logging.getLogger(__name__)
PROMPTS = 4
SHOWN = 12
A_YEAR = timedelta(days=365)


@dataclass
class Home:
    """Publishes Home and suggests prompts. Nothing of it is kept: opening again draws it anew."""

    app: App
    client: WebClient
    identities: Identities
    team: str

    def publish(self, user: str, team: str | None) -> None:
        """Home, for whoever opened it."""
        try:
            view = self._view(self.identities.asker(user, team, self.team))
        except Exception as error:  # whatever it is, the person sees of it
            identifier = Boundary(self.app).failed(error, "slack home")
            both = [said("home_failed", one, id=identifier)["blocks"] for one in ("en", "zh")]
            view = {"type": "home", "blocks": both[0] + both[1]}
        self.client.views_publish(user_id=user, view=view)

    def _view(self, asker: Asker) -> dict[str, Any]:
        cards: list[AccountCard] = []
        waiting: list[Draft] = []
        if asker.person is not None:
            with self.app.store.read() as session:
                cards = self._cards(session, asker.person, asker.tz)
                waiting = drafts(session, asker.person.id, Clock.now())
        if asker.stranger is not None:
            return {"type": "home", "blocks": said(str(asker.stranger), asker.language)["blocks"]}
        return home_view(cards, asker.language, waiting)

    def suggest(self, user: str, channel: str, team: str | None) -> None:
        """Up to four prompts that would work for this person."""
        asker = self.identities.asker(user, team, self.team)
        if asker.person is None:
            return
        try:
            self.client.assistant_threads_setSuggestedPrompts(
                channel_id=channel,
                prompts=[{"title": one[:75], "message": one} for one in self._examples(asker)],
                title=replies("slack")["prompts_title"][asker.language],
            )
        except SlackApiError as error:  # a workspace without the agent view: nothing is lost
            _LOG.info("no prompts were suggested: %s", error.response.get("error"))

    def _examples(self, asker: Asker) -> list[str]:
        assert asker.person is not None
        person = asker.person
        turn = Turn(
            replies("slack")["help_question"][asker.language],
            Viewer(person.id),
            Audience.only(person.id),
            self.app.clock(person, asker.tz),
        )
        return [one.strip('“”"') for one in self.app.assistant.answer(turn).suggestions][:PROMPTS]

    def _cards(self, session: Session, person: Person, zone: str | None) -> list[AccountCard]:
        clock = self.app.clock(person, zone)
        rights = decide(session, Viewer(person.id), Audience.only(person.id), clock.today)
        records = Records(session, rights)
        seated = {row.account_id for row in records.all(TeamSeat) if row.person_id == person.id}
        mine = [
            account
            for account in records.accounts.values()
            if account.owner_id == person.id or account.id in seated
        ]
        mine.sort(key=lambda one: (one.owner_id != person.id, one.id))
        reader = HealthReader(records, [one.id for one in mine])
        return [self._card(records, reader, one) for one in mine[:SHOWN]]

    @staticmethod
    def _card(records: Records, reader: HealthReader, account: Account) -> AccountCard:
        due = renewals(records, [account], A_YEAR)
        promised = open_commitments(records, account_ids=[account.id])
        return AccountCard(
            name=account.name,
            colour=str(reader.of(account).health.colour),
            decide_by=due[0].deadline if due else None,
            overdue=sum(one.overdue_days > 0 for one in promised),
        )
