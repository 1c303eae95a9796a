"""Which skill answers which intent."""

from __future__ import annotations

from collections.abc import Callable

from bot.assistant.context import SkillContext
from bot.assistant.reply import Reply
from bot.assistant.skills.account_brief import account_brief
from bot.assistant.skills.account_class import account_class
from bot.assistant.skills.accounts_at_risk import accounts_at_risk
from bot.assistant.skills.best_path import best_path
from bot.assistant.skills.cadence_gaps import cadence_gaps
from bot.assistant.skills.changes_since import changes_since
from bot.assistant.skills.commitments import commitments
from bot.assistant.skills.competitor import competitors
from bot.assistant.skills.complaints import open_complaints
from bot.assistant.skills.concentration import concentration
from bot.assistant.skills.forecast import forecast
from bot.assistant.skills.group_entities import group_entities
from bot.assistant.skills.handover import handover
from bot.assistant.skills.help import show_help
from bot.assistant.skills.last_contact import last_contact
from bot.assistant.skills.margin import margin
from bot.assistant.skills.meeting_brief import meeting_brief
from bot.assistant.skills.methodology import methodology
from bot.assistant.skills.my_day import my_day, my_week
from bot.assistant.skills.person_status import person_status
from bot.assistant.skills.portfolio import portfolio
from bot.assistant.skills.promotion_candidates import candidates
from bot.assistant.skills.receivables import receivables
from bot.assistant.skills.renewals import renewal_outlook
from bot.assistant.skills.said_about import said_about
from bot.assistant.skills.single_threaded import single_threaded
from bot.assistant.skills.source import source
from bot.assistant.skills.stakeholders import stakeholders
from bot.assistant.skills.team_seats import seats_of_teams
from bot.assistant.skills.trends import trends
from bot.assistant.skills.whitespace import whitespace
from bot.assistant.skills.who_knows import knows_whom
from bot.assistant.skills.who_may_see import who_may_see
from bot.assistant.skills.who_replaced import who_replaced
from bot.assistant.skills.win_loss import win_loss
from bot.assistant.understanding.request import Request

Skill = Callable[[SkillContext, Request], Reply]

REGISTRY: dict[str, Skill] = {
    "account_brief": account_brief,
    "account_class": account_class,
    "accounts_at_risk": accounts_at_risk,
    "best_path": best_path,
    "cadence_gaps": cadence_gaps,
    "changes_since": changes_since,
    "commitments": commitments,
    "competitor": competitors,
    "complaints": open_complaints,
    "concentration": concentration,
    "forecast": forecast,
    "group_entities": group_entities,
    "handover": handover,
    "help": show_help,
    "last_contact": last_contact,
    "margin": margin,
    "meeting_brief": meeting_brief,
    "methodology": methodology,
    "my_day": my_day,
    "my_week": my_week,
    "person_status": person_status,
    "portfolio": portfolio,
    "promotion_candidates": candidates,
    "receivables": receivables,
    "renewals": renewal_outlook,
    "said_about": said_about,
    "single_threaded": single_threaded,
    "source": source,
    "stakeholders": stakeholders,
    "team_seats": seats_of_teams,
    "trends": trends,
    "whitespace": whitespace,
    "who_knows": knows_whom,
    "who_may_see": who_may_see,
    "who_replaced": who_replaced,
    "win_loss": win_loss,
}
