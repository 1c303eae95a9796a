"""ZIP files, examined before they are opened and while they are read.

DOCX, PPTX and XLSX are ZIPs of XML; a Slack export is one of JSON. What an attacker can do with
one (a bomb, a name that climbs out of the folder, an archive inside the archive, an entity that
expands or names a file) is refused here, before a library sees the bytes.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from xml.parsers import expat

from ingest.documents.document import MIB, Limits
from kam_knowledge.errors import DocumentError

_HARMLESS_EXPANSION = 20 * MIB  # below this a high ratio is a repetitive file, not a bomb
_XML_ENDINGS = (".xml", ".rels", ".vml")
_SAVE_AGAIN = "Open it in its program and save it again."


class Archive:
    """The members of a ZIP that may be read, by name.

    Raises DocumentError when the ZIP is damaged, encrypted or larger than the limits allow.
    Members whose name is absolute or climbs with `..`, and folders, are not listed.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise _damaged() from error
        if len(infos) > limits.archive_members:
            raise DocumentError(
                f"The archive holds {len(infos):,} files; the limit is {limits.archive_members:,}.",
                "Part it into several files.",
            )
        expanded = sum(info.file_size for info in infos)
        if expanded > limits.archive_bytes or (
            expanded > _HARMLESS_EXPANSION and expanded > limits.archive_ratio * len(data)
        ):
            raise DocumentError(
                f"The file unpacks to {expanded / MIB:,.0f} MiB from {len(data) / MIB:,.1f} MiB,"
                " more than the limits allow.",
                "Part it into several files, or remove its pictures and unused sheets.",
            )
        if any(info.flag_bits & 0x1 for info in infos):
            raise DocumentError(
                "The archive is encrypted.", "Remove the password and ingest it again."
            )
        self._members = {
            info.filename: info
            for info in infos
            if not info.is_dir()
            and not info.filename.startswith("/")
            and not {"..", ""} & set(info.filename.split("/"))
            and "\\" not in info.filename
            and ":" not in info.filename
        }

    @property
    def names(self) -> list[str]:
        """The members' names, in the order of the archive."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """The bytes of a member, never more than its declared size.

        Raises DocumentError when the member is damaged or packed in an unusual way.
        """
        info = self._members[name]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged()
        try:
            with self._zip.open(info) as member:
                data = member.read(info.file_size + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
        ) as error:
            raise _damaged() from error
        if len(data) != info.file_size:
            raise _damaged()
        return data


def read_office_package(data: bytes, limits: Limits, *, main_part: str) -> dict[str, bytes]:
    """The parts of a DOCX, PPTX or XLSX by name: XML as it is, everything else emptied.

    Pictures, embedded files and macros are never unpacked: no text is read from them. Raises
    DocumentError when the file is encrypted, damaged, lacks its main part, or when an XML part
    has a document type declaration, which no office program writes.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise DocumentError(
            "The file is encrypted." if encrypted else "The file is an old binary Office file.",
            "Remove the password and ingest it again."
            if encrypted
            else "Open it in its program and save it in the present format.",
        )
    archive = Archive(data, limits)
    if main_part not in archive.names:
        raise DocumentError("The file's content does not match its extension.", _SAVE_AGAIN)
    parts: dict[str, bytes] = {}
    for name in archive.names:
        if name.startswith("mammoth/"):
            continue  # a style map that the file brings would decide what is shown
        is_xml = name.lower().endswith(_XML_ENDINGS)
        parts[name] = archive.read(name) if is_xml else b""
        if is_xml:
            refuse_declarations(parts[name])
    return parts


def pack(parts: Mapping[str, bytes]) -> io.BytesIO:
    """The parts as a ZIP again, for a library that reads one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    packed.seek(0)
    return packed


def refuse_declarations(xml: bytes) -> None:
    """Raise DocumentError when the XML has a document type declaration or is not well formed.

    Without one there are no entities to expand and no address to fetch. The check is expat's
    own, so that an encoding cannot hide the declaration from it.
    """
    if not xml.strip():
        return

    def refuse(*_: object) -> None:
        raise DocumentError(
            "The file holds an XML document type declaration, as an attack does.",
            _SAVE_AGAIN,
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise _damaged() from error


def _damaged() -> DocumentError:
    return DocumentError("The file is damaged or incomplete.", _SAVE_AGAIN)
