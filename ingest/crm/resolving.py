"""From what cells name to the rows they mean, once every row has been read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import String

from ingest.crm.book import Book, Index, sheets_named_by
from ingest.crm.cells import CLEAR, Reference
from ingest.crm.columns import address
from ingest.crm.sheets import Incoming
from ingest.crm.spec import LISTS, REFERENCES, Kind

SELF = {"people": "manager", "accounts": "parent", "contacts": "reports_to"}
"""Columns that name another row of their own sheet."""

NOBODY = "nobody of an account we know takes part"
_ANYBODYS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com
    aol.com gmx.de gmx.net web.de proton.me protonmail.com mail.ru qq.com foxmail.com 163.com
    126.com sina.com sina.cn sohu.com yeah.net aliyun.com 139.com 189.cn
    """.split()  # noqa: SIM905
)
"""Domains in which anybody may have an address."""

Fault = Callable[[Incoming, str, str], None]
"""Told of a cell that cannot go in: the row, the column, what is wrong."""


@dataclass
class Candidate:
    """A row whose references are resolved: values by attribute, CLEAR among them.

    `above` is the cell that names another row of the same sheet; it waits until every row of
    the sheet has its place.
    """

    row: Incoming
    values: dict[str, Any] = field(default_factory=dict)
    as_of: date | None = None
    above: Reference | None = None
    above_cleared: bool = False

    def plain(self) -> dict[str, Any]:
        """The values that state something."""
        return {name: value for name, value in self.values.items() if value is not CLEAR}


