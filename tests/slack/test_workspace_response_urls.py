"""response_url: five answers in thirty minutes, to one person or to all."""

from __future__ import annotations

from slack_sdk.webhook import WebhookClient

from tests.slack.conftest import Office
from tests.slack.tiny_bot import button, section


def _url(office: Office, channel: str) -> WebhookClient:
    office.li_na.commands(channel, "/kam hello")
    sent = office.people.journal("delivery", what="slash_commands")[-1]
    return WebhookClient(sent["payload"]["response_url"])


def test_an_answer_goes_to_the_person_unless_it_is_for_the_channel(office: Office) -> None:
    channel = office.channel("answers")
    url = _url(office, channel)
    assert url.send(text="for you").body == "ok"
    url.send(text="for all", response_type="in_channel")
    assert [one["text"] for one in office.li_na.reads(channel)] == ["for you", "for all"]
    assert [one["text"] for one in office.tom.reads(channel)] == ["for all"]


def test_it_works_five_times_within_thirty_minutes(office: Office) -> None:
    channel = office.channel("uses")
    url = _url(office, channel)
    assert [url.send(text=str(number)).status_code for number in range(5)] == [200] * 5
    sixth = url.send(text="6")
    assert (sixth.status_code, sixth.body) == (404, "used_url")
    late = _url(office, channel)
    office.people.move_on(1801)
    assert late.send(text="late").body == "expired_url"
    assert len(office.li_na.reads(channel)) == 5


def test_the_message_it_came_from_is_replaced_or_deleted(office: Office) -> None:
    channel = office.channel("originals")
    blocks = [{"type": "actions", "elements": [button("go")]}]
    posted = office.client.chat_postMessage(channel=channel, text="Sure?", blocks=blocks)
    office.li_na.presses({"channel": channel, "ts": posted["ts"]}, "go")
    sent = office.people.journal("delivery", type="block_actions")[-1]
    url = WebhookClient(sent["payload"]["response_url"])
    url.send(text="Done", replace_original=True)
    assert [one["text"] for one in office.tom.reads(channel)] == ["Done"]
    url.send(delete_original=True)
    assert office.tom.reads(channel) == []


def test_its_blocks_are_checked_too(office: Office) -> None:
    channel = office.channel("checked")
    answer = _url(office, channel).send(text="x", blocks=[section("x" * 3001)])
    assert (answer.status_code, answer.body) == (400, "invalid_blocks")
