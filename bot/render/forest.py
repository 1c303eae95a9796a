"""Where the cards of reporting lines stand: below their leads, nothing on nothing.

Reporting lines are a forest. Those who report to somebody hang below them in one column or
several, each level a step further in; the largest tree's root stands above all the others. Of all
these forms the one that needs the smallest sheet is taken. Lengths are columns and rows of cards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

LEVEL = 0.5
"""Rows between a lead and those below."""
BETWEEN = 0.25
"""Rows between two parts of a stack."""
APART = 0.12
"""Columns between what stands side by side."""
_COLUMNS = 10


@dataclass(frozen=True)
class Placed:
    """A card's place: its left edge and its top."""

    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A straight piece of a reporting line, level or upright."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass
class Forest:
    """All cards and lines, and how much room they take."""

    width: float
    height: float
    cards: dict[int, Placed] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    captions: list[Placed] = field(default_factory=list)
    """Where it is said that the cards below report to nobody on record."""

    def take(self, other: Forest, x: float, y: float) -> None:
        """Sets the other one into this one."""
        for key, card in other.cards.items():
            self.cards[key] = Placed(card.x + x, card.y + y)
        self.lines += [Line(one.x0 + x, one.y0 + y, one.x1 + x, one.y1 + y) for one in other.lines]
        self.captions += [Placed(one.x + x, one.y + y) for one in other.captions]


def arranged(
    reports: Mapping[int, Sequence[int]],
    roots: Sequence[int],
    sheet: Callable[[float, float], float],
    card: float = 0.86,
) -> Forest:
    """The arrangement that needs the smallest sheet.

    `reports` gives who reports to whom, without circles; `sheet` says how large a sheet so many
    columns and rows need; `card` is how much of a row a card fills. Every root, and everybody
    below, gets a place.
    """
    parts = _parts(reports, roots, card)
    lists = (*parts.attached, *parts.loose, parts.alone or ())
    forms = [form for part in lists for form in part]
    people = sum(_size(reports, root) for root in roots)
    heights = {form.height for form in forms} | {float(n) for n in range(2, people + 2)}
    tried = (_set_out(parts, height, card) for height in sorted(heights))
    return min(tried, key=lambda one: sheet(one.width, one.height))


@dataclass(frozen=True)
class _Parts:
    """What is set side by side, each part in all its forms, from high and narrow on."""

    main: int | None
    """The root of the largest tree, if one is that large."""
    attached: list[list[Forest]]
    """What hangs on it, the largest first."""
    loose: list[list[Forest]]
    """The other trees."""
    alone: list[Forest] | None
    """People with no line on record."""


def _parts(reports: Mapping[int, Sequence[int]], roots: Sequence[int], card: float) -> _Parts:
    trees = [root for root in roots if reports.get(root)]
    alone = [root for root in roots if not reports.get(root)]
    sizes = {root: _size(reports, root) for root in trees}
    main = max(trees, key=lambda root: sizes[root], default=None)
    if main is not None and sizes[main] * 2 <= sum(sizes.values()):
        main = None  # no tree is that much larger that the others stand beside it
    forms = range(1, _COLUMNS + 1)
    attached: list[list[Forest]] = []
    if main is not None:
        below = sorted(reports[main], key=lambda key: -_size(reports, key))
        attached = [[_tree(reports, key, n, card) for n in forms] for key in below]
    loose = [[_tree(reports, key, n, card) for n in forms] for key in trees if key != main]
    apart = [_apart(alone, n, captioned=bool(trees)) for n in forms] if alone else None
    return _Parts(main, attached, loose, apart)


def _set_out(parts: _Parts, height: float, card: float) -> Forest:
    """Everything, in stacks no higher than that where it can be."""
    found = Forest(0.0, 0.0)
    top = 0.0 if parts.main is None else 1.0 + LEVEL - (1 - card)
    heads = []
    for stack in _stacked(parts.attached, height):
        x = found.width + (APART if found.width else 0.0)
        if len(stack) == 1:
            heads.append(x + _head(stack[0]))
            _beside(found, stack[0], x, top)
        else:
            heads.append(x + _SPINE)
            _beside(found, _column(stack, card, BETWEEN), x, top)
    if parts.main is not None:
        _crowned(found, parts.main, heads, top, card)
    last = [] if parts.alone is None else [[_narrowest(parts.alone, height)]]
    for stack in (*_stacked(parts.loose, height), *last):
        x, y = found.width + (2 * APART if found.width else 0.0), 0.0
        for part in stack:
            _beside(found, part, x, y)
            y += part.height + BETWEEN
    return found


def _beside(found: Forest, part: Forest, x: float, y: float) -> None:
    found.take(part, x, y)
    found.width, found.height = max(found.width, x + part.width), max(found.height, y + part.height)


def _stacked(parts: Sequence[Sequence[Forest]], height: float) -> list[list[Forest]]:
    """The parts in stacks: each below the first ones that leave room for it, else beside them."""
    stacks: list[list[Forest]] = []
    for part in sorted((_narrowest(forms, height) for forms in parts), key=lambda one: -one.height):
        for stack in stacks:
            used = sum(one.height + BETWEEN for one in stack)
            if used + part.height <= height + 1e-9 and part.width <= stack[0].width + 2 * APART:
                stack.append(part)
                break
        else:
            stacks.append([part])
    return stacks


