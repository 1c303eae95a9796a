"""The composition root: settings in, the parts out. Nothing is built before it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.settings import Settings
from kam_knowledge.access import Audience, Viewer
from kam_knowledge.clock import Clock, clock
from kam_knowledge.errors import BookEmpty, UnknownPerson
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import Channel, Person

if TYPE_CHECKING:
    from bot.assistant.assistant import Assistant
    from bot.assistant.brains.model import ModelBrain
    from kam_knowledge.search.service import Search


class App:
    """One installation, as its settings describe it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def home(self) -> Path:
        """The folder of everything local."""
        return self.settings.home_folder

    @cached_property
    def store(self) -> Store:
        """The database, migrated, with the method's passages in it."""
        from kam_knowledge.methodology.catalogue import sync

        store = self.unchecked_store
        upgrade(store)
        sync(store)
        return store

    @cached_property
    def unchecked_store(self) -> Store:
        """The database as it is, for those who look at it or replace it."""
        if self.settings.database_url:
            return Store(self.settings.database_url)
        return Store.at(self.home / "kam.sqlite3")

    @cached_property
    def search(self) -> Search:
        """Search over the store, with the index where this process may have it."""
        from kam_knowledge.search.service import open_search

        return open_search(
            self.store,
            embeddings=self.settings.embeddings,
            home=self.home,
            chroma_url=self.settings.chroma_url,
        )

    @cached_property
    def assistant(self) -> Assistant:
        """Turn in, Reply out."""
        from bot.assistant.assistant import Assistant
        from bot.assistant.context import Company

        self._keep_learnt()
        settings = self.settings
        return Assistant(
            self.store,
            lambda: self.search,
            thread_days=settings.thread_days,
            company=Company(settings.currency, settings.fiscal_year_start, settings.language),
            model=(lambda: self.model_brain) if settings.model else None,
        )

    def learn_intents(self) -> None:
        """Learns what messages mean where this home has not kept it yet, so that its first
        question need not wait for it."""
        from bot.assistant.understanding.learnt import KEPT

        self._keep_learnt()
        if not KEPT.is_there():
            from bot.assistant.understanding.intent import intent_index

            intent_index()

    def _keep_learnt(self) -> None:
        from bot.assistant.understanding.learnt import KEPT

        KEPT.folder = self.home / "models"

    @cached_property
    def model_brain(self) -> ModelBrain:
        """The model that KAM_MODEL names; its libraries are loaded here and nowhere else."""
        from bot.assistant.brains.model import Chosen, ModelBrain

        settings = self.settings
        assert settings.model, "asked for only where a model is set"
        return ModelBrain(
            Chosen(
                settings.model,
                settings.model_url,
                settings.fallback_model,
                settings.model_seconds,
                settings.model_tokens,
                settings.price_of_tokens,
            )
        )

    def clock(self, person: Person | None = None, zone: str | None = None) -> Clock:
        """The business date in the person's zone on record, else in `zone`, else in the
        installation's, else in the machine's."""
        zone = (person.time_zone if person else None) or zone or self.settings.time_zone
        return clock(self.settings.today, zone)

    def person(self, email: str) -> Person:
        """Whoever signs in with this email.

        Raises BookEmpty while nobody is on record, UnknownPerson for an email that is not, and
        for people who left or were never listed.
        """
        with self.store.read() as session:
            if not session.scalar(select(func.count()).select_from(Person)):
                raise BookEmpty(
                    "nobody is on record yet: the book is empty.",
                    "Run `kam init --email YOU --name NAME`, `kam import FOLDER`, or `kam demo`.",
                )
            found = _by_email(session, email)
            if found is None:
                raise UnknownPerson(
                    f"nobody of ours has the email {email!r}.",
                    "Check the spelling, or import a people sheet that lists it.",
                )
            if not found.listed:
                raise UnknownPerson(
                    f"{email} is known from the records but not listed in people.",
                    "Import a people sheet that lists it; until then it may not sign in.",
                )
            if found.left_on and found.left_on <= self.clock(found).today:
                raise UnknownPerson(
                    f"{email} left on {found.left_on} and may not sign in.",
                    "Ask as somebody who is still here.",
                )
            session.expunge(found)
            return found

    def audience(self, person: Person, channel: str | None) -> tuple[Audience, int | None]:
        """Who reads a reply in that channel, and the account the channel is bound to.

        Without a channel the person alone reads; a channel that was never described counts as
        open to everybody of ours.
        """
        if channel is None:
            return Audience.only(person.id), None
        with self.store.read() as session:
            row = session.scalar(select(Channel).where(Channel.key == channel))
            session.expunge_all()
        if row is None or row.reach == "everyone":
            outsiders = bool(row and row.outsiders)
            return Audience.everyone(outsiders=outsiders), row.account_id if row else None
        return Audience.members(row.person_ids, outsiders=row.outsiders), row.account_id

    def readers(self, members: Iterable[str] | None) -> Audience:
        """Who reads a channel of these emails, or of everybody for None; nothing is recorded."""
        if members is None:
            return Audience.everyone()
        with self.store.read() as session:
            person_ids, outsiders = _readers(session, members)
        return Audience.members(person_ids, outsiders=outsiders)

    def describe_channel(
        self, key: str, members: Iterable[str] | None, *, bind: int | None = None
    ) -> Channel:
        """Records who reads a channel: these emails, or everybody for None.

        An email that nobody of ours has is an outside reader.
        """
        with self.store.write() as session:
            row = session.scalar(select(Channel).where(Channel.key == key))
            if row is None:
                row = Channel(key=key, updated_at=Clock.now())
                session.add(row)
            row.reach = "everyone" if members is None else "members"
            row.person_ids, row.outsiders = _readers(session, members or ())
            row.account_id = bind
            row.updated_at = Clock.now()
            session.flush()
            session.expunge(row)
        return row

    @staticmethod
    def viewer(person: Person) -> Viewer:
        """The person as the one who asks."""
        return Viewer(person.id)

    def close(self) -> None:
        """Lets go of the database and the index."""
        if "search" in self.__dict__:
            self.search.close()
        if "unchecked_store" in self.__dict__:
            self.unchecked_store.close()


def _by_email(session: Session, email: str) -> Person | None:
    return session.scalar(
        select(Person).where(
            func.lower(Person.email) == email.strip().lower(), Person.retracted.is_(False)
        )
    )


def _readers(session: Session, emails: Iterable[str]) -> tuple[list[int], bool]:
    """Ids of those of ours who have one of the emails, and whether somebody else has one."""
    found = [_by_email(session, email) for email in emails]
    return [person.id for person in found if person], any(person is None for person in found)
