"""Settles whom and what a message is about: named, by title, or carried over by its thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.assistant.understanding.hearing import Heard, Named
from bot.assistant.understanding.intent import intent, intent_slots
from bot.assistant.understanding.people import boss_of, choice_of, head_of
from bot.assistant.understanding.request import Choice
from bot.assistant.understanding.thread import Pick, Pointing
from kam_knowledge.language.normalise import fold
from kam_knowledge.language.titles import TitleMatch
from kam_knowledge.language.tokens import query_tokens, tokens
from kam_knowledge.queries.moves import present_post
from kam_knowledge.queries.offices import codes_of, holders, one_a_person
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Contact

TOP = "ceo"
"""The office meant by "their boss" where nobody is on record at the top."""


@dataclass(frozen=True)
class Given:
    """What besides the words decides: the thread's ids, the channel's account, choices taken."""

    focus: Mapping[str, Any]
    default_account_id: int | None
    chosen: tuple[Pick, ...] = ()
    free: bool = False
    """Whether the message speaks of a list or of somebody's accounts, so that none carries over."""
    again: bool = False
    """Whether the message asks the question before it again."""
    title_code: str | None = None
    """The title that a question asked again was about: "and at Globex?"."""


@dataclass
class Settled:
    """Whom and what the message is about, under the readers' rights."""

    accounts: list[int] = field(default_factory=list)
    contacts: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    title: TitleMatch | None = None
    bossless: bool = False
    """Whether somebody's superior was asked for of whom none is on record."""
    carried: bool = False


def settle(name: str, heard: Heard, point: Pointing, given: Given, records: Records) -> Settled:
    """The rows an intent is about."""
    return _Settling(name, heard, point, given, records).result()


