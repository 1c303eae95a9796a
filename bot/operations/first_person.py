"""`kam init`: the first person of ours who may sign in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from bot.app import App
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.errors import UsageError
from kam_knowledge.store.models import Person

ROLES = ("admin", "leader", "manager", "member")

_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\".]+(\.[^@\s,;<>()\".]+)+")


class Enrolment(StrEnum):
    """What it took to let the person sign in."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Enrolled:
    """The person as now on record."""

    email: str
    name: str
    role: str
    how: Enrolment


def enrol(app: App, email: str, name: str, role: str = "admin") -> Enrolled:
    """Puts a person on record, through the ledger, so that they may sign in with that role.

    One who is on record keeps their name; a role that differs, a date of leaving or a missing
    listing is changed. Raises UsageError for an email, a name or a role that is none.
    """
    email, name, role = email.strip(), " ".join(name.split()), role.strip().lower()
    if not _EMAIL.fullmatch(email) or len(email) > 200:
        raise UsageError(f"{email!r} is not an email address.", "Write it as name@example.com.")
    if not name or len(name) > 200:
        raise UsageError("the name is empty or too long.", 'Add --name "First Last".')
    if role not in ROLES:
        raise UsageError(f"{role!r} is no role.", f"Use one of {', '.join(ROLES)}.")
    with app.store.write() as session:
        ledger = Ledger(session, cause="message", origin="command line", as_of=app.clock().today)
        person = session.scalar(
            select(Person).where(
                func.lower(Person.email) == email.lower(), Person.retracted.is_(False)
            )
        )
        if person is None:
            ledger.create(
                Person,
                {"email": email, "name": name, "role": role, "listed": True},
                source="kam init",
            )
            return Enrolled(email, name, role, Enrolment.CREATED)
        wanted = {"role": role, "listed": True, "left_on": None}
        if not person.listed:
            wanted["name"] = name
        changes = {
            field: value for field, value in wanted.items() if getattr(person, field) != value
        }
        if changes:
            ledger.update(person, changes, source="kam init")
        how = Enrolment.CHANGED if changes else Enrolment.UNCHANGED
        return Enrolled(person.email, person.name, person.role, how)
