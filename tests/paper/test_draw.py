"""Things on paper that are no words."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.paper import draw, fonts, look
from hoffice.paper.sketch import Sketch, Spot, sketch
from hoffice.paper.tags import About, TaggedCanvas
from hoffice.units import Point
from tests.paper import reading

ABOUT = About("Bild", "Nordlicht", "de", datetime(2026, 11, 21, tzinfo=UTC))
BERLIN = Point(52.511, 13.42)


def drawn(drawing: Callable[[TaggedCanvas], None]) -> str:
    """The code of a page with this drawing only."""
    target = BytesIO()
    canvas = TaggedCanvas(target, ABOUT)
    with canvas.artifact():
        drawing(canvas)
    canvas.save()
    contents = reading.reader(target.getvalue()).pages[0].get_contents()
    assert contents is not None
    return contents.get_data().decode("latin-1")


def moves(code: str) -> list[tuple[float, float]]:
    """Where the pen goes."""
    found = re.findall(r"(-?[\d.]+) (-?[\d.]+) [ml]\b", code)
    return [(float(x), float(y)) for x, y in found]


def test_the_fonts_are_the_ones_we_know() -> None:
    known = json.loads((fonts.FOLDER / "VERSIONS.json").read_text(encoding="utf-8"))["files"]
    there = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in fonts.FOLDER.iterdir()
        if file.name != "VERSIONS.json"
    }

    assert there == known


def test_a_text_is_cut_where_the_room_ends() -> None:
    assert fonts.fitted("kurz", fonts.REGULAR, 10, 100) == "kurz"
    cut = fonts.fitted("Müllerstein " * 9, fonts.REGULAR, 10, 100)
    assert cut.endswith("…")
    assert fonts.width(cut, fonts.REGULAR, 10) <= 100


def test_a_code_draws_every_dark_module_once() -> None:
    code = draw_code("https://hoffice.example/k/1")
    dark = sum(map(sum, segno.make_qr("https://hoffice.example/k/1", error="m", mask=2).matrix))

    assert round(sum(code)) == dark


def draw_code(content: str) -> list[float]:
    """The widths of the rectangles of a code, in modules."""
    modules = len(segno.make_qr(content, error="m", mask=2).matrix) + 4
    code = drawn(lambda canvas: draw.qr(canvas, content, 0, 0, modules))
    return [float(width) for width in re.findall(r"([\d.]+) [\d.]+ re\b", code)]


@given(st.text(max_size=2_000))
@settings(max_examples=30, deadline=None)
def test_any_content_makes_a_code(content: str) -> None:
    assert " re" in drawn(lambda canvas: draw.qr(canvas, content, 0, 0, 50))


@given(
    st.lists(st.lists(st.tuples(st.floats(), st.floats()), max_size=8).map(tuple), max_size=5).map(
        tuple
    )
)
@settings(max_examples=40, deadline=None)
def test_any_stroke_stays_in_its_box(strokes: tuple[tuple[tuple[float, float], ...], ...]) -> None:
    code = drawn(lambda canvas: draw.signature(canvas, strokes, 100, 40))

    for x, y in moves(code):
        assert 0 <= x <= 100.2
        assert 0 <= y <= 40.2


def test_a_single_point_is_a_dot_and_a_flood_of_points_is_cut() -> None:
    dot = drawn(lambda canvas: draw.signature(canvas, [((0.5, 0.5),)], 100, 40))
    flood = drawn(
        lambda canvas: draw.signature(canvas, [((0.1, 0.1), (0.9, 0.9)) * 50_000], 100, 40)
    )

    assert (50, 20) in moves(dot)
    assert len(moves(dot)) == 2
    assert len(moves(flood)) == draw.POINTS


@pytest.mark.parametrize(
    "points",
    [
        [BERLIN],
        [BERLIN, BERLIN, BERLIN],
        [Point(52.4, 13.05), Point(52.54, 13.58)],
        [Point(-33.9, 151.2), Point(89.9, 0.0)],
    ],
)
def test_a_sketch_stays_in_its_frame(points: list[Point]) -> None:
    run = Sketch(1, BERLIN, tuple(Spot(str(n), p) for n, p in enumerate(points)))

    code = without_ground(drawn(lambda canvas: sketch(canvas, run, 400, 150)))

    assert moves(code)
    for x, y in moves(code):
        assert 0 <= x <= 400
        assert 0 <= y <= 150


def without_ground(code: str) -> str:
    """What is drawn over the ground; the ground itself is cut at the frame (``W``)."""
    before, after = re.split(r"\bW\*?\s", code, maxsplit=1)
    return before + after.partition("\nQ")[2]


def test_under_a_sketch_lies_the_drawn_ground_where_there_is_one() -> None:
    here = Sketch(1, BERLIN, (Spot("1", Point(52.48, 13.45)),))
    far = Sketch(1, Point(-33.9, 151.2), (Spot("1", Point(-33.8, 151.1)),))

    code = drawn(lambda canvas: sketch(canvas, here, 400, 150))
    bare = drawn(lambda canvas: sketch(canvas, far, 400, 150))

    assert len(moves(code)) - len(moves(without_ground(code))) > 50
    assert len(moves(bare)) - len(moves(without_ground(bare))) < 10


def test_an_arrow_shows_the_order_on_each_straight_leg() -> None:
    straight = Sketch(1, BERLIN, (Spot("1", Point(52.48, 13.45)),))
    by_road = replace(straight, route=straight.line())

    code = drawn(lambda canvas: sketch(canvas, straight, 400, 150))
    bare = drawn(lambda canvas: sketch(canvas, by_road, 400, 150))

    assert len(moves(code)) - len(moves(bare)) == 6


@given(
    st.lists(st.builds(Point, st.floats(-89, 89), st.floats(-180, 180)), min_size=1, max_size=12)
)
@settings(max_examples=30, deadline=None)
def test_any_places_make_a_sketch(points: list[Point]) -> None:
    run = Sketch(3, points[0], tuple(Spot(str(n), p) for n, p in enumerate(points)), tuple(points))

    assert drawn(lambda canvas: sketch(canvas, run, 400, 150))


def _marker(run: int, canvas: TaggedCanvas) -> None:
    draw.marker(canvas, 50, 50, 20, run, colour=look.INK)


def test_runs_are_told_apart_by_shape() -> None:
    shapes = {drawn(partial(_marker, run)) for run in range(1, 9)}

    assert len(shapes) == 4
