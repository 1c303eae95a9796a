"""Files in three steps, and canvases one change at a time."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.local_workspace.errors import Impossible
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.state import Team
from bot.local_workspace.workspace import Workspace
from tests.slack.conftest import Office, manifest

Refused = Callable[..., Any]


def _get(url: str, token: str) -> tuple[str, bytes]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return answer.headers.get_content_type(), answer.read()


def test_an_upload_shares_the_file_in_a_thread(office: Office) -> None:
    channel = office.channel("uploads")
    asked = office.li_na.says(channel, "The plan, please")
    done = office.client.files_upload_v2(
        content="# 计划",
        filename="plan.md",
        title="ACME plan",
        channel=channel,
        thread_ts=asked.ts,
        initial_comment="Here it is",
    )
    shown = office.li_na.reads(channel, asked.ts)[-1]
    assert (shown["text"], shown["files"][0]["title"]) == ("Here it is", "ACME plan")
    read = office.li_na.do("file", file_id=done["file"]["id"])
    assert base64.b64decode(read["content"]).decode() == "# 计划"
    info = office.client.files_info(file=done["file"]["id"])["file"]
    assert (info["size"], info["filetype"]) == (8, "md")


def test_a_file_that_is_not_completed_does_not_exist(office: Office, refused: Refused) -> None:
    client = office.client
    promised = client.files_getUploadURLExternal(filename="a.txt", length=3)
    item = [{"id": promised["file_id"], "title": "a"}]
    early = refused(client.files_completeUploadExternal, files=item)
    assert early["error"] == "file_not_found"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(promised["upload_url"], data=b"too long")
    caught.value.close()
    urllib.request.urlopen(promised["upload_url"], data=b"abc").close()
    assert refused(client.files_info, file=promised["file_id"])["error"] == "file_not_found"
    client.files_completeUploadExternal(files=item)
    assert client.files_info(file=promised["file_id"])["file"]["title"] == "a"
    client.files_delete(file=promised["file_id"])
    assert refused(client.files_info, file=promised["file_id"])["error"] == "file_not_found"


def test_a_persons_file_is_downloaded_with_the_bot_token(office: Office) -> None:
    channel = office.channel("downloads")
    office.li_na.uploads(channel, "notes.txt", b"Dana hesitates", text="From the call")
    message = office.client.conversations_history(channel=channel)["messages"][0]
    assert message["subtype"] == "file_share"
    url = message["files"][0]["url_private_download"]
    assert _get(url, office.app["bot_token"])[1] == b"Dana hesitates"
    poor = office.people.install_app(manifest(scopes=["chat:write"]))
    kind, body = _get(url, poor["bot_token"])
    assert kind == "text/html"
    assert b"Sign in" in body
    shared = office.people.journal("delivery", type="file_shared")[-1]["payload"]["event"]
    assert shared["file_id"] == message["files"][0]["id"]


def test_canvases_take_one_change_a_call(office: Office, refused: Refused) -> None:
    client, channel = office.client, office.channel("canvases")
    made = client.canvases_create(
        title="ACME",
        document_content={"type": "markdown", "markdown": "# Goals\n\nRenew"},
        channel_id=channel,
    )["canvas_id"]
    section = client.canvases_sections_lookup(canvas_id=made, criteria={"contains_text": "Renew"})[
        "sections"
    ][0]["id"]
    change = {
        "operation": "replace",
        "section_id": section,
        "document_content": {"type": "markdown", "markdown": "Renew in March"},
    }
    client.canvases_edit(canvas_id=made, changes=[change])
    read = office.li_na.do("canvas", canvas_id=made)
    assert read["markdown"] == "# Goals\n\nRenew in March"
    two = refused(client.canvases_edit, canvas_id=made, changes=[change, change])
    assert two["error"] == "invalid_arguments"
    lost = refused(client.canvases_edit, canvas_id=made, changes=[change])
    assert lost["error"] == "canvas_editing_failed"
    large = {"type": "markdown", "markdown": "x" * ((1 << 20) + 1)}
    much = refused(client.canvases_create, document_content=large)
    assert much["error"] == "canvas_creation_failed"
    shown = client.conversations_info(channel=channel)["channel"]
    assert shown["properties"]["canvas"]["file_id"] == made
    again = refused(client.canvases_create, channel_id=channel)
    assert again["error"] == "channel_canvas_already_exists"


def test_a_free_team_has_canvases_only_as_channel_tabs(refused: Refused) -> None:
    free = Workspace(Team("T0FREE", "Free", "free"), limits=False, free_team=True)
    with RunningWorkspace(free) as running:
        app = running.people.install_app(manifest())
        client = WebClient(token=app["bot_token"], base_url=running.api_url)
        alone = refused(client.canvases_create, title="Alone")
        assert alone["error"] == "free_teams_cannot_create_non_tabbed_canvases"
        channel = client.conversations_create(name="tabs")["channel"]["id"]
        client.conversations_canvases_create(channel_id=channel, document_content=None)
        second = refused(
            client.conversations_canvases_create, channel_id=channel, document_content=None
        )
        assert second["error"] == "free_team_canvas_tab_already_exists"


def test_a_canvas_is_opened_by_those_it_is_shared_with(office: Office) -> None:
    made = office.client.canvases_create(title="Ours")["canvas_id"]
    with pytest.raises(Impossible):
        office.tom.do("canvas", canvas_id=made)
    tom = office.id_of("Tom Becker")
    office.client.canvases_access_set(canvas_id=made, access_level="read", user_ids=[tom])
    assert office.tom.do("canvas", canvas_id=made)["title"] == "Ours"
