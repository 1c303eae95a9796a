"""`kam serve` under load: 200 people, 20 events a second over Socket Mode for two minutes.

3 of the 20 are questions to the bot, over 60 direct messages and channels, four fifths of them
structured; the others are talk in the channels it is in. The workspace runs in this process with
Slack's rate limits on, the bot in another, over a book of 200 accounts. A second run has 5 % of
the calls of the Web API fail and cuts a socket every 20 seconds, a third one all sockets at once,
as when the network is gone: what happens just then meets no connection and comes again as Slack
sends it, at once, after a minute and after five more. `--quick` is a short run over a small book,
to see that everything works.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from _large_book import Customer, LargeBook, write_rows
from _large_notes import stored_vectors, write_notes
from answer_speed import RETRIEVAL, STRUCTURED, TODAY, filled
from rich.console import Console
from rich.table import Table

from bot.local_workspace.people import People, Spoken
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.seed import channel_name, from_workbook
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.methodology.catalogue import sync
from kam_knowledge.search.embeddings import open_embedder
from kam_knowledge.search.vectors import ChromaVectors
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import Person

MANIFEST = Path(__file__).resolve().parents[1] / "bot" / "slack" / "manifest.json"
EVENTS_A_SECOND, QUESTIONS_A_SECOND = 20, 3
PEOPLE, CHANNELS, DIRECT = 200, 20, 40
MEMBERS = 12
"""Colleagues in each channel, beside the account's owner."""
STRUCTURED_SHARE = 0.8
ACK_BAR, ANSWER_BAR = 0.5, 2.0
"""Seconds: acks at the 99th percentile, answers at the 95th."""
FAILING = {"server_error": 0.02, "drop_after": 0.015, "rate_limited": 0.015}
CUT_EVERY = 20
TALK = (
    "the parts arrived this morning",
    "can somebody cover for me on Thursday?",
    "明天的会改到下午三点",
    "thanks, that helped",
    "发货单我已经看过了",
)
PATIENCE = 400
"""Seconds after the last event in which everything must have been answered: Slack sends what was
not acked for the last time after six minutes."""


@dataclass(frozen=True)
class Faults:
    """What goes wrong in a run."""

    name: str
    cut: int | None = None
    """How many sockets are cut every 20 seconds; None is all."""
    failing: bool = True


RUNS = (
    Faults("calm", failing=False),
    Faults("5 % of calls fail, a socket is cut", cut=1),
    Faults("5 % of calls fail, all sockets are cut"),
)


@dataclass
class Asked:
    """A question, and every message of the bot's that came back in its thread."""

    spoken: Spoken
    answers: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Run:
    """What one run gave."""

    name: str
    events: int
    asked: list[Asked]
    deliveries: list[dict[str, Any]]
    failed: int
    """Calls of the Web API that were made to fail."""
    cuts: int
    """How often sockets were cut."""

    @property
    def acks(self) -> list[float]:
        """Seconds from sending an event to its ack, of those that were acked."""
        return [one["seconds"] for one in self.deliveries if one["acked"]]

    @property
    def waits(self) -> list[float]:
        """Seconds from a question to the first message of its answer."""
        return [
            float(one.answers[0]["ts"]) - float(one.spoken.ts) for one in self.asked if one.answers
        ]

    @property
    def again(self) -> int:
        """Questions that did not get through at first, and that Slack sent again."""
        return len({one["event_id"] for one in self.deliveries if one["attempt"] and asks(one)})

    @property
    def lost(self) -> int:
        """Questions that nothing came back to."""
        return sum(not one.answers for one in self.asked)

    @property
    def double(self) -> int:
        """Questions with a message of the answer in it twice."""
        told = (
            [json.dumps(m.get("blocks") or m["text"]) for m in one.answers] for one in self.asked
        )
        return sum(len(set(one)) < len(one) for one in told)


