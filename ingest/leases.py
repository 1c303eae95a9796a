"""Who holds a lease, and whether that process is gone: a killed one's work need not wait."""

from __future__ import annotations

import os
import platform
import secrets
from hashlib import sha256
from pathlib import Path


def new_owner() -> str:
    """A name for one worker of this process, at most 80 characters."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"


def is_gone(owner: str) -> bool:
    """Whether the worker's process ran on this machine and runs no more; a doubt counts as no."""
    machine, pid, started = [*owner.split("/"), "", "", ""][:3]
    if machine != _machine() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    # Another process may have taken the number, as every restart in a container does.
    return bool(started) and started != _started(int(pid))


def _machine() -> str:
    """This machine since it was switched on; a container has a name of its own."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        boot = ""
    return sha256(f"{platform.node()} {boot}".encode()).hexdigest()[:16]


def _started(pid: int) -> str:
    """When the process started, as the kernel counts; empty where it does not tell."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # After the name, which may hold spaces and brackets, the start is the 20th field.
    return status.rpartition(")")[2].split()[19]
