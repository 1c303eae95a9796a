"""Questions of a file put to the assistant, and how many of its replies were right."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.app import App
from bot.assistant.reply import Reply
from bot.assistant.turn import Turn
from bot.evaluation.dates import written
from bot.evaluation.judging import judge
from bot.evaluation.questions import Question
from bot.operations.demo import load_sample_book
from bot.operations.indexing import Progress
from bot.settings import Settings
from kam_knowledge.access import Audience
from kam_knowledge.clock import Clock, clock
from kam_knowledge.errors import BookEmpty, IndexMismatch, StoreUnavailable, UnknownPerson
from kam_knowledge.store.models import Person


@dataclass(frozen=True)
class Verdict:
    """A question, what came back, and every reason why that is wrong."""

    question: Question
    reply: Reply | None
    """None where the question could not be asked."""
    reasons: tuple[str, ...]
    elapsed_ms: int

    def as_json(self) -> dict[str, Any]:
        """The verdict as plain values, the reply in the contract's shape."""
        asked = self.question
        reply = self.reply and self.reply.as_json(elapsed_ms=self.elapsed_ms)
        return {
            "id": asked.id,
            "group": asked.group,
            "language": asked.language,
            "where": asked.where,
            "question": asked.text,
            "as": asked.asker,
            "right": not self.reasons,
            "reasons": list(self.reasons),
            "reply": reply,
        }


@dataclass(frozen=True)
class Score:
    """How many of some questions were answered right."""

    asked: int
    right: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.right / self.asked if self.asked else 0.0

    def as_json(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {"asked": self.asked, "right": self.right, "share": round(self.share, 4)}


@dataclass(frozen=True)
class Report:
    """What came of all the questions, in the order in which they were asked."""

    verdicts: tuple[Verdict, ...]

    @cached_property
    def by_group(self) -> dict[tuple[str, str], Score]:
        """By group and language, groups in the order of the files."""
        groups = dict.fromkeys(verdict.question.group for verdict in self.verdicts)
        return {
            (group, language): score
            for group in groups
            for language in ("en", "zh")
            if (score := self._score(group, language)).asked
        }

    @cached_property
    def by_language(self) -> dict[str, Score]:
        """By language, whatever the group."""
        scores = {language: self._score(None, language) for language in ("en", "zh")}
        return {language: score for language, score in scores.items() if score.asked}

    @property
    def wrong(self) -> list[Verdict]:
        """The verdicts that have reasons."""
        return [verdict for verdict in self.verdicts if verdict.reasons]

    def under(self, bar: float) -> list[tuple[str, str]]:
        """The groups and languages whose share is below the bar."""
        return [key for key, score in self.by_group.items() if score.share < bar]

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "asked": len(self.verdicts),
            "right": len(self.verdicts) - len(self.wrong),
            "groups": [
                {"group": group, "language": language, **score.as_json()}
                for (group, language), score in self.by_group.items()
            ],
            "languages": [
                {"language": language, **score.as_json()}
                for language, score in self.by_language.items()
            ],
            "questions": [verdict.as_json() for verdict in self.verdicts],
        }

    def _score(self, group: str | None, language: str) -> Score:
        of = [
            verdict
            for verdict in self.verdicts
            if verdict.question.language == language and group in (None, verdict.question.group)
        ]
        return Score(len(of), sum(not verdict.reasons for verdict in of))


def evaluate(
    app: App,
    questions: Sequence[Question],
    failed: Callable[[Exception], str],
    progress: Progress | None = None,
) -> Report:
    """Asks every question in its turn and judges the replies.

    An asker who may not sign in is a wrong answer, and so is whatever breaks: `failed` puts it
    in a line. Threads are the run's own, so that a second run does not go on with the first one's.
    Raises BookEmpty, IndexMismatch and StoreUnavailable, which are no answer's fault.
    """
    run = secrets.token_hex(4)
    _ = app.assistant  # what keeps it from being built is one error, not one a question
    verdicts = []
    for number, question in enumerate(questions, start=1):
        verdicts.append(_asked(app, question, run, failed))
        if progress is not None:
            progress("asking", number, len(questions))
    return Report(tuple(verdicts))


@contextmanager
def sample_book_app(settings: Settings, progress: Progress | None = None) -> Iterator[App]:
    """An installation over the sample book of the settings' day, in a home that is gone after.

    Everything else is as the settings have it, except for the stores: those are the home's.
    """
    with TemporaryDirectory(prefix="kam-eval-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        models = settings.home_folder / "models"
        if models.is_dir():  # so that an embedding model is not made ready anew
            (home / "models").symlink_to(models, target_is_directory=True)
        inner = settings.model_copy(update={"home": home, "database_url": None, "chroma_url": None})
        app = App(inner)
        try:
            load_sample_book(app, home / "book", app.clock().today, progress)
            yield app
        finally:
            app.close()


def _asked(app: App, question: Question, run: str, failed: Callable[[Exception], str]) -> Verdict:
    started = time.perf_counter()
    try:
        person = app.person(question.asker)
        when = _clock(app, question, person)
        question = replace(question, text=written(question.text, when.today))
        turn = Turn(
            question.text,
            app.viewer(person),
            _audience(app, question, person),
            when,
            _thread(question, run),
        )
        reply = app.assistant.answer(turn)
        reasons = judge(question, reply, when.today)
    except (BookEmpty, IndexMismatch, StoreUnavailable):
        raise  # no other question would fare better
    except UnknownPerson as error:
        return Verdict(question, None, (f"could not be asked: {error}",), _since(started))
    except Exception as error:  # one broken answer must not hide the others
        return Verdict(
            question, None, (f"broke ({type(error).__name__}): {failed(error)}",), _since(started)
        )
    return Verdict(question, reply, reasons, _since(started))


def _clock(app: App, question: Question, person: Person) -> Clock:
    """The person's clock, on the line's own day where it has one."""
    if question.today is None:
        return app.clock(person)
    return clock(question.today.isoformat(), person.time_zone or app.settings.time_zone)


def _audience(app: App, question: Question, person: Person) -> Audience:
    if question.channel is None:
        return Audience.only(person.id)
    return app.readers(question.members)


def _thread(question: Question, run: str) -> str | None:
    """Conversations of two files are two, whatever their names."""
    if question.thread is None:
        return None
    file = question.where.rpartition(":")[0]
    return f"eval-{run}-{file}-{question.thread}"


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
