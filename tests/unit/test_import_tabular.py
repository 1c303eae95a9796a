"""Tables come from files as they stand there, whatever the encoding and the separator."""

from __future__ import annotations

import codecs
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.crm.csv_table import parse
from ingest.crm.decoding import decode
from ingest.crm.tabular import Table, Tables, heading, read_tables
from kam_knowledge.errors import UsageError

CHINESE = "name,industry\n华远重工,重型机械和铸造\n华远智能装备,智能装备\n"
WESTERN_FILE = "name;notes\nMüller & Söhne;Größe, Umsatz 5 €\nCafé Zürich;à bientôt\n"


def csv(folder: Path, text: str | bytes, name: str = "accounts.csv") -> Tables:
    data = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(data)
    return read_tables(folder)


def table(found: Tables) -> Table:
    (only,) = found.tables
    return only


def rows(found: Tables) -> list[tuple[int, tuple[Any, ...]]]:
    return [(row.line, row.cells) for row in table(found).rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk"]
)
def test_chinese_text_is_read_in_every_encoding_it_comes_in(tmp_path: Path, encoding: str) -> None:
    if encoding == "utf-16-le":
        data = codecs.BOM_UTF16_LE + CHINESE.encode(encoding)
    else:
        data = CHINESE.encode(encoding)
    assert rows(csv(tmp_path, data)) == [
        (2, ("华远重工", "重型机械和铸造")),
        (3, ("华远智能装备", "智能装备")),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_western_text_is_read_in_every_encoding_it_comes_in(tmp_path: Path, encoding: str) -> None:
    assert rows(csv(tmp_path, WESTERN_FILE.encode(encoding))) == [
        (2, ("Müller & Söhne", "Größe, Umsatz 5 €")),
        (3, ("Café Zürich", "à bientôt")),
    ]


def test_latin_text_in_utf_16_needs_no_mark() -> None:
    assert decode("name,kind\nAcme,entity\n".encode("utf-16-le")).text == "name,kind\nAcme,entity\n"
    assert decode("name,kind\nAcme,entity\n".encode("utf-16-be")).text == "name,kind\nAcme,entity\n"


def test_one_broken_byte_does_not_turn_the_file_into_another_encoding(tmp_path: Path) -> None:
    data = CHINESE.encode() + "北方重工,工业".encode() + b"\xff\n"
    found = csv(tmp_path, data)
    assert rows(found)[0] == (2, ("华远重工", "重型机械和铸造"))
    (problem,) = table(found).problems
    assert problem.where == "accounts.csv:4"
    assert "utf-8" in problem.problem


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


HAN = st.characters(codec="gb18030", min_codepoint=0x4E00, max_codepoint=0x9FA5)
WESTERN = """
Müller Söhne Größe Straße Café Zürich déjà à où été naïve señor año São João Åse Øre smörgås
crème brûlée Übergröße MÜLLER STRASSE plain words Ltd 12,50 € – “quoted”
"""
WESTERN_WORDS = WESTERN.split()


@given(st.text(alphabet=HAN, min_size=2, max_size=40))
def test_any_chinese_text_in_gb18030_comes_back(text: str) -> None:
    data = f"name,notes\n{text},1\n".encode("gb18030")
    assume(not is_utf8(data))
    assert decode(data).text == f"name,notes\n{text},1\n"


@given(st.lists(st.sampled_from(WESTERN_WORDS), min_size=1, max_size=12))
def test_any_western_text_in_cp1252_comes_back(words: list[str]) -> None:
    line = f"name;notes\n{' '.join(words)};x\n"
    assert decode(line.encode("cp1252")).text == line


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    text = f"name{separator}aliases{separator}notes\nAcme{separator}A{separator}x\n"
    assert rows(csv(tmp_path, text)) == [(2, ("Acme", "A", "x"))]


def test_a_separator_inside_cells_is_not_taken_for_the_files(tmp_path: Path) -> None:
    text = "name;aliases;notes\nAcme, Inc.;A, B, C;one, two, three\n"
    assert rows(csv(tmp_path, text)) == [(2, ("Acme, Inc.", "A, B, C", "one, two, three"))]
    text = 'name,aliases\nAcme,"ACME;Acme Corp;A;B"\n'
    assert rows(csv(tmp_path, text)) == [(2, ("Acme", "ACME;Acme Corp;A;B"))]


def test_a_file_of_one_column_has_no_separator(tmp_path: Path) -> None:
    assert rows(csv(tmp_path, "product\nPumps, small; and large\n")) == [
        (2, ("Pumps, small; and large",))
    ]


def test_a_spreadsheets_own_note_of_the_separator_is_followed(tmp_path: Path) -> None:
    assert rows(csv(tmp_path, "sep=;\nname;notes\nAcme;x\n")) == [(3, ("Acme", "x"))]


def test_the_line_of_a_row_is_where_it_begins_though_cells_hold_line_breaks(tmp_path: Path) -> None:
    text = 'name,notes\r\nAcme,"one\r\ntwo\r\nthree"\r\n\r\nGlobex,x\r\n'
    assert rows(csv(tmp_path, text)) == [(2, ("Acme", "one\ntwo\nthree")), (6, ("Globex", "x"))]


def test_quotes_are_written_twice_inside_quotes(tmp_path: Path) -> None:
    assert rows(csv(tmp_path, 'name,notes\nAcme,"the ""big"" one"\n')) == [
        (2, ("Acme", 'the "big" one'))
    ]


def test_a_quote_that_is_never_closed_costs_its_own_line(tmp_path: Path) -> None:
    found = csv(tmp_path, 'name,notes\nAcme,"open\nGlobex,x\nInitech,y\n')
    assert rows(found) == [(3, ("Globex", "x")), (4, ("Initech", "y"))]
    (problem,) = table(found).problems
    assert problem.where == "accounts.csv:2"
    assert "never closed" in problem.problem


def test_a_row_with_a_cell_too_many_is_left_out_and_named(tmp_path: Path) -> None:
    found = csv(tmp_path, "name,kind\nAcme,entity\nGlobex, Inc.,entity\nInitech,entity\n")
    assert rows(found) == [(2, ("Acme", "entity")), (4, ("Initech", "entity"))]
    (problem,) = table(found).problems
    assert problem.where == "accounts.csv:3"
    assert "3 cells and the heading 2" in problem.problem


def test_cells_left_out_at_the_end_of_a_row_are_empty(tmp_path: Path) -> None:
    assert rows(csv(tmp_path, "name,kind,notes\nAcme,entity\nGlobex\nInitech,,,,\n")) == [
        (2, ("Acme", "entity", None)),
        (3, ("Globex", None, None)),
        (4, ("Initech", None, None)),
    ]


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert rows(csv(tmp_path, "\n\nname,kind\n\n , \nAcme,entity\n\n")) == [(6, ("Acme", "entity"))]


def test_two_columns_of_one_heading_are_both_left_unread_and_named(tmp_path: Path) -> None:
    found = csv(tmp_path, "name,notes,Notes\nAcme,x,y\n")
    assert table(found).headings == ("name", "", "")
    (problem,) = table(found).problems
    assert (problem.where, problem.column) == ("accounts.csv:1", "notes")


def test_a_column_without_a_heading_is_named_when_it_holds_something(tmp_path: Path) -> None:
    found = csv(tmp_path, "name,,kind,\nAcme,lost,entity,\n")
    assert table(found).unknown == ["accounts.csv: column 2 has no heading"]


def test_headings_are_compared_without_case_spaces_hyphens_and_underscores() -> None:
    forms = [
        "annual_revenue",
        "Annual Revenue",
        "ANNUAL-REVENUE",
        "annualRevenue*",
        "\ufeffannual revenue ",
    ]
    assert {heading(form) for form in forms} == {"annualrevenue"}


def test_control_characters_and_blanks_around_cells_are_taken_off(tmp_path: Path) -> None:
    assert rows(csv(tmp_path, "name,notes\n  Acme\u00a0,\x00a\x07b \n")) == [(2, ("Acme", "ab"))]


def test_files_are_found_by_their_suffix_and_others_that_hold_tables_are_named(
    tmp_path: Path,
) -> None:
    (tmp_path / "Accounts.CSV").write_text("name\nAcme\n")
    (tmp_path / "people.tsv").write_text("email\tname\na@x.com\tA\n")
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / "old.xls").write_bytes(b"x")
    (tmp_path / "~$book.xlsx").write_bytes(b"x")
    (tmp_path / ".hidden.csv").write_text("x\n")
    (tmp_path / "notes").mkdir()
    found = read_tables(tmp_path)
    assert [each.place for each in found.tables] == ["Accounts.CSV", "people.tsv"]
    assert found.unknown == ["old.xls: not a CSV or .xlsx file"]