class _Settling:
    def __init__(
        self, name: str, heard: Heard, point: Pointing, given: Given, records: Records
    ) -> None:
        self.needs = str(intent(name).get("needs", "nothing"))
        self.policy = str(intent(name).get("carry", "yes"))
        self.people_rule = str(intent(name).get("people", ""))
        self.slots = intent_slots(name)
        self.heard, self.point, self.given, self.records = heard, point, given, records
        self.today = records.rights.today
        self.found = Settled()
        self.carried = self._carried()
        self._rows: dict[int, list[Contact]] = {}

    def result(self) -> Settled:
        found = self.found
        for one in self.heard.of_kind("account"):
            self._account(one)
        for one in self.heard.named:
            if one.kind in ("contact", "person"):
                self._person(one)
        about_people = bool(self.slots & {"contact", "title"})
        if about_people and not found.contacts and not found.choices:
            self._by_title()
        if about_people and self.point.boss:
            self._boss()
        self._taken(about_people)
        if not found.contacts and not found.choices and not found.title:
            self._carried_contact(about_people)
        if self.heard.hidden and not found.accounts:
            found.contacts = []  # the Zhou of an account that is hidden is not his namesake here
        self._accounts_of_contacts()
        if not found.accounts and self.point.parent:
            found.accounts = self._parents()
        if not found.accounts and self._may_carry():
            found.accounts = list(self.carried)
            found.carried = bool(self.carried)
        return found

    def _carried(self) -> list[int]:
        """The account of the thread, else that of the channel, as far as all may see it."""
        rights = self.records.rights
        focus = [key for key in self.given.focus.get("account_ids", ()) if rights.sees(key)]
        default = self.given.default_account_id
        if not focus and default is not None and rights.sees(default):
            return [default]
        return focus

    def _parents(self) -> list[int]:
        """The companies above those of the thread, as far as all may see them."""
        known = self.records.accounts
        above = [known[key].parent_id for key in self.carried if key in known]
        return [key for key in above if key is not None and key in known]

    def _may_carry(self) -> bool:
        if self.policy == "never" or self.heard.hidden or any(self.heard.of_kind("account")):
            return False
        pointed = self.point.they or self.point.he
        if self.given.free:
            return False
        if self.given.again:
            return pointed or not self.given.focus.get("wide")
        if self.policy == "named" or self.given.focus.get("wide"):
            return pointed or self.needs in ("account", "person", "party")
        return True

    def _account(self, one: Named) -> None:
        keys = one.keys("account")
        chosen = self._chosen("account", keys)
        if chosen is not None:
            keys = (chosen,)
        if len(keys) > 1:
            known = [key for key in keys if key in self.carried]
            keys = tuple(known) if len(known) == 1 else keys
        if len(keys) == 1:
            if keys[0] not in self.found.accounts:
                self.found.accounts.append(keys[0])
            return
        names = self.records.accounts
        self.found.choices += [
            Choice("account", key, names[key].name) for key in keys if key in names
        ]

    def _person(self, one: Named) -> None:
        contacts, people = one.keys("contact"), one.keys("person")
        if contacts and people:
            wanted = self.slots & {"contact", "person"}
            if wanted == {"person"} or (one.kind == "person" and wanted != {"contact"}):
                contacts = ()
            else:
                people = ()
        person = self._chosen("person", people)
        if people and (person is not None or len(people) == 1):
            self._add(self.found.people, person if person is not None else people[0])
            return
        if people:
            names = self.records.people
            self.found.choices += [Choice("person", k, names[k].name) for k in people if k in names]
            return
        rows = [row for key in contacts if (row := self.records.get(Contact, key))]
        left = self._narrowed(rows)
        if len(left) == 1:
            self._add(self.found.contacts, left[0].id)
        else:
            self.found.choices += [choice_of(row, self.records) for row in left]

    def _narrowed(self, rows: list[Contact]) -> list[Contact]:
        """The rows that the rest of the message, and then the thread, leave possible."""
        chosen = self._chosen("contact", [row.id for row in rows])
        if chosen is not None:
            return [row for row in rows if row.id == chosen]
        if self.people_rule == "twins":
            return [row for row in rows if row.id not in self.found.contacts][:1]
        rows = one_a_person(rows)
        titles = {title.code for title in (*self.heard.titles, *self.heard.departments)}
        tests: list[Callable[[Contact], bool]] = [
            lambda row: row.account_id in self.found.accounts,
            lambda row: bool(titles & codes_of(row)),
        ]
        if self.people_rule == "left":
            tests.append(lambda row: has_left(row, self.today))
        if self.people_rule == "own":
            tests.insert(0, lambda row: self.records.rights.sees_inner(row.account_id))
        focus = set(self.given.focus.get("contact_ids", ()))
        tests += [
            lambda row: row.id in focus,
            lambda row: not self.found.accounts and row.account_id in self.carried,
        ]
        for test in tests:
            if len(rows) < 2:
                break
            rows = [row for row in rows if test(row)] or rows
        now = present_post(rows, self.today)
        return [now] if now else rows

    def _by_title(self) -> None:
        """The holder of a title in the accounts at hand."""
        titles = list(self.heard.titles)
        if not titles and (self.needs != "nothing" or self.people_rule == "several"):
            titles = list(self.heard.departments)
        if not titles and self.given.title_code and any(self.heard.of_kind("account")):
            titles = [TitleMatch(self.given.title_code, (0, 0))]
        if not titles:
            return
        self.found.title = titles[0]
        accounts = self.found.accounts or ([] if self.heard.hidden else self.carried)
        if not accounts and self.heard.unknown and titles[0].kind == "role":
            self._by_place(titles[0])
        for account in accounts:
            held = holders(self._contacts(account), titles[0], self.today)
            held = self._at_place(held) if titles[0].kind == "role" else held
            chosen = self._chosen("contact", [row.id for row in held])
            if chosen is not None:
                held = [row for row in held if row.id == chosen]
            if len(held) == 1 or self.people_rule == "several":
                for row in held:
                    self._add(self.found.contacts, row.id)
            elif titles[0].kind == "role":
                self.found.choices += [choice_of(row, self.records) for row in held]

    def _by_place(self, title: TitleMatch) -> None:
        """ "The plant manager in Rotterdam", where one account alone has somebody so titled."""
        found = [
            row
            for account in self.records.accounts
            for row in holders(self._contacts(account), title, self.today)
        ]
        named = [row for row in found if self._says_place(row)]
        if len(named) == 1:
            self._add(self.found.contacts, named[0].id)

    def _at_place(self, held: list[Contact]) -> list[Contact]:
        """Of several holders those whose title has more words of the message: the plant manager
        of Suzhou."""
        if len(held) < 2:
            return held
        return [row for row in held if self._says_place(row)] or held

    def _says_place(self, row: Contact) -> bool:
        text = fold(self.heard.text)
        offices = (*self.heard.titles, *self.heard.departments)
        titles = {fold(self.heard.text[slice(*one.span)]) for one in offices}
        words = [word for word in query_tokens(row.title or "") if len(word) > 1]
        said = set(tokens(text)) - {token for title in titles for token in tokens(title)}
        return any(word in said for word in words)

    def _boss(self) -> None:
        """The person above the one named or spoken of; at the top of the account for "their"."""
        found = self.found
        if self.heard.titles and not self.point.he:
            return
        anchors = list(found.contacts)
        if not anchors and self.point.he and not self.point.they:
            anchors = self._focus_contacts()
        row = self.records.get(Contact, anchors[0]) if anchors else None
        above = None
        if row is not None:
            above = boss_of(self.records, row)
            found.contacts = [row.id]
        else:
            for account in found.accounts or self.carried:
                above = above or head_of(self._contacts(account), self.today)
        found.title = None
        if above is not None:
            found.contacts, found.choices = [above.id], []
        elif row is None:
            found.title = TitleMatch(TOP, (0, 0))
        else:
            found.bossless = True

    def _focus_contacts(self) -> list[int]:
        """The people the thread is about, as far as all may see them."""
        keys = self.given.focus.get("contact_ids", ())
        return [key for key in keys if self.records.get(Contact, key) is not None]

    def _carried_contact(self, about_people: bool) -> None:
        if self.policy == "never" or any(self.heard.of_kind("account")) or self.heard.unknown:
            return
        needed = self.needs in ("person", "party") and not self.point.they and not self.given.free
        if not (self.point.he or needed) or not about_people:
            return
        contacts = self._focus_contacts()
        if contacts:
            self.found.contacts, self.found.carried = contacts[:1], True

    def _taken(self, about_people: bool) -> None:
        """What was chosen when we asked for an account or a person that was missing."""
        for kind, key in self.given.chosen:
            if kind == "account" and not self.found.accounts and key in self.records.accounts:
                self.found.accounts = [key]
                if about_people and not self.found.contacts:
                    self._by_title()
            elif kind == "contact" and not self.found.contacts and not self.found.choices:
                row = self.records.get(Contact, key)
                self.found.contacts = [row.id] if row else []

    def _accounts_of_contacts(self) -> None:
        """The account of whom the message is about goes first."""
        found = self.found
        if self.needs == "nothing" and found.accounts:
            return
        rows = [row for key in found.contacts if (row := self.records.get(Contact, key))]
        own = list(dict.fromkeys(row.account_id for row in rows))
        found.accounts = [*own, *(key for key in found.accounts if key not in own)]

    def _contacts(self, account: int) -> Sequence[Contact]:
        if account not in self._rows:
            self._rows[account] = self.records.contacts(account)
        return self._rows[account]

    def _chosen(self, kind: str, keys: Iterable[int]) -> int | None:
        offered = set(keys)
        return next((key for k, key in self.given.chosen if k == kind and key in offered), None)

    @staticmethod
    def _add(kept: list[int], key: int) -> None:
        if key not in kept:
            kept.append(key)
