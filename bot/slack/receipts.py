"""What a saved note pays back at a press: a recap to send, the CRM's form, a checklist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.orm import Session

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.note_offers import departures_told
from bot.assistant.recaps import Language
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.departure import checklist
from bot.assistant.skills.note_copies import crm_reply, note_of_proposal, recap_reply
from bot.assistant.skills.writing import Desk
from bot.slack.answers import Row, finish
from bot.slack.asked import Asked
from bot.slack.blocks.reply import button
from bot.slack.questions import Questions
from kam_knowledge.changes import proposals
from kam_knowledge.changes.logged import LoggedNote
from kam_knowledge.store.models import Contact
from prompts import replies

if TYPE_CHECKING:
    from bot.app import App

ORIGIN = "slack"


class Receipts:
    """Answers what is pressed below receipts at one desk. Safe to share between threads."""

    def __init__(self, app: App, team: str, questions: Questions) -> None:
        self._app = app
        self._team = team
        self._questions = questions
        self.does: dict[str, Callable[[Asked], None]] = {
            "recap": lambda asked: self._said(asked, self._recap),
            "crm": lambda asked: self._said(
                asked, lambda context, logged, _: crm_reply(context, logged)
            ),
            "left": lambda asked: self._said(asked, self._left),
        }
        """By the second word of the button's id."""

    def _said(self, asked: Asked, work: Callable[[SkillContext, LoggedNote, Asked], Reply]) -> None:
        """Answers whoever pressed, by direct message: what comes of it is for them to use."""
        key = asked.payload["value"]

        def done(context: SkillContext) -> Reply:
            proposal = proposals.by_key(context.session, key, None)
            language = proposal.payload.get("language", context.language)
            there = replace(context, language=language)
            logged = note_of_proposal(there, proposal)
            if logged is None:
                composer = Composer("recap", language)
                composer.plain("not_there")
                return composer.reply(Outcome.CLARIFY)
            return work(there, logged, asked)

        def also(session: Session, reply: Reply) -> None:
            where = {"user": asked.asker.user}
            rows: list[Row] = [
                (where, message) for _, message in self._questions.shown(session, asked, reply)
            ]
            if str(asked.payload["action"]).startswith("note:recap"):
                rows[-1][1]["blocks"].append(self._other_language(asked, reply))
            finish(session, self._team, asked, rows)

        self._app.assistant.write(self._questions.turn(asked), done, also=also)

    @staticmethod
    def _recap(context: SkillContext, logged: LoggedNote, asked: Asked) -> Reply:
        wished = _wished(asked)
        return recap_reply(context, logged, wished)

    @staticmethod
    def _left(context: SkillContext, logged: LoggedNote, asked: Asked) -> Reply:
        number = int(str(asked.payload["action"]).split(":")[2])
        told = {row.id: row for row in departures_told(context.records, logged)}
        contact: Contact | None = told.get(number)
        if contact is None:
            composer = Composer("departure", context.language)
            composer.plain("who_left")
            return composer.reply(Outcome.CLARIFY)
        words = next(one["text"] for one in logged.said["signals"] if one.get("change") == "left")
        on = None if contact.left_on else logged.draft.date
        desk = Desk(None, ORIGIN)
        return checklist(context, desk, contact, on, context.language, words)

    @staticmethod
    def _other_language(asked: Asked, reply: Reply) -> dict[str, Any]:
        """A button for the same in English or in Chinese, whichever it is not."""
        shown = _wished(asked) or str(reply.focus.get("recap_language", "en"))
        other = "zh" if shown == "en" else "en"
        label = replies("recap")[f"in_{other}"][reply.language]
        pressed = button(label, f"note:recap:{other}", asked.payload["value"])
        return {"type": "actions", "elements": [pressed]}


def _wished(asked: Asked) -> Language | None:
    word = str(asked.payload["action"]).split(":")[2:]
    return cast(Language, word[0]) if word and word[0] in ("en", "zh") else None
