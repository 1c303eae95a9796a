"""A Slack export ZIP: one document a public channel and day, threads kept whole."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ingest.documents.archive import Archive
from ingest.documents.cleaning import clean
from ingest.documents.document import Document, Limits
from kam_knowledge.errors import DocumentError

_DAY_FILE = re.compile(r"(?P<channel>[^/]{1,120})/(?P<day>\d{4}-\d{2}-\d{2})\.json")
_PRIVATE_LISTS = ("groups.json", "dms.json", "mpims.json")
_DIRECT_FOLDER = re.compile(r"[DG][A-Z0-9]{7,}|mpdm-.*")
_NOT_SAID = re.compile(
    r"(?:channel|group)_(?:join|leave|topic|purpose|name|archive|unarchive|posting_permissions)"
    r"|bot_(?:add|remove)|pinned_item|unpinned_item|reminder_add|tombstone"
)
_REFERENCE = re.compile(r"<([@#!])?([^<>|\s]{1,2000})(?:\|([^<>]{0,2000}))?>")
_NESTED = re.compile(r"\.(?:zip|7z|rar|gz|tgz|bz2|xz)$", re.IGNORECASE)

Message = dict[str, Any]


def read_slack_export(data: bytes, limits: Limits) -> list[Document]:
    """The public channels of an export, a document a channel and day, oldest first.

    A thread stands whole in the day on which it began, also when replies came later. Times are
    UTC. Private channels and direct messages are left out: who may read them is not in the
    export. Raises DocumentError when the ZIP is not a Slack export, is damaged or too large.
    """
    archive = Archive(data, limits)
    users_file = min((n for n in archive.names if n.split("/")[-1] == "users.json"), default=None)
    root = users_file.removesuffix("users.json") if users_file else ""
    if users_file is None or root.count("/") > 1:
        raise DocumentError(
            "The ZIP is not a Slack export; other archives are not opened.",
            "Unpack it and ingest the folder.",
        )
    names = _names(_json(archive, users_file))
    private = {
        str(entry.get(key))
        for name in _PRIVATE_LISTS
        if root + name in archive.names
        for entry in _records(_json(archive, root + name))
        for key in ("id", "name")
    }
    channels: dict[str, dict[str, list[Message]]] = defaultdict(dict)
    skipped: set[str] = set()
    nested = 0
    for name in archive.names:
        nested += bool(_NESTED.search(name))
        match = _DAY_FILE.fullmatch(name.removeprefix(root)) if name.startswith(root) else None
        if match is None:
            continue
        if match["channel"] in private or _DIRECT_FOLDER.fullmatch(match["channel"]):
            skipped.add(match["channel"])
        else:
            channels[match["channel"]][match["day"]] = _records(_json(archive, name))
    omitted = []
    if skipped:
        omitted.append(f"{len(skipped)} private channel(s) and direct conversation(s)")
    if nested:
        omitted.append(f"{nested} archive(s) inside the archive")
    documents = [
        document
        for channel in sorted(channels)
        for document in _channel_days(channel, channels[channel], names, tuple(omitted))
    ]
    if not documents:
        raise DocumentError(
            "The Slack export holds no messages of public channels.",
            "Export the channels again, with a period that holds messages.",
        )
    return documents


def _channel_days(
    channel: str,
    days: Mapping[str, list[Message]],
    names: Mapping[str, str],
    omitted: tuple[str, ...],
) -> list[Document]:
    said = {
        day: [m for m in messages if _is_said(m) and _text(m, names)]
        for day, messages in sorted(days.items())
    }
    began = {str(m.get("ts")): day for day, messages in said.items() for m in messages}
    by_day: dict[str, list[Message]] = defaultdict(list)
    for day, messages in said.items():
        for message in messages:
            # A reply whose beginning is not in the export stays on its own day.
            by_day[began.get(str(message.get("thread_ts")), day)].append(message)
    documents: list[Document] = []
    for day, messages in sorted(by_day.items()):
        try:
            date = dt.date.fromisoformat(day)
        except ValueError:
            continue
        messages.sort(key=lambda m: (_began(m), _moment(m)))
        channel_name = clean(channel)
        documents.append(
            Document(
                text=clean("\n\n".join(_turn(m, names) for m in messages)),
                format="slack",
                title=f"#{channel_name} {day}",
                date=date,
                participants=tuple(dict.fromkeys(_author(m, names) for m in messages)),
                kind="chat",
                part=f"{channel_name}/{day}",
                omitted=omitted,
            )
        )
    return documents


def _turn(message: Message, names: Mapping[str, str]) -> str:
    written = dt.datetime.fromtimestamp(_moment(message), dt.UTC)
    reply = " (reply)" if _began(message) != _moment(message) else ""
    head = f"{_author(message, names)} {written:%Y-%m-%d %H:%M} UTC{reply}"
    return f"{head}\n{_text(message, names)}"


def _is_said(message: Message) -> bool:
    return (
        message.get("type", "message") == "message"
        and not _NOT_SAID.fullmatch(str(message.get("subtype", "")))
        and _moment(message) > 0
    )


def _moment(message: Message) -> float:
    """Seconds since 1970; 0 where the time stamp is none."""
    return _seconds(message.get("ts"))


def _began(message: Message) -> float:
    return _seconds(message.get("thread_ts")) or _moment(message)


def _seconds(stamp: object) -> float:
    try:
        seconds = float(str(stamp))
    except ValueError:
        return 0.0
    return seconds if 0 < seconds < 4e9 else 0.0


def _author(message: Message, names: Mapping[str, str]) -> str:
    profile = message.get("user_profile")
    profile_name = profile.get("real_name") if isinstance(profile, dict) else None
    user = str(message.get("user", ""))
    name = names.get(user) or profile_name or message.get("username") or user or "unknown"
    return " ".join(clean(str(name)).split()) or "unknown"


def _text(message: Message, names: Mapping[str, str]) -> str:
    def written_out(match: re.Match[str]) -> str:
        sigil, target, label = match.groups()
        if sigil == "@":
            return "@" + (names.get(target) or label or target)
        if sigil == "#":
            return "#" + (label or target)
        if sigil == "!":
            return label or "@" + target.split("^")[0]
        return label or target.removeprefix("mailto:")

    text = html.unescape(_REFERENCE.sub(written_out, str(message.get("text") or ""))).strip()
    files = [
        f"[file: {file.get('title') or file.get('name')}]"
        for file in _records(message.get("files"))
        if file.get("title") or file.get("name")
    ]
    return "\n".join([text, *files]).strip()


def _names(users: Any) -> dict[str, str]:
    names: dict[str, str] = {}
    for user in _records(users):
        profile = next(iter(_records([user.get("profile")])), {})
        shown = (
            profile.get("real_name") or user.get("real_name") or profile.get("display_name")
        ) or user.get("name")
        if shown:
            names[str(user.get("id"))] = str(shown)
    return names


def _records(value: Any) -> list[Message]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _json(archive: Archive, name: str) -> Any:
    try:
        return json.loads(archive.read(name))
    except (ValueError, RecursionError) as error:
        raise DocumentError(
            f"The Slack export is damaged: {clean(name)!r} is not JSON.", "Export it again."
        ) from error
