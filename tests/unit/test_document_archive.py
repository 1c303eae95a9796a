"""Archives that attack: bombs, climbing names, document type declarations, damage."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.documents import DocumentError, Limits, read_document
from ingest.documents.archive import Archive, refuse_declarations
from ingest.documents.reading import read_bytes

MIB = 1024 * 1024
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><root>&lol9;</root>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/hostname">]><x>&y;</x>'


def word(parts: dict[str, bytes] | None = None) -> bytes:
    """A Word file, with these parts put in place of its own."""
    document = docx.Document()
    document.add_paragraph("A paragraph of a sound file.")
    packed, changed = io.BytesIO(), io.BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(changed, "w", 8) as target:
        contents = {name: source.read(name) for name in source.namelist()} | (parts or {})
        for name, content in contents.items():
            target.writestr(name, content)
    return changed.getvalue()


SOUND = word()


def archive(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return packed.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = word({"word/media/zeros.xml": b"\x00" * (24 * MIB)})
    assert len(bomb) < MIB
    with pytest.raises(DocumentError, match="unpacks to 25 MiB"):
        read_bytes(bomb, "a.docx")


def test_a_size_that_lies_is_found_out() -> None:
    data = bytearray(archive({"word/document.xml": b"<a>" + b" " * 5000 + b"</a>"}))
    size = (5007).to_bytes(4, "little")
    assert data.count(size) == 2
    data = data.replace(size, (7).to_bytes(4, "little"))
    with pytest.raises(DocumentError, match="damaged"):
        Archive(bytes(data), Limits()).read("word/document.xml")


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (Limits(archive_members=2), "files; the limit is 2"),
        (Limits(archive_bytes=10_000), "unpacks"),
    ],
)
def test_archives_have_limits_of_members_and_size(limits: Limits, problem: str) -> None:
    with pytest.raises(DocumentError, match=problem):
        read_bytes(SOUND, "a.docx", limits)


def test_names_that_climb_out_are_not_listed() -> None:
    names = ["ok/a.json", "../up.json", "/root.json", "a/../../b.json", "c:\\x.json", "d\\e.json"]
    assert Archive(archive(dict.fromkeys(names, b"{}")), Limits()).names == ["ok/a.json"]


@pytest.mark.parametrize("declaration", [LAUGHS, OUTSIDE], ids=["laughs", "outside"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/footnotes.xml"])
def test_a_document_type_declaration_is_refused(declaration: str, encoding: str, part: str) -> None:
    with pytest.raises(DocumentError, match="document type declaration"):
        read_bytes(word({part: declaration.encode(encoding)}), "a.docx")


def test_a_declaration_in_a_workbook_is_refused() -> None:
    packed = io.BytesIO()
    openpyxl.Workbook().save(packed)
    with zipfile.ZipFile(packed) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["xl/sharedStrings.xml"] = LAUGHS.encode()
    with pytest.raises(DocumentError, match="document type declaration"):
        read_bytes(archive(parts), "a.xlsx")


def test_sound_xml_passes_the_check() -> None:
    refuse_declarations(b"<?xml version='1.0'?><!-- <!DOCTYPE in a comment --><a>&lt;&amp;</a>")
    refuse_declarations("<a>华远</a>".encode("utf-16"))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (SOUND[: len(SOUND) // 2], "damaged"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (b"no archive", "damaged"),
        (archive({"a.txt": b"x"}), "does not match its extension"),
        (archive({"word/document.xml": b"<a>"}), "damaged"),
        (archive({"word/document.xml": b"<a/>"}, zipfile.ZIP_LZMA), "damaged"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0" + b"WordDocument", "old binary"),
    ],
)
def test_a_broken_word_file_says_what_is_wrong(data: bytes, problem: str) -> None:
    with pytest.raises(DocumentError, match=problem) as caught:
        read_bytes(data, "a.docx")
    assert caught.value.next_step
    assert "\n" not in caught.value.message


def test_an_encrypted_archive_is_refused() -> None:
    data = bytearray(archive({"users.json": b"[]"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    with pytest.raises(DocumentError, match="encrypted"):
        read_bytes(bytes(data), "a.zip")


def test_embedded_files_and_macros_are_never_unpacked() -> None:
    extra = {"word/embeddings/a.zip": b"PK\x03\x04", "word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}
    (document,) = read_bytes(word(extra), "a.docx")
    assert document.text == "A paragraph of a sound file."


def test_a_style_map_that_a_file_brings_is_not_followed() -> None:
    (document,) = read_bytes(word({"mammoth/style-map": b"p => h1"}), "a.docx")
    assert document.text == "A paragraph of a sound file."


def test_a_picture_that_lies_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    target = tmp_path / "outside.txt"
    target.write_text("the contents of another file")
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId9" TargetMode="External" Target="' + target.as_uri().encode() + b'"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
        b"</Relationships>"
    )
    picture = (
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        b' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        b' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
        b' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        b"<w:body><w:p><w:r><w:t>Text</w:t></w:r><w:r><w:drawing><wp:inline><a:graphic>"
        b'<a:graphicData><pic:pic><pic:blipFill><a:blip r:link="rId9"/></pic:blipFill></pic:pic>'
        b"</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p></w:body></w:document>"
    )
    parts = {"word/document.xml": picture, "word/_rels/document.xml.rels": relations}
    path = tmp_path / "a.docx"
    path.write_bytes(word(parts))
    (document,) = read_document(path)
    assert document.text == "Text"


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_never_a_crash(data: st.DataObject) -> None:
    broken = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        documents = read_bytes(bytes(broken), "a.docx")
    except DocumentError:
        return
    assert documents[0].format == "docx"
