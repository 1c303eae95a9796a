"""Every model in one place, and the workbook's sheets by name."""

from __future__ import annotations

from kam_knowledge.store.accounts import Account, Action, Goal, Investment, Score, TeamSeat
from kam_knowledge.store.base import Base, BusinessRow
from kam_knowledge.store.commercial import (
    Competitor,
    Contract,
    Financial,
    Installed,
    Opportunity,
    Product,
    Rate,
    Receivable,
    Target,
)
from kam_knowledge.store.contacts import Activity, Contact
from kam_knowledge.store.conversation import (
    AuditEntry,
    Channel,
    Inbox,
    Outbox,
    Proposal,
    SlackLink,
    Thread,
    ThreadTurn,
)
from kam_knowledge.store.digests import DigestLine
from kam_knowledge.store.ledger import Change, LedgerEntry
from kam_knowledge.store.notes import (
    IndexJob,
    Interaction,
    Note,
    NotePlace,
    Passage,
    PassageVector,
    State,
)
from kam_knowledge.store.people import Cover, Person, TimeEntry
from kam_knowledge.store.plans import Plan, PlanVersion
from kam_knowledge.store.schedules import Schedule
from kam_knowledge.store.service import Complaint, Satisfaction

SHEETS: dict[str, type[BusinessRow]] = {
    model.__tablename__: model
    for model in (
        Person,
        Account,
        TeamSeat,
        Contact,
        Opportunity,
        Goal,
        Action,
        Activity,
        Contract,
        Receivable,
        Target,
        Rate,
        Financial,
        Score,
        Product,
        Installed,
        Competitor,
        Complaint,
        Satisfaction,
        Investment,
        TimeEntry,
        Cover,
    )
}
"""The workbook's sheets, in the order of contract.md; a sheet's name is its table's."""

__all__ = [
    "SHEETS",
    "Account",
    "Action",
    "Activity",
    "AuditEntry",
    "Base",
    "BusinessRow",
    "Change",
    "Channel",
    "Competitor",
    "Complaint",
    "Contact",
    "Contract",
    "Cover",
    "DigestLine",
    "Financial",
    "Goal",
    "Inbox",
    "IndexJob",
    "Installed",
    "Interaction",
    "Investment",
    "LedgerEntry",
    "Note",
    "NotePlace",
    "Opportunity",
    "Outbox",
    "Passage",
    "PassageVector",
    "Person",
    "Plan",
    "PlanVersion",
    "Product",
    "Proposal",
    "Rate",
    "Receivable",
    "Satisfaction",
    "Schedule",
    "Score",
    "SlackLink",
    "State",
    "Target",
    "TeamSeat",
    "Thread",
    "ThreadTurn",
    "TimeEntry",
]
