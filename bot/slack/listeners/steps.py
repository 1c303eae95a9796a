"""The workflow step "Ask KAM": the inbox has it, its answer completes it."""

from __future__ import annotations

from slack_bolt import App as Bolt


def register(bolt: Bolt) -> None:
    """The one step."""

    @bolt.function("ask_kam", auto_acknowledge=True)
    def asked() -> None:
        """Nothing to do here: a worker completes it."""
