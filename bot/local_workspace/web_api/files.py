"""files.*: the upload in three steps, and what there is to read."""

from __future__ import annotations

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.events import tell_members
from bot.local_workspace.posting import post
from bot.local_workspace.shapes import file_object
from bot.local_workspace.state import Channel, File
from bot.local_workspace.web_api.content import by_app, destination, thread_of
from bot.local_workspace.web_api.registry import INT, JSON, LIST, STR, Call, Family

FILES = Family()
LARGEST = 1 << 30
LONGEST_ALT_TEXT = 1_000
_PAGES = {"count": INT, "page": INT, "cursor": STR, "limit": INT}


@FILES.method(
    "files.getUploadURLExternal",
    "files:write",
    tier=4,
    needs={"filename": STR, "length": INT},
    takes={"alt_txt": STR, "snippet_type": STR},
)
def get_upload_url(call: Call) -> Json:
    """Step one: an address to send the bytes to."""
    if len(call.get("alt_txt", "")) > LONGEST_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    if not 0 < call["length"] <= LARGEST:
        raise SlackError("invalid_arguments", ["[ERROR] length [json-pointer:/length]"])
    state = call.workspace.state
    file = File(
        id=state.new_id("F"),
        name=call["filename"],
        length=call["length"],
        user=call.bot.id,
        created=int(call.workspace.clock.now()),
        origin=call.workspace.base_url,
        alt_text=call.get("alt_txt"),
        snippet_type=call.get("snippet_type"),
        ticket=state.secret(),
    )
    state.files[file.id] = file
    return {
        "upload_url": f"{call.workspace.base_url}/upload/v1/{file.ticket}",
        "file_id": file.id,
    }


@FILES.method(
    "files.completeUploadExternal",
    "files:write",
    tier=4,
    needs={"files": JSON},
    takes={
        "channel_id": STR,
        "channels": LIST,
        "initial_comment": STR,
        "thread_ts": STR,
        "blocks": JSON,
    },
)
def complete_upload(call: Call) -> Json:
    """Step three: the files exist, and are shared where a channel is named."""
    state, given = call.workspace.state, call["files"]
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given) or not given:
        raise SlackError("invalid_arguments", ["[ERROR] files [json-pointer:/files]"])
    found = []
    for one in given:
        file = state.files.get(str(one.get("id")))
        if file is None or file.user != call.bot.id:
            raise SlackError("file_not_found")
        if file.content is None or file.complete:
            raise SlackError("file_update_failed" if file.complete else "file_not_found")
        found.append((file, one))
    channels = [destination(_to(call, one)) for one in _channels(call)]
    thread_ts = call.get("thread_ts")
    for channel in channels:
        thread_of(channel, thread_ts)
    for file, one in found:
        file.complete, file.title = True, one.get("title") or file.name
    for channel in channels:
        share_files(call, channel, [file for file, _ in found], thread_ts)
    return {"files": [file_object(file) for file, _ in found]}


def _channels(call: Call) -> list[str]:
    named: list[str] = call.get("channels") or []
    if call.get("channel_id"):
        named = [call["channel_id"], *named]
    return named


def _to(call: Call, channel: str) -> Call:
    return Call(call.workspace, call.app, {**call.args, "channel": channel}, call.headers)


def share_files(call: Call, channel: Channel, files: list[File], thread_ts: str | None) -> None:
    """One message with the files, and a file_shared event for each."""
    message = by_app(call, channel, text=call.get("initial_comment", ""), thread_ts=thread_ts)
    message.files = [file.id for file in files]
    post(call.workspace, channel, message)
    for file in files:
        event: Json = {
            "type": "file_shared",
            "file_id": file.id,
            "user_id": file.user,
            "file": {"id": file.id},
            "channel_id": channel.id,
        }
        tell_members(call.workspace, event, channel)


def _visible(call: Call, file_id: str) -> File:
    file = call.workspace.state.files.get(file_id)
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    mine = {one.id for one in call.workspace.state.of_user(call.bot.id)}
    if file.user != call.bot.id and not mine.intersection(file.shares):
        raise SlackError("file_not_found")
    return file


@FILES.method("files.info", "files:read", tier=4, needs={"file": STR}, takes=_PAGES)
def info(call: Call) -> Json:
    """One file that the app may see."""
    return {"file": file_object(_visible(call, call["file"])), "comments": []}


@FILES.method(
    "files.list",
    "files:read",
    tier=3,
    takes={
        **_PAGES,
        "channel": STR,
        "user": STR,
        "types": STR,
        "ts_from": STR,
        "ts_to": STR,
        "team_id": STR,
    },
)
def list_files(call: Call) -> Json:
    """The files that the app may see."""
    mine = {one.id for one in call.workspace.state.of_user(call.bot.id)}
    rows = [
        file_object(one)
        for one in call.workspace.state.files.values()
        if one.complete
        and (one.user == call.bot.id or mine.intersection(one.shares))
        and call.get("channel") in (None, *one.shares)
        and call.get("user") in (None, one.user)
    ]
    return {"files": rows, "paging": {"count": 100, "total": len(rows), "page": 1, "pages": 1}}


@FILES.method("files.delete", "files:write", tier=3, needs={"file": STR})
def delete_file(call: Call) -> Json:
    """Deletes a file of the app's own."""
    file = _visible(call, call["file"])
    if file.user != call.bot.id:
        raise SlackError("cant_delete_file")
    del call.workspace.state.files[file.id]
    for channel_id, stamps in file.shares.items():
        for ts in stamps:
            message = call.workspace.state.channels[channel_id].messages.get(ts)
            if message is not None and file.id in message.files:
                message.files.remove(file.id)
    call.workspace.changed()
    return {}
