"""Mapping files: what they may say, and that the built-in ones say it right."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest

from ingest.crm.cells import Reference
from ingest.crm.mapped import Mapped, one_id
from ingest.crm.mapping import builtin_formats, load_mapping, parse_mapping
from ingest.crm.sheets import SourceSheet
from ingest.crm.tabular import read_tables
from kam_knowledge.errors import UsageError

TODAY = date(2026, 11, 21)


def mapping(columns: str, more: str = "", rule: str = "", table: str = "") -> str:
    return f"""
format: mine
{more}
tables:
  deal: {{names: [deals]{table}}}
  company: {{names: [companies]}}
  product: {{names: [products]}}
rows:
  - from: deal
    to: opportunities
    {rule}
    columns:
      account: account
      name: name
{columns}
"""


def apply(text: str, folder: Path, **tables: str) -> tuple[SourceSheet, list[str]]:
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content, "utf-8")
    unknown: list[str] = []
    mapped = Mapped(parse_mapping(text, "mine.yaml"), TODAY, UTC)
    (sheet,) = mapped.sheets(read_tables(folder).tables, unknown, [])
    return sheet, unknown


def cells(sheet: SourceSheet, name: str) -> list[Any]:
    return next(list(each.cells) for each in sheet.columns if each.column.name == name)


def column(expression: str, folder: Path, deals: str, **tables: str) -> list[Any]:
    """What an expression for `stage` makes of the deals' rows."""
    heading, _, rows = deals.partition("\n")
    lines = [f"A,N{number},{line}" for number, line in enumerate(rows.splitlines())]
    text = "\n".join([f"account,name,{heading}", *lines])
    sheet, _ = apply(mapping(f"      stage: {expression}"), folder, deals=text, **tables)
    return cells(sheet, "stage")


@pytest.mark.parametrize("format", builtin_formats())
def test_every_built_in_mapping_is_a_good_one(format: str) -> None:
    found = load_mapping(format)
    assert found.format == format
    sheets = {rule.spec.name for rule in found.rules}
    assert {"people", "accounts", "contacts", "opportunities", "activities"} <= sheets


def test_the_four_crms_have_one() -> None:
    assert builtin_formats() == ["dynamics", "fxiaoke", "hubspot", "salesforce"]


def test_a_format_that_is_none_is_told_the_ones_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="workbook, dynamics, fxiaoke, hubspot, salesforce"):
        load_mapping("siebel")
    with pytest.raises(UsageError):
        load_mapping(str(tmp_path / "missing.yaml"))


def test_a_column_may_have_several_names_and_any_spelling(tmp_path: Path) -> None:
    assert column("[Stage Name, phase]", tmp_path, "stageName,PHASE\nOne,x\n,Two\n,\n") == [
        "One",
        "Two",
        None,
    ]


def test_a_constant_a_default_and_a_value_map(tmp_path: Path) -> None:
    deals = "s\nClosed-Won\nother\n\n"
    assert column("{constant: open}", tmp_path, deals)[:2] == ["open", "open"]
    assert column("{column: s, map: {Closed Won: won}}", tmp_path, deals)[:2] == ["won", "other"]
    assert column("{column: s, map: {Closed Won: won}, else: empty}", tmp_path, deals)[1] is None
    assert column("{column: s, map: {Closed Won: won}, else: lost}", tmp_path, deals)[1] == "lost"
    assert column("{column: s, default: none}", tmp_path, "s,t\n,x\n") == ["none"]


def test_yes_and_no_in_a_value_map_mean_every_way_of_writing_them(tmp_path: Path) -> None:
    test = "{cases: [{when: {column: s, is: [true]}, then: won}, {then: open}]}"
    assert column(test, tmp_path, "s\nTRUE\n1\nyes\nfalse\n是\n") == [
        "won",
        "won",
        "won",
        "open",
        "won",
    ]


def test_texts_are_joined_and_ids_only_when_they_are_whole(tmp_path: Path) -> None:
    deals = "a,b\nx,y\nx,\n,y\n"
    assert column("{join: [a, b]}", tmp_path, deals) == ["x y", "x", "y"]
    assert column("{join: [{constant: task}, a], with: ':'}", tmp_path, deals) == [
        "task:x",
        "task:x",
        None,
    ]


