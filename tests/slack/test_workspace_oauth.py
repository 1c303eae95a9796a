"""Apps that several workspaces install: codes, tokens that end, renewal, taking out."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from slack_sdk import WebClient

from bot.local_workspace.errors import Impossible
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.state import Team
from bot.local_workspace.workspace import Workspace
from tests.slack.conftest import manifest

BACK = "https://kam.example.com/slack/oauth_redirect"
Refused = Callable[..., Any]


@dataclass
class Market:
    """Two workspaces and an app that both may install."""

    running: RunningWorkspace
    app: dict[str, str]

    @property
    def client(self) -> WebClient:
        """The SDK without a token."""
        return WebClient(base_url=self.running.api_url)

    @property
    def secrets(self) -> dict[str, str]:
        """Who the app is."""
        return {name: self.app[name] for name in ("client_id", "client_secret")}

    def page(self, **asked: str) -> tuple[int, str]:
        """The page on which an admin allows the app: its status, and where it leads or says."""
        given = {"client_id": self.app["client_id"], "scope": "chat:write,users:read", **asked}
        connection = http.client.HTTPConnection(urlsplit(self.running.url).netloc)
        connection.request("GET", f"/oauth/v2/authorize?{urlencode(given)}")
        answer = connection.getresponse()
        found = answer.headers.get("Location") or answer.read().decode()
        connection.close()
        return answer.status, found

    def code(self, **asked: str) -> str:
        """The code that the app gets when the admin allows it."""
        return parse_qs(urlsplit(self.page(**asked)[1]).query)["code"][0]

    def installed(self, **asked: str) -> Any:
        """The answer to such a code."""
        return self.client.oauth_v2_access(**self.secrets, code=self.code(**asked))


def opened(rotating: bool) -> Iterator[Market]:
    one, other = (Workspace(Team(f"T0{name}", name, name.lower()), limits=False)
                  for name in ("ONE", "OTHER"))  # fmt: skip
    with RunningWorkspace(one, other) as running:
        made = manifest(socket=False)
        made["oauth_config"]["redirect_urls"] = [BACK]
        made["settings"]["token_rotation_enabled"] = rotating
        for people in (running.people, running.people_of("T0OTHER")):
            people.do("add_user", name="Li Na", email="li.na@example.com")
            people.do("change_user", user="Li Na", is_admin=True)
        yield Market(running, running.people.register_app(made))


@pytest.fixture
def market() -> Iterator[Market]:
    yield from opened(rotating=False)


@pytest.fixture
def rotating() -> Iterator[Market]:
    """The app's tokens end."""
    yield from opened(rotating=True)


def test_add_to_slack_leads_back_with_a_code_and_the_state(market: Market) -> None:
    status, where = market.page(state="s 1")
    assert status == 302
    assert where.startswith(f"{BACK}?code=")
    assert parse_qs(urlsplit(where).query)["state"] == ["s 1"]


def test_an_admin_may_say_no(market: Market) -> None:
    _, where = market.page(state="s1", deny="1")
    assert parse_qs(urlsplit(where).query) == {"error": ["access_denied"], "state": ["s1"]}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"client_id": "1.2"}, "Invalid client_id"),
        ({"scope": ""}, "No scopes requested"),
        ({"scope": "chat:write,admin"}, "Invalid permissions requested: admin"),
        ({"redirect_uri": "https://evil.example"}, "did not match any configured URIs"),
    ],
)
def test_a_link_that_is_wrong_leads_nowhere(
    market: Market, asked: dict[str, str], told: str
) -> None:
    status, said = market.page(**asked)
    assert status == 400
    assert told in said