def test_a_path_that_is_nothing_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_tables(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"holds no CSV, \.xlsx or \.ics file"):
        read_tables(tmp_path)


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


def test_a_workbook_gives_its_sheets_with_real_numbers_and_dates(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        accounts=[
            ["name", "annual_revenue", "renewal_date"],
            [],
            ["Acme", 1200.5, date(2026, 11, 12)],
        ],
        people=[["email"], ["a@x.com"]],
    )
    accounts, people = read_tables(path).tables
    assert accounts.place == "book.xlsx/accounts"
    assert [(row.line, row.cells) for row in accounts.rows] == [
        (3, ("Acme", 1200.5, datetime.fromisoformat("2026-11-12")))
    ]
    assert people.names == ("people",)


def test_a_sheet_that_stands_alone_may_be_known_by_its_file(tmp_path: Path) -> None:
    path = workbook(tmp_path / "accounts.xlsx", Sheet1=[["name"], ["Acme"]])
    assert read_tables(path).tables[0].names == ("Sheet1", "accounts")


def test_a_formula_without_a_stored_value_stays_text(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", accounts=[["name", "notes"], ["Acme", "=1+1"]])
    assert read_tables(path).tables[0].rows[0].cells == ("Acme", "=1+1")


def test_a_formula_with_a_stored_value_gives_that_value(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", accounts=[["name", "cost"], ["Acme", "=600*2"]])
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                assert b"<f>600*2</f><v />" in data or b"<f>600*2</f><v></v>" in data
                data = data.replace(b"<v />", b"<v>1200</v>").replace(b"<v></v>", b"<v>1200</v>")
            new.writestr(entry, data)
    path.write_bytes(changed.getvalue())
    assert read_tables(path).tables[0].rows[0].cells == ("Acme", 1200)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range(1025):
            entry.write(b"0" * 2**20)
    found = read_tables(path)
    assert not found.tables
    assert "would unpack to 1025 MB" in found.problems[0].problem


def test_what_is_no_workbook_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("name\nAcme\n")
    (tmp_path / "broken.xlsx").write_bytes(b"not a zip")
    found = read_tables(tmp_path)
    assert [each.place for each in found.tables] == ["accounts.csv"]
    assert found.problems[0].where == "broken.xlsx"


CELLS = st.text(
    alphabet=st.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp"]), max_size=8
) | st.sampled_from([",", ";", "a,b", 'say "x"', "two\nlines", "\t|"])


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5)
    ),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_what_a_csv_writer_wrote_comes_back_on_its_own_lines(
    lines: list[list[str]], separator: str
) -> None:
    import csv as writer

    width = len(lines[0]) if lines else 2
    out = io.StringIO()
    made = writer.writer(out, delimiter=separator, lineterminator="\n")
    header = [f"column{number}" for number in range(width)]
    expected, line = [(1, tuple(header))], 2
    made.writerow(header)
    for cells in lines:
        before = out.tell()
        made.writerow(cells)
        if any(cell.strip() for cell in cells):
            expected.append((line, tuple(cells)))
        line += out.getvalue()[before:].count("\n")
    found = parse(out.getvalue())
    assert found.broken == []
    assert [(record.line, record.cells) for record in found.records] == expected