def test_chinese_names_are_put_together_the_chinese_way(tmp_path: Path) -> None:
    deals = "f,l\nDana,Wu\n丹娜,吴\n,Wu\n"
    assert column("{person: {first: f, last: l}}", tmp_path, deals) == ["Dana Wu", "吴丹娜", "Wu"]


def test_a_look_up_goes_across_tables_by_id(tmp_path: Path) -> None:
    found = column(
        "{lookup: company, by: id, with: company_id, take: [label, code]}",
        tmp_path,
        "company_id\n7\n8\n9\n\n",
        companies="id,label,code\n7,Acme,a\n8,,b\n",
    )
    assert found[:3] == ["Acme", "b", None]


def test_a_look_up_may_match_by_letters_alone(tmp_path: Path) -> None:
    rule = "{first: [{lookup: product, by: p, with: p, take: p, match: letters}, p]}"
    assert column(rule, tmp_path, "p\nGTXPro\ngtx-pro\nOther\n", products="p\nGTX Pro\n") == [
        "GTX Pro",
        "GTX Pro",
        "Other",
    ]


def test_a_look_up_may_take_all_it_finds(tmp_path: Path) -> None:
    text = mapping("      external_id: k\n").replace("to: opportunities", "to: activities").replace(
        "name: name", "date: d\n      kind: {constant: call}\n      subject: name"
    ) + ("      contacts: {lookup: company, by: deal, with: k, take: {id: person}, all: true}\n")
    sheet, _ = apply(
        text,
        tmp_path,
        deals="account,name,d,k\nA,N,2026-11-12,1\n",
        companies="deal,person\n1,p1\n1,p2\n1,p1\n2,p3\n",
    )
    assert cells(sheet, "contacts") == [(Reference("p1", by_id=True), Reference("p2", by_id=True))]


def test_a_reference_by_id_keeps_the_name_beside_it(tmp_path: Path) -> None:
    text = mapping("      owner: {id: owner_id, name: owner}")
    sheet, _ = apply(
        text, tmp_path, deals="account,name,owner_id,owner\nA,N1,5,Li Na\nA,N2,,Li Na\nA,N3,,\n"
    )
    assert cells(sheet, "owner") == [Reference("5", by_id=True, or_name="Li Na"), "Li Na", None]


def test_rows_are_filtered_and_deleted_ones_skipped_and_both_are_told(tmp_path: Path) -> None:
    text = mapping(
        "      stage: s",
        rule="when: {column: s, not: [draft]}",
        table=", skip: {column: gone, is: [true]}",
    )
    sheet, unknown = apply(
        text,
        tmp_path,
        deals="account,name,s,gone,colour\nA,N1,x,false,red\nA,N2,draft,,\nA,N3,x,TRUE,\n",
    )
    assert list(sheet.lines) == [2]
    assert unknown == [
        "deals.csv: 1 rows left out, deleted or archived in mine",
        "deals.csv: column 'colour'",
        "deals.csv: 1 rows of a kind that is not imported",
    ]


def test_columns_that_a_mapping_ignores_are_not_unknown(tmp_path: Path) -> None:
    text = mapping("      stage: s", more='ignore: ["_sync*", colour]')
    _, unknown = apply(text, tmp_path, deals="account,name,s,_Sync_ed,Colour,size\nA,N,x,1,2,\n")
    assert unknown == []


def test_words_for_nothing_are_empty_cells(tmp_path: Path) -> None:
    text = mapping("      stage: [s, t]", more='empty: ["NULL", "n/a"]')
    sheet, _ = apply(text, tmp_path, deals="account,name,s,t\nA,N1,null,x\nA,N2,N/A,\n")
    assert cells(sheet, "stage") == ["x", None]


