"""The book of the demo: a vendor, its nine accounts and two years of their history.

Every date is relative to the day of loading, so the book never goes stale. The templates are the
files beside this one; their placeholders are described in `placeholders`, who is who and which
facts the book holds in README.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from kam_knowledge.sample_book import office
from kam_knowledge.sample_book.placeholders import PlaceholderError, fill, fill_name

__all__ = ["PlaceholderError", "SampleBook", "materialise"]

_TEMPLATES = Path(__file__).parent
# What an earlier call wrote. File names hold dates, so another day's files would stay behind.
_WRITTEN = ".sample-book"


@dataclass(frozen=True)
class SampleBook:
    """Where a materialised book lies.

    `sheets` maps a sheet's name to its CSV file. `notes` maps a template's path, such as
    ``notes/acme/@workday-12@-call-dana-wu.md``, to the file made from it: the template's path
    names a note on every day, the file's path only on one.
    """

    folder: Path
    today: dt.date
    workbook: Path
    notes_folder: Path
    sheets: dict[str, Path]
    notes: dict[str, Path]


def materialise(folder: Path, today: dt.date) -> SampleBook:
    """Write the sample book as of `today` into `folder` and give back where everything lies.

    Writes ``folder/workbook/*.csv`` and ``folder/notes/<account>/*``. What an earlier call wrote
    there is replaced; nothing else in the folder is touched. The same day gives the same bytes.
    Raises PlaceholderError when a template is wrong, OSError when the folder cannot be written.
    """
    sheets = {
        template.stem: (folder / "workbook" / template.name, _text(template, today).encode())
        for template in _templates("workbook")
    }
    notes = {}
    for template in _templates("notes"):
        name, content = _note(template, today)
        notes[template.relative_to(_TEMPLATES).as_posix()] = (
            folder / "notes" / template.parent.name / name,
            content,
        )
    _clear(folder)
    written = [*sheets.values(), *notes.values()]
    for path, content in written:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    listed = "".join(f"{path.relative_to(folder).as_posix()}\n" for path, _ in written)
    (folder / _WRITTEN).write_text(listed, encoding="utf-8")
    return SampleBook(
        folder=folder,
        today=today,
        workbook=folder / "workbook",
        notes_folder=folder / "notes",
        sheets={name: path for name, (path, _) in sheets.items()},
        notes={name: path for name, (path, _) in notes.items()},
    )


def _templates(under: str) -> list[Path]:
    return sorted(path for path in (_TEMPLATES / under).rglob("*") if path.is_file())


def _text(template: Path, today: dt.date) -> str:
    try:
        return fill(template.read_text(encoding="utf-8"), today)
    except PlaceholderError as error:
        raise PlaceholderError(f"{template.name}: {error}") from error


def _note(template: Path, today: dt.date) -> tuple[str, bytes]:
    """Give back the file's name and bytes: ``plan.docx.md`` becomes a Word file ``plan.docx``."""
    text, name = _text(template, today), fill_name(template.name, today)
    made = name.removesuffix(".md")
    match Path(made).suffix:
        case ".eml":
            return made, office.mail(text)
        case ".docx":
            return made, office.word(text, today)
        case ".pptx":
            return made, office.slides(text, today)
        case ".xlsx":
            return made, office.sheets(text, today)
        case ".pdf":
            return made, office.pdf(text)
        case _:
            return name, text.encode()


def _clear(folder: Path) -> None:
    listing = folder / _WRITTEN
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8").splitlines():
            (folder / line).unlink(missing_ok=True)
