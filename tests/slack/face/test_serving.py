"""`kam serve` in a process of its own, killed at the worst moments."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy import select

from bot.journal import log_file
from bot.local_workspace.people import Spoken
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.seed import from_workbook
from bot.slack.oauth.installations import Installations
from bot.slack.oauth.vault import open_vault
from bot.slack.transports import CONNECTIONS
from kam_knowledge.sample_book import SampleBook
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import Inbox, Note, Outbox
from tests.integration.conftest import COMMAND, Kam
from tests.slack.face.conftest import MANIFEST, TODAY, text_of
from tests.slack.face.houses import HOME as STREET_HOME
from tests.slack.face.houses import SISTER as STREET_SISTER
from tests.slack.face.houses import adds, free_port, manifest_for, neighbourhood

pytestmark = pytest.mark.slow
"""Every test starts processes, and ends them in the middle of their work."""

LI_NA = "li.na@example.com"
OWES = "What does ACME owe us?"
PATIENCE = 90
"""Seconds: a machine with much to do may fail to ack twice, and then Slack waits for a minute."""


class Serving:
    """A workspace, and `kam serve` against it, which can be started, killed and ended."""

    def __init__(self, home: Path, running: RunningWorkspace) -> None:
        self.people = running.people
        self.store = Store.at(home / "kam.sqlite3")
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
        given = self.people.install_app(manifest)
        self.bot = given["bot_user"]
        self.settings = {
            "KAM_HOME": str(home),
            "KAM_TODAY": TODAY.isoformat(),
            "KAM_EMBEDDINGS": "none",
            "KAM_SLACK_BOT_TOKEN": given["bot_token"],
            "KAM_SLACK_APP_TOKEN": given["app_token"],
            "KAM_SLACK_API_URL": running.api_url,
        }
        self._process: subprocess.Popen[str] | None = None

    def runs(self) -> subprocess.Popen[str]:
        """The process, started where it does not run."""
        if self._process is None or self._process.poll() is not None:
            clean = {name: one for name, one in os.environ.items() if not name.startswith("KAM_")}
            self._process = subprocess.Popen(
                [COMMAND, "serve"], env=clean | self.settings, stdout=subprocess.PIPE, text=True
            )
            assert self._process.stdout
            assert "Socket Mode" in self._process.stdout.readline()
            self.people.waits_until(lambda: self.people.do("connections"))
        return self._process

    def ends(self, how: signal.Signals) -> int:
        """Ends it and waits until it has ended."""
        process = self.runs()
        process.send_signal(how)
        with process:
            return process.wait(40)

    def asks(self) -> Spoken:
        """A direct message of Li Na's."""
        li_na = self.people.person(LI_NA)
        return li_na.says(li_na.opens(tab="messages"), OWES)

    def waits_for_call(self, method: str) -> None:
        """Until a call that is held up has arrived."""
        self.waits(lambda: [one for one in self.people.calls(method) if one.get("fault")])

    def waits(self, what: Callable[[], Any]) -> Any:
        """Until there is something."""
        return self.people.waits_until(what, PATIENCE)

    def answers(self, spoken: Spoken) -> list[str]:
        """What the bot has said in the thread."""
        found = self.people.person(LI_NA).reads(spoken.channel, spoken.thread)
        return [text_of(one) for one in found if one.get("bot_id")]

    def due(self) -> list[Any]:
        """What waits in the inbox and the outbox."""
        with self.store.read() as session:
            found = [session.scalars(select(one).where(one.state == "due")).all()
                     for one in (Inbox, Outbox)]  # fmt: skip
            return [row.key for rows in found for row in rows]

    def settled(self) -> None:
        """Waits until nothing is due and nothing happens."""
        self.waits(lambda: not self.due())
        self.people.settle()


@pytest.fixture(scope="module")
def serving(
    tmp_path_factory: pytest.TempPathFactory, sample_home: Path, sample_book: SampleBook
) -> Iterator[Serving]:
    home = tmp_path_factory.mktemp("serving") / "kam"
    shutil.copytree(sample_home, home)
    with RunningWorkspace(from_workbook(sample_book.workbook, TODAY, limits=False)) as running:
        found = Serving(home, running)
        found.runs()
        yield found
        found.ends(signal.SIGKILL)
        found.store.close()


