"""One person's card on a relationship map: name, title, role, stance, coverage, who knows them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from bot.render.canvas import BLUE, GREY, INK, ORANGE, PAPER, SOFT, Canvas, width_of
from bot.render.drawings import Bond, Colleague, RelationshipMap, Stakeholder
from bot.render.forest import MARGIN
from bot.render.words import said

COLUMN, ROW = 1.74, 0.665
CARD_WIDTH, CARD_HEIGHT = COLUMN * (1 - 2 * MARGIN), 0.59
NAVY = "#1d3557"
_DECIDE = ("decision_maker", "economic_buyer", "champion")
STEPS = ("none", "brief", "multiple", "in_depth")
STANCES = ("mentor", "supporter", "neutral", "non_supporter", "enemy")
TONES = ((6, "#1d3557", "white"), (3, "#6f8fb3", "white"), (1, "#cfdcea", INK), (0, PAPER, SOFT))
"""Of who knows somebody: from how many days in touch on, the fill, the letters."""
_CHIP = 7.0
DASHED = (0, (2, 1.4))


class Names:
    """What colleagues are called on the cards: short, and each only once."""

    def __init__(self, ours: Iterable[Colleague]) -> None:
        self.of: dict[int, str] = {}
        taken: set[str] = set()
        for one in ours:
            short = next(name for name in _shorter(one.name) if name not in taken)
            taken.add(short)
            self.of[one.key] = short


def _shorter(name: str) -> Iterable[str]:
    """Short forms of a name, the shortest first; then numbered ones without end."""
    words = name.split() or ["?"]
    if any("\u4e00" <= one <= "\u9fff" for one in name):
        yield "".join(words)[:4]
    else:
        initials = "".join(word[0] for word in words).upper()
        yield initials[:3]
        yield words[0][0].upper() + words[-1][:2]
        yield words[0][:2] + words[-1][0].upper()
    number = 2
    while True:
        yield f"{words[0][0]}{words[-1][0]}{number}"
        number += 1


def card(
    canvas: Canvas, x: float, y: float, one: Stakeholder, names: Names, shown: RelationshipMap
) -> None:
    """Draws the card with its top left corner there."""
    blocks = one.role == "blocker" or (shown.inner and one.stance == "enemy")
    fill = "#fdf0e7" if blocks else PAPER
    frame(canvas, x, y, CARD_WIDTH, CARD_HEIGHT, one.layer, fill=fill, blocks=blocks)
    left, right = x + 0.1, x + CARD_WIDTH - 0.08
    if one.role:
        role(canvas, right - 0.09, y + 0.145, one.role, shown.language)
        right -= 0.26
    if shown.inner and one.stance:
        stance(canvas, left + 0.06, y + 0.14, one.stance)
        left += 0.19
    canvas.fitted(left, y + 0.14, one.name, 9.4, right - left, strong=True, least=0.72)
    left, right = x + 0.1, x + CARD_WIDTH - 0.08
    if shown.inner and one.coverage in STEPS:
        coverage(canvas, right - 0.1 - 0.035, y + 0.295, one.coverage)
        right -= 0.22
    canvas.fitted(left, y + 0.305, one.title, 7.6, right - left, colour=SOFT, least=0.85)
    _known_by(canvas, x + 0.1, y + 0.475, one, names, shown.language)


def frame(
    canvas: Canvas, x: float, y: float, width: float, height: float, layer: str | None,
    *, fill: str = PAPER, blocks: bool = False,
) -> None:  # fmt: skip
    """The frame says the layer: thick for key people, thin for general ones."""
    style, thick = {"key": ("-", 1.9), "organisational": ((0, (1, 1.2)), 1.4)}.get(
        layer or "", ("-", 0.8)
    )
    edge = ORANGE if blocks else NAVY if layer in ("key", "organisational") else "#9aa5b1"
    canvas.box(x, y, width, height, fill=fill, edge=edge, thick=thick, style=style, round_by=0.06)


def role(canvas: Canvas, x: float, y: float, code: str, language: str) -> None:
    """The role's letter on a disc; a blocker's on an octagon."""
    letter = _letter(code, language)
    if code == "blocker":
        near, far = 0.045, 0.11
        corners = [
            (-near, -far), (near, -far), (far, -near), (far, near),
            (near, far), (-near, far), (-far, near), (-far, -near),
        ]  # fmt: skip
        canvas.polygon([(x + dx, y + dy) for dx, dy in corners], fill=ORANGE)
        canvas.text(x, y + 0.005, letter, 7, colour="white", across="center", strong=True)
        return
    decides = code in _DECIDE
    canvas.disc(x, y, 0.1, fill=NAVY if decides else PAPER, edge=NAVY, thick=0.9)
    colour = "white" if decides else NAVY
    canvas.text(x, y + 0.005, letter, 7, colour=colour, across="center", strong=True)


@cache
def _letter(code: str, language: str) -> str:
    try:
        return said(f"letter_{code}", language)
    except KeyError:
        return code[:1].upper()


def stance(canvas: Canvas, x: float, y: float, code: str) -> None:
    """A shape: two arrows up for a mentor, one for a supporter, a bar, one or two down."""
    if code == "neutral":
        canvas.box(x - 0.06, y - 0.025, 0.12, 0.05, fill=GREY, layer=4)
        return
    up = code in ("mentor", "supporter")
    colour = BLUE if up else ORANGE
    way = -1 if up else 1
    middles = (-0.05, 0.05) if code in ("mentor", "enemy") else (0.0,)
    tall = 0.045 if len(middles) == 2 else 0.06
    for middle in middles:
        canvas.polygon(
            [
                (x - 0.07, y + middle - way * tall),
                (x + 0.07, y + middle - way * tall),
                (x, y + middle + way * tall),
            ],
            fill=colour,
        )


def coverage(canvas: Canvas, x: float, y: float, code: str) -> None:
    """Three squares one above the other, filled from below as far as the contact goes."""
    for number in range(3):
        full = 2 - number < STEPS.index(code)
        canvas.box(
            x, y + number * 0.075, 0.065, 0.058,
            fill=NAVY if full else PAPER, edge=NAVY if full else GREY, thick=0.6, layer=4,
        )  # fmt: skip


def _known_by(
    canvas: Canvas, x: float, y: float, one: Stakeholder, names: Names, language: str
) -> None:
    decides = one.role in _DECIDE
    room = x + CARD_WIDTH - 0.38
    if not one.bonds:
        colour = ORANGE if decides else SOFT
        canvas.text(x, y, said("nobody", language), _CHIP, colour=colour, strong=decides)
        return
    single = decides and len(one.bonds) == 1
    remark = said("single", language) if single else ""
    if remark:
        room -= width_of(remark, _CHIP) + 0.08
    shown = list(one.bonds)
    while len(shown) > 1 and x + _wide(shown, len(one.bonds), names, language) > room:
        shown.pop()
    for bond in shown:
        x += chip(canvas, x, y, names.of[bond.person], bond) + 0.05
    if len(shown) < len(one.bonds):
        more = said("more_of_ours", language, n=len(one.bonds) - len(shown))
        canvas.text(x, y, more, _CHIP, colour=SOFT)
    if remark:
        canvas.text(x + 0.03, y, remark, _CHIP, colour=ORANGE, strong=True)


def _wide(shown: list[Bond], of: int, names: Names, language: str) -> float:
    wide = sum(chip_width(names.of[bond.person], bond) + 0.05 for bond in shown)
    if len(shown) < of:
        wide += width_of(said("more_of_ours", language, n=of - len(shown)), _CHIP)
    return wide


def chip_width(name: str, bond: Bond) -> float:
    """How many inches a chip takes."""
    return width_of(_on_chip(name, bond), _CHIP) + 0.11


def chip(canvas: Canvas, x: float, y: float, name: str, bond: Bond) -> float:
    """One of ours with the days in touch, dashed where it is only assumed; its width."""
    wide = chip_width(name, bond)
    fill, ink = next((fill, ink) for least, fill, ink in TONES if bond.days >= least)
    style = "-" if bond.entered else DASHED
    edge = NAVY if bond.days else GREY
    canvas.box(
        x, y - 0.08, wide, 0.16, fill=fill, edge=edge, thick=0.7, style=style,
        round_by=0.05, layer=4,
    )  # fmt: skip
    canvas.text(x + wide / 2, y, _on_chip(name, bond), _CHIP, colour=ink, across="center")
    return wide


def _on_chip(name: str, bond: Bond) -> str:
    return f"{name} {bond.days}" if bond.days else name
