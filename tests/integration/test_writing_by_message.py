"""Writes by message: proposed, confirmed once, receipted, undoable, and only by the team."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bot.assistant.assistant import Assistant
from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Turn
from kam_knowledge.access import Audience, Viewer
from kam_knowledge.changes import proposals
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.changes.proposals import FieldChange
from kam_knowledge.clock import Clock
from kam_knowledge.errors import KamError
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Action,
    Change,
    LedgerEntry,
    Person,
    Proposal,
)

TODAY = date(2026, 11, 21)


@pytest.fixture
def ask(store: Store, saturday: Clock) -> Callable[..., Reply]:
    """Asks as Tom, who owns Globex, or as Jonas, who is on no team."""
    with store.write() as session:
        ledger = Ledger(session, cause="import", origin="workbook", as_of=TODAY)
        tom = ledger.create(Person, {"email": "tom@example.com", "name": "Tom Becker"})
        ledger.create(Person, {"email": "jonas@example.com", "name": "Jonas Weber"})
        chen = ledger.create(Person, {"email": "chen@example.com", "name": "Chen Bo"})
        account = ledger.create(Account, {"name": "Globex", "owner_id": tom.id})
        for action, due in (
            ("Send the pricing sheet for Managed Operations", date(2026, 11, 9)),
            ("Quarterly review with the plant managers", date(2026, 11, 25)),
            ("Send the security questionnaire", date(2026, 11, 30)),
        ):
            ledger.create(
                Action,
                {
                    "account_id": account.id,
                    "action": action,
                    "direction": "ours",
                    "owner": chen.email,
                    "owner_person_id": chen.id,
                    "due": due,
                    "status": "open",
                },
            )
    assistant = Assistant(store, lambda: pytest.fail("no search is needed to write"))

    def asked(text: str, who: str = "tom", thread: str | None = "thread") -> Reply:
        with store.read() as session:
            person = session.scalar(select(Person.id).where(Person.email == f"{who}@example.com"))
        assert person is not None
        return assistant.answer(Turn(text, Viewer(person), Audience.only(person), saturday, thread))

    return asked


def _action(store: Store, like: str) -> Action:
    with store.read() as session:
        row = session.scalar(select(Action).where(Action.action.like(f"%{like}%")))
        assert row is not None
        session.expunge(row)
        return row


def test_a_message_proposes_and_writes_nothing(store: Store, ask: Callable[..., Reply]) -> None:
    reply = ask("Done: pricing sheet sent to Globex.")
    assert reply.outcome is Outcome.PROPOSED
    assert reply.proposal is not None
    assert [
        (change["table"], change["field"], change["before"], change["after"])
        for change in reply.proposal["changes"]
    ] == [
        ("actions", "status", "open", "done"),
        ("actions", "done_on", None, TODAY.isoformat()),
    ]
    assert _action(store, "pricing").status == "open"


def test_yes_in_the_thread_writes_once_and_a_second_yes_gets_the_same_receipt(
    store: Store, ask: Callable[..., Reply]
) -> None:
    ask("Done: pricing sheet sent to Globex.")
    first, second = ask("yes"), ask("yes")
    assert first.outcome is second.outcome is Outcome.DONE
    assert first.markdown == second.markdown
    row = _action(store, "pricing")
    assert (row.status, row.done_on) == ("done", TODAY)
    with store.read() as session:
        assert session.scalar(select(func.count()).where(Change.cause == "message")) == 1


def test_chinese_moves_a_date_and_an_owner_and_undo_brings_both_back(
    store: Store, ask: Callable[..., Reply]
) -> None:
    before = _action(store, "questionnaire")
    assert ask("把安全问卷移到周五，负责人 Tom Becker").outcome is Outcome.PROPOSED
    assert ask("确认").outcome is Outcome.DONE
    moved = _action(store, "questionnaire")
    assert moved.due == date(2026, 11, 27)
    assert moved.owner == "tom@example.com"
    assert moved.first_due == before.due
    assert ask("撤销").outcome is Outcome.DONE
    after = _action(store, "questionnaire")
    assert (after.due, after.owner, after.first_due) == (before.due, before.owner, None)


def test_cancel_writes_nothing_and_yes_afterwards_finds_nothing_to_write(
    store: Store, ask: Callable[..., Reply]
) -> None:
    ask("Done: pricing sheet sent to Globex.")
    ask("cancel")
    assert ask("yes").outcome is Outcome.UNKNOWN
    assert _action(store, "pricing").status == "open"


def test_a_yes_in_another_thread_confirms_nothing(store: Store, ask: Callable[..., Reply]) -> None:
    ask("Done: pricing sheet sent to Globex.", thread="one")
    assert ask("yes", thread="two").outcome is Outcome.UNKNOWN
    assert _action(store, "pricing").status == "open"


def test_somebody_outside_the_team_cannot_write_to_an_open_account(
    store: Store, ask: Callable[..., Reply]
) -> None:
    reply = ask("Done: pricing sheet sent to Globex.", who="jonas")
    assert reply.outcome is Outcome.DENIED
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_several_that_fit_are_asked_about(ask: Callable[..., Reply]) -> None:
    reply = ask("Done: sent it to Globex, the one I had to send")
    assert reply.outcome in (Outcome.CLARIFY, Outcome.UNKNOWN)
    assert reply.proposal is None


def _propose(store: Store) -> str:
    row = _action(store, "pricing")
    with store.write() as session:
        person = session.scalar(select(Person.id).where(Person.email == "tom@example.com"))
        assert person is not None
        change = FieldChange("actions", row.id, row.action, "status", "open", "done")
        return proposals.propose(
            session, person_id=person, kind="done", summary="x", changes=[change], now=Clock.now()
        ).key


def _confirm(store: Store, key: str, *, later: timedelta = timedelta()) -> str:
    with store.write() as session:
        person = session.scalar(select(Person.id).where(Person.email == "tom@example.com"))
        assert person is not None
        found = proposals.by_key(session, key, person)
        return proposals.confirm(
            session, found, today=TODAY, now=Clock.now() + later, origin="test"
        ).change


def test_eight_confirms_at_once_write_once(store: Store, ask: Callable[..., Reply]) -> None:
    key = _propose(store)
    with ThreadPoolExecutor(8) as pool:
        receipts = set(pool.map(lambda _: _confirm(store, key), range(8)))
    assert len(receipts) == 1
    with store.read() as session:
        entries = session.scalars(
            select(LedgerEntry.new)
            .join(Change, Change.id == LedgerEntry.change_id)
            .where(LedgerEntry.field == "status", Change.cause == "message")
        ).all()
    assert entries == ["done"]


def test_an_expired_proposal_is_refused_and_can_be_asked_for_again(
    store: Store, ask: Callable[..., Reply]
) -> None:
    key = _propose(store)
    with pytest.raises(KamError, match="expired"):
        _confirm(store, key, later=proposals.LIFE + timedelta(minutes=1))
    assert _action(store, "pricing").status == "open"


def test_what_changed_meanwhile_is_not_overwritten(store: Store, ask: Callable[..., Reply]) -> None:
    key = _propose(store)
    with store.write() as session:
        row = session.scalar(select(Action).where(Action.action.like("%pricing%")))
        assert row is not None
        Ledger(session, cause="message", as_of=TODAY, as_of_stated=True).update(
            row, {"status": "dropped"}
        )
    with pytest.raises(KamError, match="has changed"):
        _confirm(store, key)
    assert _action(store, "pricing").status == "dropped"
    with store.read() as session:
        assert session.scalar(select(Proposal.state).where(Proposal.key == key)) == "waiting"


def test_a_proposal_is_its_authors_alone(store: Store, ask: Callable[..., Reply]) -> None:
    key = _propose(store)
    with store.write() as session:
        jonas = session.scalar(select(Person.id).where(Person.email == "jonas@example.com"))
        assert jonas is not None
        with pytest.raises(KamError, match="no proposal"):
            proposals.by_key(session, key, jonas)
