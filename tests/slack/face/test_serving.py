"""`kam serve` in a process of its own, killed at the worst moments."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.local_workspace.people import Spoken
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.seed import from_workbook
from kam_knowledge.sample_book import SampleBook
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Inbox, Outbox
from tests.integration.conftest import COMMAND, Kam
from tests.slack.face.conftest import MANIFEST, TODAY, text_of

LI_NA = "li.na@example.com"
OWES = "What does ACME owe us?"


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
        return self.people.waits_until(what, 60)

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
