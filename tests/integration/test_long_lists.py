"""Lists over a whole book fit one screen: the first lines, and how many there are besides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.assistant.skills.complaints import SHOWN as COMPLAINTS
from bot.assistant.skills.complaints import open_complaints
from bot.assistant.skills.portfolio import SHOWN as WITHOUT
from bot.assistant.skills.portfolio import portfolio
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Activity, Complaint, Contact
from tests.integration.asking import TODAY, Language, SmallBook, ask, lines

LEFT_OUT = 3
MORE = {"en": f"…and {LEFT_OUT} more:", "zh": f"……还有 {LEFT_OUT} 个"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_complaints_say_how_many_are_left_out(store: Store, language: Language) -> None:
    book = SmallBook(store)
    acme = book.account("ACME", owner_id=book.person("Ana"))
    for number in range(COMPLAINTS + LEFT_OUT):
        raised = TODAY - timedelta(days=number)
        book.add(Complaint, account_id=acme, complaint=f"Fault {number}", raised_on=raised)
    said = lines(ask(store, open_complaints, "ana", language=language))
    assert len(said) == COMPLAINTS + 1
    assert said[-1].startswith(MORE[language])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_gaps_of_a_leaders_accounts_count_all_and_tell_the_first(
    store: Store, language: Language
) -> None:
    book = SmallBook(store)
    lea = book.person("Lea", role="leader")
    for number in range(WITHOUT + LEFT_OUT):
        book.account(f"Account {number:02}", owner_id=lea)
    reply = ask(store, portfolio, "lea", language=language, slots={"missing_sponsor": "yes"})
    heading, *listed, more = lines(reply)
    assert str(WITHOUT + LEFT_OUT) in heading
    assert len(listed) == WITHOUT
    assert more.startswith(MORE[language])


def test_lists_that_were_read_alike_are_no_one_list(store: Store) -> None:
    """What short lists of ids hold is remembered; who changes one changes no other."""
    book = SmallBook(store)
    acme = book.account("ACME")
    dana = book.add(Contact, account_id=acme, name="Dana Wu")
    for day in range(2):
        when = TODAY - timedelta(days=day)
        book.add(Activity, account_id=acme, date=when, kind="call", contact_ids=[dana])
    with store.read() as session:
        first, second = session.query(Activity).all()
        first.contact_ids.append(0)
        assert second.contact_ids == [dana]
    with store.read() as session:
        assert [row.contact_ids for row in session.query(Activity)] == [[dana], [dana]]
