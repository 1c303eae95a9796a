"""`kam doctor` and Slack: settings that do not go together, tokens that Slack does not take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.state import Team
from bot.local_workspace.workspace import Workspace
from bot.operations.doctor import Level
from bot.operations.doctor.slack import check_slack
from bot.settings import load_settings
from bot.slack.manifest import manifest
from bot.slack.oauth.vault import open_vault
from tests.integration.conftest import Kam

SEVERAL = {
    "slack_client_id": "1.2",
    "slack_client_secret": "s",
    "slack_signing_secret": "s",
    "slack_teams": "T0ONE",
}


def checked(home: Path, *, online: bool = False, **settings: Any) -> list[tuple[Level, str, str]]:
    """What is found, in order."""
    app = App(load_settings(home=home, **settings))
    return [(one.level, one.finding, one.mend) for one in check_slack(app, online=online)]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningWorkspace]:
    with RunningWorkspace(Workspace(Team("T0HOME", "Home", "home"), limits=False)) as found:
        yield found


def installed(running: RunningWorkspace, without: str = "") -> dict[str, str]:
    """The settings of an app that was installed, without one of its scopes."""
    made = manifest()
    made["display_information"]["name"] = f"KAM {without}"
    made["oauth_config"]["scopes"]["bot"] = [
        one for one in made["oauth_config"]["scopes"]["bot"] if one != without
    ]
    given = running.people.install_app(made)
    return {
        "slack_bot_token": given["bot_token"],
        "slack_app_token": given["app_token"],
        "slack_api_url": running.api_url,
    }


def test_without_slack_there_is_nothing_to_mend(home: Path) -> None:
    assert checked(home) == [(Level.OK, "not set up", "")]


def test_what_is_missing_is_said_as_serve_would_say_it(home: Path) -> None:
    ((level, _, mend),) = checked(home, slack_bot_token="xoxb-1")
    assert level is Level.FAIL
    assert "KAM_SLACK_SIGNING_SECRET" in mend
    ((level, _, mend),) = checked(home, **SEVERAL | {"slack_teams": "us"})
    assert level is Level.FAIL
    assert "T0123ABCD" in mend


def test_looking_makes_no_key_and_finds_one_that_others_may_read(home: Path) -> None:
    ((level, finding, _),) = checked(home, **SEVERAL)
    assert level is Level.OK
    assert "one is made" in finding
    assert not home.exists()
    open_vault(home, None)
    ((_, finding, _),) = checked(home, **SEVERAL)
    assert "token.key" in finding
    (home / "token.key").chmod(0o640)
    ((level, _, mend),) = checked(home, **SEVERAL)
    assert level is Level.FAIL
    assert "chmod 600" in mend


def test_tokens_that_slack_takes_are_good(home: Path, running: RunningWorkspace) -> None:
    found = checked(home, online=True, **installed(running))
    assert [level for level, *_ in found] == [Level.OK, Level.OK]
    assert "T0HOME (Home)" in found[0][1]


def test_a_scope_that_was_not_allowed_is_named(home: Path, running: RunningWorkspace) -> None:
    found = checked(home, online=True, **installed(running, without="users:read.email"))
    assert found[0][0] is Level.WARN
    assert "users:read.email" in found[0][1]
    assert "kam manifest" in found[0][2]


@pytest.mark.parametrize("which", ["bot", "app"])
def test_a_token_that_slack_refuses_is_named(
    home: Path, running: RunningWorkspace, which: str
) -> None:
    settings = installed(running) | {f"slack_{which}_token": "xoxb-wrong"}
    level, finding, mend = checked(home, online=True, **settings)[-1]
    assert level is Level.FAIL
    assert f"{which} token" in finding
    assert mend


def test_no_secret_is_shown(home: Path, kam: Kam) -> None:
    given = {f"KAM_{name.upper()}": f"hush-{name}" for name in (*SEVERAL, "slack_bot_token")}
    done = kam("doctor", home=home, KAM_TOKEN_KEY="hush-key", KAM_EMBEDDINGS="none", **given)
    for name in ("slack_client_secret", "slack_signing_secret", "slack_bot_token", "key"):
        assert f"hush-{name}" not in done.stdout + done.stderr
    assert json.dumps("hush-slack_client_id")[1:-1] in done.stdout
