"""What goes wrong: people see what to do next and an id, and the log holds nobody's words."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.journal import close_log, keep_text_out, log_file, open_log, record_failure
from bot.local_workspace.people import Spoken
from kam_knowledge.store.models import Person
from tests.slack.face.conftest import Office, locked
from tests.slack.face.watching import LI_NA, OWES, all_quiet, answers, room_of, said

ZHOU = "zhou.qiang@example.com"
SECRET = "the board will drop Vendorcorp"


def test_a_home_that_fails_says_so_with_an_id_and_what_to_do(http_office: Office) -> None:
    office = http_office
    with office.app.store.write() as session:
        found = session.scalars(select(Person).where(Person.email == ZHOU)).one()
        zone, found.time_zone = found.time_zone, "Nowhere/At-All"
    office.person(ZHOU).opens()
    view = json.dumps(office.people.waits_until(office.person(ZHOU).home), ensure_ascii=False)
    with office.app.store.write() as session:
        session.scalars(select(Person).where(Person.email == ZHOU)).one().time_zone = zone
    assert "Open it again" in view
    assert "再打开一次" in view
    identifier = "error-" + view.partition("error-")[2][:8]
    assert identifier in log_file(office.app.home).read_text(encoding="utf-8")


def test_a_question_that_nothing_answers_is_answered_with_an_id_in_its_language(
    http_office: Office,
) -> None:
    office = http_office
    with office.app.store.write() as session:
        found = session.scalars(select(Person).where(Person.email == ZHOU)).one()
        zone, found.time_zone = found.time_zone, "Nowhere/At-All"
    try:
        for text, told in ((OWES, "Ask again"), ("澜石欠我们多少钱?", "请再问一次")):
            spoken = said(office, f"{text} {SECRET}", ZHOU)
            found_there = answers(office, spoken, ZHOU)
            assert len(found_there) == 1
            assert told in found_there[0]
            identifier = "error-" + found_there[0].partition("error-")[2][:8]
            logged = log_file(office.app.home).read_text(encoding="utf-8")
            assert identifier in logged
            assert SECRET not in logged
            assert "Traceback" in logged or "File " in logged, "where it failed is there"
    finally:
        with office.app.store.write() as session:
            session.scalars(select(Person).where(Person.email == ZHOU)).one().time_zone = zone


@pytest.fixture
def logged(tmp_path: Path) -> Any:
    """What a log at its most talkative holds after somebody wrote into it."""

    def write(*, text: bool) -> str:
        open_log(tmp_path, "DEBUG")
        if not text:
            keep_text_out()
        try:
            for name in ("slack_sdk.web.base_client", "openai._base_client"):
                logging.getLogger(name).debug("sending %s", SECRET)
            try:
                try:
                    raise KeyError(SECRET)
                except KeyError as first:
                    raise ValueError(SECRET) from first
            except ValueError as error:
                logging.getLogger("bot.slack.workers").exception("a worker stumbled")
                record_failure(tmp_path, error, "slack message", words=text)
        finally:
            close_log()
            logging.getLogger().setLevel(logging.WARNING)
        return log_file(tmp_path).read_text(encoding="utf-8")

    return write


def test_a_log_without_text_names_errors_and_where_they_came_from(
    logged: Callable[..., str],
) -> None:
    found = logged(text=False)
    assert SECRET not in found
    assert "a worker stumbled" in found
    assert found.count("builtins.KeyError") == 2
    assert found.count("builtins.ValueError") == 2
    assert "test_errors.py" in found


def test_a_log_may_hold_text_where_the_setting_says_so(logged: Callable[..., str]) -> None:
    found = logged(text=True)
    assert found.count(f"sending {SECRET}") == 2
    assert f"ValueError: {SECRET}" in found


def test_what_the_database_was_given_is_not_in_its_errors(http_office: Office) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError) as caught, http_office.app.store.engine.begin() as one:
        one.execute(text("INSERT INTO no_such_table VALUES (:words)"), {"words": SECRET})
    assert SECRET not in str(caught.value)


def test_what_was_not_acked_comes_again_and_is_answered_once(office: Office) -> None:
    room = room_of(office)
    all_quiet(office)
    spoken: Spoken | None = None

    def attempts() -> list[dict[str, Any]]:
        assert spoken
        found = office.people.journal("delivery", type="message")
        return [one for one in found if one["payload"]["event"]["ts"] == spoken.ts]

    with locked(office):
        spoken = office.person(LI_NA).says(room, OWES)
        office.people.move_on(4)
        office.people.waits_until(lambda: len(attempts()) > 1)
    office.person(LI_NA).waits_for(spoken, from_="KAM", seconds=20)
    assert len(answers(office, spoken)) == 1
    assert [one["attempt"] for one in attempts()][:2] == [0, 1]
