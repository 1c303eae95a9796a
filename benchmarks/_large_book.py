"""A seeded, synthetic book of any size: people, accounts with rows of every sheet, and notes.

Nothing in it comes from a real company. A third of the accounts and their people are Chinese, half
of the accounts are for their team only; every key account manager holds eight of them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from _large_sheets import PRODUCTS, Held, sheets
from _words import vocabulary

from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Contact, Person, Product, Rate, Target

ACCOUNTS_EACH = 8
TITLES = (
    ("Chief Executive Officer", "Management", "influencer"),
    ("Chief Technology Officer", "Technology", "decision_maker"),
    ("Chief Financial Officer", "Finance", "economic_buyer"),
    ("Chief Information Officer", "IT", "influencer"),
    ("Head of Procurement", "Procurement", "gatekeeper"),
    ("Head of Legal", "Legal", "influencer"),
    ("Plant Manager", "Operations", "champion"),
    ("Quality Manager", "Quality", "user"),
    ("Maintenance Lead", "Maintenance", "user"),
    ("IT Architect", "IT", "influencer"),
    ("Buyer", "Procurement", None),
    ("Project Manager", "Operations", None),
)
GIVEN = [
    "Anna",
    "Boris",
    "Carla",
    "Diego",
    "Elena",
    "Felix",
    "Greta",
    "Hugo",
    "Irene",
    "Jonas",
    "Karin",
    "Louis",
    "Marta",
    "Nils",
    "Olga",
    "Pablo",
    "Renata",
    "Stefan",
    "Tanja",
    "Ulrich",
    "Vera",
    "Walter",
    "Yvonne",
    "Zoltan",
    "Amir",
    "Bianca",
    "Cyril",
    "Dorit",
    "Emil",
    "Fiona",
]
SURNAMES_ZH = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
GIVEN_ZH = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英兰玉建国志远海波雪梅晓东"
SECTORS = ("Foods", "Logistics", "Chemicals", "Robotics", "Textiles", "Energy", "Pharma", "Motors")
SECTORS_ZH = ("食品集团", "物流集团", "化工集团", "机械集团", "纺织集团", "能源集团", "医药集团")
PLACES_ZH = "岚泽恒澜熙锦翰渝辰曜钧霖沐瑾璟昊澄煦砺峻"


@dataclass
class Customer:
    """An account as the questions of a benchmark need it."""

    id: int
    name: str
    chinese: bool
    owner_id: int
    contacts: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class LargeBook:
    """Who and what is in the book."""

    leader: int
    outsider: int
    """A member in no account's team."""
    keepers: list[int]
    """The key account managers."""
    colleagues: list[str]
    customers: list[Customer]


def write_rows(store: Store, count: int, today: date) -> LargeBook:
    """People and `count` accounts with rows of every sheet that questions read."""
    chance = random.Random(5)
    with store.write() as session:
        ledger = Ledger(session, cause="import", origin="benchmark", as_of=today)
        write = ledger.create_many
        leader, head, outsider = write(
            Person,
            [
                {"email": "leader@example.com", "name": "Ruth Leader", "role": "leader"},
                {"email": "head@example.com", "name": "Otto Head", "role": "manager"},
                {"email": "outside@example.com", "name": "Ines Outside", "role": "member"},
            ],
        )
        colleagues = _names(chance, max(1, count // ACCOUNTS_EACH) + 8)
        people = write(
            Person,
            [
                {
                    "email": f"p{number}@example.com",
                    "name": name,
                    "role": "member",
                    "manager_id": head,
                }
                for number, name in enumerate(colleagues)
            ],
        )
        write(Product, [{"product": name} for name in PRODUCTS])
        write(
            Rate,
            [
                {"currency": "EUR", "to": "USD", "rate": Decimal("1.08")},
                {"currency": "CNY", "to": "USD", "rate": Decimal("0.14")},
            ],
        )
        keepers, specialists = people[:-8], people[-8:]
        customers = []
        for number, (name, chinese) in enumerate(_companies(chance, count)):
            keeper = keepers[min(number // ACCOUNTS_EACH, len(keepers) - 1)]
            customers.append(Customer(0, name, chinese, keeper))
        accounts = [_account(one, number, chance, today) for number, one in enumerate(customers)]
        for one, key in zip(customers, write(Account, accounts), strict=True):
            one.id = key
        contacts = [row for one in customers for row in _contacts(one, chance, specialists)]
        for row, key in zip(contacts, write(Contact, contacts), strict=True):
            customers[row["account_id"] - customers[0].id].contacts.append((key, row["name"]))
        held = (
            Held(one.id, one.owner_id, tuple(specialists), tuple(key for key, _ in one.contacts))
            for one in customers
        )
        for model, rows in sheets(held, today):
            write(model, rows)
        write(
            Target,
            [
                {
                    "owner_id": keeper, "period": f"2026-Q{quarter}", "kind": "bookings",
                    "amount": Decimal(2_000_000), "currency": "USD",
                }
                for keeper in keepers
                for quarter in (1, 2, 3, 4)
            ],
        )  # fmt: skip
    return LargeBook(leader, outsider, list(dict.fromkeys(keepers)), colleagues, customers)


Row = dict[str, Any]


def _names(chance: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    words = vocabulary(random.Random(3))
    while len(found) < count:
        found[f"{chance.choice(GIVEN)} {chance.choice(words).capitalize()}"] = None
    return list(found)


def _names_zh(chance: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[chance.choice(SURNAMES_ZH) + "".join(chance.sample(GIVEN_ZH, 2))] = None
    return list(found)


def _companies(chance: random.Random, count: int) -> list[tuple[str, bool]]:
    words = iter(vocabulary(random.Random(4)))
    found: dict[str, bool] = {}
    while len(found) < count:
        if len(found) % 3 == 2:
            found["".join(chance.sample(PLACES_ZH, 2)) + chance.choice(SECTORS_ZH)] = True
        else:
            found[f"{next(words).capitalize()} {chance.choice(SECTORS)}"] = False
    return list(found.items())


def _account(one: Customer, number: int, chance: random.Random, today: date) -> Row:
    kind = chance.choice(("key", "key", "ordinary", "ordinary", "prospect", "unattractive"))
    revenue = Decimal(chance.randint(1, 400) * 10_000)
    return {
        "name": one.name,
        "account_class": kind,
        "owner_id": one.owner_id,
        "industry": one.name.split()[-1],
        "currency": "CNY" if one.chinese else "EUR" if number % 4 == 0 else "USD",
        "annual_revenue": revenue,
        "cost": revenue * 7 / 10,
        "share_of_wallet": Decimal(chance.randint(5, 90)) / 100,
        "renewal_date": today + timedelta(days=chance.randint(-30, 500)),
        "visibility": "team" if number % 2 else "open",
        "relationship": chance.choice(("vendor", "preferred", "partner")),
        "key_reason": "Reference in its sector",
    }


def _contacts(one: Customer, chance: random.Random, ours: list[int]) -> list[Row]:
    named = _names_zh if one.chinese else _names
    return [
        {
            "account_id": one.id,
            "name": name,
            "title": title,
            "department": department,
            "decision_role": role,
            "support": chance.choice(("supporter", "neutral", "non_supporter", None)),
            "coverage": chance.choice(("none", "brief", "multiple", None)),
            "layer": "key" if role else "general",
            "known_by_ids": [one.owner_id, chance.choice(ours)] if role else [],
            "left_on": date(2026, 5, 1) if title == "Buyer" else None,
        }
        for name, (title, department, role) in zip(named(chance, len(TITLES)), TITLES, strict=True)
    ]
