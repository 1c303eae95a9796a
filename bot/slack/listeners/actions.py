"""Buttons: acked at once; the inbox has those that do something."""

from __future__ import annotations

import re

from slack_bolt import Ack
from slack_bolt import App as Bolt


def register(bolt: Bolt) -> None:
    """Every button that we send."""

    def pressed(ack: Ack) -> None:
        ack()

    bolt.action(re.compile(r"^(settle|ask_again|tick):|^note:(?!edit$)|^feedback$"))(pressed)
