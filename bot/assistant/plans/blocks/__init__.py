"""The library of fact blocks: what a section of a plan can draw on.

A block writes statements on the page, each with its sources, and reports what is missing. One of
`customer` kind may stand in a document for the customer: it writes nothing of cost, price limits,
stance, politics, rivals or notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.assistant.plans.blocks import (
    aims,
    book,
    business,
    customer,
    deals,
    money,
    people,
    risks,
    rivals,
    said,
    team,
)
from bot.assistant.plans.page import Page


@dataclass(frozen=True)
class Block:
    """A part of a section."""

    write: Callable[[Page], None]
    customer: bool = False


BLOCKS: dict[str, Block] = {
    # people
    "stakeholders": Block(people.stakeholders),
    "deciders": Block(people.deciders),
    "derail": Block(people.derail),
    "ties": Block(people.ties),
    "counterparts": Block(people.counterparts, customer=True),
    # the customer's business
    "company": Block(business.company),
    "standing": Block(business.standing),
    "news": Block(business.news),
    "aims": Block(said.aims),
    "swot": Block(said.swot),
    "environment": Block(said.environment),
    "recent": Block(said.recent),
    "satisfaction": Block(business.satisfaction, customer=True),
    "service_record": Block(business.service_record, customer=True),
    "running": Block(customer.running, customer=True),
    # worth
    "value": Block(money.value),
    "margin": Block(money.margin),
    "won_lost": Block(money.won_lost),
    "growth": Block(money.growth),
    "expected": Block(money.expected),
    "targets": Block(money.targets),
    # goals and actions
    "goals": Block(aims.goals),
    "actions": Block(aims.actions),
    "help_needed": Block(aims.help_needed),
    "both_sides": Block(aims.both_sides, customer=True),
    "kept": Block(aims.kept, customer=True),
    # deals
    "projects": Block(deals.projects),
    "project": Block(deals.project),
    "chances": Block(deals.chances),
    "deciding": Block(deals.deciding),
    "steps": Block(deals.steps),
    "milestones": Block(deals.milestones, customer=True),
    "tenders": Block(deals.tenders),
    "registrations": Block(deals.registrations),
    "demand": Block(deals.demand),
    # rivals
    "rivals": Block(rivals.rivals),
    "counter": Block(rivals.counter),
    "rivals_said": Block(rivals.rivals_said),
    # our side
    "seats": Block(team.seats, customer=True),
    "cadence": Block(team.cadence),
    "investments": Block(team.investments),
    "hours": Block(team.hours),
    # risks
    "risks": Block(risks.risks),
    "renewal": Block(risks.renewal),
    "trouble": Block(risks.trouble),
    # reviews
    "meetings": Block(customer.meetings, customer=True),
    "preparation": Block(customer.preparation),
    # a person's accounts, and the company's
    "done": Block(book.done),
    "progress": Block(book.progress),
    "collections": Block(book.collections),
    "risky": Block(book.risky),
    "help_wanted": Block(book.help_wanted),
    "next_steps": Block(book.next_steps),
    "classes": Block(book.classes),
    "weight": Block(book.weight),
    "load": Block(book.load),
}
