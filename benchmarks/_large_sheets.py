"""Seeded rows of every sheet that questions read, for one account of the large book."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import (
    Action,
    Activity,
    Competitor,
    Complaint,
    Contract,
    Financial,
    Goal,
    Installed,
    Opportunity,
    Receivable,
    Satisfaction,
    Score,
    TeamSeat,
)

RIVALS = ("Corvexa", "Tessaro", "Nimbrix", "Oltavia")
PRODUCTS = ("Harbor Core", "Harbor Predict", "EdgeBox 200", "Managed Operations", "Site Survey")

Row = dict[str, Any]


@dataclass(frozen=True)
class Held:
    """An account, as far as its rows refer to others."""

    id: int
    owner_id: int
    colleagues: tuple[int, ...]
    contacts: tuple[int, ...]


def sheets(held: Iterable[Held], today: date) -> Iterator[tuple[type[BusinessRow], list[Row]]]:
    """Every sheet with the rows of all these accounts."""
    chance = random.Random(6)
    accounts = list(held)
    for model, rows in _SHEETS.items():
        yield (
            model,
            [{"account_id": one.id, **row} for one in accounts for row in rows(one, chance, today)],
        )


def _team(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    seats = ("solution_manager", "delivery_manager", "executive_sponsor", "specialist")
    for seat in seats[: chance.randint(2, 4)]:
        yield {
            "person_id": chance.choice(one.colleagues),
            "seat": seat,
        }  # fmt: skip
    yield {
        "person_id": one.owner_id,
        "seat": "account_manager",
    }  # fmt: skip


def _deals(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for number in range(10):
        outcome = ("open", "won", "lost")[number % 3]
        ahead = chance.randint(5, 300)
        yield {
            "name": f"Deal {number}",
            "kind": chance.choice(("renewal", "upsell", "cross_sell", "new")),
            "product": chance.choice(PRODUCTS), "amount": Decimal(chance.randint(1, 90) * 10_000),
            "amount_basis": "annual", "probability": Decimal(chance.randint(1, 9)) / 10,
            "forecast": chance.choice(("commit", "best_case", "pipeline")), "stage": "Proposal",
            "owner_id": one.owner_id, "created_on": today - timedelta(days=200),
            "close_date": today + timedelta(days=ahead if outcome == "open" else -ahead),
            "outcome": outcome, "reason": "Shorter delivery", "competitor": chance.choice(RIVALS),
            "contact_id": chance.choice(one.contacts),
        }  # fmt: skip


def _goals(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for number, horizon in enumerate(("short", "mid", "long")):
        yield {
            "goal": f"Goal {number}", "horizon": horizon,
            "owner_id": one.owner_id, "due": today + timedelta(days=90 * number + 30),
            "status": "open",
        }  # fmt: skip


def _actions(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for number in range(30):
        due = today + timedelta(days=chance.randint(-200, 40))
        status = "open" if number < 8 else "done"
        yield {
            "action": f"Send document {number}",
            "direction": chance.choice(("ours", "ours", "theirs", "internal")),
            "owner_person_id": one.owner_id, "due": due, "first_due": due - timedelta(days=9),
            "status": status, "done_on": due if status == "done" else None,
        }  # fmt: skip


def _activities(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for number in range(60):
        day = today - timedelta(days=chance.randint(-14, 700))
        yield {
            "date": day,
            "kind": chance.choice(("meeting", "call", "email", "chat")),
            "status": "planned" if day > today else "done",
            "contact_ids": chance.sample(one.contacts[:10], 2),
            "person_ids": [one.owner_id], "subject": f"Talk {number}",
        }  # fmt: skip


def _contracts(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for number in range(3):
        end = today + timedelta(days=chance.randint(-60, 600))
        yield {
            "contract": f"C-{one.id}-{number}",
            "start": end - timedelta(days=1_000), "end": end,
            "notice_by": end - timedelta(days=60), "auto_renews": bool(number % 2),
            "value": Decimal(chance.randint(1, 90) * 10_000), "status": "active",
            "payment_terms": "30 days net",
        }  # fmt: skip


def _invoices(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for number in range(24):
        due = today - timedelta(days=30 * number - 45)
        yield {
            "invoice": f"INV-{one.id}-{number}",
            "amount": Decimal(chance.randint(1, 90) * 1_000), "due": due,
            "paid_on": due + timedelta(days=5) if number > 3 else None,
        }  # fmt: skip


def _financials(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for number in range(24):
        revenue = Decimal(chance.randint(1, 40) * 10_000)
        month = f"{2025 + number // 12 - (number % 12 > 9)}-{number % 12 + 1:02}"
        yield {
            "period": month, "revenue": revenue,
            "cost": revenue * 6 / 10,
        }  # fmt: skip


def _scores(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for criterion in ("spend", "revenue", "fit", "relationship"):
        yield {
            "criterion": criterion,
            "score": Decimal(chance.randint(1, 10)), "weight": Decimal("0.25"),
            "scored_by_id": one.owner_id, "scored_on": today - timedelta(days=40),
        }  # fmt: skip


def _installed(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for unit in ("North plant", "South plant"):
        for product in PRODUCTS:
            state = chance.choice(("ours", "competitor", "open", "open"))
            yield {
                "unit": unit, "product": product,
                "state": state, "potential": Decimal(chance.randint(1, 60) * 5_000),
                "competitor": chance.choice(RIVALS) if state == "competitor" else None,
            }  # fmt: skip


def _rivals(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for rival in chance.sample(RIVALS, 2):
        yield {
            "competitor": rival,
            "strength": "Price", "weakness": "Service", "expected_move": "A free pilot",
        }  # fmt: skip


def _complaints(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for number in range(4):
        raised = today - timedelta(days=chance.randint(1, 300))
        yield {
            "raised_on": raised,
            "complaint": f"Device {number} failed", "severity": chance.choice(("low", "high")),
            "closed_on": raised + timedelta(days=20) if number else None,
        }  # fmt: skip


def _surveys(one: Held, chance: random.Random, today: date) -> Iterator[Row]:
    for number in range(4):
        yield {
            "date": today - timedelta(days=180 * number + 20), "kind": "nps",
            "value": Decimal(chance.randint(-40, 80)),
        }  # fmt: skip


_SHEETS: dict[type[BusinessRow], Callable[[Held, random.Random, date], Iterator[Row]]] = {
    TeamSeat: _team,
    Opportunity: _deals,
    Goal: _goals,
    Action: _actions,
    Activity: _activities,
    Contract: _contracts,
    Receivable: _invoices,
    Financial: _financials,
    Score: _scores,
    Installed: _installed,
    Competitor: _rivals,
    Complaint: _complaints,
    Satisfaction: _surveys,
}
