"""A file becomes documents, in this process: the format by extension, the limits, the errors."""

from __future__ import annotations

import stat
import warnings
from functools import partial
from pathlib import Path, PurePath

from ingest.documents.document import DEFAULT_LIMITS, MIB, Document, Limits
from ingest.documents.markdown import read_markdown
from ingest.documents.transcript import read_vtt
from kam_knowledge.errors import DocumentError

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
TEXT_SUFFIXES = MARKDOWN_SUFFIXES | {".txt", ".text", ".vtt"}
SUPPORTED_SUFFIXES = TEXT_SUFFIXES | {
    ".html", ".htm", ".docx", ".pdf", ".pptx", ".xlsx", ".eml", ".zip",
}  # fmt: skip
_SAVE_AS = {
    ".doc": "Save it as .docx.",
    ".rtf": "Save it as .docx.",
    ".odt": "Save it as .docx.",
    ".pages": "Export it as .docx or .pdf.",
    ".xls": "Save it as .xlsx.",
    ".ods": "Save it as .xlsx.",
    ".numbers": "Export it as .xlsx.",
    ".csv": "Save it as .xlsx, or import it with `kam import`.",
    ".ppt": "Save it as .pptx.",
    ".odp": "Save it as .pptx.",
    ".key": "Export it as .pptx or .pdf.",
    ".msg": "Save the message as .eml.",
    ".srt": "Save it as .vtt or .txt.",
}
_WITH_MACROS = {".docm": ".docx", ".xlsm": ".xlsx", ".pptm": ".pptx"}
_JUNK_NAMES = {"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"}
_JUNK_ENDINGS = ("~", ".tmp", ".swp", ".part", ".crdownload", ".bak", ".lnk")
_XML_NO_MEMORY = 2  # libxml2's XML_ERR_NO_MEMORY
_DEEPEST_MESSAGE = 2  # a forwarded message in a forwarded message is read, no deeper


def is_junk(path: Path) -> bool:
    """Whether the file is nobody's document: hidden, an editor's lock or an OS's own."""
    name = path.name.lower()
    return (
        name.startswith((".", "~$"))
        or name in _JUNK_NAMES
        or name.endswith(_JUNK_ENDINGS)
        or "__MACOSX" in path.parts
    )


def read_document(path: Path, limits: Limits = DEFAULT_LIMITS) -> list[Document]:
    """The documents in a file: one, or one a channel and day of a Slack export.

    Reads in this process, without limits on time and memory: for files that people hand in, use
    `Reader`. Raises DocumentError, which says what is wrong and what to do, for every file that
    gives no text.
    """
    check_file(path, limits)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unopened(error) from error
    return read_bytes(data, path.name, limits)


def check_file(path: Path, limits: Limits) -> int:
    """The file's size in bytes. Raises DocumentError when it should not even be opened."""
    check_suffix(path.name)
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise _unopened(error) from error
    if not stat.S_ISREG(status.st_mode):
        raise DocumentError("It is not a file.", "Give a file, or a folder of files.")
    if status.st_size == 0:
        raise DocumentError("The file is empty.", "Nothing to do, unless it was cut off.")
    if status.st_size > limits.file_bytes:
        raise DocumentError(
            f"The file has {status.st_size / MIB:,.1f} MiB;"
            f" the limit is {limits.file_bytes / MIB:,.1f} MiB.",
            "Part it, or save it without pictures.",
        )
    return status.st_size


def check_suffix(name: str) -> str:
    """The extension in lower case. Raises DocumentError when its format is not read."""
    suffix = PurePath(name).suffix.lower()
    if suffix in SUPPORTED_SUFFIXES:
        return suffix
    if suffix in _WITH_MACROS:
        raise DocumentError(
            f"The file may hold macros; the {suffix} format is not supported.",
            f"Save it as {_WITH_MACROS[suffix]}.",
        )
    what = f"The {suffix} format is not supported." if suffix else "The file has no extension."
    raise DocumentError(
        what, _SAVE_AS.get(suffix, "Save it as Markdown, text, PDF, DOCX, PPTX, XLSX or EML.")
    )


