"""A workspace made from a workbook, and `kam workspace` that runs one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.cli import main
from bot.local_workspace.people import People
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.seed import channel_name, from_workbook
from kam_knowledge.sample_book import materialise
from tests.slack.conftest import manifest

TODAY = date(2026, 11, 21)


def test_people_and_accounts_of_a_book_become_users_and_channels(tmp_path: Path) -> None:
    book = materialise(tmp_path, TODAY).workbook
    with RunningWorkspace(from_workbook(book, TODAY)) as running:
        people = running.people
        users = {one["real_name"]: one for one in people.do("users")}
        assert users["Li Na"]["id"] == "U0KAMLINA"
        assert users["Li Na"]["profile"]["email"] == "li.na@example.com"
        assert users["Kevin Zhao"]["deleted"]
        hers = {one["name"]: one for one in people.person("Li Na").do("channels")}
        assert {"general", "acme-corp", "initech", "华远重工"} <= set(hers)
        assert hers["initech"]["is_private"]
        assert not hers["acme-corp"]["is_private"]
        toms = {one["name"]: one for one in people.person("Tom Becker").do("channels")}
        assert "initech" not in toms
        assert [name for name, one in toms.items() if one.get("is_ext_shared")] == [
            "quellbrunn-automation-shared"
        ]


@pytest.mark.parametrize(
    ("account", "name"),
    [("ACME Corp.", "acme-corp"), ("华远重工", "华远重工"), ("A & B (Süd)", "a-b-süd")],
)
def test_an_account_gives_its_channel_a_name(account: str, name: str) -> None:
    assert channel_name(account) == name


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("manifest.json", "not json", "not a manifest"),
        ("manifest.json", "{}", "display_information.name is missing"),
        ("accounts.csv", None, "accounts.csv is missing"),
    ],
)
def test_the_command_says_what_it_cannot_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str | None, said: str
) -> None:
    _write_book(tmp_path)
    if text is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = ["--port", "0", "--book", str(tmp_path), "--manifest", str(tmp_path / "manifest.json")]
    with pytest.raises(SystemExit) as left:
        main(["workspace", *given])
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def _write_book(folder: Path) -> None:
    for name, text in {
        "manifest.json": json.dumps(manifest()),
        "people.csv": "email,name\nli.na@example.com,Li Na\n",
        "accounts.csv": "name,owner\nACME Corp,li.na@example.com\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")


def test_the_command_prints_where_it_is_and_the_tokens(tmp_path: Path, home: Path) -> None:
    _write_book(tmp_path)
    kam = str(Path(sys.executable).with_name("kam"))
    manifest_file = str(tmp_path / "manifest.json")
    given = ["--port", "0", "--book", str(tmp_path), "--manifest", manifest_file]
    with subprocess.Popen(
        [kam, "--today", "2026-11-21", "workspace", *given],
        stdout=subprocess.PIPE,
        env=os.environ | {"KAM_HOME": str(home)},
        cwd=Path(__file__).resolve().parents[2],
    ) as process:
        try:
            assert process.stdout is not None
            where = json.loads(process.stdout.readline())
            app = where["apps"][0]
            client = WebClient(token=app["bot_token"], base_url=where["api_url"])
            assert client.auth_test()["user_id"] == app["bot_user"]
            li_na = People(where["url"]).person("li.na@example.com")
            assert [one["name"] for one in li_na.do("channels")] == ["general", "acme-corp"]
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=10) == 0
