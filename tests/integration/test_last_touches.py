"""The last touches that the database finds are those of all the touches read one by one."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text

from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.language.mass_mail import is_mass_mail
from kam_knowledge.queries.last_touches import last_touches
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.touches import touches
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Activity, Contact, Interaction, Note, Person

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
TEXTS = ("Thanks for the call.", "You receive this mail as a customer.", "谢谢。", "点此退订。")


def seeded(store: Store, seed: int) -> list[int]:
    """People, accounts, contacts, and touches of every kind; the ids of the people."""
    chance = random.Random(seed)
    with store.write() as session:
        ledger = Ledger(session, "import", as_of=TODAY)
        people = ledger.create_many(
            Person, [{"email": f"{n}@example.com", "name": f"P {n}"} for n in range(3)]
        )
        accounts = ledger.create_many(
            Account,
            [
                {"name": f"Account {n}", "owner_id": people[n % 2], "visibility": kind}
                for n, kind in enumerate(("open", "team", "open", "team"))
            ],
        )
        contacts = {
            key: ledger.create_many(
                Contact, [{"account_id": key, "name": f"C {key} {n}"} for n in range(4)]
            )
            for key in accounts
        }

        def touch() -> dict[str, object]:
            account = chance.choice(accounts)
            return {
                "account_id": account,
                "date": TODAY - timedelta(days=chance.randint(-20, 60)),
                "kind": chance.choice(("meeting", "email", "email", "chat")),
                "contact_ids": chance.sample(contacts[account], chance.choice((0, 1, 2))),
                "person_ids": chance.sample(people, chance.choice((0, 1, 2))),
            }

        ledger.create_many(
            Activity,
            [
                touch()
                | {
                    "subject": chance.choice(("Newsletter 4", "Offer", None)),
                    "status": chance.choice(("planned", "done", None)),
                }
                for _ in range(60)
            ],
        )
        for number in range(60):
            met = touch()
            session.execute(
                insert(Note).values(
                    id=number + 1, key=f"note-{number}", account_id=met["account_id"],
                    author_id=chance.choice(people), date=met["date"], kind=met["kind"],
                    title=chance.choice(("Offer", "Our newsletter")),
                    visibility=chance.choice(("open", "team", "author")), language="en",
                    text=chance.choice(TEXTS), content_hash=str(number), origin="file",
                    format="text", inferred={}, removed=number % 9 == 0, recorded_at=NOW,
                    updated_at=NOW,
                )
            )  # fmt: skip
            unknown = chance.choice(([], ["Somebody"]))
            title, body = session.execute(
                select(Note.title, Note.text).where(Note.id == number + 1)
            ).one()
            looked_at = is_mass_mail(str(met["kind"]), title, body) if number % 5 else None
            session.execute(
                insert(Interaction).values(
                    note_id=number + 1, assumed=False, unknown_names=unknown, mass=looked_at, **met
                )
            )
        ledger.retract(session.get_one(Activity, 1))
    return people


def test_touches_that_need_not_be_cited_are_the_same_touches(store: Store) -> None:
    people = seeded(store, 7)
    with store.read() as session:
        rights = decide(session, Viewer(people[0]), Audience.only(people[0]), TODAY)
        records = Records(session, rights)

        def told(citable: bool) -> list[tuple[object, ...]]:
            return sorted(
                (t.account_id, t.date, t.kind, t.contact_ids, t.person_ids, t.two_way, t.internal)
                for t in touches(records, citable=citable)
            )

        assert told(True)
        assert told(False) == told(True)


def test_the_rows_by_contact_follow_the_lists_of_those_who_were_there(store: Store) -> None:
    def rows() -> set[tuple[int, date]]:
        with store.read() as session:
            found = session.execute(text("SELECT contact_id, date FROM activity_contacts"))
            return {(key, date.fromisoformat(str(day))) for key, day in found}

    with store.write() as session:
        ledger = Ledger(session, "import", as_of=TODAY)
        (acme,) = ledger.create_many(Account, [{"name": "ACME"}])
        met = {"account_id": acme, "date": TODAY, "kind": "call", "contact_ids": [3, 5, 3]}
        (call,) = ledger.create_many(Activity, [met])
    assert rows() == {(3, TODAY), (5, TODAY)}
    later = TODAY + timedelta(days=1)
    with store.write() as session:
        moved = session.get_one(Activity, call)
        Ledger(session, "message").update(moved, {"contact_ids": [7], "date": later}, source="m")
    assert rows() == {(7, later)}
    with store.write() as session:
        session.delete(session.get_one(Activity, call))
    assert rows() == set()


@pytest.mark.parametrize("seed", range(6))
def test_they_are_the_newest_two_way_touches_of_contacts_and_accounts(
    store: Store, seed: int
) -> None:
    people = seeded(store, seed)
    for today in (TODAY, TODAY - timedelta(days=30)):
        for person in people:
            with store.read() as session:
                rights = decide(session, Viewer(person), Audience.only(person), today)
                records = Records(session, rights)
                by_contact: dict[int, date] = {}
                by_account: dict[int, date] = {}
                for touch in touches(records, account_ids=rights.visible):
                    if touch.two_way:
                        by_account.setdefault(touch.account_id, touch.date)
                        for key in touch.contact_ids:
                            by_contact.setdefault(key, touch.date)
                assert by_contact
                found = last_touches(records, rights.visible)
                assert (found.by_contact, found.by_account) == (by_contact, by_account)
