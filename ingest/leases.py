"""Who holds a lease on a row of work, and whether that process is gone: what a killed one had
claimed need not wait."""

from __future__ import annotations

import os
import platform
import secrets
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select, update

from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Inbox, IndexJob, Outbox, Schedule

DUE = "due"
"""The state of a row that waits for a worker, claimed or not."""


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


def free_the_gone(store: Store, model: type[IndexJob | Inbox | Outbox | Schedule]) -> None:
    """Gives back what workers had claimed whose process runs no more."""
    held = select(model.lease_owner).where(model.state == DUE, model.lease_owner.is_not(None))
    with store.read() as session:
        owners = session.scalars(held.distinct()).all()
    gone = [owner for owner in owners if owner and is_gone(owner)]
    if not gone:
        return
    with store.write() as session:
        session.execute(
            update(model)
            .where(model.state == DUE, model.lease_owner.in_(gone))
            .values(lease_owner=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )


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
