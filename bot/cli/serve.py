"""`kam serve`: the assistant in Slack, over Socket Mode or HTTP."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app import App
from kam_knowledge.errors import KamError, UsageError

if TYPE_CHECKING:
    from slack_sdk.errors import SlackApiError


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def serve(
        context: typer.Context,
        http: Annotated[
            int | None, typer.Option(metavar="PORT", help="Signed HTTP events on this port.")
        ] = None,
    ) -> None:
        """Runs the assistant in Slack until Ctrl-C; what was begun is finished first."""
        from slack_sdk.errors import SlackApiError

        from bot.slack.face import Access, SlackFace
        from bot.slack.transports import over_http, over_socket_mode

        kam: App = context.obj
        settings = kam.settings
        if not settings.slack_bot_token:
            raise UsageError(
                "no Slack bot token is set.",
                "Set KAM_SLACK_BOT_TOKEN (xoxb-…): the README shows the set-up in five minutes.",
            )
        if http is None and not settings.slack_app_token:
            raise UsageError(
                "no Slack app token is set.",
                "Set KAM_SLACK_APP_TOKEN (xapp-…) for Socket Mode, or use --http PORT.",
            )
        if http is not None and not settings.slack_signing_secret:
            raise UsageError(
                "no signing secret is set: requests could come from anybody.",
                "Set KAM_SLACK_SIGNING_SECRET from the app's Basic Information.",
            )
        access = Access(
            settings.slack_bot_token, settings.slack_signing_secret, settings.slack_api_url
        )
        face = SlackFace(kam, access, workers=settings.workers)
        try:
            team = face.team
        except SlackApiError as error:
            raise _refused("bot token", "KAM_SLACK_BOT_TOKEN", error) from error
        except OSError as error:
            raise KamError(
                f"Slack does not answer at {settings.slack_api_url}: {error}.",
                "Check the network and KAM_SLACK_API_URL, then start again.",
            ) from error
        ending = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ending.set())
        transport = (
            over_socket_mode(face.bolt, settings.slack_app_token or "")
            if http is None
            else over_http(face.bolt, http)
        )
        try:
            with transport as where:
                kam.assistant.warm_up()
                face.workers.start()
                print(f"Serving workspace {team} over {where}. Ctrl-C ends it.", flush=True)
                ending.wait()
        except SlackApiError as error:
            raise _refused("app token", "KAM_SLACK_APP_TOKEN", error) from error
        face.workers.stop()


def _refused(what: str, variable: str, error: SlackApiError) -> UsageError:
    return UsageError(
        f"Slack refused the {what}: {error.response.get('error')}.",
        f"Check {variable}; `kam doctor` checks every setting.",
    )