def main() -> None:
    """Builds the book, runs both loads, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=120, help="of load in each run")
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--quick", action="store_true", help="a few seconds, a small book")
    options = parser.parse_args()
    accounts = 200
    if options.quick:
        accounts, options.seconds, options.passages = 24, 4, 1_000
    runs = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        home = folder / "home"
        book = fill(home, accounts, options.passages)
        workbook(folder / "workbook", home, book)
        for faults in RUNS:
            workspace = from_workbook(folder / "workbook", TODAY)
            with RunningWorkspace(workspace) as running, serving(home, running) as bot:
                places = conversations(running.people, book, bot)
                runs.append(load(running.people, places, bot, options.seconds, faults))
    Console(width=140).print(table(runs))


def fill(home: Path, accounts: int, passages: int) -> LargeBook:
    """The home of the bot: the large book with 200 people, its notes, its index."""
    home.mkdir(parents=True)
    embedder = open_embedder(None, home / "models")
    store = Store.at(home / "kam.sqlite3")
    upgrade(store)
    sync(store)
    book = write_rows(store, accounts, TODAY)
    write_notes(store, book.customers, passages, TODAY, embedder.model_id, embedder.dimension)
    with store.write() as session:
        known = len(session.query(Person).all())
        Ledger(session, cause="import", origin="benchmark", as_of=TODAY).create_many(
            Person,
            [
                {"email": f"c{number}@example.com", "name": f"Colleague {number}", "role": "member"}
                for number in range(PEOPLE - known)
            ],
        )
    index = ChromaVectors.local(home / "index", embedder.model_id)
    index.rebuild(embedder.model_id, stored_vectors(store))
    index.close()
    store.close()
    return book


def workbook(folder: Path, home: Path, book: LargeBook) -> None:
    """The people, and an account for each channel, as the workspace is seeded from them."""
    folder.mkdir(exist_ok=True)
    store = Store.at(home / "kam.sqlite3")
    with store.read() as session:
        people = {one.id: (one.email, one.name) for one in session.query(Person).all()}
    store.close()
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["email", "name"])
        write.writerows(people.values())
    with (folder / "accounts.csv").open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["name", "owner", "visibility"])
        for one in book.customers[:CHANNELS]:
            write.writerow([one.name, people[one.owner_id][0], "open"])


@contextmanager
def serving(home: Path, running: RunningWorkspace) -> Iterator[str]:
    """`kam serve` in a process of its own; the bot's user id."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    given = running.people.install_app(manifest)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KAM_")}
    settings = {
        "KAM_HOME": str(home),
        "KAM_TODAY": TODAY.isoformat(),
        "KAM_SLACK_BOT_TOKEN": given["bot_token"],
        "KAM_SLACK_APP_TOKEN": given["app_token"],
        "KAM_SLACK_API_URL": running.api_url,
    }
    command = [sys.executable, "-c", "from bot.cli import main; main()", "serve"]
    with subprocess.Popen(
        command, env=clean | settings, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert "Socket Mode" in process.stdout.readline(), "kam serve did not start"
        running.people.waits_until(lambda: running.people.do("connections"), 60)
        try:
            yield given["bot_user"]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@dataclass(frozen=True)
class Place:
    """A conversation, who asks in it, who else talks there, and what is asked about."""

    channel: str
    asker: str
    others: tuple[str, ...]
    customers: tuple[Customer, ...]

    @property
    def direct(self) -> bool:
        """Whether it is a direct message."""
        return not self.others


def conversations(people: People, book: LargeBook, bot: str) -> list[Place]:
    """Direct messages of the account managers and others, and channels with the bot in them."""
    held = {
        f"p{number}@example.com": tuple(one for one in book.customers if one.owner_id == keeper)
        for number, keeper in enumerate(book.keepers)
    }
    colleagues = [f"c{number}@example.com" for number in range(MEMBERS)]
    askers = [*held, "leader@example.com", "head@example.com", *colleagues][:DIRECT]
    found = [
        Place(people.person(one).opens(tab="messages"), one, (), held.get(one) or everything(book))
        for one in askers
    ]
    keepers = {keeper: f"p{number}@example.com" for number, keeper in enumerate(book.keepers)}
    for one in book.customers[:CHANNELS]:
        channel, owner = f"#{channel_name(one.name)}", keepers[one.owner_id]
        people.do("invite", user=owner, channel=channel, who=bot)
        for colleague in colleagues[:MEMBERS]:
            people.do("join_channel", user=colleague, channel=channel)
        found.append(Place(channel, owner, tuple(colleagues[:MEMBERS]), (one,)))
    return found


def everything(book: LargeBook) -> tuple[Customer, ...]:
    """All accounts."""
    return tuple(book.customers)


def load(people: People, places: list[Place], bot: str, seconds: int, faults: Faults) -> Run:
    """Twenty events a second by the clock, whatever the bot makes of them; then its answers."""
    chance = random.Random(7)
    for place in places:  # the first words of a conversation are no part of the measurement
        say(people, place, place.asker, bot, "hello")
    people.settle(1.0, 120)
    before = len(people.journal("delivery"))
    if faults.failing:
        for kind, share in FAILING.items():
            people.fail("*", kind, times=1_000_000, share=share)
    channels = [one for one in places if not one.direct]
    asking: list[tuple[Place, Future[Spoken]]] = []
    cuts = 0
    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        for number in range(seconds * EVENTS_A_SECOND):
            time.sleep(max(0.0, started + number / EVENTS_A_SECOND - time.monotonic()))
            if faults.failing and number // EVENTS_A_SECOND // CUT_EVERY > cuts:
                cuts += 1
                pool.submit(people.do, "cut_socket", most=faults.cut)
            if number * QUESTIONS_A_SECOND % EVENTS_A_SECOND < QUESTIONS_A_SECOND:
                place = places[len(asking) % len(places)]
                asking.append(
                    (
                        place,
                        pool.submit(say, people, place, place.asker, bot, wording(place, chance)),
                    )
                )
            else:
                place = chance.choice(channels)
                talk = f"{chance.choice(TALK)} ({number})"
                pool.submit(people.person(chance.choice(place.others)).says, place.channel, talk)
    asked = [(place, Asked(sent.result())) for place, sent in asking]
    answered = time.monotonic() + PATIENCE
    while time.monotonic() < answered:
        collect(people, asked)
        if all(one.answers for _, one in asked):
            break
        time.sleep(1)
    people.do("clear_faults")
    people.settle(2.0, PATIENCE)
    collect(people, asked)
    calls = people.journal("call")
    return Run(
        faults.name,
        seconds * EVENTS_A_SECOND,
        [one for _, one in asked],
        people.journal("delivery")[before:],
        sum(1 for one in calls if one.get("fault")),
        cuts,
    )


def asks(delivery: dict[str, Any]) -> bool:
    """Whether what was brought is a question to the bot: a mention, or a direct message."""
    event = delivery["payload"].get("event") or {}
    return event.get("type") == "app_mention" or event.get("channel_type") == "im"


def say(people: People, place: Place, who: str, bot: str, text: str) -> Spoken:
    """Says it to the bot: directly, or by a mention."""
    text = text if place.direct else f"<@{bot}> {text}"
    return people.person(who).says(place.channel, text)


def wording(place: Place, chance: random.Random) -> str:
    """A question about one of the accounts there, four times of five a structured one."""
    kinds = STRUCTURED if chance.random() < STRUCTURED_SHARE else RETRIEVAL
    return filled(
        chance.choice(chance.choice(list(kinds.values()))), chance.choice(place.customers)
    )


def collect(people: People, asked: list[tuple[Place, Asked]]) -> None:
    """Reads what the bot has said in the thread of each question."""
    for place, one in asked:
        read = people.person(place.asker).reads(one.spoken.channel, one.spoken.thread)
        one.answers = [message for message in read if message.get("bot_id")]


def table(runs: list[Run]) -> Table:
    """Acks, answers, what was lost and what came twice."""
    out = Table("", *(run.name for run in runs), "bar")
    rows: list[tuple[str, list[str], str]] = [
        ("events sent to the workspace", [f"{run.events:,}" for run in runs], ""),
        ("questions to the bot", [f"{len(run.asked):,}" for run in runs], ""),
        ("calls made to fail", [f"{run.failed:,}" for run in runs], ""),
        ("times sockets were cut", [str(run.cuts) for run in runs], ""),
        ("questions that Slack sent again", [str(run.again) for run in runs], ""),
        ("ack p50 / p99", [quantiles(run.acks, 50, 99, "ms") for run in runs], "p99 500 ms"),
        ("answer p50 / p95", [quantiles(run.waits, 50, 95, "s") for run in runs], "p95 2 s"),
        ("never answered", [str(run.lost) for run in runs], "0"),
        ("answered twice", [str(run.double) for run in runs], "0"),
    ]
    for name, found, bar in rows:
        out.add_row(name, *found, bar)
    return out


def quantiles(seconds: list[float], low: int, high: int, unit: str) -> str:
    """Two percentiles, in milliseconds or seconds."""
    if not seconds:
        return "none"
    factor = 1000 if unit == "ms" else 1
    first, second = np.percentile(seconds, [low, high]) * factor
    return f"{first:.{0 if unit == 'ms' else 2}f} / {second:.{0 if unit == 'ms' else 2}f} {unit}"


if __name__ == "__main__":
    main()
