"""A picture drawn: PNG for people who look at it, SVG for slides."""

from __future__ import annotations

from bot.render.canvas import Canvas
from bot.render.drawings import (
    HealthChart,
    Picture,
    RelationshipMap,
    RevenueChart,
    WhitespaceGrid,
)

KINDS = ("png", "svg")


def drawn(picture: Picture, kind: str = "png") -> bytes:
    """The picture as `png` or `svg`, with its description in the file.

    Raises ValueError for any other kind. Imports matplotlib.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is neither png nor svg")
    canvas = _canvas(picture)
    save = canvas.png if kind == "png" else canvas.svg
    return save(picture.name, picture.alt)


def _canvas(picture: Picture) -> Canvas:
    from bot.render import charts, relationship_map, whitespace_grid

    match picture.drawing:
        case RelationshipMap() as shown:
            return relationship_map.draw(shown)
        case RevenueChart() as shown:
            return charts.revenue(shown)
        case HealthChart() as shown:
            return charts.health(shown)
        case WhitespaceGrid() as shown:
            return whitespace_grid.draw(shown)
