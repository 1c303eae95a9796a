"""Maps that a director would put on a slide: everybody on them, nothing on nothing."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from bot.render import relationship_map
from bot.render.canvas import Canvas, drawable
from bot.render.cards import Names
from bot.render.draw import drawn
from bot.render.drawings import Bond, Colleague, Picture, RelationshipMap, Stakeholder
from bot.render.forest import MARGIN, Line, Placed, arranged
from kam_knowledge.analysis.reporting_lines import reports

SLIDE_WIDTH = 13.33
CARD = 0.86
"""How much of a row a card fills, where nobody says otherwise."""
LEADS = {1: None, **dict.fromkeys(range(2, 10), 1)}


def a_map(count: int, language: str = "en", *, inner: bool = True) -> RelationshipMap:
    """An account of so many people: a head, eight departments, four people without a lead."""
    chance = random.Random(count)
    ours = tuple(Colleague(key, f"Person {chr(64 + key)}", "specialist") for key in range(1, 7))

    def person(key: int) -> Stakeholder:
        lead = LEADS.get(key) if key in LEADS or key > count - 4 else chance.randint(2, 13)
        bonds = tuple(
            Bond(one, chance.choice([0, 1, 4, 9]), chance.random() < 0.7)
            for one in chance.sample(range(1, 7), chance.choice([0, 1, 2, 3]))
        )
        name = f"王{chr(0x4E00 + key * 7)}{chr(0x5A00 + key)}" if language == "zh" else name_of(key)
        return Stakeholder(
            key,
            name,
            "技术部副总监" if language == "zh" else "Deputy Head of Operations, Asia Pacific",
            chance.choice(["decision_maker", "champion", "user", "blocker", None]),
            chance.choice(["mentor", "neutral", "enemy", None]) if inner else None,
            chance.choice(["none", "in_depth", None]) if inner else None,
            chance.choice(["key", "general", "organisational", None]),
            lead,
            bonds,
        )

    return RelationshipMap(
        "华东综合工业" if language == "zh" else "Synthetic Industries",
        date(2026, 11, 21),
        language,  # type: ignore[arg-type]
        180,
        tuple(person(key) for key in range(1, count + 1)),
        ours,
        inner,
        ("one_of_ours", "one_supporter"),
        "partner" if inner else None,
        ("Victor Osei",),
        ("Frame 2025",),
    )


def name_of(key: int) -> str:
    return f"Maximilian{key} van der Hohenstein-Berg" if key % 7 == 0 else f"Ann{key} Berg{key}"


def texts(canvas: Canvas) -> list[tuple[str, Bbox, float]]:
    """What is written, where (in dots) and how large (in points)."""
    canvas.figure.draw_without_rendering()
    return [
        (one.get_text(), one.get_window_extent(), float(one.get_fontsize()))
        for one in canvas.figure.findobj(Text)
        if one.get_text() and one.get_gid() != "again"
    ]


def overlapping(boxes: Iterable[tuple[str, Bbox, float]]) -> list[tuple[str, str]]:
    """Pairs of texts that stand on each other by more than a hair's breadth."""
    found = []
    for (one, a, _), (other, b, _) in combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        # The box of a line of text is higher than its letters.
        if wide > 1 and high > 0.35 * min(a.height, b.height):
            found.append((one, other))
    return found


@pytest.mark.parametrize(("count", "language"), [(5, "zh"), (40, "en"), (60, "zh"), (60, "en")])
def test_everybody_is_on_the_map_and_no_label_stands_on_another(count: int, language: str) -> None:
    shown = a_map(count, language)
    canvas = relationship_map.draw(shown)
    written = texts(canvas)
    said = [text for text, _, _ in written]
    for one in shown.people:
        assert any(text.startswith(one.name[:18].rstrip("…")) for text in said), one.name
    assert overlapping(written) == []
    sheet = canvas.figure.bbox
    for text, box, _ in written:
        assert sheet.x0 <= box.x0 <= box.x1 <= sheet.x1, text
        assert sheet.y0 <= box.y0 <= box.y1 <= sheet.y1, text


@pytest.mark.parametrize(("count", "least"), [(40, 6.5), (60, 5.5)])
def test_names_are_legible_when_the_map_is_shown_as_a_slide(count: int, least: float) -> None:
    shown = a_map(count)
    canvas = relationship_map.draw(shown)
    assert canvas.width / canvas.height == pytest.approx(16 / 9)
    short = {one.name for one in shown.people if len(one.name) < 20}
    sizes = [size for text, _, size in texts(canvas) if text in short]
    assert len(sizes) == len(short)
    assert min(sizes) * SLIDE_WIDTH / canvas.width >= least


