"""`kam people link`, `kam people unlink`: which Slack user somebody is whose email differs."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from bot.app import App
from kam_knowledge.errors import UsageError

_USER, _TEAM = re.compile(r"[UW][A-Z0-9]{2,}"), re.compile(r"T[A-Z0-9]{2,}")
TeamOption = Annotated[
    str | None, typer.Option(metavar="T…", help="The workspace; the first one served without it.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    people = typer.Typer(
        name="people", help="People of ours and their Slack users.", no_args_is_help=True
    )
    app.add_typer(people)

    @people.command()
    def link(
        context: typer.Context,
        email: Annotated[str, typer.Argument(help="The person, as the people sheet has them.")],
        user: Annotated[str, typer.Argument(help="Their member id in Slack, U….")],
        team: TeamOption = None,
    ) -> None:
        """Says which Slack user a person is. It wins over emails, and over the people sheet."""
        from bot.slack.links import link as put

        kam: App = context.obj
        if not _USER.fullmatch(user):
            raise UsageError(
                f"{user!r} is no Slack user.",
                "Open the profile in Slack, ⋮, Copy member ID: it begins with U or W.",
            )
        person = kam.person(email)
        where = _team(kam, team)
        with kam.store.write() as session:
            put(session, person.id, where, user)
        print(f"{user} in workspace {where} is {person.name} <{person.email}>.")

    @people.command()
    def unlink(
        context: typer.Context,
        email: Annotated[str, typer.Argument(help="The person, as the people sheet has them.")],
        team: TeamOption = None,
    ) -> None:
        """Takes the links of a person back, in one workspace or in all."""
        from bot.slack.links import unlink as take

        kam: App = context.obj
        person = kam.person(email)
        with kam.store.write() as session:
            taken = take(session, person.id, None if team is None else _team(kam, team))
        print(f"{taken} link{'' if taken == 1 else 's'} of {person.name} taken back.")


def _team(kam: App, given: str | None) -> str:
    from bot.slack.links import home_team

    if given is not None:
        if not _TEAM.fullmatch(given):
            raise UsageError(f"{given!r} is no Slack workspace.", "Its id begins with T.")
        return given
    with kam.store.read() as session:
        found = home_team(session)
    if found is None:
        raise UsageError(
            "no workspace was served yet.",
            "Name it with --team T…, or run `kam serve` once.",
        )
    return found
