"""What the parent and the reading process say to each other: a length, then JSON."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_LENGTH = struct.Struct(">Q")


def write_frame(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Send one message. Raises OSError when nobody listens any more."""
    # ASCII, so that a file name that is no UTF-8 survives (as a lone surrogate).
    body = json.dumps(message, ensure_ascii=True).encode("ascii")
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes], longest: int) -> dict[str, Any] | None:
    """The next message, or None when the other side has gone.

    Raises ValueError when it is longer than `longest` bytes or is not a JSON object.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > longest:
        raise ValueError(f"a message of {length} bytes")
    body = stream.read(length)
    if len(body) < length:
        return None
    message = json.loads(body)
    if not isinstance(message, dict):
        raise ValueError("a message that is no object")
    return message
