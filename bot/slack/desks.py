"""What belongs to one workspace and must never meet another's: its people, rooms and ways out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk import WebClient

from bot.slack.answering import Answering
from bot.slack.delivery import Delivery
from bot.slack.directory import Directory
from bot.slack.home import Home
from bot.slack.note_forms import NoteForms
from bot.slack.streaming import Streams
from bot.slack.tokens import BotToken, Tokens


@dataclass(frozen=True)
class Desk:
    """The parts of one workspace. A user or channel id means something at one desk only."""

    team: str
    clients: tuple[WebClient, ...]
    directory: Directory
    home: Home
    streams: Streams
    answering: Answering
    delivery: Delivery
    forms: NoteForms


class Desks:
    """A desk a workspace, made when it is first asked for. Safe to share between threads."""

    def __init__(self, tokens: Tokens, make: Callable[[BotToken], Desk]) -> None:
        self._tokens = tokens
        self._make = make
        self._lock = threading.Lock()
        self._desks: dict[str, Desk] = {}

    def of(self, team: str) -> Desk:
        """The desk of a workspace, with the token of the moment.

        Raises NotInstalled, NotRenewed, SlackApiError, OSError.
        """
        token = self._tokens.of(team)
        with self._lock:
            desk = self._desks.get(token.team)
            if desk is None:
                desk = self._desks[token.team] = self._make(token)
        for client in desk.clients:
            client.token = token.value  # it may have been renewed
        return desk

    def leave(self, team: str, at: float) -> None:
        """We were taken out of a workspace: its token and all that was kept of it go."""
        self._tokens.taken_out(team, at)
        with self._lock:
            self._desks.pop(team, None)
