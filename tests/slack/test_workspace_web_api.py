"""The Web API's strictness: methods, arguments, tokens, scopes, membership, pages."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

from bot.local_workspace.errors import Impossible
from tests.slack.conftest import Office, manifest

Refused = Callable[..., Any]


def test_an_unknown_method_is_refused(office: Office, refused: Refused) -> None:
    answer = refused(office.client.api_call, "chat.shout", params={"channel": "C1"})
    assert (answer["error"], answer["req_method"]) == ("unknown_method", "chat.shout")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"text": "hi"}, "missing required field: channel"),
        ({"channel": "C1", "text": "hi", "colour": "red"}, "unsupported argument: colour"),
        ({"channel": "C1", "text": "hi", "unfurl_links": "perhaps"}, "must be a boolean"),
        ({"channel": {"id": "C1"}, "text": "hi"}, "must be a string"),
    ],
)
def test_missing_extra_and_mistyped_arguments_are_named(
    office: Office, refused: Refused, given: dict[str, Any], message: str
) -> None:
    answer = refused(office.client.api_call, "chat.postMessage", json=given)
    assert answer["error"] == "invalid_arguments"
    assert message in answer["response_metadata"]["messages"][0]


def test_json_and_form_bodies_are_both_read(office: Office) -> None:
    channel = office.channel("bodies")
    for body in ("json", "params", "data"):
        given: dict[str, Any] = {body: {"channel": channel, "text": body, "unfurl_links": False}}
        assert office.client.api_call("chat.postMessage", **given)["message"]["text"] == body


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (None, "not_authed"),
        ("xoxb-somebody-else", "invalid_auth"),
        ("app", "not_allowed_token_type"),
    ],
)
def test_wrong_tokens_are_told_apart(
    office: Office, refused: Refused, token: str | None, error: str
) -> None:
    given = office.app["app_token"] if token == "app" else token
    client = WebClient(token=given, base_url=office.running.api_url)
    assert refused(client.users_list)["error"] == error


def test_a_bot_token_opens_no_socket_connection(office: Office, refused: Refused) -> None:
    bot_token = office.app["bot_token"]
    answer = refused(office.client.apps_connections_open, app_token=bot_token)
    assert answer["error"] == "not_allowed_token_type"


def test_a_revoked_token_is_of_no_more_use(office: Office, refused: Refused) -> None:
    assert office.client.auth_revoke()["revoked"] is True
    assert refused(office.client.auth_test)["error"] == "token_revoked"


def test_a_missing_scope_names_what_is_needed_and_what_is_held(
    office: Office, refused: Refused
) -> None:
    poor = office.people.install_app(manifest(scopes=["chat:write", "channels:read"]))
    client = office.client_of(poor)
    answer = refused(client.users_info, user=office.id_of("Li Na"))
    assert answer["error"] == "missing_scope"
    assert (answer["needed"], answer["provided"]) == ("users:read", "channels:read,chat:write")
    channel = office.channel("scoped", private=True)
    office.li_na.do("invite", channel=channel, who=poor["bot_user"])
    private = refused(client.conversations_info, channel=channel)
    assert (private["error"], private["needed"]) == ("missing_scope", "groups:read")
    history = refused(client.conversations_history, channel=channel)
    assert history["needed"] == "groups:history"
    dressed = refused(client.chat_postMessage, channel=channel, text="x", username="Boss")
    assert dressed["needed"] == "chat:write.customize"


def test_emails_are_shown_only_with_their_scope(office: Office) -> None:
    poor = office.people.install_app(manifest(scopes=["users:read"]))
    li_na = office.id_of("Li Na")
    assert "email" in office.client.users_info(user=li_na)["user"]["profile"]
    assert "email" not in office.client_of(poor).users_info(user=li_na)["user"]["profile"]


def test_an_app_writes_and_reads_only_where_it_is(office: Office, refused: Refused) -> None:
    public = office.channel("open-floor", with_app=False)
    private = office.channel("closed-doors", private=True, with_app=False)
    client = office.client
    assert refused(client.chat_postMessage, channel=public, text="hi")["error"] == "not_in_channel"
    assert refused(client.conversations_history, channel=public)["error"] == "not_in_channel"
    for method in (client.conversations_info, client.conversations_members):
        assert refused(method, channel=private)["error"] == "channel_not_found"
    hidden = refused(client.chat_postMessage, channel=private, text="hi")
    assert hidden["error"] == "channel_not_found"
    office.people.do("archive_channel", channel=public)
    office.client.conversations_list(types="public_channel,private_channel")
    listed = [one["id"] for one in client.conversations_list(exclude_archived=True)["channels"]]
    assert public not in listed
    assert private not in listed


def test_lists_come_in_pages(office: Office, refused: Refused) -> None:
    for number in range(5):
        office.channel(f"page-{number}")
    seen, sizes = [], []
    for page in office.client.conversations_list(limit=2, types=["public_channel"]):
        sizes.append(len(page["channels"]))
        seen += [one["name"] for one in page["channels"]]
    assert sizes == [2, 2, 1]
    assert sorted(seen) == [f"page-{number}" for number in range(5)]
    wrong = refused(office.client.conversations_list, cursor="over the hills")
    assert wrong["error"] == "invalid_cursor"
    assert refused(office.client.conversations_list, types="dungeon")["error"] == "invalid_types"


def test_users_are_members_guests_bots_deactivated_or_strangers(
    office: Office, refused: Refused
) -> None:
    people, client = office.people, office.client
    guest = people.do("add_user", name="Gus Guest", guest=True)["id"]
    single = people.do("add_user", name="Sia Single", single_channel=True)["id"]
    team = people.do("add_team", name="Quellbrunn")["id"]
    stranger = people.do("add_user", name="Nils Haas", team=team)["id"]
    people.do("change_user", user="Tom Becker", deleted=True)

    def user(name: str) -> dict[str, Any]:
        return dict(client.users_info(user=name)["user"])

    assert user(guest)["is_restricted"]
    assert not user(guest)["is_ultra_restricted"]
    assert user(single)["is_ultra_restricted"]
    assert user(office.id_of("Tom Becker"))["deleted"]
    assert user(office.app["bot_user"])["is_bot"]
    assert refused(client.users_info, user=stranger)["error"] == "user_not_visible"
    assert refused(client.users_info, user="U404")["error"] == "user_not_found"
    found = client.users_lookupByEmail(email="Li.Na@example.com")["user"]
    assert found["id"] == office.id_of("Li Na")
    gone = refused(client.users_lookupByEmail, email="tom.becker@example.com")
    assert gone["error"] == "users_not_found"


def test_direct_messages_are_opened_with_people_who_are_there(
    office: Office, refused: Refused
) -> None:
    li_na, client = office.id_of("Li Na"), office.client
    first = client.conversations_open(users=[li_na])["channel"]["id"]
    again = client.conversations_open(users=li_na)
    assert (again["channel"]["id"], again["already_open"]) == (first, True)
    group = client.conversations_open(users=[li_na, office.id_of("Tom Becker")], return_im=True)
    assert group["channel"]["is_mpim"]
    office.people.do("change_user", user="Tom Becker", deleted=True)
    closed = refused(client.conversations_open, users=[office.id_of("Tom Becker")])
    assert closed["error"] == "user_disabled"
    assert client.conversations_info(channel=first)["channel"]["user"] == li_na


def test_channels_are_made_joined_and_left(office: Office, refused: Refused) -> None:
    client = office.client
    made = client.conversations_create(name="from-the-app")["channel"]
    assert refused(client.conversations_create, name="from-the-app")["error"] == "name_taken"
    client.conversations_invite(channel=made["id"], users=[office.id_of("Li Na")])
    again = refused(client.conversations_invite, channel=made["id"], users=[office.id_of("Li Na")])
    assert again["error"] == "already_in_channel"
    assert office.id_of("Li Na") in client.conversations_members(channel=made["id"])["members"]
    client.conversations_leave(channel=made["id"])
    assert client.conversations_join(channel=made["id"])["channel"]["is_member"]
    private = office.channel("not-for-joining", private=True, with_app=False)
    assert refused(client.conversations_join, channel=private)["error"] == "channel_not_found"


def test_an_app_looks_around(office: Office, refused: Refused) -> None:
    client, channel = office.client, office.channel("around")
    assert client.api_test(foo="bar")["args"] == {"foo": "bar"}
    assert refused(client.api_test, error="my_error")["error"] == "my_error"
    me = client.auth_test()
    assert (me["user_id"], me["bot_id"]) == (office.app["bot_user"], office.app["bot_id"])
    assert client.bots_info(bot=me["bot_id"])["bot"]["user_id"] == me["user_id"]
    assert refused(client.bots_info, bot="B404")["error"] == "bot_not_found"
    assert client.team_info()["team"]["domain"] == "home"
    hers = client.users_conversations(user=office.id_of("Li Na"))["channels"]
    assert [one["id"] for one in hers] == [channel]
    client.conversations_setTopic(channel=channel, topic="ACME, and nothing else")
    assert refused(client.conversations_setTopic, channel=channel, topic="x" * 251)["error"] == (
        "too_long"
    )
    shown = client.conversations_info(channel=channel, include_num_members=True)["channel"]
    assert (shown["topic"]["value"], shown["num_members"]) == ("ACME, and nothing else", 3)
    client.conversations_kick(channel=channel, user=office.id_of("Tom Becker"))
    assert (
        office.id_of("Tom Becker") not in client.conversations_members(channel=channel)["members"]
    )
    office.li_na.uploads(channel, "a.txt", b"a")
    assert [one["name"] for one in client.files_list(channel=channel)["files"]] == ["a.txt"]
    theirs = client.files_list()["files"][0]["id"]
    assert refused(client.files_delete, file=theirs)["error"] == "cant_delete_file"
    canvas = client.canvases_create(title="Brief")["canvas_id"]
    client.canvases_delete(canvas_id=canvas)
    assert refused(client.canvases_delete, canvas_id=canvas)["error"] == "canvas_not_found"


def test_every_call_stands_in_the_journal_without_its_token(
    office: Office, refused: Refused
) -> None:
    office.client.auth_test()
    refused(office.client.users_info, user="U404")
    entry = office.people.calls("users.info")[-1]
    assert (entry["ok"], entry["error"], entry["args"]) == (
        False,
        "user_not_found",
        {"user": "U404"},
    )
    assert office.app["bot_token"] not in str(office.people.journal("call"))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json", "Host": "evil.example"}, 403),
        ({"Content-Type": "application/json"}, 200),
    ],
)
def test_no_page_of_another_site_can_act_for_people(
    office: Office, headers: dict[str, str], status: int
) -> None:
    connection = http.client.HTTPConnection(urlsplit(office.running.url).netloc)
    connection.request("POST", "/control/users", "{}", headers)
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.parametrize(
    ("part", "without", "problem"),
    [
        ("scopes", "im:history", "message.im needs the scope im:history"),
        ("scopes", "commands", "need the scope commands"),
        ("scopes", "assistant:write", "agent_view needs the scope assistant:write"),
        ("features", "bot_user", "features.bot_user is missing"),
        ("display_information", "name", "display_information.name is missing"),
    ],
)
def test_a_manifest_that_asks_for_too_little_is_not_installed(
    office: Office, part: str, without: str, problem: str
) -> None:
    wrong = manifest()
    if part == "scopes":
        wrong["oauth_config"]["scopes"]["bot"].remove(without)
    else:
        del wrong[part][without]
    with pytest.raises(Impossible, match=problem):
        office.people.install_app(wrong)


def test_the_slackbot_is_there_and_says_it_is_no_bot(office: Office) -> None:
    members = office.client.users_list()["members"]
    assert [one["is_bot"] for one in members if one["id"] == "USLACKBOT"] == [False]
