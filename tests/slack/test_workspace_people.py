"""Guests and other companies: who is in a channel, and what an app is told of them."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.request.internals import extract_actor_team_id, extract_team_id

from bot.local_workspace.errors import Impossible
from bot.local_workspace.people import Person
from tests.slack.conftest import Office, manifest
from tests.slack.tiny_bot import until


def _shared(office: Office, name: str, *, grid: bool = False) -> tuple[str, Person, str]:
    channel = office.channel(name)
    team = office.people.do("add_team", name=f"{name} GmbH", grid=grid)["id"]
    office.people.do("share_channel", channel=channel, team=team)
    stranger = office.people.do("add_user", name=f"Nils of {name}", team=team)
    office.li_na.do("invite", channel=channel, who=stranger["id"])
    return channel, office.people.person(stranger["id"]), team


def test_a_message_from_another_company_says_so(bolted: Office) -> None:
    channel, nils, team = _shared(bolted, "shared")
    nils.says(channel, "hello from outside")
    body = until(lambda: bolted.heard.of("message", channel=channel))[-1]["whole"]
    assert body["is_ext_shared_channel"] is True
    assert body["event"]["user_team"] == team
    assert extract_team_id(body) == "T0HOME"
    assert extract_actor_team_id(body) == team
    bolted.li_na.says(channel, "hello from inside")
    ours = until(lambda: bolted.heard.of("message", text="hello from inside"))[-1]["whole"]
    assert ours["is_ext_shared_channel"] is True
    assert extract_actor_team_id(ours) == "T0HOME"


def test_a_mention_from_a_grid_organisation_has_no_actor_team(bolted: Office) -> None:
    channel, nils, _ = _shared(bolted, "grid", grid=True)
    nils.says(channel, "@Tiny what do you know?")
    body = until(lambda: bolted.heard.of("app_mention", channel=channel))[-1]["whole"]
    assert extract_actor_team_id(body) is None


def test_sharing_and_its_end_are_told_and_shown(bolted: Office) -> None:
    channel = bolted.channel("treaty")
    team = bolted.people.do("add_team", name="Quellbrunn")["id"]

    def info() -> dict[str, Any]:
        return dict(bolted.client.conversations_info(channel=channel)["channel"])

    assert not info()["is_ext_shared"]
    bolted.people.do("share_channel", channel=channel, team=team, pending=True)
    assert info()["is_pending_ext_shared"]
    bolted.people.do("share_channel", channel=channel, team=team)
    until(lambda: bolted.heard.of("channel_shared", channel=channel))
    assert info()["is_ext_shared"]
    assert not info()["is_pending_ext_shared"]
    stranger = bolted.people.do("add_user", name="Olaf Fern", team=team)["id"]
    bolted.li_na.do("invite", channel=channel, who=stranger)
    shown = bolted.client.users_info(user=stranger)["user"]
    assert (shown["is_stranger"], shown["team_id"]) == (True, team)
    bolted.people.do("unshare_channel", channel=channel, team=team)
    until(lambda: bolted.heard.of("channel_unshared", channel=channel))
    assert not info()["is_ext_shared"]
    assert stranger not in bolted.client.conversations_members(channel=channel)["members"]


def test_joining_and_leaving_are_told_to_apps_in_the_channel(bolted: Office) -> None:
    channel = bolted.channel("comers")
    newcomer = bolted.people.do("add_user", name="Nora Neu")["id"]
    bolted.people.do("join_channel", user=newcomer, channel=channel)
    until(lambda: bolted.heard.of("member_joined_channel", user=newcomer, channel=channel))
    assert newcomer in bolted.client.conversations_members(channel=channel)["members"]


def test_a_user_who_changes_is_told(bolted: Office) -> None:
    person = bolted.people.do("add_user", name="Kevin Zhao")["id"]
    bolted.people.do("change_user", user=person, deleted=True)
    changed = until(
        lambda: [
            one for one in bolted.heard.of("user_change") if one["body"]["user"]["id"] == person
        ]
    )
    assert changed[-1]["body"]["user"]["deleted"] is True
    with pytest.raises(Impossible):
        bolted.people.person(person).says("#comers", "I am gone")


def test_a_guest_sees_only_where_they_were_invited(office: Office) -> None:
    office.people.do("add_user", name="Gus Guest", guest=True)
    guest = office.people.person("Gus Guest")
    channel = office.channel("for-members")
    office.li_na.says(channel, "among ourselves")
    for deed in ("join_channel", "messages"):
        with pytest.raises(Impossible):
            guest.do(deed, channel=channel)
    office.li_na.do("invite", channel=channel, who="Gus Guest")
    assert guest.reads(channel)[0]["text"] == "among ourselves"
    assert [one["id"] for one in guest.do("channels")] == [channel]


def test_people_do_only_what_their_place_allows(office: Office) -> None:
    channel = office.channel("house-rules", private=True)
    office.people.do("add_user", name="Olga Out")
    olga = office.people.person("Olga Out")
    stranger_team = office.people.do("add_team", name="Elsewhere")["id"]
    office.people.do("add_user", name="Ferdi Fremd", team=stranger_team)
    for act in (
        lambda: olga.says(channel, "hello"),
        lambda: olga.reads(channel),
        lambda: olga.do("join_channel", channel=channel),
        lambda: olga.do("invite", channel=channel, who="Olga Out"),
        lambda: office.li_na.do("invite", channel=channel, who="Ferdi Fremd"),
        lambda: office.li_na.commands(channel, "/unknown"),
        lambda: office.li_na.says("#nowhere", "hello"),
        lambda: office.li_na.submits(),
        lambda: office.people.do("fly"),
        lambda: office.people.do("say", user="Li Na", text="where?"),
    ):
        with pytest.raises(Impossible):
            act()


def test_a_group_direct_message_reaches_the_app_that_is_in_it(office: Office) -> None:
    others = ["Tom Becker", office.app["bot_user"]]
    group = office.li_na.do("open_direct", others=others)
    assert group["is_mpim"]
    office.li_na.says(group["id"], "the three of us")
    told = office.people.journal("delivery", type="message")[-1]["payload"]["event"]
    assert (told["channel_type"], told["text"]) == ("mpim", "the three of us")


def test_an_assistant_of_the_legacy_kind_begins_with_a_thread(office: Office) -> None:
    legacy = manifest()
    del legacy["features"]["agent_view"]
    legacy["display_information"]["name"] = legacy["features"]["bot_user"]["display_name"] = "Old"
    legacy["settings"]["event_subscriptions"]["bot_events"].append("assistant_thread_started")
    old = office.people.install_app(legacy)
    begun = office.li_na.do("start_assistant_thread", app="Old")
    told = office.people.journal("delivery", app=old["app_id"])[-1]["payload"]["event"]
    assert told["assistant_thread"]["thread_ts"] == begun["thread_ts"]
    where = {"channel_id": begun["channel"], "thread_ts": begun["thread_ts"]}
    office.client_of(old).assistant_threads_setTitle(**where, title="ACME")
    assert office.li_na.thread(begun["channel"], begun["thread_ts"])["title"] == "ACME"
    with pytest.raises(Impossible):
        office.li_na.do("look_at", app="Old", entities=[])


def test_an_agents_person_looks_at_something_else(bolted: Office) -> None:
    entities = [{"type": "slack#/types/channel_id", "value": "C1"}]
    bolted.tom.do("look_at", entities=entities)
    told = until(lambda: bolted.heard.of("app_context_changed"))[-1]["body"]
    assert told["context"]["entities"] == [{**entities[0], "team_id": "T0HOME"}]
    with pytest.raises(Impossible):
        bolted.tom.do("start_assistant_thread")