def test_a_mapping_may_settle_how_its_system_writes(tmp_path: Path) -> None:
    text = mapping(
        "      close_date: c\n      probability: p",
        more="settle: {date_order: mdy}",
        rule="settle: {percent: true}",
    )
    sheet, _ = apply(text, tmp_path, deals="account,name,c,p\nA,N1,01/02/2026,1\n")
    settled = {each.column.name: each.settled for each in sheet.columns}
    assert settled["close_date"].date_order == "mdy"
    assert settled["probability"].percent is True


def test_what_is_ahead_of_today_is_told_from_what_is_behind(tmp_path: Path) -> None:
    rule = "{cases: [{when: {column: d, future: true}, then: planned}, {then: done}]}"
    assert column(rule, tmp_path, "d\n2026-11-22\n2026-11-21\nsoon\n") == [
        "planned",
        "done",
        "done",
    ]


@pytest.mark.parametrize(
    ("columns", "more", "rule", "wrong"),
    [
        ("      colour: x", "", "", r"rows\[1\].columns.colour is no column of opportunities"),
        ("      stage: 5", "", "", r"columns.stage is no expression"),
        ("      stage: {column: x, lookup: company}", "", "", "needs exactly one of"),
        ("      stage: {column: x, foo: 1}", "", "", "has foo, which column does not know"),
        ("      stage: {lookup: nothing, by: a, with: b, take: c}", "", "", "looks up 'nothing'"),
        ("      stage: {lookup: company, by: a, take: c}", "", "", "a lookup without with"),
        ("      stage: {cases: [{when: {column: x}, then: y}]}", "", "", "nothing to compare"),
        ("      stage: {cases: [{if: x}]}", "", "", "no when and then"),
        ("      stage: s", "colour: red", "", "has colour, which means nothing there"),
        ("      stage: s", "ids: fancy", "", "ids can only be salesforce"),
        ("      stage: s", "settle: {date_order: dym}", "", "must be one of dmy, mdy, ymd"),
        ("      stage: s", "", "repeats: often", "can only be first"),
        ("      stage: s", "", "when: {column: s, smells: x}", "is no condition"),
    ],
)
def test_a_mistake_in_a_mapping_is_named_with_its_place(
    columns: str, more: str, rule: str, wrong: str
) -> None:
    with pytest.raises(UsageError, match=wrong):
        parse_mapping(mapping(columns, more, rule), "mine.yaml")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a: [", "is not YAML"),
        ("- a", "must hold names and values"),
        ("format: workbook\ntables: {}\nrows: []", "must not be workbook"),
        ("format: Mine!\n", "must be a word of small letters"),
        ("format: mine\ntables: {a: {names: [a]}}\nrows: []", "must be a list of rules"),
        ("format: mine\ntables: {a: {}}\nrows: []", "needs names or columns"),
        (
            "format: mine\ntables: {a: {names: [a]}}\n"
            "rows: [{from: a, to: goals, columns: {goal: x}}]",
            "lacks account, horizon, which goals needs",
        ),
        (
            "format: mine\ntables: {a: {names: [a]}}\nrows: [{from: b, to: goals, columns: {}}]",
            "names 'b', which tables lacks",
        ),
        (
            "format: mine\ntables: {a: {names: [a]}}\nrows: [{from: a, to: gossip, columns: {}}]",
            "no sheet of the workbook",
        ),
    ],
)
def test_what_is_no_mapping_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        parse_mapping(text, "mine.yaml")


def test_ids_have_one_spelling() -> None:
    assert one_id("0013700000JwwRJ", "salesforce") == "0013700000JwwRJAAZ"
    assert one_id("0011G00000eM9wv", "salesforce") == "0011G00000eM9wvQAC"
    assert one_id("0011G00000eM9wvQAC", "salesforce") == "0011G00000eM9wvQAC"
    assert one_id("0011G00000eM9wv", "") == "0011G00000eM9wv"
    guid = "0000000b-1111-4222-8333-444444444444"
    assert one_id(f"{{{guid.upper()}}}", "") == guid


def test_the_example_of_the_documentation_is_a_mapping() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "mappings.md").read_text("utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    found = parse_mapping(example, "mappings.md")
    assert [rule.spec.name for rule in found.rules] == ["accounts", "opportunities"]
