"""PPTX: the visible slides and their notes through markitdown."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from ingest.documents.archive import pack, read_office_package
from ingest.documents.assembly import assemble
from ingest.documents.conversion import HTML_OPTIONS
from ingest.documents.document import Document, Limits
from kam_knowledge.errors import DocumentError

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "ppt/presentation.xml"
_RELATIONS = "ppt/_rels/presentation.xml.rels"
_SLIDE_MARK = re.compile(r"^<!-- Slide number: \d+ -->$", re.MULTILINE)
_SHAPES = (f"{_P}sp", f"{_P}graphicFrame", f"{_P}grpSp", f"{_P}cxnSp")


def read_pptx(data: bytes, limits: Limits) -> Document:
    """The slides in order: title, text, tables, charts' figures, then the speaker's notes.

    Hidden slides, hidden shapes, shapes outside the slide and pictures are not part of it.
    Raises DocumentError when the file is encrypted, damaged or over the limits.
    """
    from lxml import etree  # type: ignore[import-untyped]
    from markitdown import StreamInfo
    from markitdown.converters import PptxConverter

    parts = read_office_package(data, limits, main_part=_MAIN)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    presentation = etree.fromstring(parts[_MAIN], parser)
    slides = presentation.findall(f"{_P}sldIdLst/{_P}sldId")
    if len(slides) > limits.pages:
        raise DocumentError(
            f"The presentation has {len(slides):,} slides; the limit is {limits.pages:,}.",
            "Part it into several files.",
        )
    size = presentation.find(f"{_P}sldSz")
    width = int(size.get("cx")) if size is not None else 0
    height = int(size.get("cy")) if size is not None else 0
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in etree.fromstring(parts.get(_RELATIONS, b"<none/>"), parser)
    }
    hidden_slides = hidden_shapes = 0
    for slide in slides:
        target = targets.get(slide.get(f"{_R}id"), "")
        name = posixpath.normpath(posixpath.join("ppt", target)).lstrip("/")
        if not parts.get(name):
            continue
        root = etree.fromstring(parts[name], parser)
        if root.get("show") in {"0", "false"}:
            slide.getparent().remove(slide)
            hidden_slides += 1
            continue
        hidden_shapes += _drop_unseen(root, width, height)
        parts[name] = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    parts[_MAIN] = etree.tostring(presentation, encoding="utf-8", xml_declaration=True)
    converted = PptxConverter().convert(pack(parts), StreamInfo(extension=".pptx"), **HTML_OPTIONS)
    text = _SLIDE_MARK.sub("\n", converted.markdown)
    counts = ((hidden_slides, "hidden slide(s)"), (hidden_shapes, "hidden shape(s)"))
    return assemble(text, "pptx", omitted=tuple(f"{n} {what}" for n, what in counts if n))


def _drop_unseen(root: Any, width: int, height: int) -> int:
    """Take pictures and what no viewer sees out of a slide; how many shapes had hidden text."""
    for picture in list(root.iter(f"{_P}pic")):
        picture.getparent().remove(picture)
    hidden = [
        shape
        for shape in root.iter(*_SHAPES)
        if any(p.get("hidden") in {"1", "true"} for p in shape.findall(f"*/{_P}cNvPr"))
        or (shape.getparent().tag == f"{_P}spTree" and _is_outside(shape, width, height))
    ]
    for shape in hidden:
        shape.getparent().remove(shape)
    return sum(any(t.text for t in shape.iter(f"{_A}t")) for shape in hidden)


def _is_outside(shape: Any, width: int, height: int) -> bool:
    """Whether no part of the shape lies on the slide; False where it says no place."""
    place = next(iter(shape.findall(f"*/{_A}xfrm") or shape.findall(f"{_P}xfrm")), None)
    offset = place.find(f"{_A}off") if place is not None else None
    extent = place.find(f"{_A}ext") if place is not None else None
    if offset is None or extent is None or not width or not height:
        return False
    x, y = int(offset.get("x")), int(offset.get("y"))
    return bool(
        x >= width
        or y >= height
        or x + int(extent.get("cx")) <= 0
        or y + int(extent.get("cy")) <= 0
    )
