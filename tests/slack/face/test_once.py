"""Each question is answered once, however often it comes."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

from sqlalchemy import select

from bot.local_workspace.signed_http import signature
from kam_knowledge.clock import Clock
from kam_knowledge.store.models import Outbox
from tests.slack.face.conftest import Office, mention, text_of
from tests.slack.face.watching import (
    LI_NA,
    OWES,
    all_quiet,
    answers,
    changes,
    payload_of,
    room_of,
    said,
)


def test_an_event_that_is_delivered_again_is_answered_once(office: Office) -> None:
    spoken = said(office, OWES)
    office.person(LI_NA).waits_for(spoken, from_="KAM", seconds=20)
    again = payload_of(office, spoken)["event_id"]
    for _ in range(3):
        office.people.do("repeat_event", event_id=again)
    assert len(answers(office, spoken)) == 1
    repeated = [one for one in office.people.journal("delivery", event_id=again) if one["attempt"]]
    assert [one["acked"] for one in repeated] == [True] * 3


def test_a_mention_in_a_thread_we_are_in_is_answered_once(http_office: Office) -> None:
    office = http_office
    channel = office.channel("twice-told")
    first = office.person(LI_NA).says(channel, f"{mention(office)} {OWES}")
    assert len(answers(office, first)) == 1
    office.person(LI_NA).says(channel, f"And Globex, {mention(office)}?", first.ts)
    assert len(answers(office, first)) == 2


def test_a_thread_is_followed_for_a_day(http_office: Office) -> None:
    office, channel = http_office, http_office.channel("a-day")
    spoken = office.person(LI_NA).says(channel, f"{mention(office)} {OWES}")
    assert len(answers(office, spoken)) == 1
    office.person(LI_NA).says(channel, "What did we promise them?", spoken.ts)
    assert len(answers(office, spoken)) == 2
    with office.app.store.write() as session:
        where = Outbox.conversation.endswith(spoken.ts)
        for row in session.scalars(select(Outbox).where(where)):
            row.created_at = Clock.now() - timedelta(hours=24, minutes=1)
    office.person(LI_NA).says(channel, "When did anyone last talk to them?", spoken.ts)
    assert len(answers(office, spoken)) == 2


def signed(office: Office, body: str, kind: str, at: float | None = None) -> dict[str, str]:
    """The headers of a request that Slack signed."""
    stamp = str(int(time.time() if at is None else at))
    secret = office.credentials["signing_secret"]
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(secret, stamp, body),
        "Content-Type": kind,
    }


def sent(office: Office, body: str, headers: dict[str, str]) -> int:
    """The status of a request to the face's own door."""
    assert office.url
    request = urllib.request.Request(office.url, body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return refused.code


def test_a_signed_request_that_is_replayed_is_answered_once(http_office: Office) -> None:
    office = http_office
    spoken = said(office, OWES)
    assert len(answers(office, spoken)) == 1
    body = json.dumps(payload_of(office, spoken) | {"event_id": "EvReplayed"})
    headers = signed(office, body, "application/json")
    assert [sent(office, body, headers) for _ in range(3)] == [200] * 3
    assert len(answers(office, spoken)) == 2


def test_a_request_that_slack_did_not_sign_just_now_is_refused(http_office: Office) -> None:
    office = http_office
    spoken = said(office, OWES)
    assert len(answers(office, spoken)) == 1
    body = json.dumps(payload_of(office, spoken) | {"event_id": "EvForged"})
    old = signed(office, body, "application/json", time.time() - 400)
    wrong = signed(office, body + " ", "application/json")
    assert [sent(office, body, one) for one in (old, wrong, {})] == [401] * 3
    assert len(answers(office, spoken)) == 1


def command(office: Office, trigger: str, url: str, text: str = OWES) -> dict[str, Any]:
    """A slash command of Li Na's, as Slack sends it."""
    person = next(one for one in office.people.do("users") if one["profile"].get("email") == LI_NA)
    return {
        "command": "/kam",
        "text": text,
        "team_id": office.face.team,
        "user_id": person["id"],
        "channel_id": room_of(office),
        "trigger_id": trigger,
        "response_url": url,
        "api_app_id": office.credentials["app_id"],
    }


@contextmanager
def response_url(*answers: int | None) -> Iterator[tuple[str, list[Any]]]:
    """An address that takes what is posted and says these in turn, the last one from then on;
    None cuts the line."""
    taken: list[Any] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            taken.append(json.loads(self.rfile.read(length)))
            answer = answers[min(len(taken), len(answers)) - 1]
            if answer is not None:
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                if answer == 429:
                    self.send_header("Retry-After", "1")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/response", taken
    finally:
        server.shutdown()
        server.server_close()


def test_a_command_that_comes_twice_is_answered_once(http_office: Office) -> None:
    office = http_office
    with response_url(200) as (url, taken):
        asked = command(office, "trigger.1", url)
        assert [office.hears(asked) for _ in range(2)] == [200, 200]
        form = urlencode(asked)
        headers = signed(office, form, "application/x-www-form-urlencoded")
        assert sent(office, form, headers) == 200
        all_quiet(office)
        assert len(taken) == 1
        assert "INV-10432" in text_of(taken[0])


def test_an_ephemeral_answer_is_never_sent_a_second_time(http_office: Office) -> None:
    office = http_office
    with response_url(None) as (url, taken):
        office.hears(command(office, "trigger.2", url))
        office.people.waits_until(lambda: taken, 20)
        all_quiet(office)
        assert len(taken) == 1


def test_an_ephemeral_answer_that_slack_tells_to_wait_waits_and_comes(
    http_office: Office,
) -> None:
    office, room = http_office, room_of(http_office)
    before = len(office.from_bot(LI_NA, room))
    with response_url(429, 200) as (url, taken):
        office.hears(command(office, "trigger.patient", url))
        all_quiet(office)
        assert len(taken) == 2
        assert "INV-10432" in text_of(taken[1])
    assert len(office.from_bot(LI_NA, room)) == before


def test_an_answer_whose_address_is_gone_goes_by_direct_message(http_office: Office) -> None:
    office, room = http_office, room_of(http_office)
    before = len(office.from_bot(LI_NA, room))
    with response_url(404) as (url, taken):
        office.hears(command(office, "trigger.3", url))
        all_quiet(office)
        assert len(taken) == 1
    found = office.from_bot(LI_NA, room)[before:]
    assert len(found) == 1
    assert "INV-10432" in found[0]


def test_a_direct_message_in_the_place_of_an_ephemeral_is_tried_until_it_is_there(
    http_office: Office,
) -> None:
    office, room = http_office, room_of(http_office)
    before = len(office.from_bot(LI_NA, room))
    office.people.fail("chat.postMessage", "server_error")
    with response_url(404) as (url, taken):
        office.hears(command(office, "trigger.gone", url))
        all_quiet(office)
        assert len(taken) == 1
    found = office.from_bot(LI_NA, room)[before:]
    assert len(found) == 1
    assert "INV-10432" in found[0]


def test_a_yes_pressed_twice_writes_once_and_has_one_receipt(office: Office) -> None:
    spoken = said(office, "Mark the TCO model for ACME as done")
    card = office.person(LI_NA).waits_for(spoken, from_="KAM", seconds=20)
    before = changes(office)
    presses = [
        threading.Thread(target=lambda: office.person(LI_NA).presses(card, "settle:confirm"))
        for _ in range(3)
    ]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    told = answers(office, spoken)
    assert len(told) == 2
    assert changes(office) == before + 1
    assert "settle:confirm" in told[0]
    assert "settle:" not in told[1], "the receipt asks for nothing"


def test_somebody_elses_card_is_not_theirs_to_settle(http_office: Office) -> None:
    office, priya = http_office, "priya.raman@example.com"
    channel = office.channel("cards", priya, private=True)
    before = changes(office)
    asked = f"{mention(office)} Mark the root-cause report for ACME as done"
    card = office.ask(LI_NA, channel, asked)
    office.person(priya).presses(card, "settle:confirm")
    all_quiet(office)
    told = office.from_bot(priya, room_of(office, priya))
    assert "only whoever asked for it" in told[-1]
    assert changes(office) == before