def read_bytes(
    data: bytes, name: str, limits: Limits = DEFAULT_LIMITS, *, depth: int = 0
) -> list[Document]:
    """The documents in a file's bytes, its format taken from `name`.

    `depth` counts the messages around an attachment. Raises DocumentError.
    """
    suffix = check_suffix(name)
    try:
        documents = _read(data, suffix, limits, depth)
    except (DocumentError, MemoryError):
        raise
    except RecursionError as error:
        raise DocumentError(
            "The file is nested too deeply.", "Open it in its program and save it again."
        ) from error
    except Exception as error:
        if _is_out_of_memory(error):
            raise MemoryError from error
        # The libraries fail on a damaged file in every way there is.
        raise DocumentError(
            f"The file cannot be read as {suffix.removeprefix('.')}: it seems to be damaged"
            f" ({type(error).__name__}).",
            "Open it in its program and save it again.",
        ) from error
    documents = [document for document in documents if document.text.strip()]
    if not documents:
        raise DocumentError("The file has no text.", "Nothing to do, unless it should have.")
    size = sum(len(document.text) for document in documents)
    if size > limits.text_characters:
        raise DocumentError(
            f"The file holds {size:,} characters of text; the limit is {limits.text_characters:,}.",
            "Part it into several files.",
        )
    return documents


def _read(data: bytes, suffix: str, limits: Limits, depth: int) -> list[Document]:
    if suffix == ".vtt":
        return [read_vtt(data)]
    if suffix in TEXT_SUFFIXES:
        return [read_markdown(data, is_markdown=suffix in MARKDOWN_SUFFIXES)]
    with warnings.catch_warnings():
        # What a library has to say of a file's oddities is no news to anyone.
        warnings.simplefilter("ignore")
        return _convert(data, suffix, limits, depth)


def _convert(data: bytes, suffix: str, limits: Limits, depth: int) -> list[Document]:
    """The formats whose libraries are loaded when they are needed."""
    if suffix in {".html", ".htm"}:
        from ingest.documents.webpage import read_html

        return [read_html(data)]
    if suffix == ".pdf":
        from ingest.documents.pdf import read_pdf

        return [read_pdf(data, limits)]
    if suffix == ".docx":
        from ingest.documents.word import read_docx

        return [read_docx(data, limits)]
    if suffix == ".pptx":
        from ingest.documents.slides import read_pptx

        return [read_pptx(data, limits)]
    if suffix == ".xlsx":
        from ingest.documents.spreadsheet import read_xlsx

        return [read_xlsx(data, limits)]
    if suffix == ".eml":
        from ingest.documents.mail import read_eml

        return [read_eml(data, partial(_read_attachment, limits=limits, depth=depth + 1))]
    from ingest.documents.slack_export import read_slack_export

    return read_slack_export(data, limits)


def _read_attachment(data: bytes, name: str, *, limits: Limits, depth: int) -> list[Document]:
    suffix = check_suffix(name)
    if suffix == ".zip" or (suffix == ".eml" and depth > _DEEPEST_MESSAGE):
        raise DocumentError("An archive inside a message is not opened.", "Save and unpack it.")
    if len(data) > limits.file_bytes:
        raise DocumentError("It is too large.", "Save it, part it and ingest the parts.")
    return read_bytes(data, name, limits, depth=depth)


def _is_out_of_memory(error: BaseException | None) -> bool:
    """Whether memory ran out below: not every library says it with a MemoryError."""
    while error is not None:
        says_so = isinstance(error, SyntaxError) and getattr(error, "code", None) == _XML_NO_MEMORY
        failed = isinstance(error, MemoryError | SystemError | ImportError)
        if says_so or (failed and not isinstance(error, ModuleNotFoundError)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _unopened(error: Exception) -> DocumentError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return DocumentError(f"The file cannot be opened: {reason}.", "Check its path and its rights.")
