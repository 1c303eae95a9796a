"""Workspaces install the assistant themselves: who may, what is kept of it, and how it ends."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from kam_knowledge.sample_book import SampleBook
from tests.slack.face.conftest import POSTGRESQL, in_postgresql, text_of
from tests.slack.face.houses import HOME, SISTER, STRANGE, Houses, get, houses
from tests.slack.face.watching import LI_NA, OWES, all_quiet, said

RENEWED = {"grant_type": "refresh_token"}


@pytest.fixture(scope="module", params=["sqlite", POSTGRESQL])
def street(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sample_home: Path,
    sample_book: SampleBook,
) -> Iterator[Houses]:
    home = tmp_path_factory.mktemp("street") / "kam"
    with ExitStack() as stack:
        if request.param == "sqlite":
            shutil.copytree(sample_home, home)
            settings = {}
        else:
            settings = {"database_url": stack.enter_context(in_postgresql(sample_home, home))}
        yield stack.enter_context(houses(home, sample_book, **settings))


@pytest.fixture
def installed(street: Houses) -> Houses:
    """Both listed workspaces have it."""
    for team in (HOME, SISTER):
        assert street.adds(team).status == 200
    return street


def token_of(street: Houses, team: str) -> str:
    """The bot token that the workspace gave last."""
    return str(street.people(team).do("app")["bot_token"])


def renewals(street: Houses, team: str) -> int:
    """How often a token of the workspace was renewed."""
    calls = street.people(team).calls("oauth.v2.access")
    return len([one for one in calls if one["ok"] and one["args"].get("grant_type")])


def test_a_workspace_adds_it_and_is_answered(street: Houses) -> None:
    page = street.adds(HOME)
    assert page.status == 200
    assert HOME in page.text
    assert "已安装" in page.text
    assert "INV-10432" in text_of(street.at(HOME).dm(LI_NA, OWES))


def test_two_workspaces_are_answered_each_with_its_own_token(installed: Houses) -> None:
    for team in (HOME, SISTER):
        assert "INV-10432" in text_of(installed.at(team).dm(LI_NA, OWES))
        posted = installed.people(team).calls("chat.postMessage")
        assert posted
        assert all(one["ok"] for one in posted)


def test_a_workspace_that_is_not_listed_is_sent_away_and_its_token_given_back(
    street: Houses,
) -> None:
    page = street.adds(STRANGE)
    assert page.status == 403
    assert "KAM_SLACK_TEAMS" in page.text
    assert STRANGE not in {one["team_id"] for one in street.kept()}
    client = WebClient(token_of(street, STRANGE), street.running.api_url)
    with pytest.raises(SlackApiError, match="token_revoked"):
        client.auth_test()


def test_an_install_that_began_in_another_browser_or_long_ago_or_before_is_refused(
    street: Houses,
) -> None:
    before = len(street.kept())
    assert street.adds(SISTER, cookie=False).status == 400
    begun = get(f"{street.url}/slack/install?team={SISTER}")
    back = get(begun.where).where
    forged = get(back.replace("state=", "state=x"), begun.cookie)
    assert forged.status == 400
    assert "/slack/install" in forged.text
    assert get(back, begun.cookie).status == 200
    again = get(back, begun.cookie)
    assert again.status == 401, "a state is good once"
    assert len(street.kept()) <= before + 2


def test_an_admin_who_presses_cancel_is_told_that_nothing_was_kept(street: Houses) -> None:
    page = street.adds(STRANGE, deny=True)
    assert page.status == 200
    assert "Nothing was kept" in page.text
    assert STRANGE not in {one["team_id"] for one in street.kept()}


def test_no_token_can_be_read_in_the_database(installed: Houses) -> None:
    installed.at(HOME).dm(LI_NA, OWES)
    sealed = [
        value
        for row in installed.kept()
        for name, value in row.items()
        if name.endswith("_token") and value is not None
    ]
    assert len(sealed) >= 8, "bot and refresh tokens of two workspaces, in two tables"
    assert all(one.startswith("gAAAA") for one in sealed)
    written = b"".join(one.read_bytes() for one in installed.app.home.glob("kam.sqlite3*"))
    assert b"xoxb" not in written
    assert b"xoxe" not in written
    assert (installed.app.home / "token.key").stat().st_mode & 0o777 == 0o600


def test_a_token_that_ends_soon_is_renewed_and_the_next_one_kept(installed: Houses) -> None:
    people, before = installed.people(HOME), renewals(installed, HOME)
    people.do("tokens_live", seconds=3_600)
    try:
        installed.adds(HOME)
        first = token_of(installed, HOME)
        assert "INV-10432" in text_of(installed.at(HOME).dm(LI_NA, OWES))
        assert renewals(installed, HOME) > before
        assert token_of(installed, HOME) != first
        people.move_on(3_601)
        assert "INV-10432" in text_of(installed.at(HOME).dm(LI_NA, OWES))
    finally:
        people.do("tokens_live", seconds=43_200)
        installed.adds(HOME)
    assert len([one for one in installed.kept() if one["team_id"] == HOME]) == 2, "the newest alone"


def test_a_token_holds_to_its_end_though_slack_does_not_renew_it_just_now(
    installed: Houses,
) -> None:
    people = installed.people(HOME)
    people.do("tokens_live", seconds=3_600)
    try:
        installed.adds(HOME)
        people.fail("oauth.v2.access", "error", times=500)
        assert "INV-10432" in text_of(installed.at(HOME).dm(LI_NA, OWES))
    finally:
        people.do("clear_faults")
        people.do("tokens_live", seconds=43_200)
        installed.adds(HOME)


@pytest.mark.parametrize("by", ["uninstall", "revoke"])
def test_who_takes_it_out_takes_the_tokens_out_and_leaves_the_others_alone(
    installed: Houses, by: str
) -> None:
    people = installed.people(SISTER)
    if by == "uninstall":
        people.do("uninstall_app")
    else:
        WebClient(token_of(installed, SISTER), installed.running.api_url).auth_revoke()
    people.waits_until(lambda: SISTER not in {one["team_id"] for one in installed.kept()})
    assert installed.face.tokens.teams() == [HOME]
    assert "INV-10432" in text_of(installed.at(HOME).dm(LI_NA, OWES))
    assert installed.adds(SISTER).status == 200
    assert "INV-10432" in text_of(installed.at(SISTER).dm(LI_NA, OWES))


def test_a_farewell_that_comes_again_after_a_new_install_takes_nothing_out(
    installed: Houses,
) -> None:
    people = installed.people(SISTER)
    people.do("uninstall_app")
    people.settle(quiet=0.05)
    farewell = people.journal("delivery", type="app_uninstalled")[-1]["event_id"]
    people.waits_until(lambda: installed.face.tokens.teams() == [HOME])
    people.move_on(5)
    sent = people.journal("delivery", event_id=farewell)[-1]["payload"]
    installed.adds(SISTER)
    assert installed.at(SISTER).hears(sent | {"event_time": sent["event_time"] - 60}) == 200
    people.settle(quiet=0.05)
    assert installed.face.tokens.teams() == [HOME, SISTER]


def test_what_waits_for_a_workspace_that_took_it_out_is_ended(installed: Houses) -> None:
    office = installed.at(SISTER)
    office.people.fail("chat.postMessage", "rate_limited", seconds=3)
    office.people.fail("chat.startStream", "rate_limited", seconds=3)
    spoken = said(office, OWES)
    office.people.waits_until(
        lambda: [one for one in office.people.calls("chat.postMessage") if one.get("fault")], 20
    )
    office.people.do("uninstall_app")
    office.people.do("clear_faults")
    all_quiet(office)
    assert office.from_bot(LI_NA, spoken.channel, spoken.thread) == []
    assert "INV-10432" in text_of(installed.at(HOME).dm(LI_NA, OWES))
    installed.adds(SISTER)


def test_what_a_workspace_sends_that_is_not_installed_is_not_kept(installed: Houses) -> None:
    office = installed.at(HOME)
    spoken = said(office, OWES)
    all_quiet(office)
    sent = next(
        one["payload"]
        for one in office.people.journal("delivery", type="message")
        if one["payload"]["event"]["ts"] == spoken.ts
    )
    theirs = [sent["authorizations"][0] | {"team_id": STRANGE}]
    strange = sent | {"event_id": "EvStrange", "team_id": STRANGE, "authorizations": theirs}
    before = len(office.from_bot(LI_NA, spoken.channel, spoken.thread))
    assert office.hears(strange) == 200
    all_quiet(office)
    assert len(office.from_bot(LI_NA, spoken.channel, spoken.thread)) == before


@pytest.mark.parametrize("path", ["/", "/slack/events", "/slack/installed", "/.env"])
def test_nothing_else_is_there_to_be_got(street: Houses, path: str) -> None:
    assert get(f"{street.url}{path}").status == 404
