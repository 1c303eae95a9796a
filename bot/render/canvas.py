"""A sheet to draw on: inches from the top left corner, one font for both languages.

Nothing of matplotlib's global state (pyplot, rcParams) is used: several threads may draw at once.
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

INK, SOFT, FAINT, PAPER = "#1b2733", "#5b6773", "#c3cad1", "#ffffff"
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#8a949e"
"""Okabe and Ito's colours: told apart by colour-blind people too, and never used alone."""
DPI, WIDEST = 200, 3_200
"""Dots an inch, and dots across at most."""
POINT = 1 / 72
_FONTS = ("Noto Sans SC", "DejaVu Sans")
"""The first has Latin and Chinese; matplotlib's own is asked for what it lacks."""
_MISSING = "\u25a1"
_REGISTERING = threading.Lock()


class Canvas:
    """One picture while it is drawn. `width` and `height` are inches; y grows downwards."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width, self.height = width, height
        self.dpi = min(DPI, WIDEST / width)
        self.figure = Figure(figsize=(width, height), dpi=self.dpi, facecolor=PAPER)
        FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.axis("off")
        self._left, self._top, self._scale = 0.0, 0.0, 1.0

    @contextmanager
    def scaled(self, x: float, y: float, scale: float) -> Iterator[Canvas]:
        """Meanwhile places are counted from there, and all is so much larger."""
        before = self._left, self._top, self._scale
        self._left, self._top, self._scale = x, y, scale
        try:
            yield self
        finally:
            self._left, self._top, self._scale = before

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self._left + x * self._scale, self._top + y * self._scale

    def text(
        self,
        x: float,
        y: float,
        said: str,
        size: float,
        *,
        colour: str = INK,
        across: str = "left",
        strong: bool = False,
        layer: int = 5,
    ) -> None:
        """A line of text whose middle is at that height; nothing for no text."""
        if not said:
            return
        size *= self._scale
        left, top = self._at(x, y)
        # The font has one weight: what is strong is drawn twice, a hair's breadth apart.
        apart = (0.0,) if not strong else (-size * POINT / 70, size * POINT / 70)
        for number, moved in enumerate(apart):
            drawn = self.axes.text(
                left + moved,
                top,
                drawable(said),
                fontproperties=_font(size),
                color=colour,
                ha=across,
                va="center_baseline",
                parse_math=False,
                zorder=layer,
            )
            drawn.set_gid("again" if number else None)

    def fitted(
        self,
        x: float,
        y: float,
        said: str,
        size: float,
        room: float,
        *,
        least: float = 0.8,
        **how: Any,
    ) -> None:
        """The text in so many inches: smaller by down to `least`, then cut with an ellipsis."""
        wide = width_of(said, size)
        if wide > room:
            smaller = max(least, room / wide)
            size *= smaller
            said = _cut(said, size, room)
        self.text(x, y, said, size, **how)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        edge: str = "none",
        thick: float = 1.0,
        style: Any = "-",
        round_by: float = 0.0,
        layer: int = 2,
    ) -> None:
        """A rectangle, its corners rounded by so many inches."""
        from matplotlib.patches import FancyBboxPatch, Rectangle

        how: dict[str, Any] = {
            "facecolor": fill, "edgecolor": edge, "linewidth": thick * self._scale,
            "linestyle": style, "zorder": layer,
        }  # fmt: skip
        corner, width, height = self._at(x, y), width * self._scale, height * self._scale
        if round_by:
            shape = f"round,pad=0,rounding_size={round_by * self._scale}"
            self.axes.add_artist(FancyBboxPatch(corner, width, height, boxstyle=shape, **how))
        else:
            self.axes.add_artist(Rectangle(corner, width, height, **how))

    def polygon(
        self, corners: Sequence[tuple[float, float]], *, fill: str, edge: str = "none",
        thick: float = 0.8, layer: int = 4,
    ) -> None:  # fmt: skip
        """A closed shape."""
        from matplotlib.patches import Polygon

        self.axes.add_artist(
            Polygon(
                [self._at(x, y) for x, y in corners],
                closed=True,
                facecolor=fill,
                edgecolor=edge,
                linewidth=thick * self._scale,
                zorder=layer,
                joinstyle="round",
            )
        )

    def disc(
        self, x: float, y: float, radius: float, *, fill: str, edge: str = "none",
        thick: float = 0.8, layer: int = 4,
    ) -> None:  # fmt: skip
        """A disc, or a ring."""
        from matplotlib.patches import Circle

        self.axes.add_artist(
            Circle(
                self._at(x, y),
                radius * self._scale,
                facecolor=fill,
                edgecolor=edge,
                linewidth=thick * self._scale,
                zorder=layer,
            )
        )

    def line(
        self, points: Sequence[tuple[float, float]], *, colour: str = SOFT, thick: float = 1.0,
        style: str = "-", layer: int = 1,
    ) -> None:  # fmt: skip
        """A line through the points."""
        from matplotlib.lines import Line2D

        placed = [self._at(x, y) for x, y in points]
        self.axes.add_line(
            Line2D(
                [x for x, _ in placed],
                [y for _, y in placed],
                color=colour,
                linewidth=thick * self._scale,
                linestyle=style,
                zorder=layer,
                solid_capstyle="round",
                solid_joinstyle="round",
            )
        )

    def png(self, title: str, alt: str) -> bytes:
        """The picture as PNG, with its words in the file."""
        return self._saved("png", {"Title": title, "Description": alt})

    def svg(self, title: str, alt: str) -> bytes:
        """The picture as SVG, its letters as outlines: whoever opens it needs no font."""
        return self._saved("svg", {"Title": title, "Description": alt, "Date": None})

    def _saved(self, kind: str, metadata: dict[str, str | None]) -> bytes:
        out = io.BytesIO()
        self.figure.savefig(out, format=kind, dpi=self.dpi, metadata=metadata)
        return out.getvalue()


def width_of(said: str, size: float) -> float:
    """How many inches a text takes."""
    return _units(drawable(said)) * size / _SIZE


_SIZE = 40.0


@lru_cache(maxsize=4_000)
def _units(said: str) -> float:
    """The inches that a text takes at `_SIZE` points."""
    if not said:
        return 0.0
    from matplotlib.backends.backend_agg import RendererAgg

    renderer = RendererAgg(8, 8, 72)
    wide, _, _ = renderer.get_text_width_height_descent(said, _font(_SIZE), ismath=False)
    return float(wide) * POINT


def _cut(said: str, size: float, room: float) -> str:
    if width_of(said, size) <= room:
        return said
    kept = said
    while kept and width_of(kept.rstrip() + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def drawable(said: str) -> str:
    """The text on one line, with a box in the place of what no font of ours can draw."""
    line = " ".join(said.split())
    known = _characters()
    if all(ord(one) in known for one in line):
        return line
    return "".join(one if ord(one) in known else _MISSING for one in line if one.isprintable())


@cache
def _characters() -> frozenset[int]:
    """What our fonts can draw."""
    from matplotlib import font_manager

    _registered()
    found: set[int] = set()
    for name in _FONTS:
        path = font_manager.findfont(
            font_manager.FontProperties(family=name), fallback_to_default=False
        )
        found |= set(font_manager.get_font(path).get_charmap())
    return frozenset(found)


def _font(size: float) -> Any:
    from matplotlib.font_manager import FontProperties

    _registered()
    return FontProperties(family=list(_FONTS), size=size)


def _registered() -> None:
    """Makes the Chinese font known to matplotlib, once a process.

    The package that carries it is not imported: it would change matplotlib's settings.
    """
    with _REGISTERING:
        _register()


@cache
def _register() -> None:
    from matplotlib import font_manager

    # It complains of every font of the machine that it cannot read; ours come with packages.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    font_manager.fontManager.addfont(font_file())


@cache
def font_file() -> Path:
    """Noto Sans SC (SIL Open Font License), as the package `zhplot` carries it."""
    found = find_spec("zhplot")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("zhplot, which carries the Chinese font, is not installed")
    return Path(found.submodule_search_locations[0]) / "fonts" / "NotoSansSC-Regular.ttf"
