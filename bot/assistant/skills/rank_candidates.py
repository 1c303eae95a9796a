"""Accounts ranked by score, what other weights would do to it, size against growth (S1-3, S0-1).

Only accounts that are scored on the criteria in use are compared; the others are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.assistant.compose import Composer, Fact
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.score_lines import (
    matrix_source,
    names_of,
    short,
    size_source,
    weighted_names,
)
from bot.assistant.size_and_growth import size_and_growth
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.scores import SpokenWeights, spoken_weights
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.analysis.scoring import (
    TOO_MUCH_SIZE,
    Place,
    Shift,
    on_scale,
    ranking,
    reweighed,
    shifts,
)
from kam_knowledge.methodology.criteria import label
from kam_knowledge.queries.revenue import percent
from kam_knowledge.queries.scores import Matrix, Scoring, matrices, scorings
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import Account

SHOWN = 12


def rank_candidates(context: SkillContext, request: Request) -> Reply:
    """The accounts in scope by score; with other weights, who moves; size against growth."""
    # The one account that is named is asked about among the others.
    accounts = accounts_in_scope(context, replace(request, account_ids=()))
    if set(request.account_ids) - {account.id for account in accounts}:
        accounts = list(context.records.accounts.values())
    if request.slots.get("by") == "growth":
        return size_and_growth(context, request.language, accounts)
    words, records = Composer("ranking", request.language), context.records
    known = scorings(records, records.accounts)
    found = matrices(known)
    latest = {account.id: known[account.id][0] for account in accounts if account.id in known}
    if not found or not latest:
        today, place = context.clock.today, places(accounts, request.language, most=6)
        words.plain("none", place=place, today=today)
        looked = words.text("looked", place=place, today=today)
        return words.reply(Outcome.UNKNOWN, looked_at=[looked])
    ranked = _Ranked(context, words, found[0], accounts, latest)
    wished = spoken_weights(request.slots.get("weights") or request.text, ranked.matrix.weights)
    ranked.criteria()
    if wished.said:
        order = ranked.what_if(wished)
    else:
        order = ranked.as_it_is(int(request.slots.get("n") or SHOWN))
        if request.slots.get("all_weights"):
            ranked.sensitivity()
    ranked.left_out()
    return words.reply(
        accounts=[records.accounts[key].name for key in order[:SHOWN]],
        focus={"account_ids": list(order[:1])},
    )


class _Ranked:
    """One ranking while it is written."""

    def __init__(
        self,
        context: SkillContext,
        words: Composer,
        matrix: Matrix,
        accounts: Sequence[Account],
        latest: Mapping[int, Scoring],
    ) -> None:
        self.context, self.words, self.matrix = context, words, matrix
        self.accounts = {account.id: account for account in accounts}
        self.latest = latest
        self.scores = {
            key: one.scores
            for key, one in latest.items()
            if one.scores.keys() == matrix.weights.keys()
            and all(map(on_scale, one.scores.values()))
        }

    def criteria(self) -> None:
        """The set in use, and whether size decides it (S0-2)."""
        words, matrix = self.words, self.matrix
        since = words.text("matrix_since", date=matrix.since) if matrix.since else ""
        words.claim(
            "matrix",
            [matrix_source(matrix, words, self.context.clock.today)],
            version=matrix.version,
            since=since,
            n=len(matrix.account_ids),
            criteria=weighted_names(words, matrix.weights),
        )
        self._size("too_much_size", matrix.weights)

    def as_it_is(self, most: int) -> list[int]:
        """The ranking by the weights in use."""
        words, language = self.words, self.words.language
        order = ranking(self.scores, self.matrix.weights)
        words.heading("title")
        told = []
        for place in order[:most]:
            account = self.accounts[place.key]
            kind = word(f"class_{account.account_class}", language) if account.account_class else ""
            sources = [
                *self._sources(place, order),
                self.context.records.source(account, ["name", "account_class"]),
            ]
            text = words.text(
                "place",
                rank=place.rank,
                name=account.name,
                kind=in_brackets(kind, language),
                value=place.weighted.value,
            )
            cells = (f"{place.rank}.", account.name, kind, f"{place.weighted.value}")
            told.append(Fact(text, cells, sources))
        words.facts(("col_rank", "col_account", "col_class", "col_score"), told)
        words.more(len(order) - most)
        return [place.key for place in order]

    def what_if(self, wished: SpokenWeights) -> list[int]:
        """Who moves when criteria weigh otherwise."""
        words, weights = self.words, self.matrix.weights
        strange = [name for name in (*wished.factors, *wished.shares) if name not in weights]
        if strange:
            names = names_of(strange, words.language)
            words.plain("not_weighed", names=names, used=names_of(weights, words.language))
        factors = {name: one for name, one in wished.factors.items() if name in weights}
        shares = {name: one for name, one in wished.shares.items() if name in weights}
        if not factors and not shares:
            return self.as_it_is(SHOWN)
        try:
            other = reweighed(weights, factors, shares)
        except ValueError:
            words.plain("weighs_nothing")
            return self.as_it_is(SHOWN)
        words.heading("title_what_if", change=self._said(factors, shares))
        moved = shifts(self.scores, weights, other)
        told = [self._shift(one, moved) for one in moved[:SHOWN]]
        words.facts(("col_account", "col_now", "col_then"), told)
        self._movers(moved)
        self._size("too_much_size_then", other)
        return [one.after.key for one in moved]

    def sensitivity(self) -> None:
        """What doubling each weight alone would do."""
        words, weights = self.words, self.matrix.weights
        words.heading("sensitivity")
        for name in weights:
            moved = shifts(self.scores, weights, reweighed(weights, {name: Decimal(2)}))
            gone = [one for one in moved if one.moved]
            said = label(name, words.language)
            key = "somebody_moves" if gone else "nobody_moves"
            moves = listed(map(self._move, gone), words.language)
            words.bullet(key, self._shift_sources(moved, gone or moved), name=said, moves=moves)

    def left_out(self) -> None:
        """The accounts that are not scored, or by other criteria."""
        words, language = self.words, self.words.language
        words.blank()
        other = [self.accounts[key].name for key in self.latest if key not in self.scores]
        if other:
            words.plain("not_comparable", names=listed(other, language))
        bare = [one.name for key, one in self.accounts.items() if key not in self.latest]
        if bare:
            words.plain("not_scored", names=listed(bare, language))

    def _shift(self, one: Shift[int], moved: Sequence[Shift[int]]) -> Fact:
        words, name = self.words, self.accounts[one.after.key].name
        before, after = one.before, one.after
        text = words.text(
            "place_moved",
            rank=after.rank,
            name=name,
            value=after.weighted.value,
            old_rank=before.rank,
            old=before.weighted.value,
        )
        cells = [
            words.text("cell_then", rank=place.rank, value=place.weighted.value)
            for place in (before, after)
        ]
        return Fact(text, (name, *cells), self._shift_sources(moved, [one]))

    def _movers(self, moved: Sequence[Shift[int]]) -> None:
        up = [one for one in moved if one.moved > 0]
        down = [one for one in moved if one.moved < 0]
        if not up and not down:
            self.words.plain("nobody")
        for key, group in (("up", up), ("down", down)):
            if group:
                names = listed(map(self._move, group), self.words.language)
                self.words.claim(key, self._shift_sources(moved, group), names=names)

    def _move(self, one: Shift[int]) -> str:
        name = self.accounts[one.after.key].name
        return self.words.text("moved", name=name, old=one.before.rank, new=one.after.rank)

    def _size(self, key: str, weights: Mapping[str, Decimal]) -> None:
        """A word of warning where spend and size hold more than half of the weight (S0-2)."""
        title = self.words.text("title")
        share, source = size_source(title, self.context.clock.today, weights)
        if share > TOO_MUCH_SIZE:
            self.words.claim(key, [source], share=short(percent(share)))

    def _said(self, factors: Mapping[str, Decimal], shares: Mapping[str, Decimal]) -> str:
        """The change of the weights in words."""
        words = self.words
        said = [
            words.text("is_left_out", name=label(name, words.language))
            if not factor
            else words.text("times", name=label(name, words.language), factor=short(factor))
            for name, factor in factors.items()
        ]
        said += [
            words.text("holds", name=label(name, words.language), share=short(percent(share)))
            for name, share in shares.items()
        ]
        return listed(said, words.language)

    def _sources(self, place: Place[int], order: Sequence[Place[int]]) -> list[Source]:
        """The formula of the score, and the place among how many."""
        where = tuple(map(self.context.records.where, self.latest[place.key].rows))
        formula = f"{place.weighted.formula} → rank {place.rank} of {len(order)}"
        name, today = self.accounts[place.key].name, self.context.clock.today
        return [ComputedSource("ranking (S1-3)", name, today, formula, where)]

    def _shift_sources(
        self, moved: Sequence[Shift[int]], told: Sequence[Shift[int]]
    ) -> list[Source]:
        """The formulas of each account that is told, before and after."""
        records, today = self.context.records, self.context.clock.today
        return [
            ComputedSource(
                "shifts (S1-3)",
                self.accounts[one.after.key].name,
                today,
                f"{one.before.weighted.formula} → rank {one.before.rank}; "
                f"{one.after.weighted.formula} → rank {one.after.rank} of {len(moved)}",
                tuple(map(records.where, self.latest[one.after.key].rows)),
            )
            for one in told
        ]
