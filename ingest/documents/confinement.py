"""What the reading process takes from itself before it touches a file.

- No network, no programs: an audit hook refuses sockets, name look-ups and new processes. It is
  in place before any library loads, and a hook cannot be taken out again.
- No files written or changed: a second hook, and on Unix RLIMIT_FSIZE of 0.
- Memory: RLIMIT_AS at what the process holds with its libraries loaded, plus the limit (Linux;
  elsewhere the address space does not tell what a process holds).
- Computing time: RLIMIT_CPU, moved on before each file (Unix). Core dumps: none.
- Elapsed time: the parent ends the process. Secrets: the parent hands over a bare environment,
  without keys, tokens and proxies (both in `reader.py`).

The hook stops what Python code asks for, not machine code that an exploit brings with it; the
kernel's limits hold for both.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
from pathlib import Path

from ingest.documents.document import Limits

_NETWORK_AND_PROGRAMS = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.kill",
    "pty.",
    "urllib.",
    "ftplib.",
    "http.client.",
    "smtplib.",
)
_CHANGES_OF_FILES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.chown",
    "shutil.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Refused(PermissionError):
    """The reading process tried what no reader needs."""


def refuse_network_and_programs() -> None:
    """From now on sockets, look-ups and new processes raise Refused. Before any library loads."""

    def refuse(event: str, _: tuple[object, ...]) -> None:
        if event.startswith(_NETWORK_AND_PROGRAMS):
            raise Refused(f"{event} is refused while a document is read")

    sys.addaudithook(refuse)


def refuse_writing() -> None:
    """From now on files cannot be written or changed. After the libraries have loaded."""

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
        if writes or event.startswith(_CHANGES_OF_FILES):
            raise Refused("writing a file is refused while a document is read")

    sys.addaudithook(refuse)


def limit_resources(limits: Limits) -> None:
    """Bound memory above what is held now, and forbid file writes and core dumps, by the kernel.

    Does nothing where the platform has no such limits.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    bounds = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0}
    held = _bytes_held()
    if held is not None:
        bounds[resource.RLIMIT_AS] = held + limits.memory_bytes
    for what, bound in bounds.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (bound, bound))


def allow_computing(seconds: float) -> None:
    """Give the process this much more computing time; beyond it the kernel ends the process."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (bound, hard))


def _bytes_held() -> int | None:
    """The address space in use, where the system tells it."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
