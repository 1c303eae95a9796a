"""The best way to a person: whom to ask, who knows whom, step by step (S1-10, S3-4)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, word
from kam_knowledge.language.titles import find_titles
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.paths import Path, Step, best_paths
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.queries.tenders import quiet_deals
from kam_knowledge.queries.touches import Touch
from kam_knowledge.store.models import Account, Contact, Opportunity, Person

ROLES = ("decision_maker", "economic_buyer", "champion")


def best_path(context: SkillContext, request: Request) -> Reply:
    """The cheapest chain of ties to the person, the title or, without either, who decides."""
    if not request.account_ids:
        composer = Composer("clarifying", request.language)
        composer.plain("which_account_open")
        return composer.reply(Outcome.CLARIFY)
    composer, records = Composer("best_path", request.language), context.records
    account = records.accounts[request.account_ids[0]]
    today = context.clock.today
    targets = _targets(context, request, account)
    asker = records.people.get(context.rights.viewer.person_id or 0)
    looked = composer.text("looked", account=account.name, today=today)
    focus = {"account_ids": [account.id], "contact_ids": [row.id for row in targets][:1]}
    if not targets or asker is None:
        what = composer.text("of_title", title=request.title_text) if request.title_text else ""
        composer.plain("nobody", account=account.name, what=what, today=today)
        return composer.reply(
            Outcome.UNKNOWN, accounts=[account.name], looked_at=[looked], focus=focus
        )
    paths = best_paths(records, asker, account, targets)
    people = [row.name for row in targets]
    if not paths:
        composer.plain("none", name=targets[0].name)
        return composer.reply(
            Outcome.UNKNOWN,
            accounts=[account.name],
            people=people[:1],
            looked_at=[looked],
            focus=focus,
        )
    quiet = quiet_deals(records, [account.id]).get(account.id)
    if quiet:
        _quiet(context, composer, quiet)
    told = _Told(context, composer, account)
    target = paths[0].target
    title = in_brackets(target.title, request.language)
    key = "title_after" if quiet else "title"
    composer.heading(key, name=target.name, title=title, account=account.name)
    for number, path in enumerate(paths):
        if number:
            composer.heading("other")
        told.path(path)
    on_the_way = [step.end.name for path in paths for step in path.steps]
    focus["contact_ids"] = [target.id]
    return composer.reply(accounts=[account.name], people=on_the_way, focus=focus)


def _targets(context: SkillContext, request: Request, account: Account) -> list[Contact]:
    today = context.clock.today
    here = [row for row in context.records.contacts(account.id) if not has_left(row, today)]
    named = [row for row in here if row.id in request.contact_ids]
    if named:
        return named
    if request.title_code:
        return [row for row in here if _holds(row, request.title_code)]
    for role in ROLES:
        deciding = [row for row in here if row.decision_role == role]
        if deciding:
            return deciding
    return []


def _holds(row: Contact, code: str) -> bool:
    said = " ; ".join(part for part in (row.title, row.department) if part)
    return any(match.code == code for match in find_titles(said))


def _quiet(context: SkillContext, composer: Composer, deal: Opportunity) -> None:
    source = context.records.source(deal, ["name", "stage", "next_step", "outcome"])
    composer.claim("quiet", [source], deal=deal.name, step=deal.next_step or deal.stage)


class _Told:
    """Writes the steps of paths at one account."""

    def __init__(self, context: SkillContext, composer: Composer, account: Account) -> None:
        self.context = context
        self.records = context.records
        self.composer = composer
        self.account = account
        self.inner = context.rights.sees_inner(account.id)

    def path(self, path: Path) -> None:
        """A numbered line for each step."""
        if len(path.steps) == 1 and path.steps[0].tie:
            step = path.steps[0]
            text = self.composer.text("direct", name=step.end.name, how=self._how(step))
            self.composer.line("1. " + self.composer.cited(text, self._sources(step)))
            return
        for number, step in enumerate(path.steps, start=1):
            text = self._text(step)
            self.composer.line(f"{number}. " + self.composer.cited(text, self._sources(step)))

    def _text(self, step: Step) -> str:
        language, end = self.composer.language, step.end
        clause = word("clause", language)
        title = ""
        if isinstance(end, Contact):
            stance = word(f"support_{end.support}", language) if self.inner and end.support else ""
            title = in_brackets(clause.join(filter(None, (end.title, stance))), language)
        seat = ""
        if step.seat:
            held = word(f"seat_{step.seat.seat}", language)
            seat = in_brackets(clause.join((held, self.account.name)), language)
        elif step.kind == "colleague" and end.title:
            seat = in_brackets(end.title, language)
        key = step.kind
        if step.tie:
            mine = step.start.id == self.context.rights.viewer.person_id
            if step.tie.entered:
                key = "you_know" if mine else "knows"
            else:
                key = "you_met" if mine else "knows_assumed"
        return self.composer.text(
            key,
            start=step.start.name,
            name=end.name,
            title=title,
            seat=seat,
            how=self._how(step),
            kind=word(f"kind_{step.touch.kind}", language) if step.touch else "",
            date=step.touch.date if step.touch else "",
            department=end.department if isinstance(end, Contact) else "",
            account=self.account.name,
            left=step.row.left_on if step.row else "",
        )

    def _how(self, step: Step) -> str:
        tie = step.tie
        if tie is None:
            return ""
        if tie.last is None:
            return self.composer.text("how_entered")
        days = self.composer.text("one_day" if tie.touches == 1 else "days", n=tie.touches)
        return self.composer.text("how", n=days, last=tie.last)

    def _sources(self, step: Step) -> list[Source]:
        found: list[Source] = []
        for who in (step.start, step.end):
            if isinstance(who, Person) and (step.kind == "colleague") == (who is step.end):
                found.append(self.records.source(who, ["email", "name", "title"]))
        if step.seat:
            found.append(self.records.source(step.seat, ["account_id", "person_id", "seat"]))
        for contact in (step.start, step.end):
            if isinstance(contact, Contact):
                found.append(self.records.source(contact, self._fields(step, contact)))
        if step.row:
            fields = ["name", "account_id", "reports_to_id", "left_on"]
            found.append(self.records.source(step.row, fields))
        if step.touch:
            found.append(self._touch(step.touch))
        if step.tie and step.tie.last:
            found.append(self._counted(step))
        return found

    def _fields(self, step: Step, contact: Contact) -> list[str]:
        fields = ["name", "account_id", "title", "department", "reports_to_id", "known_by_ids"]
        if self.context.rights.sees_inner(contact.account_id) and contact is step.end:
            fields.append("support")
        return fields

    def _counted(self, step: Step) -> ComputedSource:
        tie = step.tie
        assert tie is not None, "only ties are counted"
        return ComputedSource(
            "who_knows (S3-4)",
            f"{step.start.name} – {step.end.name}",
            self.context.clock.today,
            f"{step.start.name} and {step.end.name}: {tie.touches} days in touch within 180 days, "
            f"last {tie.last}",
        )

    def _touch(self, touch: Touch) -> Source:
        if touch.note:
            return note_source(touch.note, excerpt(touch.note.text))
        assert touch.activity is not None, "a touch is told by a note or by a record"
        fields = ["date", "kind", "contact_ids", "subject"]
        return self.records.source(touch.activity, fields)
