"""Rate limits by tier, and faults on demand."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import (
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bot.local_workspace.errors import Impossible
from tests.slack.conftest import Office

Refused = Callable[..., Any]


def _plain_client(office: Office) -> WebClient:
    """Without the SDK's own retries, so that a fault is seen as it is."""
    return WebClient(
        token=office.app["bot_token"], base_url=office.running.api_url, retry_handlers=[]
    )


@pytest.mark.parametrize(
    ("method", "tier"),
    [("users_list", 20), ("reactions_get", 50), ("users_info", 100)],
)
def test_a_tier_counts_calls_a_minute_by_method(
    strict_office: Office, refused: Refused, method: str, tier: int
) -> None:
    channel = strict_office.channel("tiers")
    said = strict_office.li_na.says(channel, "x")
    given: dict[str, dict[str, str]] = {
        "users_list": {},
        "reactions_get": {"channel": channel, "timestamp": said.ts},
        "users_info": {"user": strict_office.id_of("Li Na")},
    }
    call = getattr(strict_office.client, method)
    for _ in range(tier):
        call(**given[method])
    answer = refused(call, **given[method])
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    strict_office.client.conversations_list()
    strict_office.people.move_on(61)
    call(**given[method])


def test_posting_is_one_a_second_a_channel_after_a_short_burst(
    strict_office: Office, refused: Refused
) -> None:
    office, client = strict_office, strict_office.client
    one, other = office.channel("busy"), office.channel("calm")
    for number in range(5):
        client.chat_postMessage(channel=one, text=str(number))

    def hurry() -> None:
        for _ in range(50):
            client.chat_postMessage(channel=one, text="too fast")

    answer = refused(hurry)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    client.chat_postMessage(channel=other, text="elsewhere")
    office.people.move_on(1.1)
    client.chat_postMessage(channel=one, text="in time")


def test_the_sdk_waits_as_long_as_it_is_told(office: Office) -> None:
    client = WebClient(
        token=office.app["bot_token"],
        base_url=office.running.api_url,
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)],
    )
    office.people.fail("auth.test", "rate_limited", seconds=1)
    begun = time.monotonic()
    assert client.auth_test()["ok"]
    assert time.monotonic() - begun >= 1
    assert [one["status"] for one in office.people.calls("auth.test")] == [429, 200]


def test_a_server_error_is_retried_by_the_sdk(office: Office) -> None:
    client = WebClient(
        token=office.app["bot_token"],
        base_url=office.running.api_url,
        retry_handlers=[ServerErrorRetryHandler(max_retry_count=1)],
    )
    office.people.fail("*", "server_error")
    assert client.auth_test()["ok"]
    assert [one["status"] for one in office.people.calls("auth.test")] == [500, 200]


def test_the_connection_is_lost_before_or_after_the_deed(office: Office) -> None:
    channel, client = office.channel("lossy"), _plain_client(office)
    for kind, posted in (("drop", 0), ("drop_after", 1)):
        office.people.fail("chat.postMessage", kind)
        with pytest.raises((URLError, ConnectionError)):
            client.chat_postMessage(channel=channel, text=kind)
        assert len(office.li_na.reads(channel)) == posted
    client.chat_postMessage(channel=channel, text="through")
    assert [one["text"] for one in office.li_na.reads(channel)] == ["drop_after", "through"]


def test_a_call_is_slow_or_fails_with_the_error_one_asks_for(
    office: Office, refused: Refused
) -> None:
    client = _plain_client(office)
    office.people.fail("auth.test", "slow", seconds=0.3)
    begun = time.monotonic()
    client.auth_test()
    assert time.monotonic() - begun >= 0.3
    office.people.fail("auth.test", "error", times=2, code="fatal_error")
    for _ in range(2):
        assert refused(client.auth_test)["error"] == "fatal_error"
    client.auth_test()
    office.people.fail("auth.test", "error", times=99)
    office.people.do("clear_faults")
    client.auth_test()
    with pytest.raises(Impossible):
        office.people.fail("auth.test", "earthquake")
