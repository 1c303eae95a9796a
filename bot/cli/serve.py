"""`kam serve`: the assistant in Slack, over Socket Mode or HTTP."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app import App
from kam_knowledge.errors import KamError, UsageError

if TYPE_CHECKING:
    from slack_sdk.errors import SlackApiError

    from bot.settings import Settings
    from bot.slack.face import SlackFace


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
        from bot.journal import keep_text_out
        from bot.slack.access import access
        from bot.slack.face import SlackFace

        kam: App = context.obj
        settings = kam.settings
        chosen = access(settings, http=http is not None)
        if not settings.log_text:
            keep_text_out()
        face = SlackFace(kam, chosen, workers=settings.workers)
        teams = _teams(face, settings.slack_api_url)
        # A signal may come while another is handled: an Event would wait for its own lock then.
        ending: SimpleQueue[int] = SimpleQueue()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda given, _: ending.put(given))
        with _transport(face, settings, http) as where:
            kam.assistant.warm_up()
            face.workers.start()
            print(f"Serving {teams} over {where}. Ctrl-C ends it.", flush=True)
            if face.door is not None:
                print("Workspaces install it at /slack/install there.", flush=True)
            ending.get()
        face.workers.stop()

    @app.command()
    def manifest(
        url: Annotated[
            str | None,
            typer.Option(metavar="https://…", help="For HTTP: where Slack reaches it."),
        ] = None,
        install: Annotated[
            bool, typer.Option("--install", help="For several workspaces that install it.")
        ] = False,
    ) -> None:
        """Prints the Slack app's manifest, to be pasted at api.slack.com/apps."""
        import json

        from bot.slack.manifest import manifest as made

        print(json.dumps(made(url, install=install), indent=2, ensure_ascii=False))


def _teams(face: SlackFace, api_url: str) -> str:
    """The workspaces that are served, as far as Slack takes their tokens."""
    from slack_sdk.errors import SlackApiError

    try:
        found = face.tokens.teams()
    except SlackApiError as error:
        raise _refused("bot token", "KAM_SLACK_BOT_TOKEN", error) from error
    except OSError as error:
        raise KamError(
            f"Slack does not answer at {api_url}: {error}.",
            "Check the network and KAM_SLACK_API_URL, then start again.",
        ) from error
    if not found:
        return "no workspace yet"
    return f"workspace{'s' if len(found) > 1 else ''} {', '.join(found)}"


@contextmanager
def _transport(face: SlackFace, settings: Settings, http: int | None) -> Iterator[str]:
    from slack_sdk.errors import SlackApiError

    from bot.slack.transports import over_http, over_socket_mode

    if http is None:
        try:
            with over_socket_mode(face.bolt, settings.slack_app_token or "") as where:
                yield where
        except SlackApiError as error:
            raise _refused("app token", "KAM_SLACK_APP_TOKEN", error) from error
        return
    try:
        listening = over_http(face.bolt, http, installing=face.door)
        where = listening.__enter__()
    except OSError as error:
        raise UsageError(
            f"port {http} cannot be used: {error.strerror}.", "Give another with --http PORT."
        ) from error
    try:
        yield where
    finally:
        listening.__exit__(None, None, None)


def _refused(what: str, variable: str, error: SlackApiError) -> UsageError:
    return UsageError(
        f"Slack refused the {what}: {error.response.get('error')}.",
        f"Check {variable}; `kam doctor` checks every setting.",
    )
