"""The names of one table's rows: by name, by alias, by email, inside an account or in all."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ingest.crm.naming import name_key, text_key
from kam_knowledge.language.normalise import has_han

_NAMED = frozenset({"accounts", "people", "contacts"})
"""Sheets whose rows are people and companies: they have names and aliases."""
TITLES = {
    "accounts": "name",
    "people": "name",
    "contacts": "name",
    "opportunities": "name",
    "goals": "goal",
}
"""The attribute by which a sheet's rows are named."""
_NOUNS = {
    "accounts": ("account", "accounts"),
    "people": ("person of ours", "people of ours"),
    "contacts": ("contact", "contacts"),
    "opportunities": ("opportunity", "opportunities"),
    "goals": ("goal", "goals"),
}

_Table = defaultdict[tuple[Any, str], list[int]]


class Names:
    """Who is called what. Rows without an id yet stand in it with numbers below zero."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._inside = sheet not in ("accounts", "people")
        self.form = name_key if sheet in _NAMED else text_key
        """How names of the sheet are compared."""
        self._names: _Table = defaultdict(list)
        self._aliases: _Table = defaultdict(list)
        self._emails: _Table = defaultdict(list)
        self._accounts: defaultdict[str, list[int]] = defaultdict(list)
        self._domains: defaultdict[str, set[int]] = defaultdict(set)
        self._places: defaultdict[int, list[list[int]]] = defaultdict(list)

    def add(self, row_id: int, values: dict[str, Any]) -> None:
        """Takes a row in, by these values; it may be taken in by others too."""
        if self._sheet not in TITLES:
            return
        scope = values.get("account_id") if self._inside else None
        title = values.get(TITLES[self._sheet])
        if title:
            self._put(self._names, scope, self.form(title), row_id)
        for alias in values.get("aliases") or ():
            self._put(self._aliases, scope, self.form(alias), row_id)
        email = (values.get("email") or "").lower()
        if email:
            self._put(self._emails, scope, email, row_id)
            if self._sheet == "contacts" and scope is not None:
                self._accounts[email].append(scope)
                self._domains[email.rpartition("@")[2]].add(scope)

    def _put(self, table: _Table, scope: Any, form: str, row_id: int) -> None:
        place = table[scope, form]
        if row_id not in place:
            place.append(row_id)
            self._places[row_id].append(place)

    def forget(self, row_id: int) -> None:
        """Takes a row out, whatever it was called."""
        for place in self._places.pop(row_id, ()):
            place.remove(row_id)

    def renumber(self, ids: dict[int, int]) -> None:
        """Puts ids in the place of numbers below zero."""
        for number, row_id in ids.items():
            places = self._places.pop(number, [])
            for place in places:
                place[place.index(number)] = row_id
            self._places[row_id] += places

    def find(self, text: str, scope: Any = None) -> int | str:
        """The row that a name, an alias or an email means; else what is wrong."""
        noun, nouns = _NOUNS[self._sheet]
        form = self.form(text)
        places = [(self._names, form), (self._aliases, form)]
        if "@" in text:
            places.insert(0, (self._emails, text.strip().lower()))
        for table, key in places:
            found = table.get((scope, key), [])
            if len(found) == 1:
                return found[0]
            if found:
                return f"{len(found)} {nouns} are called {text!r}"
        return f"no {noun} is called {text!r}"

    def missing_id(self, external: str) -> str:
        """What is wrong with an id that no row has."""
        return f"no {_NOUNS[self._sheet][0]} on record has the id {external!r}"

    def aliased(self, values: dict[str, Any]) -> list[int]:
        """Companies or contacts that carry the given row's name as an alias."""
        if self._sheet not in ("accounts", "contacts"):
            return []
        scope = values.get("account_id") if self._inside else None
        return list(self._aliases.get((scope, self.form(values["name"])), ()))

    def accounts_of(self, email: str) -> list[int]:
        """The accounts of the contacts with this address."""
        return self._accounts.get(email, [])

    def accounts_in(self, domain: str) -> set[int]:
        """The accounts whose contacts have addresses in the domain."""
        return self._domains.get(domain, set())

    def mentioned(self, text: str) -> list[int]:
        """Companies whose name or alias stands in a text, as words of their own."""
        form = f" {self.form(text)} "
        found = [
            row_id
            for table in (self._names, self._aliases)
            for (_, name), row_ids in table.items()
            if len(name) > 1 and (name in form if has_han(name) else f" {name} " in form)
            for row_id in row_ids
        ]
        return list(dict.fromkeys(found))