class Resolver:
    """Turns rows into candidates; what cannot be resolved is told to `fault`."""

    def __init__(self, book: Book, fault: Fault) -> None:
        self._book = book
        self._fault = fault
        self.passed_over: Counter[str] = Counter()
        """Rows of each file that need not have gone in, and named nobody we know."""

    def candidate(self, row: Incoming) -> Candidate | None:
        """The row with ids in the place of names; None when it cannot go in."""
        index = self._book.index(row.spec.name)
        made = Candidate(row)
        columns = row.spec.by_name
        # The account first: contacts, goals and opportunities are looked for inside it.
        names = sorted(row.values, key=lambda name: columns[name].kind is not Kind.ACCOUNT)
        for name in names:
            value = row.values[name]
            if name == "as_of":
                made.as_of = value
            elif name == SELF.get(row.spec.name):
                made.above_cleared = value is CLEAR
                made.above = value if isinstance(value, Reference) else None
            elif not self._put(made, index, name, value):
                return None
        if not self._complete(made, index):
            return None
        return made

    def _put(self, made: Candidate, index: Index, name: str, value: Any) -> bool:
        """Puts one column's value into the candidate; False when the row cannot go in."""
        row = made.row
        column = row.spec.by_name[name]
        attribute = index.fields[name]
        vital = column.required or name in row.spec.key
        if value is CLEAR:
            made.values[attribute] = CLEAR
            if column.kind is Kind.OWNER:
                made.values |= {"owner_person_id": CLEAR, "owner_contact_id": CLEAR}
            return True
        if name == "external_id":
            made.values[attribute] = f"{row.system or self._book.system}:{value}"
        elif column.kind is Kind.OWNER:
            self._owner(made, value)
        elif column.kind in LISTS:
            made.values[attribute] = self._list(made, name, value)
        elif column.kind in REFERENCES:
            found = self.reference(made, column.kind, value)
            if isinstance(found, str):
                if value.optional and found == NOBODY:
                    self.passed_over[row.where.rpartition(":")[0]] += 1
                else:
                    self._fault(row, name, found)
                return not vital
            made.values[attribute] = found
        else:
            made.values[attribute] = value
        too_long = _too_long(index, attribute, made.values[attribute])
        if too_long:
            del made.values[attribute]
            self._fault(row, name, too_long)
            return not vital
        return True

    def _list(self, made: Candidate, name: str, value: tuple[Any, ...]) -> list[Any]:
        kind = made.row.spec.by_name[name].kind
        if kind is Kind.TEXTS:
            return list(value)
        found: list[Any] = []
        for reference in value:
            row_id = self.reference(made, kind, reference)
            if isinstance(row_id, str):
                if not reference.optional:
                    self._fault(made.row, name, row_id)
            elif row_id not in found:
                found.append(row_id)
        return found

    def reference(self, made: Candidate, kind: Kind, reference: Reference) -> int | str:
        """The id of the row that is meant, or what is wrong."""
        sheet = sheets_named_by(kind)
        assert sheet is not None
        return self.look_up(sheet, reference, self._scope(made, sheet))

    def look_up(self, sheet: str, reference: Reference, scope: Any = None) -> int | str:
        """The id of the sheet's row that is meant, or what is wrong."""
        index = self._book.index(sheet)
        if reference.emails and sheet == "accounts":
            return self._account_of(reference)
        if reference.by_id:
            external = f"{self._book.system}:{reference.text}"
            found = index.by_external.get(external)
            if found is not None:
                row = index.rows.get(found)
                return "the row it names was taken back here" if row and row.retracted else found
            if reference.or_name:
                return index.names.find(reference.or_name, scope)
            return index.names.missing_id(reference.text)
        text = reference.text
        if sheet == "people":
            text = address(text) or text
        return index.names.find(text, scope)

    def _account_of(self, reference: Reference) -> int | str:
        """The account whose people have these addresses, or whose name stands in the text."""
        contacts, ours = self._book.index("contacts"), self._book.index("people")
        theirs = [email for email in reference.emails if isinstance(ours.names.find(email), str)]
        votes = Counter(
            account for email in theirs for account in contacts.names.accounts_of(email)
        )
        if not votes:
            domains = {email.rpartition("@")[2] for email in theirs} - _ANYBODYS
            votes = Counter(
                account for domain in domains for account in contacts.names.accounts_in(domain)
            )
        if not votes:
            votes = Counter(self._book.index("accounts").names.mentioned(reference.text))
        ranked = votes.most_common(2)
        if not ranked:
            return NOBODY
        if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
            return "its people belong to several accounts"
        return ranked[0][0]

    def _scope(self, made: Candidate, sheet: str) -> Any:
        if sheet not in ("contacts", "goals", "opportunities"):
            return None
        return made.values.get("account_id")

    def _owner(self, made: Candidate, reference: Reference) -> None:
        """Who owes an action. What is written stays; who it is, where it is one of them."""
        made.values |= {
            "owner": reference.or_name or reference.text,
            "owner_person_id": CLEAR,
            "owner_contact_id": CLEAR,
        }
        theirs = made.row.values.get("direction") == "theirs"
        order = (Kind.CONTACT, Kind.PERSON) if theirs else (Kind.PERSON, Kind.CONTACT)
        wrong = ""
        for kind in order:
            found = self.reference(made, kind, reference)
            if isinstance(found, int):
                name = "owner_person_id" if kind is Kind.PERSON else "owner_contact_id"
                made.values[name] = found
                return
            wrong = wrong or found
        if not theirs:  # theirs may be owed by a department that nobody lists
            self._fault(made.row, "owner", wrong)

    def _complete(self, made: Candidate, index: Index) -> bool:
        """What no single cell can tell: currencies, and rows that name nothing."""
        row, values = made.row, made.values
        if row.spec.name == "targets" and not {"owner_id", "account_id"} & values.keys():
            self._fault(row, "owner", "a target needs an owner or an account")
            return False
        if row.spec.name == "cover" and values["to_date"] < values["from_date"]:
            self._fault(row, "to", "the cover ends before it begins")
            return False
        for name, codes in row.signs.items():
            wrong = self._currency(made, codes)
            if wrong:
                self._fault(row, name, wrong)
                if row.spec.by_name[name].required:
                    return False
                values.pop(index.fields[name], None)
        return True

    def _currency(self, made: Candidate, codes: frozenset[str]) -> str | None:
        """Holds the sign beside an amount against the row's currency; what is wrong with it."""
        stated = made.values.get("currency")
        if isinstance(stated, str):
            if stated in codes:
                return None
            return f"its sign says {' or '.join(sorted(codes))}, the row's currency is {stated}"
        if len(codes) == 1:
            made.values["currency"] = next(iter(codes))
            return None
        account = made.values.get("account_id")
        usual = self._book.currency_of(account)
        if usual is not None and usual not in codes:
            return (
                f"its sign may mean {', '.join(sorted(codes))} and the account's currency is "
                f"{usual}: fill the currency column"
            )
        return None


def emails_named(rows: Iterable[Incoming]) -> dict[str, str]:
    """The addresses by which rows name people of ours, each with the name beside it, if any."""
    found: dict[str, str] = {}
    for row in rows:
        for name, value in row.values.items():
            kind = row.spec.by_name[name].kind
            if kind not in (Kind.PERSON, Kind.PERSONS, Kind.OWNER) or value is CLEAR:
                continue
            if kind is Kind.OWNER and row.values.get("direction") == "theirs":
                continue
            for reference in value if isinstance(value, tuple) else (value,):
                if reference.by_id or reference.optional:
                    continue
                if email := address(reference.text):
                    beside = re.split(r"[<(]", reference.text)[0].strip()
                    found.setdefault(email, "" if "@" in beside else beside)
    return found


def _too_long(index: Index, attribute: str, value: Any) -> str | None:
    kind = index.model.__mapper__.column_attrs[attribute].columns[0].type
    length = kind.length if isinstance(kind, String) else None
    if length is None or not isinstance(value, str) or len(value) <= length:
        return None
    return f"has {len(value)} characters; {length} fit"