def test_a_process_killed_while_it_answers_has_the_next_one_answer_once(serving: Serving) -> None:
    serving.people.fail("users.info", "slow", seconds=3)
    spoken = serving.asks()
    serving.waits_for_call("users.info")
    # From here on Slack will not send it again.
    serving.waits(lambda: serving.people.journal("delivery", type="message", acked=True))
    serving.ends(signal.SIGKILL)
    assert len(serving.due()) == 1
    assert serving.answers(spoken) == []
    serving.people.do("clear_faults")
    serving.runs()
    serving.waits(lambda: serving.answers(spoken))
    serving.settled()
    assert len(serving.answers(spoken)) == 1
    assert "INV-10432" in serving.answers(spoken)[0]


def test_an_answer_that_was_posted_as_the_process_died_is_not_posted_again(
    serving: Serving,
) -> None:
    serving.runs()
    serving.settled()
    before = len(serving.people.calls("chat.postMessage"))
    serving.people.fail("chat.postMessage", "slow", seconds=2)
    spoken = serving.asks()
    serving.waits_for_call("chat.postMessage")
    serving.ends(signal.SIGKILL)
    serving.waits(lambda: serving.answers(spoken))  # what was under way got through
    assert len(serving.due()) == 1
    serving.runs()
    serving.settled()
    assert len(serving.answers(spoken)) == 1
    assert len(serving.people.calls("chat.postMessage")) == before + 1


def test_what_was_begun_is_answered_before_a_process_ends(serving: Serving) -> None:
    serving.runs()
    li_na = serving.people.person(LI_NA)
    li_na.do("invite", channel="#acme-corp", who=serving.bot)
    serving.people.fail("conversations.info", "slow", seconds=1.5)
    spoken = li_na.says("#acme-corp", f"<@{serving.bot}> {OWES}")
    serving.waits_for_call("conversations.info")
    assert serving.answers(spoken) == []
    assert serving.ends(signal.SIGTERM) == 0
    assert len(serving.answers(spoken)) == 1
    assert serving.due() == []


def connected(serving: Serving, sockets: int) -> None:
    """Waits until it has so many connections."""
    serving.waits(lambda: serving.people.do("connections") == sockets)


def attempts(serving: Serving, spoken: Spoken) -> list[Any]:
    """What became of each attempt to bring a message."""
    found = serving.people.journal("delivery", type="message")
    mine = [one for one in found if one["payload"]["event"]["ts"] == spoken.ts]
    return [one["problem"] for one in mine]


def test_while_one_socket_is_cut_the_other_brings_what_is_said(serving: Serving) -> None:
    serving.runs()
    connected(serving, CONNECTIONS)
    for _ in range(CONNECTIONS):
        assert serving.people.do("cut_socket", most=1)["cut"] == 1
        spoken = serving.asks()
        serving.waits(lambda spoken=spoken: serving.answers(spoken))  # type: ignore[misc]
        assert attempts(serving, spoken) == [None]
        connected(serving, CONNECTIONS)
    serving.settled()
    assert len(serving.answers(spoken)) == 1


def test_what_meets_no_socket_is_answered_once_when_slack_sends_it_again(serving: Serving) -> None:
    serving.runs()
    connected(serving, CONNECTIONS)
    assert serving.people.do("cut_socket")["cut"] == CONNECTIONS
    spoken = serving.asks()
    connected(serving, CONNECTIONS)
    assert attempts(serving, spoken) == ["no_connection"] * 2
    serving.people.move_on(61)
    serving.waits(lambda: serving.answers(spoken))
    serving.settled()
    assert attempts(serving, spoken) == [*["no_connection"] * 2, None]
    assert len(serving.answers(spoken)) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"KAM_SLACK_BOT_TOKEN": "xoxb-none"}, "Check KAM_SLACK_BOT_TOKEN"),
        ({"KAM_SLACK_APP_TOKEN": "xapp-none"}, "Check KAM_SLACK_APP_TOKEN"),
        ({"KAM_SLACK_API_URL": "http://127.0.0.1:9/api/"}, "Check the network"),
    ],
)
def test_what_keeps_it_from_serving_is_one_line_with_the_mend(
    serving: Serving, kam: Kam, wrong: dict[str, str], told: str
) -> None:
    done = kam("serve", **serving.settings | wrong)
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_log_at_its_most_talkative_holds_neither_words_nor_tokens(serving: Serving) -> None:
    serving.ends(signal.SIGTERM)
    log = log_file(Path(serving.settings["KAM_HOME"]))
    log.unlink(missing_ok=True)
    serving.settings["KAM_LOG_LEVEL"] = "DEBUG"
    try:
        serving.runs()
        spoken = serving.asks()
        serving.waits(lambda: serving.answers(spoken))
        serving.ends(signal.SIGTERM)
    finally:
        del serving.settings["KAM_LOG_LEVEL"]
    written = log.read_text(encoding="utf-8")
    assert "slack" in written, "it did log"
    for secret in (OWES, "INV-10432", serving.settings["KAM_SLACK_BOT_TOKEN"],
                   serving.settings["KAM_SLACK_APP_TOKEN"]):  # fmt: skip
        assert secret not in written


