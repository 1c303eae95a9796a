"""The last two-way touch of every contact and account, without reading all the touches (P-2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    ScalarSelect,
    and_,
    cast,
    column,
    false,
    func,
    not_,
    or_,
    select,
    table,
    true,
)

from kam_knowledge.language.mass_mail import is_mass_mail
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.touches import Touch, noted, touches
from kam_knowledge.store.membership import one_of
from kam_knowledge.store.models import Account, Activity, Contact, Interaction, Note
from kam_knowledge.store.touched_ddl import OF

MAIL = "email"
"""The one kind of touch whose words say whether it is two-way."""


@dataclass(frozen=True)
class LastTouches:
    """Days of the last two-way touch on record."""

    by_contact: dict[int, date] = field(default_factory=dict)
    by_account: dict[int, date] = field(default_factory=dict)
    """Also of touches at which nobody of theirs is named."""


def last_touches(records: Records, account_ids: Collection[int]) -> LastTouches:
    """The newest day of the two-way ones among `touches`, for whoever has one.

    Where values stand as they do now the database finds it. Mails are read only of accounts where
    a note and a record of the same day may tell of one mail, and one of them says it is mass mail.
    """
    ids = list(account_ids)
    if not records.as_it_stands:
        return _of(touches(records, account_ids=ids))
    mails = _Mails(records, ids)
    last = LastTouches()
    for model in (Interaction, Activity):
        counts = mails.counting(model)
        _keep(last.by_contact, records, _by_contact(records, model, ids, counts))
        _keep(last.by_account, records, _by_account(records, model, ids, counts))
    if mails.doubtful:
        read = _of(touches(records, account_ids=mails.doubtful, kinds=[MAIL]))
        for newer, known in (
            (read.by_contact, last.by_contact),
            (read.by_account, last.by_account),
        ):
            known.update({k: day for k, day in newer.items() if day > known.get(k, date.min)})
    return last


def _of(found: Iterable[Touch]) -> LastTouches:
    """The days out of touches, which are given newest first."""
    last = LastTouches()
    for touch in found:
        if touch.two_way:
            last.by_account.setdefault(touch.account_id, touch.date)
            for contact_id in touch.contact_ids:
                last.by_contact.setdefault(contact_id, touch.date)
    return last


def _keep(known: dict[int, date], records: Records, statement: Any) -> None:
    for key, day in records.session.connection().execute(statement).all():
        if day is not None and day > known.get(key, date.min):
            known[key] = day


class _Mails:
    """Which mails count as they are: they went to one, or nothing else tells of them."""

    def __init__(self, records: Records, account_ids: list[int]) -> None:
        self._records, self._account_ids = records, account_ids
        mass = self._recorded(self._mass_subjects())
        self._mass = [key for key, *_ in mass]
        unsure = or_(Interaction.mass.is_(True), Interaction.mass.is_(None))
        noted_mass = self._noted(account_ids, unsure)
        recorded = {tuple(row[1:]) for row in self._recorded(None)} if noted_mass else set()
        self.doubtful = {
            account_id
            for account_id, day, is_mass in noted_mass
            if is_mass is None or (account_id, day) in recorded
        }
        """Accounts whose mails must be read one by one."""
        if mass:
            places = {(account_id, day) for _, account_id, day in mass}
            then = Interaction.date.in_({day for _, day in places})
            noted_then = self._noted([account_id for account_id, _ in places], then)
            self.doubtful |= {key for key, day, _ in noted_then if (key, day) in places}

    def _mass_subjects(self) -> list[str]:
        """The subjects of recorded mails that say that these went to many."""
        subjects = self._execute(select(Activity.subject).where(self._is_mail()).distinct())
        return [subject for (subject,) in subjects if is_mass_mail(MAIL, subject)]

    def _recorded(self, subjects: list[str] | None) -> Sequence[Row[int, int, date]]:
        """Id, account and day of the recorded mails with one of these subjects, or of all."""
        if subjects == []:
            return []
        statement = select(Activity.id, Activity.account_id, Activity.date).where(self._is_mail())
        if subjects is not None:
            statement = statement.where(Activity.subject.in_(subjects))
        return self._execute(statement)

    def _is_mail(self) -> ColumnElement[bool]:
        accounts = one_of(Activity.account_id, self._account_ids)
        return and_(_took_place(self._records), accounts, Activity.kind == MAIL)

    def _noted(
        self, account_ids: Collection[int], which: ColumnElement[bool]
    ) -> Sequence[Row[int, date, bool | None]]:
        """Account, day and mark of the mails that readable notes tell of."""
        return self._execute(
            select(Interaction.account_id, Interaction.date, Interaction.mass)
            .join(Note, Note.id == Interaction.note_id)
            .where(
                noted(self._records),
                one_of(Interaction.account_id, account_ids),
                Interaction.kind == MAIL,
                which,
            )
        )

    def _execute(self, statement: Any) -> Sequence[Any]:
        return self._records.session.connection().execute(statement).all()

    def counting(self, model: type[Interaction] | type[Activity]) -> ColumnElement[bool]:
        """SQL over the model: what is no mail, and mails to one."""
        to_one = (
            Interaction.mass.is_(False)
            if model is Interaction
            else not_(one_of(Activity.id, self._mass))
        )
        elsewhere = not_(one_of(model.account_id, self.doubtful)) if self.doubtful else true()
        return or_(model.kind != MAIL, and_(to_one, elsewhere))


def _by_contact(
    records: Records,
    model: type[Interaction] | type[Activity],
    account_ids: list[int],
    counts: ColumnElement[bool],
) -> Any:
    """Every contact of the accounts with the newest day that counts."""
    met = table(OF[model.__tablename__], column("contact_id"), column("date"), column("touch_id"))
    newest = (
        select(model.date)
        .select_from(met)
        .join(model, model.id == met.c.touch_id)
        .where(met.c.contact_id == Contact.id, one_of(model.account_id, account_ids), counts)
        .order_by(met.c.date.desc())
    )
    return select(Contact.id, _newest(records, model, newest)).where(
        records.held(Contact), one_of(Contact.account_id, account_ids)
    )


def _by_account(
    records: Records,
    model: type[Interaction] | type[Activity],
    account_ids: list[int],
    counts: ColumnElement[bool],
) -> Any:
    """Every account with the newest day that counts, whoever was there of theirs: two of ours
    alone were among themselves."""
    somebody = or_(
        func.json_array_length(model.contact_ids) > 0,
        func.json_array_length(model.person_ids) < 2,
        func.json_array_length(Interaction.unknown_names) > 0 if model is Interaction else false(),
    )
    newest = (
        select(model.date)
        .where(model.account_id == Account.id, somebody, counts)
        .order_by(model.date.desc())
    )
    return select(Account.id, _newest(records, model, newest)).where(
        records.held(Account), one_of(Account.id, account_ids)
    )


def _newest(
    records: Records, model: type[Interaction] | type[Activity], newest: Any
) -> ScalarSelect[date]:
    """The first of the touches that readers may see, and that took place."""
    if model is Interaction:
        newest = newest.join(Note, Note.id == Interaction.note_id).where(
            noted(records), not_(and_(Interaction.assumed, _better_known(records)))
        )
    else:
        newest = newest.where(_took_place(records))
    found: ScalarSelect[date] = newest.limit(1).correlate(Contact, Account).scalar_subquery()
    return found


def _took_place(records: Records) -> ColumnElement[bool]:
    """SQL over `Activity`: those that readers may see, up to the day, and not only planned."""
    return and_(
        records.held(Activity),
        Activity.date <= records.rights.today,
        or_(Activity.status.is_(None), Activity.status != "planned"),
    )


def _better_known(records: Records) -> ColumnElement[bool]:
    """SQL over `Interaction`: who was there is assumed from a text, and what is recorded of the
    same meeting stands instead."""
    postgresql = records.session.get_bind().dialect.name != "sqlite"
    elements = func.json_array_elements_text if postgresql else func.json_each
    met: Any = elements(Activity.contact_ids).table_valued("value", name="met")
    assumed: Any = elements(Interaction.contact_ids).table_valued("value", name="assumed")
    return (
        select(Activity.id)
        .join(met, true())
        .join(assumed, cast(assumed.c.value, Integer) == cast(met.c.value, Integer))
        .where(
            records.held(Activity),
            Activity.account_id == Interaction.account_id,
            Activity.date == Interaction.date,
            Activity.kind == Interaction.kind,
            or_(Activity.status.is_(None), Activity.status != "planned"),
        )
        .correlate(Interaction)
        .exists()
    )
