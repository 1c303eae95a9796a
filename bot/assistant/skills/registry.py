"""Which skill answers which intent."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from bot.assistant.context import SkillContext
from bot.assistant.reply import Reply
from bot.assistant.understanding.request import Request

Skill = Callable[[SkillContext, Request], Reply]


def _in(module: str, function: str) -> Skill:
    """The skill of that room, which is entered when it is first asked.

    A question from a cold start needs one of them, and waits for the imports of no other.
    """

    def skill(context: SkillContext, request: Request) -> Reply:
        found = getattr(import_module(f"bot.assistant.skills.{module}"), function)
        return cast(Skill, found)(context, request)

    return skill


REGISTRY: dict[str, Skill] = {
    "account_brief": _in("account_brief", "account_brief"),
    "account_class": _in("account_class", "account_class"),
    "accounts_at_risk": _in("accounts_at_risk", "accounts_at_risk"),
    "best_path": _in("best_path", "best_path"),
    "cadence_gaps": _in("cadence_gaps", "cadence_gaps"),
    "changes_since": _in("changes_since", "changes_since"),
    "commitments": _in("commitments", "commitments"),
    "competitor": _in("competitor", "competitors"),
    "crm_form": _in("note_copies", "crm_form"),
    "complaints": _in("complaints", "open_complaints"),
    "concentration": _in("concentration", "concentration"),
    "forecast": _in("forecast", "forecast"),
    "group_entities": _in("group_entities", "group_entities"),
    "handover": _in("handover", "handover"),
    "help": _in("help", "show_help"),
    "last_contact": _in("last_contact", "last_contact"),
    "margin": _in("margin", "margin"),
    "meeting_brief": _in("meeting_brief", "meeting_brief"),
    "methodology": _in("methodology", "methodology"),
    "my_day": _in("my_day", "my_day"),
    "my_week": _in("my_day", "my_week"),
    "person_status": _in("person_status", "person_status"),
    "plan_changes": _in("plan_changes", "plan_changes"),
    "plan_draft": _in("plan_draft", "plan_draft"),
    "plan_gaps": _in("plan_gaps", "plan_gaps"),
    "portfolio": _in("portfolio", "portfolio"),
    "promotion_candidates": _in("promotion_candidates", "candidates"),
    "rank_candidates": _in("rank_candidates", "rank_candidates"),
    "receivables": _in("receivables", "receivables"),
    "relationship_map": _in("relationship_map", "relationship_map"),
    "recap": _in("note_copies", "recap"),
    "renewals": _in("renewals", "renewal_outlook"),
    "said_about": _in("said_about", "said_about"),
    "single_threaded": _in("single_threaded", "single_threaded"),
    "source": _in("source", "source"),
    "stakeholders": _in("stakeholders", "stakeholders"),
    "team_seats": _in("team_seats", "seats_of_teams"),
    "trends": _in("trends", "trends"),
    "whitespace": _in("whitespace", "whitespace"),
    "who_knows": _in("who_knows", "knows_whom"),
    "who_may_see": _in("who_may_see", "who_may_see"),
    "who_replaced": _in("who_replaced", "who_replaced"),
    "win_loss": _in("win_loss", "win_loss"),
}
