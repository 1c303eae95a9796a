"""`/kam`: acked at once; the inbox has it."""

from __future__ import annotations

from slack_bolt import Ack
from slack_bolt import App as Bolt


def register(bolt: Bolt) -> None:
    """The one command."""

    @bolt.command("/kam")
    def command(ack: Ack) -> None:
        ack()