def test_cards_stand_apart_and_below_their_leads() -> None:
    shown = a_map(60)
    below, roots = reports({one.key: one.reports_to for one in shown.people})
    forest = arranged(below, roots, lambda wide, high: max(wide, high))
    assert forest.cards.keys() == {one.key for one in shown.people}
    for one, other in combinations(forest.cards.values(), 2):
        assert abs(one.x - other.x) >= 1 - 1e-6 or abs(one.y - other.y) >= 1 - 1e-6
    for lead, people in below.items():
        assert all(forest.cards[key].y >= forest.cards[lead].y + 1 - 1e-6 for key in people)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.integers(1, 25), st.none() | st.integers(1, 30), min_size=1))
def test_whatever_the_records_say_of_leads_everybody_gets_a_place(
    leads: dict[int, int | None],
) -> None:
    below, roots = reports(leads)
    forest = arranged(below, roots, lambda wide, high: max(wide, high))
    assert forest.cards.keys() == leads.keys()
    places = sorted((place.y, place.x) for place in forest.cards.values())
    assert all(place.x >= 0 and place.y >= 0 for place in forest.cards.values())
    for (y0, x0), (y1, x1) in combinations(places, 2):
        assert abs(x0 - x1) >= 1 - 1e-6 or abs(y0 - y1) >= 1 - 1e-6

    for line in forest.lines:
        for place in forest.cards.values():
            assert not crosses(line, place), (line, place)


def crosses(line: Line, place: Placed) -> bool:
    """Whether a line goes through a card."""
    x0, x1 = sorted((line.x0, line.x1))
    y0, y1 = sorted((line.y0, line.y1))
    inside = 0.02
    return (
        x1 > place.x + MARGIN + inside
        and x0 < place.x + 1 - MARGIN - inside
        and y1 > place.y + inside
        and y0 < place.y + CARD - inside
    )


def test_a_circle_of_leads_is_opened() -> None:
    below, roots = reports({1: 2, 2: 3, 3: 1, 4: 4, 5: 99})
    assert roots == [1, 4, 5]
    assert below == {2: [1], 3: [2]} or below == {1: [3], 3: [2]}


def test_lines_end_at_cards() -> None:
    forest = arranged({1: [2, 3], 3: [4]}, [1], lambda wide, high: max(wide, high))
    assert forest.cards[1] == Placed(forest.cards[1].x, 0.0)
    assert all(line.x0 == line.x1 or line.y0 == line.y1 for line in forest.lines)


def test_colleagues_have_short_names_of_their_own() -> None:
    ours = [
        Colleague(1, "Li Na"),
        Colleague(2, "Lars Nord"),
        Colleague(3, "李娜"),
        Colleague(4, "L"),
    ]
    ours += [Colleague(5, "Liv Nagel"), Colleague(6, "Lotte Nagel")]
    short = Names(ours).of
    assert short[1] == "LN"
    assert short[3] == "李娜"
    assert len(set(short.values())) == 6


def test_what_no_font_can_draw_is_a_box_and_never_a_warning() -> None:
    assert drawable("華遠 吴总 Zoë – 50 %") == "華遠 吴总 Zoë – 50 %"
    assert drawable("line\nbreak \U00020bb7") == "line break □"


def test_a_map_is_drawn_as_png_and_as_svg_with_its_words() -> None:
    picture = Picture("map", "关系图：9 人", a_map(9, "zh"))
    assert drawn(picture).startswith(b"\x89PNG")
    svg = drawn(picture, "svg").decode()
    assert "关系图：9 人" in svg
    assert "<text" not in svg, "letters are outlines: whoever opens it needs no font"
    with pytest.raises(ValueError, match="jpg"):
        drawn(picture, "jpg")


def test_a_picture_is_the_same_after_it_was_kept() -> None:
    picture = Picture("map", "words", a_map(12))
    assert Picture.of_payload(picture.as_payload()) == picture


def test_without_rights_nothing_of_stance_or_coverage_is_explained() -> None:
    said = " ".join(text for text, _, _ in texts(relationship_map.draw(a_map(12, inner=False))))
    assert "mentor" not in said
    assert "in-depth" not in said
    assert "team only" in said
