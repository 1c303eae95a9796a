"""Files that people share: fetched with our token, read within limits in a process of their own."""

from __future__ import annotations

import tempfile
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.delivery import code
from bot.slack.directory import NotTold
from ingest.documents import DEFAULT_LIMITS, DocumentError, Reader
from ingest.notes.from_files import NoteFile, note_file
from kam_knowledge.errors import UsageError

_SECONDS = 60
_OF_ADDRESSES = "%/:?#[]@!$&'()*+,;=~"
_PIECE = 1 << 16
_NOT_THERE = frozenset({"file_not_found", "file_deleted", "missing_scope", "not_allowed"})


class Unreadable(Exception):
    """A file that cannot be a note: its name, and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


@dataclass(frozen=True)
class SharedFile:
    """A file as the text of a note."""

    name: str
    note: NoteFile


class _Elsewhere(urllib.request.HTTPRedirectHandler):
    """Our token is not carried to another place."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class SharedFiles:
    """Reads the files of one workspace. Safe to share between threads."""

    client: WebClient
    reading: threading.Lock = field(default_factory=threading.Lock)

    def read(self, file_id: str) -> SharedFile:
        """The file's text.

        Raises Unreadable, NotTold where Slack does not answer.
        """
        told = self._told(file_id)
        name = Path(str(told.get("name") or file_id)).name
        try:
            return SharedFile(name, self._note(told, name))
        except (DocumentError, UsageError) as error:
            raise Unreadable(name, str(error)) from error

    def _told(self, file_id: str) -> dict[str, Any]:
        """What Slack tells of the file."""
        try:
            found: Any = self.client.files_info(file=file_id)
        except SlackApiError as error:
            if code(error) in _NOT_THERE:
                raise Unreadable(file_id, "The file is gone, or not for us.") from error
            raise NotTold(f"the file {file_id}: {code(error)}") from error
        except OSError as error:
            raise NotTold(f"the file {file_id}: {error}") from error
        return dict(found["file"])

    def _note(self, told: dict[str, Any], name: str) -> NoteFile:
        """The text of the file. Raises DocumentError, UsageError, NotTold."""
        if told.get("mode") == "email" and told.get("plain_text"):
            return NoteFile(_email(told))
        if int(told.get("size") or 0) > DEFAULT_LIMITS.file_bytes:
            raise DocumentError(
                f"The file is larger than {DEFAULT_LIMITS.file_bytes >> 20} MB.", "Share a part."
            )
        address = str(told.get("url_private_download") or told.get("url_private") or "")
        with tempfile.TemporaryDirectory(prefix="kam-file-") as folder:
            path = Path(folder) / f"file{Path(name).suffix.lower()}"
            self._fetch(address, path)
            with self.reading, Reader() as reader:  # one at a time: each may take much memory
                return note_file(reader.read(path))

    def _fetch(self, address: str, path: Path) -> None:
        """Writes what is at the address into the file. Raises NotTold, DocumentError."""
        parts, home = urlsplit(address), urlsplit(self.client.base_url)
        slacks = parts.hostname == "slack.com" or str(parts.hostname).endswith(".slack.com")
        if not ((parts.scheme == "https" and slacks) or parts.netloc == home.netloc):
            raise DocumentError("The file is kept outside of Slack.", "Upload it here.")
        request = urllib.request.Request(
            quote(address, safe=_OF_ADDRESSES),
            headers={"Authorization": f"Bearer {self.client.token}"},
        )
        try:
            with (
                urllib.request.build_opener(_Elsewhere).open(request, timeout=_SECONDS) as answer,
                path.open("wb") as out,
            ):
                if answer.headers.get_content_type() == "text/html" and path.suffix not in _PAGES:
                    raise DocumentError("Slack does not let us read the file.", "Ask an admin.")
                left = DEFAULT_LIMITS.file_bytes
                while left >= 0 and (piece := answer.read(_PIECE)):
                    left -= len(piece)
                    out.write(piece)
        except urllib.error.HTTPError as error:
            if error.code in (403, 404, 410):
                raise DocumentError(
                    "The file is gone, or not for us.", "Share it again."
                ) from error
            raise NotTold(f"a file: {error}") from error
        except OSError as error:
            raise NotTold(f"a file: {error}") from error
        if left < 0:
            raise DocumentError(
                f"The file is larger than {DEFAULT_LIMITS.file_bytes >> 20} MB.", "Share a part."
            )


_PAGES = frozenset({".html", ".htm"})


def _email(told: dict[str, Any]) -> str:
    """A forwarded email, whose text Slack tells, below its headers."""

    def people(name: str) -> str:
        return ", ".join(
            str(one.get("original") or one.get("address")) for one in told.get(name) or ()
        )

    sender = people("from")
    if not sender:
        raise UsageError("the email does not say who sent it.", "Forward it again.")
    headers = {
        "From": sender,
        "To": people("to"),
        "Subject": told.get("subject") or told.get("title"),
    }
    sent = (told.get("headers") or {}).get("date")
    headers |= {"Date": sent} if sent else {}
    above = "\n".join(f"{name}: {value}" for name, value in headers.items() if value)
    return f"{above}\n\n{told['plain_text']}"
