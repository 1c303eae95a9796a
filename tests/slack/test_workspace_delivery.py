"""How events reach an app: acks, redelivery, signatures, connections that come and go."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import BoltRequest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.local_workspace.errors import Impossible
from tests.slack.conftest import Office, manifest, open_office
from tests.slack.tiny_bot import bolt_app, until

Connect = Callable[..., Any]
Answer = Callable[[str, dict[str, str]], tuple[int, str, bool]]


def _messages(requests: list[SocketModeRequest]) -> list[SocketModeRequest]:
    return [one for one in list(requests) if one.payload.get("event", {}).get("type") == "message"]


def test_an_event_that_is_not_acked_comes_again_at_once_after_a_minute_and_after_five(
    office: Office, socket_client: Connect
) -> None:
    requests: list[SocketModeRequest] = []
    channel = office.channel("unacked")
    socket_client(requests, lambda _: False)
    office.li_na.says(channel, "anybody?")
    until(lambda: len(_messages(requests)) == 1)
    for seconds, attempts in ((1, 1), (3, 2), (26, 2), (40, 3), (200, 3), (110, 4), (3600, 4)):
        office.people.move_on(seconds)
        until(lambda n=attempts: len(_messages(requests)) == n)
    found = _messages(requests)
    assert [(one.retry_attempt, one.retry_reason) for one in found] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert len({one.payload["event_id"] for one in found}) == 1
    assert len({one.envelope_id for one in found}) == 4


def test_an_event_that_is_acked_comes_once_until_it_is_repeated(
    office: Office, socket_client: Connect
) -> None:
    requests: list[SocketModeRequest] = []
    channel = office.channel("acked")
    socket_client(requests, lambda _: True)
    office.li_na.says(channel, "once")
    office.people.settle(quiet=0.05)
    office.people.move_on(600)
    assert len(_messages(requests)) == 1
    event_id = _messages(requests)[0].payload["event_id"]
    office.people.do("repeat_event", event_id=event_id)
    until(lambda: len(_messages(requests)) == 2)
    assert _messages(requests)[1].payload["event_id"] == event_id


def test_what_an_app_says_comes_back_to_it_as_an_event(
    office: Office, socket_client: Connect
) -> None:
    requests: list[SocketModeRequest] = []
    channel = office.channel("echo")
    socket_client(requests, lambda _: True)
    posted = office.client.chat_postMessage(channel=channel, text="my own voice")
    office.client.chat_update(channel=channel, ts=posted["ts"], text="my own echo")
    office.client.chat_delete(channel=channel, ts=posted["ts"])
    until(lambda: len(_messages(requests)) == 3)
    events = sorted(
        (one.payload["event"] for one in _messages(requests)),
        key=lambda one: float(one["event_ts"]),
    )
    assert events[0]["bot_id"] == office.app["bot_id"]
    assert [one.get("subtype") for one in events] == [None, "message_changed", "message_deleted"]
    assert events[1]["previous_message"]["text"] == "my own voice"


def test_an_envelope_goes_to_one_of_up_to_ten_connections(
    office: Office, socket_client: Connect
) -> None:
    inboxes: list[list[SocketModeRequest]] = [[], []]
    channel = office.channel("many")
    for inbox in inboxes:
        socket_client(inbox, lambda _: True)
    for number in range(4):
        office.li_na.says(channel, str(number))
    until(lambda: sum(len(_messages(inbox)) for inbox in inboxes) == 4)
    assert [len(_messages(inbox)) for inbox in inboxes] == [2, 2]


def test_an_app_that_is_asked_to_reconnect_or_is_cut_off_comes_back(
    office: Office, socket_client: Connect
) -> None:
    requests: list[SocketModeRequest] = []
    channel = office.channel("reconnect")
    socket_client(requests, lambda _: True)

    def hellos() -> int:
        return len(office.people.journal("socket", what="hello"))

    office.people.do("disconnect", reason="refresh_requested")
    office.people.waits_until(lambda: hellos() == 2 and office.people.do("connections") == 1)
    office.li_na.says(channel, "after the refresh")
    until(lambda: len(_messages(requests)) == 1)
    assert office.people.do("cut_socket")["cut"] == 1
    office.people.waits_until(lambda: hellos() == 3 and office.people.do("connections") == 1)
    office.li_na.says(channel, "after the cut")
    until(lambda: len(_messages(requests)) == 2)


def test_a_connection_needs_a_ticket_that_is_still_good(office: Office) -> None:
    url = office.client.apps_connections_open(app_token=office.app["app_token"])["url"]
    assert url.startswith("ws://")
    office.people.move_on(31)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url.replace("ws://", "http://"))
    assert caught.value.code == 403
    caught.value.close()


def test_an_app_hears_only_what_it_has_subscribed_to_where_it_is(office: Office) -> None:
    deaf = manifest()
    deaf["settings"]["event_subscriptions"]["bot_events"] = ["app_mention"]
    other = office.people.install_app(deaf)
    inside = office.channel("inside")
    outside = office.channel("outside", with_app=False)
    office.li_na.do("invite", channel=inside, who=other["bot_user"])
    office.li_na.says(inside, f"<@{other['bot_user']}> hello")
    office.li_na.says(outside, f"<@{other['bot_user']}> hello")
    told = [
        (one["type"], one["payload"]["event"]["channel"])
        for one in office.people.journal("delivery", app=other["app_id"], attempt=0)
    ]
    assert told == [("app_mention", inside)]


@contextmanager
def _door(
    office: Office, answer: Callable[[str, dict[str, str]], tuple[int, str, bool]]
) -> Iterator[list[dict[str, str]]]:
    """A request URL that answers as the test says: status, body, no-retry."""
    seen: list[dict[str, str]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            given = json.loads(body)
            if given.get("event", {}).get("type") != "message":
                status, text, no_retry = 200, given.get("challenge", ""), False
            else:
                seen.append({**headers, "body": body})
                status, text, no_retry = answer(body, headers)
            self.send_response(status)
            if no_retry:
                self.send_header("X-Slack-No-Retry", "1")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        office.people.do("set_request_url", url=f"http://127.0.0.1:{server.server_port}/")
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_over_http_anything_but_200_is_retried_with_a_number_and_a_reason() -> None:
    with open_office(socket=False) as office:
        channel = office.channel("http")
        office.people.settle(quiet=0.05)
        with _door(office, lambda *_: (404, "", False)) as seen:
            office.li_na.says(channel, "anybody?")
            until(lambda: len(seen) == 2)
            office.people.move_on(65)
            until(lambda: len(seen) == 3)
        verifier = SignatureVerifier(office.app["signing_secret"])
        assert all(verifier.is_valid_request(one["body"], one) for one in seen)
        retries = [(one.get("x-slack-retry-num"), one.get("x-slack-retry-reason")) for one in seen]
        assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]


def test_over_http_an_app_may_forbid_another_attempt() -> None:
    with open_office(socket=False) as office:
        channel = office.channel("http")
        office.people.settle(quiet=0.05)
        with _door(office, lambda *_: (500, "", True)) as seen:
            office.li_na.says(channel, "anybody?")
            until(lambda: len(seen) == 1)
            office.people.settle(quiet=0.1)
            office.people.move_on(600)
            assert len(seen) == 1


def test_over_http_a_late_answer_is_a_timeout() -> None:
    held = threading.Event()
    with open_office(socket=False) as office:
        channel = office.channel("http")
        office.people.settle(quiet=0.05)

        def late(body: str, headers: dict[str, str]) -> tuple[int, str, bool]:
            if "x-slack-retry-num" not in headers:
                held.wait(5)
            return 200, "", False

        with _door(office, late) as seen:
            office.li_na.says(channel, "slow?")
            until(lambda: len(seen) == 1)
            office.people.move_on(3.1)
            until(lambda: len(seen) == 2)
            held.set()
        assert seen[1]["x-slack-retry-reason"] == "http_timeout"


def test_bolt_takes_only_what_this_workspace_has_signed() -> None:
    with open_office(socket=False) as office:
        channel = office.channel("signed")
        office.people.settle(quiet=0.05)
        app, heard = bolt_app(office.client, office.app["signing_secret"])
        with _door(office, lambda *_: (200, "", False)) as seen:
            office.li_na.says(channel, "signed")
            until(lambda: seen)
        headers = {name: value for name, value in seen[0].items() if name != "body"}
        body = seen[0]["body"]

        def status(body: str, **other: str) -> int:
            return app.dispatch(BoltRequest(body=body, headers={**headers, **other})).status

        assert status(body) == 200
        assert status(body) == 200, "a replay within five minutes passes Slack's check"
        assert status(body.replace("signed", "forged")) == 401
        stale = str(int(headers["x-slack-request-timestamp"]) - 301)
        assert status(body, **{"x-slack-request-timestamp": stale}) == 401
        until(lambda: len(heard.of("message")) == 2)


def test_a_request_url_is_taken_only_when_it_answers_the_challenge() -> None:
    with open_office(socket=False) as office, pytest.raises(Impossible):
        office.people.do("set_request_url", url="http://127.0.0.1:9/slack/events")


def test_an_event_without_a_listener_is_not_acked_by_bolt(bolted: Office) -> None:
    channel = bolted.channel("no-listener")
    bolted.tom.do("leave_channel", channel=channel)

    def tried() -> list[dict[str, Any]]:
        found = bolted.people.journal("delivery", type="member_left_channel")
        return [one for one in found if one["payload"]["event"]["channel"] == channel]

    until(tried)
    bolted.people.move_on(3.1)
    until(lambda: len(tried()) == 2)
    assert tried()[0]["acked"] is False
    assert tried()[1]["attempt"] == 1


def test_bolt_runs_a_repeated_event_twice(bolted: Office) -> None:
    channel = bolted.channel("repeated")
    bolted.li_na.says(channel, "twice")

    def heard() -> list[dict[str, Any]]:
        return bolted.heard.of("message", channel=channel, text="twice")

    event_id = until(heard)[0]["whole"]["event_id"]
    bolted.people.do("repeat_event", event_id=event_id)
    until(lambda: len(heard()) == 2)
    first, second = (one["headers"] for one in heard())
    assert first.get("x-slack-retry-num") in (None, ["0"])
    assert second["x-slack-retry-num"] == ["1"]


def test_an_app_that_is_taken_out_hears_it_and_its_token_is_void(
    office: Office, socket_client: Connect, refused: Callable[..., Any]
) -> None:
    requests: list[SocketModeRequest] = []
    socket_client(requests, lambda _: True)
    office.people.do("uninstall_app")
    until(lambda: len(requests) == 2)
    kinds = {one.payload["event"]["type"] for one in requests}
    assert kinds == {"tokens_revoked", "app_uninstalled"}
    assert refused(office.client.auth_test)["error"] == "token_revoked"