ONE = {"KAM_SLACK_BOT_TOKEN": "xoxb-1", "KAM_SLACK_APP_TOKEN": "xapp-1"}
SEVERAL = {"KAM_SLACK_CLIENT_ID": "1.2", "KAM_SLACK_CLIENT_SECRET": "s", "KAM_SLACK_TEAMS": "T0ONE"}
SIGNED = {"KAM_SLACK_SIGNING_SECRET": "s"}
HTTP = ("--http", "0")


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        ((), {}, "Set KAM_SLACK_BOT_TOKEN"),
        ((), {"KAM_SLACK_BOT_TOKEN": "xoxb-1"}, "Set KAM_SLACK_APP_TOKEN"),
        (HTTP, ONE, "Set KAM_SLACK_SIGNING_SECRET"),
        ((), ONE | SEVERAL, "Unset KAM_SLACK_BOT_TOKEN"),
        ((), SEVERAL, "kam serve --http PORT"),
        (HTTP, SEVERAL, "Set KAM_SLACK_SIGNING_SECRET"),
        (HTTP, SIGNED | {"KAM_SLACK_CLIENT_ID": "1.2"}, "Set KAM_SLACK_CLIENT_ID and"),
        (HTTP, SIGNED | SEVERAL | {"KAM_SLACK_TEAMS": ""}, "KAM_SLACK_TEAMS does not say"),
        (HTTP, SIGNED | SEVERAL | {"KAM_SLACK_TEAMS": "acme"}, "KAM_SLACK_TEAMS does not say"),
        (HTTP, SIGNED | SEVERAL | {"KAM_TOKEN_KEY": "short"}, "openssl rand -base64 32"),
    ],
)
def test_what_is_missing_or_wrong_among_the_settings_is_one_line(
    home: Path, kam: Kam, arguments: tuple[str, ...], given: dict[str, str], told: str
) -> None:
    done = kam("serve", *arguments, home=home, **given)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_key_that_others_may_read_or_that_is_another_is_one_line(home: Path, kam: Kam) -> None:
    home.mkdir()
    store = Store.at(home / "kam.sqlite3")
    upgrade(store)
    vault = open_vault(home, None)
    Installations("1.2", store, vault).save(
        Installation(team_id="T0ONE", user_id="U1", bot_token="xoxb-1", bot_id="B1", app_id="A1")
    )
    store.close()
    (home / "token.key").chmod(0o644)
    settings = SIGNED | SEVERAL
    done = kam("serve", *HTTP, home=home, **settings)
    assert "chmod 600" in done.stderr
    done = kam("serve", *HTTP, home=home, KAM_TOKEN_KEY=Fernet.generate_key().decode(), **settings)
    assert "encrypted with another key" in done.stderr
    assert done.returncode in (1, 2)
    assert len(done.stderr.splitlines()) == 1