def _narrowest(forms: Sequence[Forest], height: float) -> Forest:
    """The narrowest form that is no higher; the lowest where all are."""
    fitting = [one for one in forms if one.height <= height + 1e-9]
    if not fitting:
        return min(forms, key=lambda one: one.height)
    return min(fitting, key=lambda one: (one.width, one.height))


def _crowned(found: Forest, main: int, heads: Sequence[float], top: float, card: float) -> None:
    """Sets the root above, with the lines from it to what stands below."""
    found.width, found.height = max(found.width, 1.0), max(found.height, 1.0)
    middle = min(max((heads[0] + heads[-1]) / 2, 0.5), found.width - 0.5)
    found.cards[main] = Placed(middle - 0.5, 0.0)
    bus = top - LEVEL / 2
    found.lines.append(Line(middle, card, middle, bus))
    found.lines.append(Line(min(*heads, middle), bus, max(*heads, middle), bus))
    found.lines += [Line(head, bus, head, top) for head in heads]


def _tree(reports: Mapping[int, Sequence[int]], root: int, columns: int, card: float) -> Forest:
    """A lead with everybody below, who hang in so many columns."""
    items = [_hanging(reports, key, card) for key in reports.get(root, ())]
    if columns == 1 or len(items) < 2:
        return _hanging(reports, root, card)
    below = _side_by_side(items, columns, card)
    top = 1.0 + LEVEL - (1 - card)
    found = Forest(below.width, top + below.height)
    found.take(below, 0.0, top)
    _crowned(found, root, [one.x0 for one in below.lines if one.y0 == 0.0], top, card)
    return found


_SPINE, _INDENT = 0.06, 0.12
MARGIN = 0.03
"""Of a column, on either side of its card."""


def _hanging(reports: Mapping[int, Sequence[int]], root: int, card: float) -> Forest:
    """A card with all below it in one column, each level a step further in."""
    found = Forest(1.0, 1.0, {root: Placed(0.0, 0.0)})
    items = [_hanging(reports, key, card) for key in reports.get(root, ())]
    if items:
        column = _column(items, card)
        found.take(column, 0.0, 1.0)
        found.lines.append(Line(_SPINE, card, _SPINE, 1.0))
        found.width, found.height = column.width, 1.0 + column.height
    return found


def _column(items: Sequence[Forest], card: float, between: float = 0.0) -> Forest:
    """Cards one below the other, each with its own below it, with a line at their side."""
    found = Forest(0.0, 0.0)
    for number, item in enumerate(items):
        found.height += between if number else 0.0
        middle = found.height + card / 2
        found.take(item, _INDENT, found.height)
        side = _INDENT + _head(item) - 0.5 + MARGIN
        found.lines.append(Line(_SPINE, middle, side, middle))
        found.width = max(found.width, item.width + _INDENT)
        found.height += item.height
    last = found.height - items[-1].height + card / 2
    found.lines.insert(0, Line(_SPINE, 0.0, _SPINE, last))
    return found


def _side_by_side(items: Sequence[Forest], columns: int, card: float) -> Forest:
    """The cards in so many columns of about even height."""
    found = Forest(0.0, 0.0)
    for some in _split(items, columns):
        x = found.width + (APART if found.cards else 0.0)
        column = _column(some, card)
        found.take(column, x, 0.0)
        found.width, found.height = x + column.width, max(found.height, column.height)
    return found


def _split(items: Sequence[Forest], columns: int) -> list[Sequence[Forest]]:
    """The items in order, in at most so many columns, the highest of which is as low as can be."""
    sums = {
        sum(one.height for one in items[start:end])
        for start in range(len(items))
        for end in range(start + 1, len(items) + 1)
    }
    for highest in sorted(sums):
        found: list[list[Forest]] = [[]]
        for one in items:
            if found[-1] and sum(other.height for other in found[-1]) + one.height > highest + 1e-9:
                found.append([])
            found[-1].append(one)
        if highest >= max(one.height for one in items) and len(found) <= columns:
            return list(found)
    return [items]


def _apart(keys: Sequence[int], columns: int, *, captioned: bool) -> Forest:
    """People with no line on record, in columns without lines."""
    top = 0.4 if captioned else 0.0
    found = Forest(0.0, 0.0)
    length = -(-len(keys) // columns)
    for number, key in enumerate(keys):
        x, y = divmod(number, length)
        found.cards[key] = Placed(float(x), top + y)
        found.width, found.height = x + 1.0, max(found.height, top + y + 1.0)
    if captioned:
        found.captions.append(Placed(0.0, 0.0))
    return found


def _head(tree: Forest) -> float:
    """The middle of a tree's topmost card."""
    return min(tree.cards.values(), key=lambda one: one.y).x + 0.5


def _size(reports: Mapping[int, Sequence[int]], root: int) -> int:
    return 1 + sum(_size(reports, key) for key in reports.get(root, ()))
