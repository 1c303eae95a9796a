"""The relationship map: cards along the reporting lines, and what all of it means (S1-10, S3-4).

Colour never speaks alone: a stance has a shape, a role a letter, a tie its number of days.
"""

from __future__ import annotations

from bot.render.canvas import FAINT, ORANGE, SOFT, Canvas, width_of
from bot.render.cards import CARD_HEIGHT, COLUMN, ROW, Names, card
from bot.render.drawings import RelationshipMap, Stakeholder
from bot.render.forest import MARGIN, Forest, arranged
from bot.render.legend import Legend
from bot.render.words import coded, said
from kam_knowledge.analysis.reporting_lines import reports

SLIDE = 16 / 9
EDGE, HEADER = 0.35, 1.08
WORDS = 0.22
"""Of a sheet's height, about what header and legend take."""
NARROWEST = 9.6
ROLES = (
    "decision_maker", "economic_buyer", "champion", "influencer", "gatekeeper", "user", "blocker",
)  # fmt: skip


def draw(shown: RelationshipMap) -> Canvas:
    """The map on a slide's sheet, large enough for everybody who is on it."""
    people = {one.key: one for one in sorted(shown.people, key=_weight)}
    below, roots = reports({one.key: one.reports_to for one in people.values()})
    names = Names(shown.ours)
    forest = arranged(below, roots, _needed, CARD_HEIGHT / ROW)
    wide, high = forest.width * COLUMN, forest.height * ROW
    width, legend = _sheet(shown, names, wide, high)
    height = width / SLIDE
    canvas = Canvas(width, height)
    _header(canvas, shown)
    above = HEADER * scale_of(width)
    room = height - above - legend.height - EDGE
    left, top = (width - wide) / 2, above + max(0.0, (room - high) / 2)
    _lines(canvas, forest, left, top)
    for key, place in forest.cards.items():
        x, y = left + (place.x + MARGIN) * COLUMN, top + place.y * ROW
        card(canvas, x, y, people[key], names, shown)
    for caption in forest.captions:
        x, y = left + (caption.x + MARGIN) * COLUMN, top + (caption.y + 0.2) * ROW
        canvas.text(x, y, said("no_line", shown.language), 8, colour=SOFT)
    legend.draw(canvas, EDGE, height - EDGE / 2 - legend.height)
    return canvas


def _weight(one: Stakeholder) -> tuple[int, str]:
    return (ROLES.index(one.role) if one.role in ROLES else len(ROLES), one.name)


def _needed(columns: float, rows: float) -> float:
    """About how wide a slide's sheet is that holds so many columns and rows, in inches."""
    wide = columns * COLUMN + 2 * EDGE
    return max(wide, rows * ROW * SLIDE / (1 - WORDS), NARROWEST) + wide / 1000


def _sheet(shown: RelationshipMap, names: Names, wide: float, high: float) -> tuple[float, Legend]:
    """The sheet's width, and its legend laid out in it."""
    width = max(NARROWEST, wide + 2 * EDGE)
    while True:
        scale = scale_of(width)
        legend = Legend(shown, names, width - 2 * EDGE, scale)
        needed = (HEADER * scale + high + legend.height + EDGE + 0.1) * SLIDE
        if needed <= width + 1e-6:
            return width, legend
        width = min(needed, width * 1.04)


def scale_of(width: float) -> float:
    """How much larger than on a small sheet the words around the cards are, so that they stay
    readable when the sheet is shown as a slide."""
    return max(1.0, width / 16.0)


def _lines(canvas: Canvas, forest: Forest, left: float, top: float) -> None:
    for one in forest.lines:
        canvas.line(
            [
                (left + one.x0 * COLUMN, top + one.y0 * ROW),
                (left + one.x1 * COLUMN, top + one.y1 * ROW),
            ],
            colour="#9aa5b1",
            thick=1.0,
        )


def _header(canvas: Canvas, shown: RelationshipMap) -> None:
    """Title and what is true of the whole account, in the sheet's own scale."""
    scale, language = scale_of(canvas.width), shown.language
    left, right = EDGE / scale, (canvas.width - EDGE) / scale
    room = right - left
    known = sum(bool(one.bonds) for one in shown.people)
    several = "map_person" if len(shown.people) == 1 else "map_people"
    counted = [
        said(several, language, n=len(shown.people)),
        said("map_known", language, n=known),
        _layers(shown),
    ]
    told = "  ·  ".join(filter(None, counted))
    title = said("map_title", language, account=shown.account)
    day = said("as_of", language, day=shown.on.isoformat())
    with canvas.scaled(0, 0, scale):
        canvas.fitted(left, 0.36, title, 18, room * 0.75, strong=True)
        canvas.text(right, 0.36, day, 10, colour=SOFT, across="right")
        canvas.fitted(left, 0.66, told, 9.5, room * (0.5 if shown.threads else 1), colour=SOFT)
        canvas.fitted(left, 0.87, _between(shown), 9.5, room, colour=SOFT)
        if shown.threads:
            _warning(canvas, _threads(shown), right, room * 0.48)
        canvas.line([(left, 1.02), (right, 1.02)], colour=FAINT, thick=0.8)


def _threads(shown: RelationshipMap) -> str:
    """Why the account hangs on one thread (P-13)."""
    language = shown.language
    reasons = [said(f"thread_{code}", language, days=shown.window_days) for code in shown.threads]
    colon, between = (": ", "; ") if language == "en" else ("：", "；")
    return said("thread_title", language) + colon + between.join(reasons)


def _warning(canvas: Canvas, text: str, right: float, room: float) -> None:
    """A warning that ends at `right`, with its sign before it."""
    size, sign, y = 9.5, 0.26, 0.66
    taken = min(width_of(text, size), room - sign)
    x = right - taken - sign
    canvas.polygon([(x, y + 0.07), (x + 0.2, y + 0.07), (x + 0.1, y - 0.1)], fill=ORANGE)
    canvas.text(x + 0.1, y + 0.01, "!", 7, colour="white", across="center", strong=True)
    canvas.fitted(x + sign, y, text, size, taken, least=0.7)


def _layers(shown: RelationshipMap) -> str:
    """How many are on record as key and as general; the third layer is not people's (S3-4)."""
    language = shown.language
    counts = [
        (coded("layer", layer, language), sum(one.layer == layer for one in shown.people))
        for layer in ("key", "general")
    ]
    colon, between = (": ", ", ") if language == "en" else ("：", "、")
    told = between.join(f"{name} {n}" for name, n in counts if n)
    return said("layers", language) + colon + told if told else ""


def _between(shown: RelationshipMap) -> str:
    """The organisational layer: what holds between the two companies."""
    language = shown.language
    between = ", " if language == "en" else "、"
    told = [coded("relationship", shown.level, language)] if shown.level else []
    if shown.sponsors:
        told.append(said("between_sponsor", language, names=between.join(shown.sponsors)))
    if shown.agreements:
        told.append(said("between_contracts", language, names=between.join(shown.agreements)))
    if not told:
        told = [said("between_none", language)]
    colon = ": " if language == "en" else "："
    return said("map_between", language) + colon + "  ·  ".join(told)
