"""A workspace made from a workbook: its people, and a channel for each account.

An open account's channel is public, a team account's private with the people in its seats. What
goes through a distributor or an integrator has a channel that is shared with that company.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from bot.local_workspace.membership import create, join, share
from bot.local_workspace.state import Channel, Team, User
from bot.local_workspace.workspace import Workspace

HOME_TEAM = Team("T0KAM", "Varnholt Systems", "varnholt")
_LOCALES = {"en": "en-US", "zh": "zh-CN"}
_PARTNERS = ("distributor", "integrator")


def from_workbook(
    folder: Path, today: dt.date, *, team: Team = HOME_TEAM, limits: bool = True
) -> Workspace:
    """A workspace with the people and accounts of a folder of CSV files, as of a day.

    People who have left are deactivated. Raises FileNotFoundError without people or accounts.
    """
    workspace = Workspace(team, limits=limits)
    by_email = {row["email"]: _user(workspace, row, today) for row in _rows(folder, "people")}
    admin = next((one for one in by_email.values() if one.is_admin), None)
    admin = admin or next(iter(by_email.values()))
    general = create(workspace, "public", "general", admin.id)
    general.is_general = True
    for user in by_email.values():
        if not user.deleted:
            join(workspace, general, user.id)
    seats: dict[str, list[str]] = {}
    for row in _rows(folder, "team") if (folder / "team.csv").exists() else []:
        seats.setdefault(row["account"], []).append(row["person"])
    contacts = _rows(folder, "contacts") if (folder / "contacts.csv").exists() else []
    for row in _rows(folder, "accounts"):
        emails = [row.get("owner", ""), *seats.get(row["name"], [])]
        people = [by_email[one] for one in emails if one in by_email]
        members = list(dict.fromkeys(one.id for one in people if not one.deleted))
        private = row.get("visibility") == "team"
        _channel(workspace, channel_name(row["name"]), private, members or [admin.id])
        if row.get("kind") in _PARTNERS:
            theirs = [one for one in contacts if one["account"] == row["name"]]
            _shared(workspace, row["name"], members or [admin.id], theirs)
    return workspace


def channel_name(account: str) -> str:
    """An account's name as Slack takes it for a channel."""
    kept = "".join(one if one.isalnum() else "-" for one in account.casefold())
    return "-".join(part for part in kept.split("-") if part)[:80]


def _rows(folder: Path, sheet: str) -> list[dict[str, str]]:
    with (folder / f"{sheet}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _user(workspace: Workspace, row: dict[str, str], today: dt.date) -> User:
    left = row.get("left_on") or ""
    user = User(
        id=row.get("slack_user_id") or workspace.state.new_id("U"),
        team_id=workspace.state.team.id,
        name=row["email"].partition("@")[0],
        real_name=row["name"],
        email=row["email"],
        title=row.get("title", ""),
        tz=row.get("time_zone") or "Europe/London",
        locale=_LOCALES.get(row.get("language", ""), "en-US"),
        is_admin=row.get("role") == "admin",
        deleted=bool(left) and dt.date.fromisoformat(left) <= today,
    )
    workspace.state.users[user.id] = user
    return user


def _channel(workspace: Workspace, name: str, private: bool, members: list[str]) -> Channel:
    channel = create(workspace, "private" if private else "public", name, members[0])
    for one in members:
        join(workspace, channel, one)
    return channel


def _shared(
    workspace: Workspace, account: str, members: list[str], contacts: list[dict[str, str]]
) -> None:
    state = workspace.state
    company = Team(state.new_id("T"), account, channel_name(account))
    state.teams[company.id] = company
    channel = _channel(workspace, f"{channel_name(account)[:73]}-shared", False, members)
    share(workspace, channel, company.id)
    for row in contacts[:3]:
        user = User(
            id=state.new_id("U"),
            team_id=company.id,
            name=row["name"].casefold().replace(" ", "."),
            real_name=row["name"],
            email=row.get("email") or None,
            title=row.get("title", ""),
        )
        state.users[user.id] = user
        join(workspace, channel, user.id)