def test_a_port_that_is_taken_is_one_line(home: Path, kam: Kam) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = kam("serve", "--http", port, home=home, **SIGNED | SEVERAL)
    assert done.returncode == 2
    assert f"port {port} cannot be used" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_several_workspaces_are_served_by_one_command(
    tmp_path: Path, sample_home: Path, sample_book: SampleBook
) -> None:
    home = tmp_path / "kam"
    shutil.copytree(sample_home, home)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with neighbourhood(sample_book) as running:
        made = running.people.register_app(manifest_for(url))
        settings = {
            "KAM_HOME": str(home),
            "KAM_TODAY": TODAY.isoformat(),
            "KAM_EMBEDDINGS": "none",
            "KAM_SLACK_API_URL": running.api_url,
            "KAM_SLACK_TEAMS": f"{STREET_HOME}, {STREET_SISTER}",
            "KAM_SLACK_CLIENT_ID": made["client_id"],
            "KAM_SLACK_CLIENT_SECRET": made["client_secret"],
            "KAM_SLACK_SIGNING_SECRET": made["signing_secret"],
        }
        clean = {name: one for name, one in os.environ.items() if not name.startswith("KAM_")}
        process = subprocess.Popen(
            [COMMAND, "serve", "--http", str(port)],
            env=clean | settings,
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                assert process.stdout
                assert "no workspace yet" in process.stdout.readline()
                running.people.do("set_request_url", url=f"{url}/slack/events")
                for team in (STREET_HOME, STREET_SISTER):
                    assert adds(url, team).status == 200
                    li_na = running.people_of(team).person(LI_NA)
                    spoken = li_na.says(li_na.opens(tab="messages"), OWES)
                    told = li_na.waits_for(spoken, from_="KAM", seconds=PATIENCE)
                    assert "INV-10432" in text_of(told)
                process.send_signal(signal.SIGTERM)
                assert process.wait(40) == 0
            finally:
                process.kill()  # what failed is told at once


def logged(serving: Serving, subject: str) -> tuple[Spoken, Any]:
    """A message of Li Na's that is to be kept, and its card."""
    serving.settled()
    li_na = serving.people.person(LI_NA)
    text = f"Log: met Dana Wu of ACME today. I'll send the {subject} by Thursday."
    spoken = li_na.says(li_na.opens(tab="messages"), text)
    return spoken, li_na.waits_for(spoken, from_="KAM", saying="note:confirm", seconds=PATIENCE)


def kept(serving: Serving, subject: str) -> int:
    """How many notes of that subject are stored."""
    with serving.store.read() as session:
        return len(session.scalars(select(Note).where(Note.text.contains(subject))).all())


def receipts(serving: Serving, spoken: Spoken) -> list[str]:
    """What stands in the thread once all is quiet: the receipt alone."""
    serving.settled()
    return serving.answers(spoken)


def test_a_yes_that_was_received_as_the_process_died_stores_the_note_once(
    serving: Serving,
) -> None:
    serving.runs()
    spoken, card = logged(serving, "received-sheet")
    serving.settled()
    serving.ends(signal.SIGKILL)
    serving.runs()  # it knows nobody yet, and must ask Slack before it writes
    serving.people.fail("users.info", "slow", seconds=3)
    serving.people.person(LI_NA).presses(card, "note:confirm")
    serving.waits_for_call("users.info")
    serving.ends(signal.SIGKILL)
    assert len(serving.due()) == 1
    assert kept(serving, "received-sheet") == 0
    serving.people.do("clear_faults")
    serving.runs()
    (told,) = receipts(serving, spoken)
    assert "note:undo" in told
    assert kept(serving, "received-sheet") == 1


def test_a_note_that_was_stored_as_the_process_died_is_not_stored_again(serving: Serving) -> None:
    serving.runs()
    spoken, card = logged(serving, "stored-sheet")
    serving.people.fail("chat.update", "slow", seconds=3)
    serving.people.person(LI_NA).presses(card, "note:confirm")
    serving.waits_for_call("chat.update")
    serving.ends(signal.SIGKILL)
    assert kept(serving, "stored-sheet") == 1
    serving.people.do("clear_faults")
    serving.runs()
    (told,) = receipts(serving, spoken)
    assert "note:undo" in told
    assert kept(serving, "stored-sheet") == 1


def test_a_form_that_was_taken_as_the_process_died_is_on_the_card_of_the_next_one(
    serving: Serving,
) -> None:
    serving.runs()
    spoken, card = logged(serving, "formed-sheet")
    li_na = serving.people.person(LI_NA)
    li_na.presses(card, "note:edit")
    li_na.waits_for_modal()
    serving.people.fail("chat.update", "slow", seconds=3)
    assert not li_na.submits(summary="Mended before the end")["errors"]
    serving.waits_for_call("chat.update")
    serving.ends(signal.SIGKILL)
    serving.people.do("clear_faults")
    serving.runs()
    (told,) = receipts(serving, spoken)
    assert "Mended before the end" in told
    li_na.presses(card, "note:confirm")
    receipts(serving, spoken)
    assert kept(serving, "formed-sheet") == 1
