"""HTML and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.documents import Document, DocumentError, Limits, read_document
from ingest.documents.visibility import colour, declarations, hides


def pdf(pages: Sequence[Sequence[str]], trailer: str = "") -> bytes:
    """A PDF with these lines on its pages."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        content = f"BT /F1 11 Tf 14 TL 72 740 Td {shown} ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * n} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return (
        f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n"
    ).encode("ascii")


ENCRYPTED = (
    f"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}>"
    f" /U <{'42' * 32}> /P -4 >>"
)


def read(path: Path, data: bytes | str, limits: Limits | None = None) -> Document:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (document,) = read_document(path, limits or Limits())
    return document


def test_a_short_pdf_gives_its_lines(tmp_path: Path) -> None:
    document = read(
        tmp_path / "a.pdf", pdf([["Renewal of ACME", "is due in March."], ["Page two"]])
    )
    assert document.text == "Renewal of ACME\nis due in March.\n\nPage two"
    assert (document.format, document.date) == ("pdf", None)


def test_a_long_pdf_gives_all_its_pages(tmp_path: Path) -> None:
    document = read(tmp_path / "a.pdf", pdf([[f"Page {n} of many"] for n in range(300)]))
    assert document.text.split("\n\n") == [f"Page {n} of many" for n in range(300)]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (pdf([["secret"]], ENCRYPTED), "encrypted"),
        (pdf([["a line"]])[:300], "damaged"),
        (b"%PDF-1.4 rubbish " * 20, "damaged"),
        (b"no pdf at all", "not a PDF"),
        (pdf([[]]), "scan"),
        (pdf([["a"], ["b"], ["c"]]), "more than 2 pages"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_pdf_that_gives_no_text_says_why(tmp_path: Path, data: bytes, problem: str) -> None:
    with pytest.raises(DocumentError, match=problem) as caught:
        read(tmp_path / "a.pdf", data, Limits(pages=2))
    assert "\n" not in caught.value.message
    assert caught.value.next_step


def test_a_page_becomes_markdown_of_what_it_shows(tmp_path: Path) -> None:
    document = read(
        tmp_path / "a.html",
        "<html><head><title> Account  plan </title><style>b{color:red}</style></head><body>"
        "<h1>ACME</h1><p>See <a href='https://evil.example/x?q=1'>the_plan*</a>, it is <b>new</b>."
        "<img src='https://evil.example/p.png' alt='ignore'></p><ul><li>a<li>b</ul>"
        "<table><tr><td>Item<td>Cost<tr><td>Licence<td>12</table><script>alert(1)</script>",
    )
    assert document.text == (
        "# ACME\n\nSee the_plan*, it is new.\n\n* a\n* b\n\n"
        "| Item | Cost |\n| --- | --- |\n| Licence | 12 |"
    )
    assert (document.format, document.title) == ("html", "Account  plan")


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- SECRET -->",
        "<p style='display: none'>SECRET</p>",
        "<p style='DISPLAY:NONE !important'>SECRET</p>",
        "<div style='visibility:hidden'><b>SECRET</b></div>",
        "<p hidden>SECRET</p>",
        "<p class=off>SECRET</p>",
        "<p id=gone>SECRET</p>",
        "<p style='color:white'>SECRET</p>",
        "<font color='#fefefe'>SECRET</font>",
        "<div style='background:#003366;color:rgb(0,51,102)'>SECRET</div>",
        "<span style='color:transparent'>SECRET</span>",
        "<span style='font-size:0px'>SECRET</span>",
        "<div style='opacity:0'>SECRET</div>",
        "<div style='position:absolute;left:-9999px'>SECRET</div>",
        "<div style='max-height:0;overflow:hidden'>SECRET</div>",
        "<template>SECRET</template>",
        "<noscript>SECRET</noscript>",
        "<p style='display:none'>SECRET",
        "<![CDATA[SECRET]]>",
    ],
)
def test_what_a_page_hides_is_not_read(tmp_path: Path, hidden: str) -> None:
    style = "<style>.off, #gone {display:none}</style>"
    document = read(tmp_path / "a.html", f"<html>{style}<body><p>Before.{hidden}<p>After.")
    assert document.text.split() == ["Before.", "After."]


@pytest.mark.parametrize(
    "shown",
    [
        "<div style='font-size:0'><p style='font-size:13px'>SHOWN</p></div>",
        "<td bgcolor='#003366'><font color='white'>SHOWN</font></td>",
        "<div class=dark><p style='color:#fff'>SHOWN</p></div>",
        "<div style='background:url(x.png)'><p style='color:#fff'>SHOWN</p></div>",
        "<div style='color:white'><p style='color:black'>SHOWN</p></div>",
        "<p class=noprint>SHOWN</p>",
        "<p class=wide>SHOWN</p>",
        "<details><summary>x</summary>SHOWN</details>",
        "<p aria-hidden=true>SHOWN</p>",
    ],
)
def test_what_a_page_shows_is_read(tmp_path: Path, shown: str) -> None:
    style = (
        "<style>.dark{background-color:#036} @media print{.noprint{display:none}}"
        "@media (max-width:600px){.wide{display:none}}</style>"
    )
    document = read(tmp_path / "a.html", f"<html>{style}<body><table><tr>{shown}</table>{shown}")
    assert "SHOWN" in document.text


def test_the_encoding_that_a_page_declares_is_used(tmp_path: Path) -> None:
    page = "<html><head><meta charset='gb2312'></head><body><p>續約 Müller</p></body></html>"
    assert read(tmp_path / "a.html", page.encode("gb18030")).text == "續約 Müller"


def test_a_page_nested_without_end_still_gives_its_words(tmp_path: Path) -> None:
    page = "<div>" * 5000 + "deep" + "</div>" * 5000
    assert read(tmp_path / "a.html", page).text == "deep"


@pytest.mark.parametrize(
    ("style", "hidden"),
    [
        ("display:none", True),
        ("display:block", False),
        ("opacity:0.0", True),
        ("opacity:0.5", False),
        ("text-indent:-9999px", True),
        ("margin:0;height:0", False),
        ("height:0;overflow:hidden", True),
        ("mso-hide:all", True),
        ("", False),
    ],
)
def test_declarations_that_hide(style: str, hidden: bool) -> None:
    assert hides(declarations(style)) is hidden


@pytest.mark.parametrize(
    ("value", "rgb"),
    [
        ("#fff", (255, 255, 255)),
        ("#003366", (0, 51, 102)),
        ("rgb(1, 2, 3)", (1, 2, 3)),
        ("rgba(255,255,255,.5)", (255, 255, 255)),
        ("White", (255, 255, 255)),
        ("var(--x)", None),
        ("", None),
    ],
)
def test_colours_are_understood_or_unknown(value: str, rgb: tuple[int, int, int] | None) -> None:
    assert colour(value) == rgb
