"""The book of the demo: true on any day, and at one with itself."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markitdown import MarkItDown

from ingest.crm.spec import Kind, workbook
from kam_knowledge.sample_book import PlaceholderError, SampleBook, materialise
from kam_knowledge.sample_book.placeholders import fill, fill_name

TEMPLATES = Path(__file__).resolve().parents[2] / "kam_knowledge" / "sample_book"
QUERIES = Path(__file__).resolve().parents[1] / "evaluation" / "sample_retrieval" / "queries.jsonl"
# A Sunday, a month's end on a Saturday, a leap day, the days around the end of a second quarter
# and of a year, and a whole week, since the distance between two workdays depends on the weekday.
DAYS = [
    dt.date(2026, 11, 29),
    dt.date(2026, 10, 31),
    dt.date(2028, 2, 29),
    dt.date(2027, 6, 30),
    dt.date(2027, 7, 1),
    dt.date(2027, 1, 1),
    *(dt.date(2026, 11, 16) + dt.timedelta(days=n) for n in range(7)),
]
EN_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST = {"accounts": 9, "people": 11, "contacts": 48, "opportunities": 22, "actions": 35}
INBOX = {"scan-0031.txt": "ACME Corp", "voice-memo-0007.txt": "Globex", "memo.html": "华远重工"}
FOLDERS = {
    "acme": "ACME Corp",
    "globex": "Globex",
    "initech": "Initech",
    "huayuan": "华远重工",
    "huayuan-smart": "华远智能装备",
    "lanshi": "澜石食品",
    "qiyue": "启岳汽配",
    "nordvik": "Nordvik Pumps",
    "quellbrunn": "Quellbrunn Automation",
}

Rows = list[dict[str, str]]


class Book:
    """A materialised book with its sheets read and its names resolved."""

    def __init__(self, written: SampleBook) -> None:
        self.written = written
        self.today = written.today
        self.sheets: dict[str, Rows] = {}
        for name, path in written.sheets.items():
            with path.open(encoding="utf-8", newline="") as file:
                self.sheets[name] = list(csv.DictReader(file))
        self.people = {row["email"]: row for row in self.sheets["people"]}
        self.accounts = {row["name"]: row for row in self.sheets["accounts"]}
        self.account_names = _by_name(self.sheets["accounts"])
        self.contacts: dict[str, dict[str, str]] = {
            account: _by_name([r for r in self.sheets["contacts"] if r["account"] == account])
            for account in self.accounts
        }

    def account_of(self, template: str) -> str:
        folder, name = template.split("/")[1:]
        front = self.front_matter(template)
        if "account" in front:
            return self.account_names[front["account"]]
        return INBOX[name] if folder == "inbox" else FOLDERS[folder]

    def front_matter(self, template: str) -> dict[str, Any]:
        path = self.written.notes[template]
        if path.suffix != ".md":
            return {}
        _, front, _ = path.read_text(encoding="utf-8").split("---\n", 2)
        read = yaml.safe_load(front)
        assert isinstance(read, dict)
        return read

    def may_see_inner_facts(self, email: str, account: str) -> bool:
        if self.people[email]["role"] == "leader":
            return True
        near = {self.accounts[account]["owner"]}
        near |= {row["person"] for row in self.sheets["team"] if row["account"] == account}
        for row in self.sheets["cover"]:
            listed = [name for name in row["accounts"].split(";") if name]
            now = row["from"] <= self.today.isoformat() <= row["to"]
            if now and row["person"] in near and (not listed or account in listed):
                near.add(row["cover"])
        line = set()
        for person in near:
            while person := self.people[person]["manager"]:
                line.add(person)
        return email in near | line

    def may_see_note(self, email: str, template: str) -> bool:
        front, account = self.front_matter(template), self.account_of(template)
        inner = self.may_see_inner_facts(email, account)
        open_account = self.accounts[account]["visibility"] == "open"
        match front.get("visibility", "open" if open_account else "team"):
            case "author":
                return bool(front["author"] == email)
            case "team":
                return inner
            case _:
                return inner or open_account


def _by_name(rows: Rows) -> dict[str, str]:
    names: dict[str, str] = {}
    for row in rows:
        for name in [row["name"], *row["aliases"].split(";")]:
            # A name of its own goes before another row's alias.
            if name and (name == row["name"] or name not in names):
                names[name] = row["name"]
    return names


@pytest.fixture(scope="module")
def book_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dt.date], Book]:
    """Books by day, each written once for the whole module."""
    made: dict[dt.date, Book] = {}

    def book(today: dt.date) -> Book:
        if today not in made:
            made[today] = Book(materialise(tmp_path_factory.mktemp("book"), today))
        return made[today]

    return book


@pytest.fixture(params=DAYS, ids=str)
def book(request: pytest.FixtureRequest, book_of: Callable[[dt.date], Book]) -> Book:
    return book_of(request.param)


@pytest.fixture
def sunday(book_of: Callable[[dt.date], Book]) -> Book:
    return book_of(DAYS[0])


def test_no_placeholder_is_left_in_a_text_or_a_name(book: Book) -> None:
    for path in [*book.written.sheets.values(), *book.written.notes.values()]:
        assert path.is_file()
        assert "@" not in path.name
        if path.suffix in {".csv", ".md", ".txt", ".html", ".vtt"}:
            text = path.read_text(encoding="utf-8")
            assert "{{" not in text, path
            assert "}}" not in text, path


def test_every_sheet_and_column_is_one_that_the_workbook_knows(sunday: Book) -> None:
    known = workbook()
    assert set(sunday.sheets) == set(known)
    for name, path in sunday.written.sheets.items():
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert set(header) <= set(known[name].by_name), name
        assert all(None not in row and None not in row.values() for row in sunday.sheets[name])


def test_no_two_rows_share_a_key(book: Book) -> None:
    for name, rows in book.sheets.items():
        keys = [tuple(row.get(column, "") for column in workbook()[name].key) for row in rows]
        assert len(keys) == len(set(keys)), name


def test_choices_hold_only_the_contracts_words(sunday: Book) -> None:
    for name, column, value, _ in _cells(sunday):
        spec = workbook()[name].by_name[column]
        if spec.kind is Kind.CHOICE:
            assert value in spec.choices, (name, column, value)


def test_references_resolve(sunday: Book) -> None:
    for name, column, value, row in _cells(sunday):
        kind = workbook()[name].by_name[column].kind
        contacts = sunday.contacts.get(row.get("account", ""), {})
        if kind in (Kind.PERSON, Kind.PERSONS):
            assert set(value.split(";")) <= set(sunday.people), (name, row)
        elif kind in (Kind.ACCOUNT, Kind.ACCOUNTS):
            assert set(value.split(";")) <= set(sunday.accounts), (name, row)
        elif kind in (Kind.CONTACT, Kind.CONTACTS) and row.get("via", "") == "":
            assert set(value.split(";")) <= set(contacts.values()), (name, row)
        elif kind is Kind.OWNER:
            theirs = row["direction"] == "theirs"
            assert value in (contacts.values() if theirs else sunday.people), row
    products = {row["product"] for row in sunday.sheets["products"]}
    grid = {(r["account"], r["unit"]) for r in sunday.sheets["installed"]}
    for row in sunday.sheets["opportunities"]:
        assert row["product"] in products
        assert not row["unit"] or (row["account"], row["unit"]) in grid, row
    for row in sunday.sheets["actions"]:
        for column, sheet in (("goal", "goals"), ("opportunity", "opportunities")):
            named = "goal" if sheet == "goals" else "name"
            known = {r[named] for r in sunday.sheets[sheet] if r["account"] == row["account"]}
            assert not row[column] or row[column] in known, row


def test_dates_come_in_the_order_in_which_things_happen(book: Book) -> None:
    ordered = {
        "opportunities": [("created_on", "close_date")],
        "actions": [("first_due", "due")],
        "contracts": [("start", "notice_by"), ("notice_by", "end"), ("last_increase_on", "end")],
        "complaints": [("raised_on", "closed_on")],
        "contacts": [("since", "left_on"), ("since", "as_of")],
        "cover": [("from", "to")],
    }
    for sheet, pairs in ordered.items():
        for row in book.sheets[sheet]:
            for earlier, later in pairs:
                assert not row[earlier] or not row[later] or row[earlier] <= row[later], row


def test_what_has_happened_lies_in_the_past_and_what_is_planned_does_not(book: Book) -> None:
    today = book.today.isoformat()
    past = {
        "people": ["left_on"],
        "contacts": ["left_on", "as_of", "since"],
        "receivables": ["paid_on"],
        "rates": ["as_of"],
        "scores": ["scored_on"],
        "complaints": ["raised_on", "closed_on"],
        "satisfaction": ["date"],
        "actions": ["done_on"],
    }
    for sheet, columns in past.items():
        assert all(row[c] <= today for row in book.sheets[sheet] for c in columns), sheet
    for row in book.sheets["activities"]:
        assert (row["date"] < today) == (row["status"] == "done"), row
        assert dt.date.fromisoformat(row["date"]).weekday() < 5, row
    for row in book.sheets["opportunities"]:
        assert row["outcome"] == "open" or row["close_date"] < today, row


def test_nobody_acts_for_us_or_meets_us_after_leaving(book: Book) -> None:
    for row in book.sheets["activities"]:
        for person in filter(None, row["people"].split(";")):
            left = book.people[person]["left_on"]
            assert not left or row["date"] <= left, row
    left_on = {(r["account"], r["name"]): r["left_on"] for r in book.sheets["contacts"]}
    since = {(r["account"], r["name"]): r["since"] for r in book.sheets["contacts"]}
    for row in book.sheets["activities"]:
        for contact in filter(None, row["contacts"].split(";")):
            key = (row["account"], contact)
            assert not left_on[key] or row["date"] <= left_on[key], row
            assert not since[key] or row["date"] >= since[key], row


def test_the_call_for_a_colleague_away_was_made_while_the_cover_ran(book: Book) -> None:
    cover = book.sheets["cover"][0]
    call = next(r for r in book.sheets["activities"] if r["subject"].startswith("Pricing sheet"))
    assert call["people"] == cover["cover"]
    assert cover["from"] <= call["date"] <= cover["to"]
    assert all(
        not cover["from"] <= row["date"] <= cover["to"]
        for row in book.sheets["activities"]
        if cover["person"] in row["people"].split(";")
    )


def test_a_note_about_a_contact_agrees_with_the_activities(book: Book) -> None:
    activities = {(r["account"], r["date"], r["kind"]): r for r in book.sheets["activities"]}
    checked = 0
    for template in book.written.notes:
        front, account = book.front_matter(template), book.account_of(template)
        if front.get("kind") not in {"meeting", "call", "email", "chat"}:
            continue
        activity = activities[account, front["date"].isoformat(), front["kind"]]
        attendees = {book.contacts[account].get(name) for name in front["attendees"]} - {None}
        assert attendees == set(filter(None, activity["contacts"].split(";"))), template
        assert front["author"] in activity["people"].split(";"), template
        checked += 1
    assert checked >= 35


def test_front_matter_agrees_with_the_book_and_the_files_name(book: Book) -> None:
    for template, path in book.written.notes.items():
        front = book.front_matter(template)
        dated = re.match(r"(\d{4}-\d\d-\d\d)-", path.name)
        if dated:
            assert dated.group(1) <= book.today.isoformat()
        if not front:
            continue
        assert dated is None or dated.group(1) == front["date"].isoformat(), template
        assert set(front) <= {
            *("account", "date", "kind", "author", "attendees", "visibility", "title"),
        }
        assert front["kind"] in {"meeting", "call", "email", "chat", "document"}
        assert front.get("visibility", "team") in {"team", "author", "open"}
        author = book.people[front["author"]]
        assert not author["left_on"] or front["date"].isoformat() <= author["left_on"]
        contacts = book.contacts[book.account_of(template)]
        for name in front.get("attendees", []):
            assert name in contacts or name in book.people, (template, name)


def test_two_notes_never_share_a_place(book: Book) -> None:
    places = list(book.written.notes.values())
    assert len(places) == len(set(places))


def test_promises_in_notes_stand_in_the_actions_with_the_same_days(book: Book) -> None:
    def text(template: str) -> str:
        return " ".join(book.written.notes[template].read_text(encoding="utf-8").split())

    tco = next(r for r in book.sheets["actions"] if "TCO model" in r["action"])
    steering, call = "notes/acme/@workday-26@-steering-call.md", _note(book, "call-dana-wu")
    assert _long(tco["first_due"]) in text(steering)
    assert _long(tco["due"]) in text(call)
    contract = next(r for r in book.sheets["contracts"] if r["contract"] == "ACME-MSA-2")
    assert contract["end"] != book.accounts["ACME Corp"]["renewal_date"]
    sync = text(_note(book, "内部对齐会"))
    assert all(
        _long_zh(day) in sync
        for day in (
            contract["end"],
            contract["notice_by"],
            book.accounts["ACME Corp"]["renewal_date"],
        )
    )


def test_the_plan_of_the_second_quarter_is_older_than_what_changed_since(book: Book) -> None:
    plan = next(p for t, p in book.written.notes.items() if "account-plan" in t)
    lines = [paragraph.text for paragraph in docx.Document(str(plan)).paragraphs]
    second = book.today.year if book.today.month > 6 else book.today.year - 1
    assert plan.name == f"acme-account-plan-{second}-Q2.docx"
    written = re.search(r"(\d+) April (\d{4})", lines[1])
    assert written is not None
    made_on = dt.date(int(written.group(2)), 4, int(written.group(1)))
    contacts = {r["name"]: r for r in book.sheets["contacts"] if r["account"] == "ACME Corp"}
    assert made_on < dt.date.fromisoformat(contacts["Li Wei"]["left_on"])
    assert made_on < dt.date.fromisoformat(book.people["kevin.zhao@example.com"]["left_on"])


def test_the_last_twelve_months_in_the_accounts_are_the_sum_of_the_financials(book: Book) -> None:
    sums: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in book.sheets["financials"]:
        sums[row["account"]].append((row["period"], int(row["revenue"]), int(row["cost"])))
    for name, periods in sums.items():
        last = sorted(periods)[-4 if "Q" in periods[0][0] else -12 :]
        assert sum(p[1] for p in last) == int(book.accounts[name]["annual_revenue"]), name
        assert sum(p[2] for p in last) == int(book.accounts[name]["cost"]), name
    assert {n for n in book.accounts if n not in sums} == {"启岳汽配"}


def test_the_book_is_rich_enough_for_the_questions(sunday: Book) -> None:
    for sheet, least in MOST.items():
        assert len(sunday.sheets[sheet]) >= least, sheet
    assert len(sunday.written.notes) >= 80
    kinds = {path.suffix for path in sunday.written.notes.values()}
    assert kinds == {
        *(".md", ".txt", ".html", ".eml", ".vtt", ".docx", ".pptx", ".xlsx", ".pdf"),
    }
    marks = [sunday.front_matter(t).get("visibility") for t in sunday.written.notes]
    assert marks.count("author") >= 3
    assert marks.count("team") >= 8
    outcomes = [row["outcome"] for row in sunday.sheets["opportunities"]]
    assert outcomes.count("won") >= 5
    assert outcomes.count("lost") >= 4
    assert {row["visibility"] for row in sunday.sheets["accounts"]} == {"open", "team"}
    assert {row["class"] for row in sunday.sheets["accounts"]} == {
        *("key", "ordinary", "prospect", "unattractive"),
    }
    today = sunday.today.isoformat()
    assert [r for r in sunday.sheets["cover"] if r["from"] <= today <= r["to"]]


def test_five_renewals_fall_due_within_ninety_days_by_notice_or_end(book: Book) -> None:
    horizon = (book.today + dt.timedelta(days=90)).isoformat()
    due = {
        row["account"]
        for row in book.sheets["contracts"]
        if min(row["notice_by"] or row["end"], row["end"]) <= horizon
        and row["end"] >= book.today.isoformat()
    }
    assert due == {"ACME Corp", "Globex", "Initech", "华远智能装备", "Quellbrunn Automation"}


def test_office_files_open_and_hold_their_text(sunday: Book) -> None:
    notes = sunday.written.notes
    paths = {template: str(path) for template, path in notes.items()}
    plan = docx.Document(paths["notes/acme/acme-account-plan-@q2@.docx.md"])
    assert plan.tables[0].rows[1].cells[0].text == "Dana Wu"
    review = pptx.Presentation(paths["notes/acme/@workday-96@-qbr.pptx.md"])
    assert len(review.slides) == 5
    model = openpyxl.load_workbook(paths["notes/acme/acme-tco-assumptions.xlsx.md"])
    years = list(model["Three years"].iter_rows(values_only=True))
    assert years[-1] == ("Sum", 2080000, 1760000, 2580000)
    assert all(
        sum(int(str(row[column])) for row in years[1:-1]) == years[-1][column]
        for column in (1, 2, 3)
    )
    letter = MarkItDown().convert(paths["notes/initech/@workday-22@-notice-letter.pdf.md"])
    assert "Notice of termination: Agreement INI-MSA-03" in letter.text_content


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (materialise(tmp_path / name, DAYS[0]) for name in ("first", "second"))
    for template, path in {**first.notes, **first.sheets}.items():
        other = {**second.notes, **second.sheets}[template]
        assert path.read_bytes() == other.read_bytes(), template


def test_another_day_leaves_no_file_of_the_day_before_and_no_strangers_file_is_touched(
    tmp_path: Path,
) -> None:
    materialise(tmp_path, DAYS[0])
    own = tmp_path / "notes" / "acme" / "my-own.md"
    own.write_text("mine", encoding="utf-8")
    later = materialise(tmp_path, DAYS[0] + dt.timedelta(days=1))
    lying = {path for path in (tmp_path / "notes").rglob("*") if path.is_file()}
    assert lying == {*later.notes.values(), own}
    assert own.read_text(encoding="utf-8") == "mine"


def test_every_template_is_found_by_its_path(sunday: Book) -> None:
    lying = {
        path.relative_to(TEMPLATES).as_posix()
        for path in (TEMPLATES / "notes").rglob("*")
        if path.is_file()
    }
    assert set(sunday.written.notes) == lying


def test_templates_write_no_day_month_or_weekday_by_hand() -> None:
    words = [*EN_WEEKDAYS, "January", "February", "April", "June", "July", "August"]
    words += ["September", "October", "November", "December"]
    by_hand = re.compile(rf"\b(?:{'|'.join(words)})\b|\b20[12]\d\b|\d+月\d+日")
    for path in [*(TEMPLATES / "notes").rglob("*.*"), *(TEMPLATES / "workbook").glob("*.csv")]:
        text = re.sub(r"\{\{.*?\}\}", "", path.read_text(encoding="utf-8"))
        assert not by_hand.search(text), path


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(-800, 800))
def test_a_weekday_in_prose_is_the_weekday_of_its_date(today: dt.date, offset: int) -> None:
    day = dt.date.fromisoformat(fill(f"{{{{workday {offset}}}}}", today))
    assert day.weekday() < 5
    assert 0 <= (today + dt.timedelta(days=offset) - day).days <= 2
    assert fill(f"{{{{workday {offset} weekday en}}}}", today) == EN_WEEKDAYS[day.weekday()]
    assert fill(f"{{{{workday {offset} long zh}}}}", today) == f"{day.month}月{day.day}日"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{day -12}}", "2026-11-17"),
        ("{{workday 0}}", "2026-11-27"),
        ("{{workday 0 abbr zh}}", "周五"),
        ("{{day 0 weekday zh}}", "星期日"),
        ("{{day 0 full zh}} {{day 0 full en}}", "2026年11月29日 29 November 2026"),
        ("{{day 0 mail}}", "Sun, 29 Nov 2026"),
        ("{{day 2 dots}}", "01.12.2026"),
        ("{{month -11}} {{month 2 name en}} {{month 2 full zh}}", "2025-12 January 2027年1月"),
        ("{{quarter 1}} {{quarter -1 name zh}}", "2027-Q1 三季度"),
        ("{{q2}} {{q2 3}} {{q2day 0}}", "2026-Q2 2027-Q1 2026-04-01"),
        ("{{week 5}} {{year -1}}", "2026-W53 2025"),
    ],
)
def test_a_placeholder_is_written_out_as_of_the_day(template: str, expected: str) -> None:
    assert fill(template, DAYS[0]) == expected


def test_a_placeholder_in_a_name_is_written_out_too() -> None:
    assert fill_name("@workday-12@-call.md", DAYS[0]) == "2026-11-17-call.md"
    assert fill_name("plan-@q2@.docx.md", DAYS[0]) == "plan-2026-Q2.docx.md"


@pytest.mark.parametrize("wrong", ["{{}}", "{{yesterday}}", "{{day -1 loud}}", "{{day x}}"])
def test_a_placeholder_outside_the_grammar_is_refused(wrong: str) -> None:
    with pytest.raises(PlaceholderError):
        fill(wrong, DAYS[0])


def test_labelled_queries_name_notes_that_their_asker_may_see(book: Book) -> None:
    queries = list(_queries())
    assert len({query["id"] for query in queries}) == len(queries) >= 60
    for query in queries:
        assert set(query) == {"id", "query", "language", "as", "relevant", "cross"}
        assert query["relevant"]
        for template in query["relevant"]:
            assert template in book.written.notes, query["id"]
            assert book.may_see_note(query["as"], template), (query["id"], template)


def test_a_query_across_languages_has_no_note_in_its_own(sunday: Book) -> None:
    counts: dict[tuple[str, bool], int] = defaultdict(int)
    for query in _queries():
        counts[query["language"], query["cross"]] += 1
        if not query["cross"]:
            continue
        for template in query["relevant"]:
            text = sunday.written.notes[template].read_bytes().decode(errors="replace")
            if template.endswith(".eml"):
                text = (TEMPLATES / template).read_text(encoding="utf-8")
            chinese = len(re.findall(r"[\u4e00-\u9fff]", text)) > 0.1 * len(text)
            assert chinese == (query["language"] == "en"), (query["id"], template)
    assert counts["en", False] >= 20
    assert counts["zh", False] >= 20
    assert counts["en", True] >= 10
    assert counts["zh", True] >= 10


def _cells(book: Book) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    for name, rows in book.sheets.items():
        for row in rows:
            for column, value in row.items():
                if value:
                    yield name, column, value, row


def _queries() -> Iterator[dict[str, Any]]:
    for line in QUERIES.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _note(book: Book, part: str) -> str:
    return next(template for template in book.written.notes if part in template)


def _long(day: str) -> str:
    return fill("{{day 0 long en}}", dt.date.fromisoformat(day))


def _long_zh(day: str) -> str:
    return fill("{{day 0 long zh}}", dt.date.fromisoformat(day))
