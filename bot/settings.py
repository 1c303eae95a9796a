"""Every setting, from the environment (`KAM_…`). docs/settings.md describes each; a test checks."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kam_knowledge.errors import UsageError


class Settings(BaseSettings):
    """What an installation can choose. The defaults run on one machine, without key or network."""

    model_config = SettingsConfigDict(env_prefix="KAM_", extra="ignore", env_ignore_empty=True)

    home: Path | None = Field(None, description="The folder of everything local.")
    database_url: str | None = Field(None, description="PostgreSQL instead of the local file.")
    chroma_url: str | None = Field(None, description="A Chroma server instead of the local index.")
    today: str | None = Field(None, description="The business date: a day or a date-time.")
    time_zone: str | None = Field(None, description="The zone of people who have none.")
    language: Literal["en", "zh"] = Field("en", description="The language when nothing tells.")
    currency: str | None = Field(None, description="The company's currency, such as CNY.")
    fiscal_year_start: int = Field(1, ge=1, le=12, description="The fiscal year's first month.")
    embeddings: str = Field(
        "embedded",
        description="embedded, fastembed:NAME, provider:model, or none for full text alone.",
    )
    model: str | None = Field(None, description="provider:name of a LangChain chat model.")
    model_url: str | None = Field(None, description="A compatible endpoint for the model.")
    fallback_model: str | None = Field(None, description="Asked when the model fails.")
    model_seconds: int = Field(60, ge=1, description="Time limit for one answer of the model.")
    model_tokens: int = Field(
        100_000, ge=1000, description="Tokens that one answer of the model may take."
    )
    model_price: str | None = Field(
        None, description="What a million tokens cost: read,written, such as 1.25,10."
    )
    thread_days: int = Field(30, ge=1, description="Days until a conversation is forgotten.")
    document_seconds: int = Field(60, ge=1, description="Time limit for reading one document.")
    document_mib: int = Field(50, ge=1, description="Size limit for one document, in MiB.")
    document_memory_mib: int = Field(2048, ge=256, description="Memory limit of the reader.")
    slack_bot_token: str | None = Field(None, description="The bot token, xoxb-….")
    slack_app_token: str | None = Field(None, description="For Socket Mode, xapp-….")
    slack_signing_secret: str | None = Field(None, description="For HTTP: who may send events.")
    slack_client_id: str | None = Field(None, description="For several workspaces: the OAuth app.")
    slack_client_secret: str | None = Field(None, description="The OAuth app's secret.")
    slack_teams: str | None = Field(None, description="Which workspaces may install: T…,T….")
    token_key: str | None = Field(None, description="What encrypts the workspaces' tokens.")
    slack_api_url: str = Field(
        "https://slack.com/api/", description="Slack's Web API, or a workspace of your own."
    )
    workers: int = Field(4, ge=1, le=64, description="Messages answered at the same time.")
    log_level: str = Field("WARNING", description="What goes to the log: DEBUG … ERROR.")
    log_text: bool = Field(False, description="Whether the log may hold what people wrote.")

    @property
    def home_folder(self) -> Path:
        """The home, or the platform's user data folder."""
        if self.home is not None:
            return self.home.expanduser().resolve()
        import platformdirs

        return Path(platformdirs.user_data_dir("kam-assistant", appauthor=False))

    @property
    def price_of_tokens(self) -> tuple[Decimal, Decimal] | None:
        """The price of a million tokens read, and of a million written. Raises UsageError."""
        return price_of_tokens(self.model_price) if self.model_price else None


def price_of_tokens(text: str) -> tuple[Decimal, Decimal]:
    """`1.25,10` as two amounts. Raises UsageError for anything else."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 2 and all(re.fullmatch(r"\d+(\.\d+)?", part) for part in parts):
        return Decimal(parts[0]), Decimal(parts[1])
    raise UsageError(
        f"{text!r} is no price of tokens.",
        "Write the price of a million tokens read, a comma, and of a million written: 1.25,10.",
    )


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; `overrides` that are not None win.

    Raises UsageError naming the variable and what is wrong with it.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise UsageError(
            f"KAM_{name}: {first['msg']} (it is {first.get('input')!r}).",
            "See docs/settings.md.",
        ) from error
