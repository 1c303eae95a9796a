"""What front matter does not say comes from content, then the file's name, last the folder's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Contact
from tests.integration.ingesting import (
    NOON,
    add_book,
    inferred,
    ingest,
    notes,
    only,
    write,
)


@pytest.fixture
def book(sqlite_store: Store) -> Store:
    add_book(sqlite_store)
    return sqlite_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "notes"


# Account


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("# Visit at ACME\n\nThe plant is clean.\n", "ACME Corp"),
        ("Customer: Globex AG\n\nTalked about ACME, ACME and ACME.\n", "Globex"),
        ("**Account:** Globex · **Date:** 2026-11-12\n\nFine.\n", "Globex"),
        ("| Account | Globex |\n|---|---|\n| Date | 2026-11-12 |\n\nFine.\n", "Globex"),
        ("客户：华远重工\n时间：2026年11月12日\n\n谈了二期。\n", "华远重工"),
        ("今天去了華遠重工铸造一厂，谈了二期项目。\n", "华远重工"),
        ("Lunch with Ulrich Stamm. He is worried about the price.\n", "Globex"),
        ("吴丹娜来电，问续约的事。\n", "ACME Corp"),
        ("Quick one after the call with Globex. Less good than at ACME last year.\n" * 3, "Globex"),
    ],
)
def test_the_account_is_the_one_that_content_names(
    book: Store, folder: Path, text: str, account: str
) -> None:
    write(folder, "initech/bill-tan.md", text)
    report = ingest(book, folder)
    assert only(book).account == account
    assert inferred(report)["account"] == (account, "content")
    assert only(book).inferred["account"] == "content"


def test_the_accounts_of_an_email_are_those_of_its_people(book: Store, folder: Path) -> None:
    write(folder, "globex/mail.eml", mail(to="Someone New <new@acme.example>", body="Hello."))
    report = ingest(book, folder)
    assert only(book).account == "ACME Corp"
    assert inferred(report)["account"] == ("ACME Corp", "content")


def test_an_address_at_a_mail_provider_says_nothing_of_a_company(book: Store, folder: Path) -> None:
    from tests.integration.ingesting import add_contacts

    with book.write() as session:
        add_contacts(book, [("Globex", "Private Person", [], "private@gmail.com")], session)
    write(folder, "mail.eml", mail(to="Somebody Else <else@gmail.com>", body="Hello."))
    ingest(book, folder)
    assert only(book).account is None


def test_a_passing_mention_yields_to_the_folder(book: Store, folder: Path) -> None:
    body = "The line runs well. " * 60 + "\n\nAt Globex it was the same.\n"
    write(folder, "acme/a.md", f"# Site notes\n\n{body}")
    report = ingest(book, folder)
    assert inferred(report)["account"] == ("ACME Corp", "folder")


def test_a_passing_mention_counts_where_nothing_else_does(book: Store, folder: Path) -> None:
    body = "The line runs well. " * 60 + "\n\nAt Globex it was the same.\n"
    write(folder, "a.md", f"# Site notes\n\n{body}")
    report = ingest(book, folder)
    assert inferred(report)["account"] == ("Globex", "content")


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("globex/acme-tco-assumptions.md", "ACME Corp"),
        ("globex/call_dana-wu.md", "ACME Corp"),
        ("acme/电话-郑国栋.txt", "华远重工"),
        ("acme/2026-11-12 huayuan.md", "华远重工"),
    ],
)
def test_the_files_name_goes_before_the_folders(
    book: Store, folder: Path, name: str, account: str
) -> None:
    write(folder, name, "They agreed on the price.")
    report = ingest(book, folder)
    assert inferred(report)["account"] == (account, "file name")


@pytest.mark.parametrize("name", ["acme/a.md", "ACME Corp/2026/a.md", "customers/01 acme/11/a.md"])
def test_the_folders_name_is_the_last_resort(book: Store, folder: Path, name: str) -> None:
    write(folder, name, "They agreed on the price.")
    report = ingest(book, folder)
    assert inferred(report)["account"] == ("ACME Corp", "folder")


def test_the_nearest_folder_goes_first(book: Store, folder: Path) -> None:
    write(folder, "acme/globex/a.md", "They agreed on the price.")
    ingest(book, folder)
    assert only(book).account == "Globex"


def test_the_folder_of_a_file_given_by_itself_counts(book: Store, folder: Path) -> None:
    path = write(folder, "acme/a.md", "They agreed on the price.")
    ingest(book, path)
    assert only(book).account == "ACME Corp"


def test_two_accounts_that_are_equally_likely_are_none_and_said_so(
    book: Store, folder: Path
) -> None:
    write(folder, "a.md", "# ACME and Globex compared\n\nBoth pay late.\n")
    report = ingest(book, folder)
    assert only(book).account is None
    [entry] = [entry for entry in report.inferred if entry.field == "account"]
    assert (entry.value, entry.source) == (None, "content")
    assert entry.candidates == ("ACME Corp", "Globex")
    assert entry.as_json()["candidates"] == ["ACME Corp", "Globex"]


def test_the_folder_settles_which_of_two_it_is(book: Store, folder: Path) -> None:
    write(folder, "globex/a.md", "# ACME and Globex compared\n\nBoth pay late.\n")
    write(folder, "initech/b.md", "# Globex and ACME compared\n\nBoth pay late.\n")
    ingest(book, folder)
    assert [note.account for note in notes(book)] == ["Globex", None]


def test_a_name_that_several_accounts_contacts_share_says_nothing(
    book: Store, folder: Path
) -> None:
    write(folder, "a.md", "Call with Dana about the price.")
    ingest(book, folder)
    assert only(book).account is None


def test_a_text_that_names_nobody_is_under_no_account(book: Store, folder: Path) -> None:
    write(folder, "a.md", "# How to run a meeting\n\nSend an agenda.\n")
    report = ingest(book, folder)
    note = only(book)
    assert (note.account, note.kind, note.visibility) == (None, "document", "open")
    assert "account" not in inferred(report)


# Visibility


def test_an_account_that_is_named_late_counts_where_nothing_else_does(
    book: Store, folder: Path
) -> None:
    write(
        folder, "a.md", "# Site notes\n\n" + "The line runs well. " * 900 + "Less so at Globex.\n"
    )
    ingest(book, folder)
    assert only(book).account == "Globex"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "# Initech and ACME compared\n\nBoth pay late.\n"),
        ("a.md", "# ACME and Globex compared\n\n" + "Both pay late. " * 900 + "Like Initech.\n"),
        ("a.md", "# ACME and Globex compared\n\nBoth pay late, Bill Tan says.\n"),
        ("initech/a.md", "# ACME and Globex compared\n\nBoth pay late.\n"),
    ],
)
def test_a_note_under_no_account_that_names_a_team_account_is_not_open(
    book: Store, folder: Path, name: str, text: str
) -> None:
    write(folder, name, text)
    report = ingest(book, folder)
    assert (only(book).account, only(book).visibility) == (None, "team")
    assert inferred(report)["visibility"] == ("team", "content")


def test_an_inferred_team_account_makes_a_team_note(book: Store, folder: Path) -> None:
    write(folder, "a.md", "# Visit at Initech\n\nFine.\n")
    ingest(book, folder)
    assert (only(book).account, only(book).visibility) == ("Initech", "team")


def test_visibility_follows_an_account_that_becomes_its_teams(book: Store, folder: Path) -> None:
    from kam_knowledge.changes.ledger import Ledger
    from kam_knowledge.store.models import Account

    write(folder, "a.md", "# Visit at Globex\n\nFine.\n")
    ingest(book, folder)
    with book.write() as session:
        account = session.query(Account).filter_by(name="Globex").one()
        Ledger(session, cause="import").update(account, {"visibility": "team"})
    ingest(book, folder)
    assert only(book).visibility == "team"


# Date


@pytest.mark.parametrize(
    ("name", "text", "day", "source"),
    [
        ("a.md", "Date: 2026-11-12\n\nFine.\n", (2026, 11, 12), "content"),
        ("a.md", "日期：2026年11月12日\n\n很好。\n", (2026, 11, 12), "content"),
        ("a.md", "会议时间：2026年11月12日 14:00\n\n很好。\n", (2026, 11, 12), "content"),
        ("a.md", "# Visit on 12 November 2026\n\nFine.\n", (2026, 11, 12), "content"),
        ("a.md", "# Visit\n\n12 Nov 2026, Suzhou. All is fine.\n", (2026, 11, 12), "content"),
        ("a.txt", "2026年11月12日 电话，唐睿，十分钟。\n", (2026, 11, 12), "content"),
        ("2026-11-12-visit.md", "All is fine.\n", (2026, 11, 12), "file name"),
        ("visit 20261112.md", "All is fine.\n", (2026, 11, 12), "file name"),
        ("2026-11-12/a.md", "All is fine.\n", (2026, 11, 12), "folder"),
        ("2026-10-01.md", "Date: 2026-11-12\n\nFine.\n", (2026, 11, 12), "content"),
        ("a.md", "Date: 2027-02-01\n\nAgenda.\n", (2027, 2, 1), "content"),
    ],
)
def test_the_day_is_what_content_says_then_the_name_then_the_folder(
    book: Store, folder: Path, name: str, text: str, day: tuple[int, int, int], source: str
) -> None:
    write(folder, name, text)
    report = ingest(book, folder)
    assert only(book).date == date(*day)
    assert inferred(report)["date"] == (date(*day).isoformat(), source)


@pytest.mark.parametrize(
    "text",
    [
        "# Plan\n\nWe start on 2027-03-01.\n",  # not yet
        "# Plan\n\nThe contract must be signed by 2026-11-15.\n",  # a deadline
        "# Plan\n\n合同 2026年11月15日前签。\n",
        "# Plan\n\nYesterday was fine, next week we go on.\n",  # from which day?
        "# Plan\n\nVersion 3.11.12 costs 2026 euros.\n",
    ],
)
def test_a_day_that_the_text_does_not_stand_for_is_not_taken(
    book: Store, folder: Path, text: str
) -> None:
    write(folder, "a.md", text)
    ingest(book, folder)
    assert only(book).date is None


def test_the_files_own_time_is_no_evidence(book: Store, folder: Path) -> None:
    import os

    path = write(folder, "a.md", "All is fine.")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    ingest(book, folder)
    assert only(book).date is None


def test_a_day_without_its_year_is_the_latest_that_has_been(book: Store, folder: Path) -> None:
    write(folder, "a.md", "# Visit at ACME\n\n12 November, Suzhou: all is fine.\n")
    write(folder, "b.md", "# Visit at Globex\n\n12月24日，林茨。\n")
    ingest(book, folder)
    assert [note.date for note in notes(book)] == [date(2026, 11, 12), date(2025, 12, 24)]


def test_a_full_date_in_the_name_goes_before_half_a_date_in_the_text(
    book: Store, folder: Path
) -> None:
    write(folder, "2024-11-12.md", "# Visit at ACME\n\n12 November, Suzhou: all is fine.\n")
    ingest(book, folder)
    assert only(book).date == date(2024, 11, 12)


def test_an_email_is_of_the_day_it_was_sent(book: Store, folder: Path) -> None:
    write(folder, "2026-01-01.eml", mail(to="Dana Wu <dana.wu@acme.example>", body="Hello."))
    report = ingest(book, folder)
    assert inferred(report)["date"] == ("2026-11-12", "content")


# Kind


@pytest.mark.parametrize(
    ("name", "text", "kind", "source"),
    [
        ("acme/a.md", "# Call with Dana Wu\n\nFine.\n", "call", "content"),
        ("acme/a.md", "# 会议纪要\n\n很好。\n", "meeting", "content"),
        ("acme/a.md", "# 电话会议\n\n很好。\n", "call", "content"),
        ("acme/a.txt", "2026年11月12日 电话，唐睿，十分钟。\n", "call", "content"),
        ("acme/a.md", "Lunch with Dana Wu in the canteen.\n", "meeting", "content"),
        ("acme/a.md", "拜访吴总，谈续约。\n", "meeting", "content"),
        ("acme/a.md", "会议时间：2026年11月12日\n议题：续约\n", "meeting", "content"),
        ("acme/a.md", "Customer: ACME\nType: phone call\n\nFine.\n", "call", "content"),
        ("acme/2026-11-12-call.md", "She agreed on the price.\n", "call", "file name"),
        ("acme/微信-吴总.md", "她同意价格。\n", "chat", "file name"),
        ("acme/a.md", "She agreed on the price.\n", "document", "content"),
        ("acme/a.md", "# Account plan\n\nGoals for the year.\n", "document", "content"),
        ("acme/a.md", "# Internal meeting on ACME\n\nFine.\n", "document", "content"),
        ("a.md", "# Call scripts\n\nSmile when you call.\n", "document", "content"),
    ],
)
def test_the_kind_is_what_the_words_say(
    book: Store, folder: Path, name: str, text: str, kind: str, source: str
) -> None:
    write(folder, name, text)
    report = ingest(book, folder)
    assert inferred(report)["kind"] == (kind, source)


def test_the_kind_of_a_format_is_its_own(book: Store, folder: Path) -> None:
    write(folder, "acme/1.eml", mail(to="Dana Wu <dana.wu@acme.example>", body="The meeting."))
    write(folder, "acme/2.vtt", TRANSCRIPT)
    write(folder, "acme/3.txt", CHAT)
    ingest(book, folder)
    assert [note.kind for note in notes(book)] == ["email", "meeting", "chat"]


# Title


@pytest.mark.parametrize(
    ("text", "title", "source"),
    [
        ("# The heading\n\nText.\n", "The heading", "content"),
        ("Text.\n\n## A later heading\n\nMore.\n", "A later heading", "content"),
        ("Text.\n", "the-file", "file name"),
    ],
)
def test_the_title_is_the_first_heading_else_the_files_name(
    book: Store, folder: Path, text: str, title: str, source: str
) -> None:
    write(folder, "the-file.md", text)
    report = ingest(book, folder)
    assert only(book).title == title
    assert inferred(report)["title"] == (title, source)


# Participants


def test_the_people_of_an_email_took_part_in_it(book: Store, folder: Path) -> None:
    write(
        folder,
        "a.eml",
        mail(to="Dana Wu <dana.wu@acme.example>, Stranger <s@acme.example>", body="Dear Dana"),
    )
    ingest(book, folder)
    note = only(book)
    assert (note.contacts, note.people) == (("Dana Wu",), ("Li Na",))
    assert (note.unknown, note.assumed) == (("Stranger <s@acme.example>",), False)
    assert note.author == "Li Na"


def test_who_speaks_took_part(book: Store, folder: Path) -> None:
    write(folder, "a.vtt", TRANSCRIPT)
    write(folder, "b.txt", CHAT)
    ingest(book, folder)
    for note in notes(book):
        assert (note.contacts, note.people, note.assumed) == (("Dana Wu",), ("Li Na",), False)


def test_who_had_left_before_the_day_took_no_part(book: Store, folder: Path) -> None:
    with book.write() as session:
        ledger = Ledger(session, "import", "workbook")
        (dana,) = session.scalars(select(Contact).where(Contact.name == "Dana Wu")).all()
        ledger.update(dana, {"left_on": date(2026, 10, 31)}, source="contacts.csv:2", as_of=None)
    write(folder, "acme/2026-11-12 call.md", "Call with Li Na about ACME: Dana Wu has left.\n")
    write(folder, "acme/2026-10-02 call.md", "Call with Dana Wu of ACME about the plant.\n")
    ingest(book, folder)
    took_part = {note.date: note.contacts for note in notes(book)}
    assert took_part == {date(2026, 11, 12): (), date(2026, 10, 2): ("Dana Wu",)}


def test_otherwise_the_names_in_the_text_took_part_as_is_assumed(book: Store, folder: Path) -> None:
    write(
        folder,
        "2026-11-12.md",
        "# Visit at ACME\n\nDana Wu was late. Robert Hale took notes, 李娜 spoke of Ulrich Stamm.",
    )
    report = ingest(book, folder)
    note = only(book)
    assert set(note.contacts) == {"Dana Wu", "Robert Hale"}
    assert (note.people, note.assumed) == (("Li Na",), True)
    assert inferred(report)["attendees"] == ("Dana Wu; Robert Hale; Li Na", "content")


@pytest.mark.parametrize(
    "line",
    ["Attendees: Dana Wu, Li Na", "参会人员：吴丹娜、李娜", "**Present:** Dana Wu and Li Na"],
)
def test_a_line_that_lists_them_says_who_was_there(book: Store, folder: Path, line: str) -> None:
    write(folder, "2026-11-12.md", f"# Visit at ACME\n\n{line}\n\nThey spoke about Robert Hale.\n")
    ingest(book, folder)
    note = only(book)
    assert (note.contacts, note.people, note.assumed) == (("Dana Wu",), ("Li Na",), True)


def test_a_touch_without_a_day_is_no_interaction(book: Store, folder: Path) -> None:
    write(folder, "a.md", "# Call with Dana Wu\n\nFine.\n")
    ingest(book, folder)
    assert (only(book).kind, only(book).assumed) == ("call", None)


# Everything at once


def test_a_bare_note_in_chinese_is_understood(book: Store, folder: Path) -> None:
    write(
        folder,
        "inbox/scan-0031.txt",
        "2026年11月12日 电话纪要 李娜\n\n华远重工，郑总，半小时。\n他说二期预算批了，月底招标。\n",
    )
    report = ingest(book, folder, at=NOON)
    note = only(book)
    assert (note.account, note.date, note.kind) == ("华远重工", date(2026, 11, 12), "call")
    assert (note.contacts, note.people, note.language) == (("郑国栋",), ("Li Na",), "zh")
    assert {entry.path for entry in report.inferred} == {"notes/inbox/scan-0031.txt"}


def mail(*, to: str, body: str) -> str:
    return (
        f"From: Li Na <li.na@example.com>\nTo: {to}\nDate: Thu, 12 Nov 2026 17:55:00 +0800\n"
        f"Subject: Renewal\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    )


TRANSCRIPT = """WEBVTT

NOTE Call of 2026-11-12

00:00:04.000 --> 00:00:11.000
<v Dana Wu>Morning. The ACME gateways are down again, as Robert Hale says.

00:00:11.500 --> 00:00:19.000
<v Li Na>Same pattern?
"""

CHAT = """吴丹娜 2026-11-12 08:51
李娜,TCO 什么时候给我?

李娜 2026-11-12 08:55
吴总早,今天

吴丹娜 2026-11-12 08:56
好。Robert Hale 也要

李娜 2026-11-12 08:58
收到
"""
