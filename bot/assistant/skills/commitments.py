"""What is open: what we promised, what they owe us, what waits inside (S1-13, S0-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.invoice_lines import invoice_line, invoices_named
from bot.assistant.lines import Lines
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.understanding.cues import cues, longest, phrases, plain
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.tokens import is_common, tokens
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.handover import left
from kam_knowledge.queries.promises import about, concerning, kept_promises
from kam_knowledge.queries.receivables import open_invoices, overdue_invoices
from kam_knowledge.store.models import Account, Contact, Receivable

SHOWN, SHOWN_EACH = 8, 5
"""Promises of one direction; of each where all three are told over several accounts."""
DIRECTIONS = ("ours", "theirs", "internal")
ON_OUR_SIDE = ("ours", "internal")
"""What "late on our side" means: what waits inside holds up what was promised outside."""


def commitments(context: SkillContext, request: Request) -> Reply:
    """Open commitments, overdue first; with what they owe us, their unpaid invoices too.

    One that is named by its subject or its person is told alone, and if it was kept, that.
    """
    composer = Composer("commitments", request.language)
    accounts = _accounts(context, request)
    page = _Page(context, request, composer, accounts)
    found = page.narrowed(open_commitments(context.records, account_ids=page.ids))
    kept: list[Commitment] = []
    if page.pointed:
        kept = page.narrowed(kept_promises(context.records, page.ids))
    found, kept = page.on_topic(found, kept)
    invoices = page.invoices_named()
    if invoices and not page.topical:
        found, kept, page.partial = [], [], True  # the invoice is asked about, no promise
    elif not invoices and not page.partial:
        invoices = page.invoices()
    named = [account.name for account in accounts] if request.account_ids else []
    people = [row.name for row in page.contacts]
    focus = {
        "account_ids": list(request.account_ids),
        "contact_ids": [row.id for row in page.contacts],
    }
    if not found and not kept and not invoices:
        page.nothing()
        looked = composer.text("looked", account=page.place, today=context.clock.today)
        return composer.reply(
            Outcome.UNKNOWN,
            accounts=named,
            people=people,
            looked_at=[looked],
            focus=focus,
            suggestions=[composer.text("ask_account", account=name) for name in named]
            if people
            else [],
        )
    page.promises(found)
    page.kept(kept)
    page.money(invoices)
    shown = named or [context.records.accounts[c.action.account_id].name for c in found]
    return composer.reply(accounts=shown, people=people, focus=focus)


def _accounts(context: SkillContext, request: Request) -> list[Account]:
    """Where to look: what a colleague has promised is looked for wherever it may be seen."""
    if request.person_ids and not request.account_ids:
        return sorted(context.records.accounts.values(), key=lambda account: account.name)
    return accounts_in_scope(context, request)


class _Page:
    """The parts of the answer."""

    def __init__(
        self,
        context: SkillContext,
        request: Request,
        composer: Composer,
        accounts: Sequence[Account],
    ) -> None:
        self.context, self.request, self.composer = context, request, composer
        self.records, self.today = context.records, context.clock.today
        self.ids = [account.id for account in accounts]
        self.place = places(accounts, request.language, most=4)
        self.wanted = request.slots.get("direction", "all")
        several = {"all": DIRECTIONS, "our_side": ON_OUR_SIDE}
        self.directions = several.get(self.wanted, (self.wanted,))
        rows = (self.records.get(Contact, key) for key in request.contact_ids)
        self.contacts = [row for row in rows if row is not None]
        idle = {token for phrase in phrases(cues()["promise_idle"]) for token in tokens(phrase)}
        self.topic = [t for t in request.terms if t not in idle and not is_common(t)]
        self.pointed = bool(self.contacts or self.topic)
        self.topical = False
        own = request.slots.get("scope") == "mine" and request.slots.get("at") != "accounts"
        self.mine = own and not request.account_ids
        self.partial = bool(request.slots.get("unowned") or request.person_ids or self.mine)
        self.partial = self.partial or bool(self.contacts) or "theirs" not in self.directions
        self.moved = request.slots.get("moved") == "yes"
        """Whether those are asked for whose day was put off."""
        self.partial = self.partial or self.moved
        self.lines = Lines(self.records, composer, name_account=len(request.account_ids) != 1)

    def narrowed(self, found: list[Commitment]) -> list[Commitment]:
        """Those of the direction, the people and the days that were asked for."""
        slots, request = self.request.slots, self.request
        found = [one for one in found if one.action.direction in self.directions]
        if self.mine:
            found = self._own(found)
        if self.moved:
            found = [one for one in found if one.action.first_due not in (None, one.action.due)]
        if slots.get("unowned") == "yes":
            found = [one for one in found if not _has_owner(self.context, one)]
        if request.person_ids:
            found = [one for one in found if one.action.owner_person_id in request.person_ids]
        if self.ahead:
            found = [one for one in found if one.overdue_days or self._falls_due(one)]
        return found

    @property
    def ahead(self) -> date | None:
        """The last day of a span that lies ahead; None where none was asked about."""
        until = self.request.until
        return until if self.request.since and until and until > self.today else None

    def _falls_due(self, one: Commitment) -> bool:
        """Whether its day lies in the span ahead that was asked about."""
        due, first, last = one.action.due, self.request.since, self.ahead
        return bool(due and first and last and first <= due <= last)

    def _own(self, found: list[Commitment]) -> list[Commitment]:
        """The asker's own at whatever account; for who leads, those of the accounts led."""
        person = self.context.rights.viewer.person_id
        asker = self.records.people.get(person or 0)
        own = [
            one
            for one in open_commitments(self.records)
            if one.action.owner_person_id == person and one.action.direction in self.directions
        ]
        leads = asker is not None and asker.role in ("leader", "manager")
        return own or (found if leads else [])

    def on_topic(
        self, found: list[Commitment], kept: list[Commitment]
    ) -> tuple[list[Commitment], list[Commitment]]:
        """The promises that the question names by their subject, open and kept; else those of
        its people, and what these kept only where nothing of theirs is open."""
        terms = Glossary.load().translate_terms(self.request.text)
        phrased = [target for term in terms for target in term.targets]
        both = about([*found, *kept], self.topic, phrased) if self.topic else []
        more = longest(plain(self.request.text), phrases(cues()["besides"]))
        if both and not more:
            self.partial = self.topical = True
            both = concerning(both, self.contacts) or both if self.contacts else both
            return [c for c in both if c in found], [c for c in both if c in kept]
        if self.request.slots.get("overdue") == "yes" and not self.moved:
            slots, request = self.request.slots, self.request
            longer = 0 if request.since or request.until else int(slots.get("days") or 0)
            found, kept = [one for one in found if one.overdue_days > longer], []
        if not self.contacts:
            return found, []
        own = concerning(found, self.contacts)
        return own, [] if own else concerning(kept, self.contacts)

    def invoices_named(self) -> list[Receivable]:
        """The invoices that the question names by their number: what became of them is asked."""
        among = self.records.all(Receivable, account_ids=list(self.records.accounts))
        among = [row for row in among if not self.request.account_ids or row.account_id in self.ids]
        return invoices_named(self.request.text, among)

    def invoices(self) -> list[Receivable]:
        """What they owe us in money: what is late, of a span ahead what falls due in it."""
        if self.ahead is None:
            return overdue_invoices(self.records, self.ids)
        first = max(self.request.since or self.today, self.today)
        owed = open_invoices(self.records, self.ids)
        return [row for row in owed if first <= row.due <= self.ahead]

    def nothing(self) -> None:
        """Says that nothing of the kind is on record, with whom or where."""
        who = listed([row.name for row in self.contacts], self.composer.language) or self.place
        late = "_late" if self.request.slots.get("overdue") else ""
        if self.moved:
            self.composer.plain("none_moved", account=who, today=self.today)
        elif self.mine:
            self.composer.plain(f"none_mine{late}", today=self.today)
        elif self.request.person_ids:
            names = [self.records.people[key].name for key in self.request.person_ids]
            name = listed(names, self.composer.language)
            self.composer.plain(f"none_person{late}", name=name, today=self.today)
        elif late:
            self.composer.plain(f"none_{self.wanted}_late", account=who, today=self.today)
        else:
            self.composer.plain(f"none_{self.wanted}", account=who, today=self.today)

    def promises(self, found: list[Commitment]) -> None:
        """The open ones by direction, overdue first; of a span ahead what falls due in it, then
        what is late already."""
        if self.ahead is not None:
            late = [one for one in found if one.overdue_days]
            found = [one for one in found if not one.overdue_days]
            self._by_direction(found)
            self._listed("head_late", late, labelled=True)
            return
        self._by_direction(found)

    def _by_direction(self, found: list[Commitment]) -> None:
        whole = not self.partial and not self.request.slots.get("overdue") and self.ahead is None
        for direction in self.directions:
            group = [one for one in found if one.action.direction == direction]
            if not group:
                if len(self.directions) > 1 and direction != "internal" and whole:
                    self.composer.heading(f"head_{direction}")
                    self.composer.plain(f"none_{direction}", account=self.place, today=self.today)
                continue
            self._listed(f"head_{direction}", group)

    def _listed(self, heading: str, found: list[Commitment], *, labelled: bool = False) -> None:
        if not found:
            return
        self.composer.heading(heading)
        most = SHOWN if len(self.directions) == 1 or self.request.account_ids else SHOWN_EACH
        most = 3 * most if self.request.slots.get("more") else most
        for commitment in found[:most]:
            self.lines.commitment(commitment, labelled=labelled)
        if len(found) > most:
            self.composer.plain("more", n=len(found) - most)

    def kept(self, kept: list[Commitment]) -> None:
        """Those that were kept."""
        self._listed("head_kept", kept, labelled=True)

    def money(self, invoices: list[Receivable]) -> None:
        """Unpaid invoices past their date, with the days they are late; those that are named."""
        if not invoices:
            return
        late = all(row.due < self.today and not row.paid_on for row in invoices)
        self.composer.heading("head_money" if late else "head_invoices")
        for invoice in invoices[:SHOWN_EACH]:
            text, sources = invoice_line(invoice, self.records, self.lines, self.composer)
            if len(self.request.account_ids) != 1:
                name = self.records.accounts[invoice.account_id].name
                text = self.composer.text("of_account", account=name, text=text)
            self.composer.line("- " + self.composer.cited(text, sources))
        if len(invoices) > SHOWN_EACH:
            self.composer.plain("more", n=len(invoices) - SHOWN_EACH)


def _has_owner(context: SkillContext, commitment: Commitment) -> bool:
    """Whether somebody who is still here, or somebody of theirs, has promised it."""
    gone = left(context.records, commitment.action.owner_person_id)
    return commitment.owner is not None and gone is None
