"""`kam import` of the workbook: every rule of the contract, on both databases."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ingest.crm import ImportReport, import_path
from kam_knowledge.clock import Clock
from kam_knowledge.sample_book import materialise
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    SHEETS,
    Account,
    Action,
    Activity,
    Change,
    Contact,
    Contract,
    Cover,
    LedgerEntry,
    Opportunity,
    Person,
    Rate,
    Receivable,
    Score,
    Target,
    TeamSeat,
)

Importing = Callable[..., ImportReport]


@pytest.fixture
def importing(store: Store, saturday: Clock, tmp_path: Path) -> Importing:
    """Imports sheets given as CSV texts: `importing(accounts="name\\nAcme\\n", strict=True)`."""
    numbers = itertools.count()

    def run(*, strict: bool = False, as_of: date | None = None, **sheets: str) -> ImportReport:
        folder = tmp_path / f"book{next(numbers)}"
        folder.mkdir()
        for name, text in sheets.items():
            (folder / f"{name}.csv").write_text(text, "utf-8")
        return import_path(store, folder, strict=strict, as_of=as_of, clock=saturday)

    return run


def every(store: Store, model: Any) -> list[Any]:
    with store.read() as session:
        rows = list(session.scalars(select(model).order_by(model.id)))
        session.expunge_all()
    return rows


def one(store: Store, model: Any, **fields: Any) -> Any:
    (row,) = [
        row
        for row in every(store, model)
        if all(getattr(row, name) == value for name, value in fields.items())
    ]
    return row


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def problems(report: ImportReport) -> list[tuple[str, str]]:
    return [(problem.where, problem.column) for problem in report.problems]


def test_the_sample_book_goes_in_whole_and_a_second_time_changes_nothing(
    store: Store, saturday: Clock, tmp_path: Path
) -> None:
    book = materialise(tmp_path / "sample", saturday.today)
    first = import_path(store, book.workbook, clock=saturday)
    rows = sum(path.read_text("utf-8").count("\n") - 1 for path in book.sheets.values())
    assert first.as_json() | {"created": 0} == {
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "conflicts": [],
        "problems": [],
        "unknown": [],
    }
    assert rows * 0.9 < first.created <= rows
    with store.read() as session:
        entries = session.scalar(select(func.count(LedgerEntry.id)))
        changes = session.scalar(select(func.count(Change.id)))
    second = import_path(store, book.workbook, clock=saturday)
    assert counts(second) == (0, 0, first.created)
    with store.read() as session:
        assert session.scalar(select(func.count(LedgerEntry.id))) == entries
        assert session.scalar(select(func.count(Change.id))) == changes


def test_every_value_goes_in_as_what_it_is_and_references_resolve_after_all_rows_are_read(
    importing: Importing, store: Store
) -> None:
    report = importing(
        accounts="name,aliases,parent,class,tier,owner,currency,annual_revenue,share_of_wallet,"
        "renewal_date,visibility,fiscal_year_start\n"
        "Acme Labs,,ACME,ordinary,,li.na@example.com,,,,,,\n"
        "Acme Corp,ACME;艾克米,,key,1,li.na@example.com,USD,1200.50,0.34,2026-12-01,team,4\n",
        people="email,name,role,manager,language,time_zone\n"
        "li.na@example.com,Li Na,member,grace@example.com,zh,Asia/Shanghai\n"
        "grace@example.com,Grace Lin,manager,,en,\n",
        contacts="account,name,aliases,reports_to,decision_role,known_by,since\n"
        "ACME,Dana Wu,吴总,Frank Osterman,decision_maker,li.na@example.com;grace@example.com,"
        "2020-01-01\n"
        "艾克米,Frank Osterman,,,,,\n",
        opportunities="account,name,amount,probability,owner,contact,via,incremental,outcome\n"
        "acme corp,Renewal,5000,60,li.na@example.com,吴总,Acme Labs,no,open\n",
        goals="account,goal,horizon,owner,due\n"
        "ACME,Renew early,short,li.na@example.com,2026-12-31\n",
        actions="account,action,direction,owner,goal,opportunity,due\n"
        "ACME,Send TCO,ours,li.na@example.com,Renew early,Renewal,2026-11-26\n"
        "ACME,Return the draft,theirs,Dana Wu,,,\n",
        activities="account,date,kind,status,contacts,people,subject\n"
        "ACME,2026-11-12,meeting,done,Dana Wu;Frank Osterman,li.na@example.com,Roadmap\n",
        contracts="account,contract,start,end,auto_renews,value,last_increase_pct\n"
        "ACME,MSA-1,2024-01-01,2026-12-31,yes,1000,3.5\n",
        targets="owner,account,period,amount,currency,kind\n"
        "li.na@example.com,,2026,100,CNY,revenue\n,ACME,2026-Q1,50,USD,\n",
        rates="currency,to,rate,as_of\nUSD,CNY,7.245,2026-11-01\nUSD,CNY,7.1,2026-11-20\n",
        cover="person,cover,from,to,accounts\n"
        "li.na@example.com,grace@example.com,2026-12-01,2026-12-10,ACME;Acme Labs\n",
    )
    assert report.problems == []
    assert report.unknown == []
    assert counts(report) == (17, 0, 0)
    acme, labs = one(store, Account, name="Acme Corp"), one(store, Account, name="Acme Labs")
    li_na = one(store, Person, email="li.na@example.com")
    grace = one(store, Person, email="grace@example.com")
    dana = one(store, Contact, name="Dana Wu")
    frank = one(store, Contact, name="Frank Osterman")
    assert labs.parent_id == acme.id
    assert (acme.account_class, acme.tier, acme.owner_id) == ("key", 1, li_na.id)
    assert (acme.annual_revenue, acme.share_of_wallet) == (Decimal("1200.5"), Decimal("0.34"))
    assert (acme.renewal_date, acme.visibility, acme.fiscal_year_start) == (
        date(2026, 12, 1),
        "team",
        4,
    )
    assert labs.visibility == "open"
    assert li_na.manager_id == grace.id
    assert li_na.listed
    assert (dana.account_id, dana.reports_to_id) == (acme.id, frank.id)
    assert dana.known_by_ids == [li_na.id, grace.id]
    deal = one(store, Opportunity, name="Renewal")
    assert (deal.account_id, deal.contact_id, deal.via_id) == (acme.id, dana.id, labs.id)
    assert (deal.probability, deal.incremental) == (Decimal("0.6"), False)
    ours, theirs = every(store, Action)
    assert (ours.owner, ours.owner_person_id) == ("li.na@example.com", li_na.id)
    assert (ours.goal_id, ours.opportunity_id) == (1, deal.id)
    assert (theirs.owner, theirs.owner_contact_id, theirs.owner_person_id) == (
        "Dana Wu",
        dana.id,
        None,
    )
    (touch,) = every(store, Activity)
    assert (touch.contact_ids, touch.person_ids) == ([dana.id, frank.id], [li_na.id])
    (contract,) = every(store, Contract)
    assert (contract.auto_renews, contract.last_increase_pct) == (True, Decimal("3.5"))
    person, account = every(store, Target)
    assert (person.owner_id, person.account_id) == (li_na.id, None)
    assert (account.owner_id, account.account_id, account.period) == (None, acme.id, "2026-Q1")
    assert [(rate.rate, rate.as_of) for rate in every(store, Rate)] == [
        (Decimal("7.245"), date(2026, 11, 1)),
        (Decimal("7.1"), date(2026, 11, 20)),
    ]
    (cover,) = every(store, Cover)
    assert cover.account_ids == [acme.id, labs.id]


def test_only_accounts_is_required(importing: Importing) -> None:
    assert counts(importing(accounts="name\nAcme\n")) == (1, 0, 0)
    assert counts(importing(goals="account,goal,horizon\nAcme,Grow,long\n")) == (1, 0, 0)


def test_a_book_without_accounts_is_told_what_it_lacks(importing: Importing) -> None:
    report = importing(goals="account,goal,horizon\nAcme,Grow,long\n")
    assert problems(report)[0][1] == "accounts"
    assert "no account is called 'Acme'" in report.problems[1].problem
    assert counts(report) == (0, 0, 0)


def test_an_email_that_people_lacks_becomes_a_person_who_may_not_sign_in_until_listed(
    importing: Importing, store: Store
) -> None:
    first = importing(
        accounts="name,owner\nAcme,Li Na <li.na@example.com>\n",
        team="account,person,seat\nAcme,chen@example.com,account_manager\n",
    )
    assert counts(first) == (2, 0, 0)
    assert first.problems == []
    li_na = one(store, Person, email="li.na@example.com")
    assert (li_na.name, li_na.listed) == ("Li Na", False)
    chen = one(store, Person, email="chen@example.com")
    assert (chen.name, chen.listed) == ("chen@example.com", False)
    again = importing(people="email,name\nLI.NA@example.com,Li Na\n")
    assert counts(again) == (0, 1, 0)
    assert one(store, Person, email="li.na@example.com").listed
    assert counts(importing(people="email,name\nli.na@example.com,Li Na\n")) == (0, 0, 1)


def test_our_people_may_be_named_by_name_where_it_is_one_persons(importing: Importing) -> None:
    report = importing(
        people="email,name,aliases\na@x.com,Li Na,小李\nb@x.com,Tom Ray,\nc@x.com,Tom Ray,\n",
        accounts="name,owner\nAcme,li na\nGlobex,小李\nInitech,Tom Ray\nHooli,Nobody\n",
    )
    assert problems(report) == [("accounts.csv:4", "owner"), ("accounts.csv:5", "owner")]
    assert "2 people of ours are called 'Tom Ray'" in report.problems[0].problem
    assert "no person of ours is called 'Nobody'" in report.problems[1].problem
    assert report.created == 7


def test_unknown_references_are_named_with_their_line_and_good_rows_go_in(
    importing: Importing, store: Store
) -> None:
    report = importing(
        accounts="name,parent\nAcme,Nobody Ltd\n",
        contacts="account,name,reports_to\n"
        "Acme,Dana Wu,Ghost\nInitech,Someone,\nAcme,Bob,Dana Wu\n",
    )
    assert problems(report) == [
        ("accounts.csv:2", "parent"),
        ("contacts.csv:2", "reports_to"),
        ("contacts.csv:3", "account"),
    ]
    assert report.problems[2].problem == "no account is called 'Initech'"
    assert [contact.name for contact in every(store, Contact)] == ["Dana Wu", "Bob"]
    assert one(store, Contact, name="Bob").reports_to_id == one(store, Contact, name="Dana Wu").id


def test_a_name_that_two_accounts_have_names_neither(importing: Importing) -> None:
    report = importing(
        accounts="name,aliases,external_id\nAcme,,1\nAcme,,2\nGlobex,GX,3\nGX,,4\n",
        goals="account,goal,horizon\nAcme,Grow,long\nGX,Keep,long\n",
    )
    assert problems(report) == [("goals.csv:2", "account")]
    assert "2 accounts are called 'Acme'" in report.problems[0].problem
    assert report.created == 5


def test_nobody_stands_above_himself(importing: Importing, store: Store) -> None:
    report = importing(
        accounts="name,parent\nA,B\nB,C\nC,A\nD,D\nE,A\n",
        people="email,name,manager\nx@x.com,X,y@x.com\ny@x.com,Y,x@x.com\n",
    )
    assert sorted(problems(report)) == [
        ("accounts.csv:4", "parent"),
        ("accounts.csv:5", "parent"),
        ("people.csv:3", "manager"),
    ]
    assert report.created == 7
    assert one(store, Account, name="C").parent_id is None


def test_two_accounts_may_change_places(importing: Importing, store: Store) -> None:
    importing(accounts="name,parent\nA,\nB,A\n")
    report = importing(accounts="name,parent\nA,B\nB,-\n")
    assert report.problems == []
    a, b = every(store, Account)
    assert (a.parent_id, b.parent_id) == (b.id, None)


def test_a_ring_over_two_imports_is_refused_too(importing: Importing) -> None:
    importing(accounts="name,parent\nA,\nB,A\n")
    assert problems(importing(accounts="name,parent\nA,B\n")) == [("accounts.csv:2", "parent")]


@pytest.mark.parametrize(
    ("sheet", "text", "column"),
    [
        ("accounts", "name,tier\nAcme,9\n", "tier"),
        ("accounts", "name,renewal_date\nAcme,31.02.2026\n", "renewal_date"),
        ("accounts", "name,annual_revenue\nAcme,a lot\n", "annual_revenue"),
        ("accounts", "name,owner\nAcme,nobody\n", "owner"),
        ("accounts", "name,class\nAcme,huge\n", "class"),
    ],
)
def test_a_bad_value_costs_its_cell_and_is_named(
    importing: Importing, store: Store, sheet: str, text: str, column: str
) -> None:
    report = importing(**{sheet: text + "Globex,\n"})
    assert problems(report) == [(f"{sheet}.csv:2", column)]
    assert report.created == 2
    assert not report.clean


@pytest.mark.parametrize(
    ("sheets", "where", "column"),
    [
        ({"scores": "account,criterion,score\nAcme,fit,11\n"}, "scores.csv:2", "score"),
        (
            {"scores": "account,criterion,score,scored_on\nAcme,fit,5,soon\n"},
            "scores.csv:2",
            "scored_on",
        ),
        (
            {"receivables": "account,invoice,amount,due\nAcme,I1,lots,2026-11-01\n"},
            "receivables.csv:2",
            "amount",
        ),
        (
            {"receivables": "account,invoice,amount,due\nAcme,,5,2026-11-01\n"},
            "receivables.csv:2",
            "invoice",
        ),
        ({"team": "account,person,seat\nAcme,a@x.com,king\n"}, "team.csv:2", "seat"),
        ({"targets": "owner,account,period,amount\n,,2026,5\n"}, "targets.csv:2", "owner"),
        (
            {"cover": "person,cover,from,to\na@x.com,b@x.com,2026-12-10,2026-12-01\n"},
            "cover.csv:2",
            "to",
        ),
        (
            {"actions": "account,action,direction\nAcme,Send,sideways\n"},
            "actions.csv:2",
            "direction",
        ),
    ],
)
def test_a_row_whose_key_or_required_value_is_bad_stays_out(
    importing: Importing, sheets: dict[str, str], where: str, column: str
) -> None:
    report = importing(accounts="name\nAcme\n", **sheets)
    assert problems(report) == [(where, column)]
    assert counts(report) == (1, 0, 0)


def test_a_required_column_that_is_missing_is_named_once(importing: Importing) -> None:
    report = importing(accounts="name\nAcme\n", contacts="name,title\nDana,CTO\nBob,CIO\n")
    assert problems(report) == [("contacts.csv:1", "account")]
    assert counts(report) == (1, 0, 0)


def test_a_key_twice_in_one_file_is_a_problem_of_the_later_row(
    importing: Importing, store: Store
) -> None:
    report = importing(
        accounts="name,industry\nAcme,first\nGlobex,\nACME,second\n",
        contacts="account,name,title\nAcme,Dana Wu,CTO\nAcme,dana  wu,CIO\nGlobex,Dana Wu,CEO\n",
        scores="account,criterion,score,scored_on\nAcme,fit,5,2026-11-01\nAcme,fit,6,2026-11-02\n"
        "Acme,Fit,7,2026-11-01\n",
    )
    assert problems(report) == [
        ("accounts.csv:4", "name"),
        ("contacts.csv:3", "name"),
        ("scores.csv:4", "criterion"),
    ]
    assert "accounts.csv:2" in report.problems[0].problem
    assert one(store, Account, name="Acme").industry == "first"
    assert len(every(store, Score)) == 2


def test_external_id_is_the_key_where_there_is_one(importing: Importing, store: Store) -> None:
    importing(accounts="external_id,name,industry\nA-1,Acme,steel\nA-2,Acme,pumps\n")
    report = importing(
        accounts="external_id,name,industry\nA-1,Acme Renamed,steel\nA-2,Acme,valves\n"
    )
    assert counts(report) == (0, 2, 0)
    assert [(row.name, row.industry, row.external_id) for row in every(store, Account)] == [
        ("Acme Renamed", "steel", "workbook:A-1"),
        ("Acme", "valves", "workbook:A-2"),
    ]
    twice = importing(accounts="external_id,name\nA-9,X\nA-9,Y\n")
    assert problems(twice) == [("accounts.csv:3", "external_id")]


def test_a_row_that_gains_an_external_id_stays_the_same_row(
    importing: Importing, store: Store
) -> None:
    importing(accounts="name,industry\nAcme,steel\n")
    assert counts(importing(accounts="external_id,name,industry\nA-1,Acme,steel\n")) == (0, 1, 0)
    assert counts(importing(accounts="external_id,name,industry\nA-1,Acme,steel\n")) == (0, 0, 1)
    assert one(store, Account, name="Acme").external_id == "workbook:A-1"


def test_a_new_alias_and_a_new_name_are_known_to_the_whole_import(
    importing: Importing, store: Store
) -> None:
    importing(accounts="external_id,name,aliases\nA-1,Acme,\nA-2,Globex,\n")
    report = importing(
        accounts="external_id,name,aliases,parent\n"
        "A-1,Acme Group,艾克米,\nA-2,Globex,,Acme Group\n",
        contacts="account,name\n艾克米,Dana Wu\nAcme Group,Bob Ray\n",
    )
    assert report.problems == []
    acme, globex = every(store, Account)
    assert globex.parent_id == acme.id
    assert {contact.account_id for contact in every(store, Contact)} == {acme.id}


def test_an_empty_cell_changes_nothing_and_a_hyphen_clears(
    importing: Importing, store: Store
) -> None:
    importing(
        accounts="name,aliases,industry,renewal_date,owner,visibility\n"
        "Acme,ACME;A1,steel,2026-12-01,a@x.com,team\n"
    )
    same = importing(accounts="name,aliases,industry,renewal_date,owner,visibility\nAcme,,,,,\n")
    assert counts(same) == (0, 0, 1)
    assert one(store, Account, name="Acme").industry == "steel"
    cleared = importing(
        accounts="name,aliases,industry,renewal_date,owner,visibility\nAcme,-,-,-,-,-\n"
    )
    assert counts(cleared) == (0, 1, 0)
    acme = one(store, Account, name="Acme")
    assert (acme.aliases, acme.industry, acme.renewal_date, acme.owner_id) == ([], None, None, None)
    assert acme.visibility == "open"
    again = importing(
        accounts="name,aliases,industry,renewal_date,owner,visibility\nAcme,-,-,-,-,-\n"
    )
    assert counts(again) == (0, 0, 1)


def test_what_must_be_there_cannot_be_cleared(importing: Importing) -> None:
    report = importing(accounts="name\nAcme\n-\n", goals="account,goal,horizon\nAcme,Grow,-\n")
    assert problems(report) == [("accounts.csv:3", "name"), ("goals.csv:2", "horizon")]
    assert counts(report) == (1, 0, 0)


def test_absent_rows_are_not_deleted(importing: Importing, store: Store) -> None:
    importing(accounts="name\nAcme\nGlobex\n")
    assert counts(importing(accounts="name\nGlobex\n")) == (0, 0, 1)
    assert len(every(store, Account)) == 2


def test_unknown_columns_and_sheets_are_named(importing: Importing) -> None:
    report = importing(accounts="name,foo,Bar Baz\nAcme,1,2\n", gossip="who,what\na,b\n")
    assert report.unknown == [
        "accounts.csv: column 'foo'",
        "accounts.csv: column 'Bar Baz'",
        "gossip.csv: not a sheet of the workbook",
    ]
    assert report.clean


def test_headings_and_sheet_names_are_known_in_any_case(importing: Importing) -> None:
    report = importing(
        ACCOUNTS="Name,Annual Revenue,Company-Revenue,Renewal_Date\nAcme,5,6,2026-01-01\n"
    )
    assert report.unknown == []
    assert counts(report) == (1, 0, 0)


def test_a_column_that_may_be_read_two_ways_is_reported_and_its_rows_go_in_without_it(
    importing: Importing, store: Store
) -> None:
    report = importing(
        accounts='name,renewal_date,annual_revenue\nAcme,03/04/2026,"1,234"\nGlobex,05/06/2026,"5,678"\n'
    )
    assert problems(report) == [
        ("accounts.csv:1", "renewal_date"),
        ("accounts.csv:1", "annual_revenue"),
    ]
    assert report.created == 2
    acme = one(store, Account, name="Acme")
    assert (acme.renewal_date, acme.annual_revenue) == (None, None)


def test_a_required_column_that_may_be_read_two_ways_keeps_its_rows_out(
    importing: Importing,
) -> None:
    report = importing(
        accounts="name\nAcme\n",
        activities="account,date,kind\nAcme,03/04/2026,call\nAcme,05/06/2026,call\n",
    )
    assert problems(report) == [("activities.csv:1", "date")]
    assert counts(report) == (1, 0, 0)


def test_semicolons_decimal_commas_dotted_dates_and_serials_are_recognised(
    importing: Importing, store: Store
) -> None:
    report = importing(
        accounts="name;aliases;annual_revenue;share_of_wallet;renewal_date\n"
        'Müller GmbH;"Müller;M GmbH";1.234.567,50;0,35;01.12.2026\nKrüger;;12,5;0,5;46338\n'
    )
    assert report.problems == []
    muller = one(store, Account, name="Müller GmbH")
    assert muller.aliases == ["Müller", "M GmbH"]
    assert (muller.annual_revenue, muller.share_of_wallet) == (
        Decimal("1234567.5"),
        Decimal("0.35"),
    )
    assert muller.renewal_date == date(2026, 12, 1)
    assert one(store, Account, name="Krüger").renewal_date == date(2026, 11, 12)


def test_the_currency_beside_an_amount_is_the_rows_unless_the_row_says_another(
    importing: Importing, store: Store
) -> None:
    report = importing(
        accounts="name,currency\nAcme,EUR\n",
        receivables="account,invoice,amount,currency,due\nAcme,I1,500 USD,,2026-11-01\n"
        "Acme,I2,500 USD,EUR,2026-11-01\nAcme,I3,$500,,2026-11-01\nAcme,I4,$500,USD,2026-11-01\n"
        "Acme,I5,500,,2026-11-01\n",
    )
    assert problems(report) == [("receivables.csv:3", "amount"), ("receivables.csv:4", "amount")]
    assert [(row.invoice, row.currency) for row in every(store, Receivable)] == [
        ("I1", "USD"),
        ("I4", "USD"),
        ("I5", None),
    ]


def test_a_workbook_file_goes_in_like_its_sheets(
    store: Store, saturday: Clock, tmp_path: Path
) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    accounts = book.worksheets[0]
    accounts.title = "Accounts"
    for line in (
        ["name", "tier", "annual_revenue", "renewal_date", "notes"],
        ["Acme", 1, 1200.5, date(2026, 12, 1), "=1+1"],
        ["Globex", 7, None, 46338, "@SUM(A1)"],
    ):
        accounts.append(line)
    book.create_sheet("gossip").append(["who"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    report = import_path(store, path, clock=saturday)
    assert problems(report) == [("book.xlsx/Accounts:3", "tier")]
    assert report.unknown == ["book.xlsx/gossip: not a sheet of the workbook"]
    acme, globex = every(store, Account)
    assert (acme.tier, acme.renewal_date, acme.notes) == (1, date(2026, 12, 1), "=1+1")
    assert (globex.tier, globex.renewal_date, globex.notes) == (
        None,
        date(2026, 11, 12),
        "@SUM(A1)",
    )


def test_values_are_stated_for_the_day_that_the_call_or_the_row_gives(
    importing: Importing, store: Store
) -> None:
    importing(accounts="name,as_of\nAcme,2026-03-01\nGlobex,\n", as_of=date(2026, 10, 1))
    assert [(row.as_of, row.as_of_stated) for row in every(store, Account)] == [
        (date(2026, 3, 1), True),
        (date(2026, 10, 1), True),
    ]
    importing(accounts="name\nHooli\n")
    hooli = one(store, Account, name="Hooli")
    assert (hooli.as_of, hooli.as_of_stated) == (date(2026, 11, 21), False)


def test_strict_takes_all_or_nothing(importing: Importing, store: Store) -> None:
    report = importing(accounts="name,tier\nAcme,1\nGlobex,9\n", strict=True)
    assert report.refused
    assert counts(report) == (0, 0, 0)
    assert problems(report) == [("accounts.csv:3", "tier")]
    for model in (*SHEETS.values(), Change, LedgerEntry):
        assert every(store, model) == []
    good = importing(accounts="name,tier,foo\nAcme,1,x\n", strict=True)
    assert (counts(good), good.refused) == ((1, 0, 0), False)


def test_every_value_says_from_which_line_it_came(importing: Importing, store: Store) -> None:
    importing(accounts='name,notes\nAcme,"two\nlines"\nGlobex,x\n')
    with store.read() as session:
        entries = session.execute(
            select(LedgerEntry.field, LedgerEntry.source, LedgerEntry.new).order_by(LedgerEntry.id)
        ).all()
    assert [tuple(entry) for entry in entries] == [
        ("name", "accounts.csv:2", "Acme"),
        ("notes", "accounts.csv:2", "two\nlines"),
        ("name", "accounts.csv:4", "Globex"),
        ("notes", "accounts.csv:4", "x"),
    ]


def test_a_text_too_long_for_its_place_is_a_problem_and_no_crash(importing: Importing) -> None:
    report = importing(accounts=f"name,industry\nAcme,{'x' * 201}\n{'y' * 201},\n")
    assert problems(report) == [("accounts.csv:2", "industry"), ("accounts.csv:3", "name")]
    assert "201 characters" in report.problems[0].problem
    assert counts(report) == (1, 0, 0)


def test_the_same_seat_with_and_without_the_default_direction_is_one_action(
    importing: Importing, store: Store
) -> None:
    importing(accounts="name\nAcme\n", actions="account,action,due\nAcme,Send TCO,2026-11-26\n")
    report = importing(actions="account,action,direction,due\nAcme,Send TCO,ours,2026-11-26\n")
    assert report.created == 0
    assert len(every(store, Action)) == 1


def test_seats_of_one_person_are_different_rows(importing: Importing, store: Store) -> None:
    importing(
        accounts="name\nAcme\n",
        team="account,person,seat\nAcme,a@x.com,account_manager\nAcme,a@x.com,planning\n",
    )
    assert [row.seat for row in every(store, TeamSeat)] == ["account_manager", "planning"]