def test_a_code_works_once_for_its_app_its_address_and_ten_minutes(
    market: Market, refused: Refused
) -> None:
    access, secrets = market.client.oauth_v2_access, market.secrets
    code = market.code()
    assert access(**secrets, code=code)["access_token"].startswith("xoxb-")
    assert refused(access, **secrets, code=code)["error"] == "invalid_code"
    wrong = {**secrets, "client_secret": "guessed"}
    assert refused(access, **wrong, code=market.code())["error"] == "bad_client_secret"
    unknown = {**secrets, "client_id": "1.2"}
    assert refused(access, **unknown, code=market.code())["error"] == "invalid_client_id"
    passed = market.code(redirect_uri=BACK)
    assert refused(access, **secrets, code=passed)["error"] == "bad_redirect_uri"
    assert access(**secrets, code=market.code(redirect_uri=BACK), redirect_uri=BACK)["ok"]
    late = market.code()
    market.running.people.move_on(601)
    assert refused(access, **secrets, code=late)["error"] == "invalid_code"


def test_two_workspaces_have_the_same_ids_and_nothing_in_common(
    market: Market, refused: Refused
) -> None:
    one, other = market.installed(), market.installed(team="T0OTHER")
    assert (one["team"]["id"], other["team"]["id"]) == ("T0ONE", "T0OTHER")
    assert one["authed_user"] == other["authed_user"]
    assert one["access_token"] != other["access_token"]
    theirs = market.running.people_of("T0OTHER")
    theirs.do("change_user", user="Li Na", real_name="Li Nan")
    user = one["authed_user"]["id"]
    for found, name in ((one, "Li Na"), (other, "Li Nan")):
        client = WebClient(token=found["access_token"], base_url=market.running.api_url)
        assert client.auth_test()["team_id"] == found["team"]["id"]
        assert client.users_info(user=user)["user"]["real_name"] == name
    with pytest.raises(Impossible):
        market.running.people_of("T0ONE").person("Li Nan").opens()


def test_it_may_do_what_was_allowed_and_no_more(market: Market, refused: Refused) -> None:
    token = market.installed(scope="users:read")["access_token"]
    client = WebClient(token=token, base_url=market.running.api_url)
    assert client.users_list()["ok"]
    assert refused(client.conversations_list)["error"] == "missing_scope"


def test_a_token_ends_and_the_next_one_comes_for_its_refresh_token_once(
    rotating: Market, refused: Refused
) -> None:
    found = rotating.installed()
    assert found["access_token"].startswith("xoxe.xoxb-")
    assert found["expires_in"] == 43_200
    renew = {**rotating.secrets, "grant_type": "refresh_token"}
    access, renewing = rotating.client.oauth_v2_access, found["refresh_token"]
    following = access(**renew, refresh_token=renewing)
    assert following["access_token"] != found["access_token"]
    assert refused(access, **renew, refresh_token=renewing)["error"] == "invalid_refresh_token"
    assert refused(access, **{**renew, "grant_type": "x"})["error"] == "invalid_grant_type"
    old, new = (WebClient(token=one["access_token"], base_url=rotating.running.api_url)
                for one in (found, following))  # fmt: skip
    assert old.auth_test()["ok"], "both work until the old one has ended"
    rotating.running.people.move_on(43_201)
    assert refused(old.auth_test)["error"] == "token_expired"
    assert refused(new.auth_test)["error"] == "token_expired"


def test_what_was_taken_out_can_neither_call_nor_renew_and_may_be_put_in_again(
    rotating: Market, refused: Refused
) -> None:
    found = rotating.installed()
    rotating.running.people.do("uninstall_app")
    client = WebClient(token=found["access_token"], base_url=rotating.running.api_url)
    assert refused(client.auth_test)["error"] == "token_revoked"
    renew = {**rotating.secrets, "grant_type": "refresh_token"}
    access = rotating.client.oauth_v2_access
    told = refused(access, **renew, refresh_token=found["refresh_token"])
    assert told["error"] == "invalid_refresh_token"
    again = rotating.installed()
    assert again["bot_user_id"] == found["bot_user_id"]
    client.token = again["access_token"]
    assert client.auth_test()["ok"]


def test_neither_code_nor_token_stands_in_the_journal(rotating: Market) -> None:
    code = rotating.code()
    found = rotating.client.oauth_v2_access(**rotating.secrets, code=code)
    calls = [one["args"] for one in rotating.running.people.journal("call")]
    for secret in (
        code,
        found["access_token"],
        found["refresh_token"],
        rotating.app["client_secret"],
    ):
        assert secret not in str(calls)
