"""`kam score`: an account scored, the ranking by score, and what other weights would do to it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from bot.cli.ask import AsOption, JsonOption
from bot.cli.reviews import LanguageOption, told_about
from kam_knowledge.analysis.scoring import on_scale
from kam_knowledge.errors import UsageError
from kam_knowledge.methodology.criteria import presets

_WEIGHT = re.compile(r"([^=]+)=\s*(?:(\d+(?:\.\d+)?)\s*%|(\d+(?:\.\d+)?))\s*\Z")


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def score(
        context: typer.Context,
        as_: AsOption,
        account: Annotated[
            str | None,
            typer.Argument(metavar="ACCOUNT", help="The customer; without, all are ranked."),
        ] = None,
        scores: Annotated[
            list[str] | None,
            typer.Argument(metavar="fit=8 …", help="Scores from 1 to 10, to be put on record."),
        ] = None,
        by: Annotated[
            str | None,
            typer.Option("--set", metavar="S1-3", help="A ready set of criteria to score by."),
        ] = None,
        weight: Annotated[
            list[str] | None,
            typer.Option(
                metavar="fit=2", help="What if: fit=2 counts double, fit=40% is its share, fit=0."
            ),
        ] = None,
        growth: Annotated[
            bool, typer.Option("--growth", help="Size against growth instead of scores.")
        ] = False,
        language: LanguageOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Scores an account, shows its score, or ranks the accounts by theirs."""
        if by is not None and by not in presets():
            raise UsageError(f"{by!r} is no set of criteria.", f"Use {', '.join(presets())}.")
        slots: dict[str, str] = {}
        if scores or by:
            if account is None or weight or growth:
                raise UsageError("scores are of one account.", "kam score ACCOUNT fit=8 …")
            slots = {"scores": "; ".join(map(_score, scores or ()))} | ({"set": by} if by else {})
            intent = "score_account"
        elif account is None or weight or growth:
            slots = {"weights": "; ".join(map(_weight, weight or ()))}
            slots |= {"by": "growth"} if growth else {}
            intent = "rank_candidates"
        else:
            intent = "account_class"
        told_about(context.obj, intent, as_, account, language, as_json=as_json, slots=slots)


def _score(pair: str) -> str:
    """`fit=8` as given. Raises UsageError for anything else, and for scores not from 1 to 10."""
    name, equals, number = pair.partition("=")
    try:
        good = bool(name.strip() and equals) and on_scale(Decimal(number.strip()))
    except InvalidOperation:
        good = False
    if not good:
        raise UsageError(f"{pair!r} is no score from 1 to 10.", "Write it as fit=8.")
    return pair


def _weight(pair: str) -> str:
    """What the pair says of a weight, as a message would. Raises UsageError."""
    match = _WEIGHT.match(pair)
    if match is None:
        raise UsageError(f"{pair!r} is no weight.", "Write fit=2, fit=0.5, fit=0 or fit=40%.")
    return f"{match[1].strip()} {match[2]}%" if match[2] else f"{match[1].strip()} ×{match[3]}"
