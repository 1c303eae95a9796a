"""The forms of notes at one desk: opened while the trigger lives, checked before they close."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient

from bot.assistant.note_cards import WAITING, card_of, may_settle
from bot.slack.arrivals import Arrival, conversation_of
from bot.slack.blocks.note_form import edit_form, new_form
from bot.slack.identity import Asker, Identities
from bot.slack.inbox import Inbox
from bot.slack.note_fields import Entered, fields_of
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.changes import proposals
from kam_knowledge.errors import UsageError
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Proposal
from prompts import replies

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.app import App

Json = dict[str, Any]


@dataclass(frozen=True)
class NoteForms:
    """What must happen within Slack's three seconds; everything else is an arrival."""

    app: App
    inbox: Inbox
    client: WebClient
    identities: Identities
    team: str

    def edits(self, body: Json) -> None:
        """Opens the form of the note on whose card somebody pressed Edit; where it is not theirs
        or no longer waits they are told so, as by any other button."""
        action, container = body["actions"][0], body.get("container") or {}
        asker = self._asker(body)
        with self.app.store.read() as session:
            proposal = self._theirs(session, asker, str(action.get("value") or ""))
            card = card_of(proposal) if proposal else None
        standing = {
            "channel": container.get("channel_id"),
            "ts": container.get("message_ts"),
            "thread_ts": container.get("thread_ts") or container.get("message_ts"),
        }
        if card is None:
            payload = self._payload(standing, str(action.get("value") or ""), "note:edit")
            key = f"action:{self.team}:{action['action_ts']}:{body['user']['id']}:note:edit"
            self._receive(body, key, "note", self._where(standing), payload)
            return
        self.client.views_open(trigger_id=body["trigger_id"], view=edit_form(card, standing))

    def begins(self, body: Json) -> None:
        """Opens the form of a meeting to log."""
        asker = self._asker(body)
        clock = self.app.clock(asker.person, asker.tz)
        self.client.views_open(
            trigger_id=body["trigger_id"], view=new_form(asker.language, clock.today)
        )

    def edited(self, body: Json) -> dict[str, str]:
        """Takes what was entered for a note that waits; the errors by field, else it is kept."""
        view, asker = body["view"], self._asker(body)
        if self.inbox.knows(self._once(view)):
            return {}  # taken already, whatever has become of its card since
        kept = json.loads(view["private_metadata"])
        fields = fields_of(view)
        with self.app.store.read() as session:
            proposal = self._theirs(session, asker, kept["proposal"])
            if proposal is None:
                return {"account": replies("slack")["not_your_card"][asker.language]}
            card = card_of(proposal)
            entered = Entered(self._records(session, asker), card.language)
            entered.edited(fields, card.note)
        if entered.errors:
            return entered.errors
        payload = self._payload(kept, kept["proposal"], "note:edited") | {"fields": fields}
        self._receive(body, self._once(view), "note", self._where(kept), payload)
        return {}

    def begun(self, body: Json) -> dict[str, str]:
        """Takes what was entered for a meeting to log; the errors by field, else it is kept."""
        view, asker = body["view"], self._asker(body)
        if self.inbox.knows(self._once(view)):
            return {}
        if asker.person is None:
            return {"account": replies("slack")[str(asker.stranger)][asker.language]}
        fields = fields_of(view)
        language = json.loads(view["private_metadata"])["language"]
        with self.app.store.read() as session:
            entered = Entered(self._records(session, asker), language)
            text = entered.new(fields)
        if entered.errors:
            return entered.errors
        payload = {
            "text": text,
            "visibility": fields.get("visibility") or "team",
            "channel": "home",
            "direct": True,
        }
        where = conversation_of(self.team, "form", view["id"])
        self._receive(body, self._once(view), "log", where, payload)
        return {}

    def _receive(self, body: Json, key: str, kind: str, conversation: str, payload: Json) -> None:
        """Commits it before Slack hears that it was taken; the same key counts once."""
        user = body["user"]
        who = {"user": user["id"], "user_team": user.get("team_id")}
        self.inbox.receive(Arrival(key, conversation, kind, payload | who))

    def _once(self, view: Json) -> str:
        """The key of a form as it stood when it was submitted."""
        return f"view:{self.team}:{view['id']}:{view['hash']}"

    def _where(self, standing: Json) -> str:
        return conversation_of(self.team, standing["channel"], standing["thread_ts"])

    @staticmethod
    def _payload(standing: Json, proposal: str, action: str) -> Json:
        return {
            "value": proposal,
            "action": action,
            "channel": standing["channel"],
            "thread_ts": standing["thread_ts"],
            "message_ts": standing["ts"],
            "direct": str(standing["channel"]).startswith("D"),
        }

    def _asker(self, body: Json) -> Asker:
        user = body["user"]
        return self.identities.asker(user["id"], user.get("team_id"), self.team)

    def _theirs(self, session: Session, asker: Asker, key: str) -> Proposal | None:
        """The proposal, where it waits and the asker may settle it."""
        try:
            found = proposals.by_key(session, key, None)
        except UsageError:
            return None
        rights = self._records(session, asker).rights
        return found if found.state == WAITING and may_settle(found, rights) else None

    def _records(self, session: Session, asker: Asker) -> Records:
        person = asker.person
        viewer = Viewer(person.id) if person else Viewer.outside()
        only = Audience.only(person.id) if person else Audience.everyone(outsiders=True)
        today = self.app.clock(person, asker.tz).today
        return Records(session, decide(session, viewer, only, today))
