"""EML: the headers that matter, the text, and the attachments of a known format."""

from __future__ import annotations

import contextlib
import datetime as dt
import email
import email.policy
import email.utils
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message
from pathlib import PurePosixPath
from typing import TypeGuard

from ingest.documents.cleaning import clean, tidy
from ingest.documents.document import Document
from ingest.documents.encoding import decode
from ingest.documents.front_matter import split_front_matter
from ingest.documents.webpage import html_to_markdown
from kam_knowledge.errors import DocumentError

ReadAttachment = Callable[[bytes, str], list[Document]]

_SHOWN_HEADERS = ("Subject", "From", "To", "Cc", "Date")
_PEOPLE_HEADERS = ("From", "To", "Cc")
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,76}:[ \t]?|From ")
_ENCRYPTED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_MOST_PARTS = 1_000
_MOST_PEOPLE = 500


def read_eml(data: bytes, read_attachment: ReadAttachment) -> Document:
    """The message as text: a line a header, the body, then each readable attachment's text.

    The plain part is preferred to the HTML one. `date` is the Date header's day in the sender's
    zone; `participants` are From, To and Cc as written. An attachment goes through
    `read_attachment(bytes, name)`; one that cannot be read is listed by name, with the reason in
    `omitted`. Raises DocumentError when the file is no message or an encrypted one.
    """
    if not _HEADER_LINE.match(data.lstrip()):
        raise DocumentError("The file is not an email message.", "Export it again as .eml.")
    message = email.message_from_bytes(data, policy=email.policy.default)
    headers = {name: value for name in _SHOWN_HEADERS if (value := _header(message, name))}
    if not {"From", "Date", "Subject", "To"} & headers.keys():
        raise DocumentError("The file is not an email message.", "Export it again as .eml.")
    if message.get_content_type() in _ENCRYPTED and "signed" not in str(message.get_params()):
        raise DocumentError("The message is encrypted.", "Save it decrypted, or as text.")

    body, omitted = _body(message)
    front_matter, body = split_front_matter(body.lstrip("\n"))
    blocks = ["\n".join(f"{name}: {value}" for name, value in headers.items()), body.strip("\n")]
    attachments = list(_attachments(message))
    if attachments:
        blocks.append("Attachments: " + ", ".join(name for name, _ in attachments))
    for name, content in attachments:
        try:
            documents = read_attachment(content, name)
        except DocumentError as problem:
            omitted.append(f"attachment {name}: {problem.message}")
            continue
        for document in documents:
            blocks.append(f"## Attachment: {name}\n\n{document.text}")
            omitted += [f"attachment {name}: {what}" for what in document.omitted]
    title = front_matter.get("title")
    return Document(
        text="\n\n".join(block for block in blocks if block),
        format="eml",
        title=title if isinstance(title, str) else headers.get("Subject"),
        front_matter=front_matter,
        date=_date(message),
        participants=_participants(message),
        kind="email",
        omitted=tuple(omitted),
    )


def _header(message: Message, name: str) -> str:
    """The decoded header on one line; "" where it is absent or cannot be parsed."""
    written: list[str] = []
    for key, raw in message.raw_items():
        if key.lower() != name.lower():
            continue
        try:
            raw.encode("utf-8")
            written.append(str(message.policy.header_fetch_parse(key, raw)))
        except UnicodeEncodeError:  # bytes put into the header as they are, as GB18030 often is
            with contextlib.suppress(DocumentError):
                written.append(decode(raw.encode("utf-8", "surrogateescape")))
        except (ValueError, LookupError, AttributeError, TypeError):
            continue  # the parser of headers stumbles over a few malformed ones
    return " ".join(clean(" ".join(written)).split())


def _participants(message: Message) -> tuple[str, ...]:
    written = [header for name in _PEOPLE_HEADERS if (header := _header(message, name))]
    people = [
        f"{name} <{address}>" if name and address and name != address else address or name
        for name, address in email.utils.getaddresses(written)
    ]
    return tuple(dict.fromkeys(person for person in people if person))[:_MOST_PEOPLE]


def _date(message: Message) -> dt.date | None:
    try:
        return email.utils.parsedate_to_datetime(_header(message, "Date")).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _body(message: EmailMessage) -> tuple[str, list[str]]:
    """(the message's text, what is not in it)."""
    page: Message | None = None
    plain: list[str] = []
    omitted: list[str] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        if _is_attachment(part):
            continue
        if kind == "text/html" and page is None:
            page = part
        elif kind == "text/plain":
            try:
                plain.append(tidy(clean(_text(part))))
            except DocumentError:
                omitted.append("a part that is no text")
    written = "\n\n".join(text for text in plain if text.strip())
    if written or page is None:
        return written, omitted
    markdown, _, hidden = html_to_markdown(_text(page))
    return tidy(clean(markdown)), [f"{hidden} hidden passage(s)"] if hidden else []


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return decode(content, declared=part.get_content_charset()) if _is_bytes(content) else ""


def _attachments(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    for part in _leaves(message):
        if not _is_attachment(part):
            continue
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            forwarded = inner[0] if isinstance(inner, list) and inner else None
            if isinstance(forwarded, Message):
                subject = _header(forwarded, "Subject") or "forwarded message"
                yield f"{subject[:80].replace('/', ' ')}.eml", forwarded.as_bytes()
            continue
        content = part.get_payload(decode=True)
        name = PurePosixPath(clean(part.get_filename() or "").replace("\\", "/")).name
        if name and _is_bytes(content):
            yield name, content


def _is_attachment(part: Message) -> bool:
    if part.get_content_type() == "message/rfc822":
        return True
    if part.get_content_maintype() == "image" and part.get("Content-ID"):
        return False  # a picture in the text, such as a signature's logo
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold content, outermost first; a forwarded message counts as one."""
    waiting = [message]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting[:0] = [child for child in payload if isinstance(child, Message)]
        else:
            yield part


def _is_bytes(content: object) -> TypeGuard[bytes]:
    return isinstance(content, bytes)
