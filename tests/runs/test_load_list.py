"""What goes into the van first comes out last."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.runs.pdf import BoxFacts, Trip, VanFacts, load_list
from tests.paper import reading
from tests.runs.papers import FIRST, LAST, RUN, boxes


def test_the_last_stop_is_loaded_first() -> None:
    text = reading.text(load_list(RUN))

    places = [text.index(tag) for tag in ("K-1003-1", "K-1003-2", "K-1002-1", "K-1002-2")]

    assert places == sorted(places)
    assert "mit Halt 2 beginnen, ganz hinten" in text


def test_of_one_stop_the_heavy_go_below_and_what_breaks_on_top() -> None:
    mixed = (
        BoxFacts(1, 3, "glass", is_fragile=True, weight_g=20_000),
        BoxFacts(2, 3, "light", weight_g=3_000),
        BoxFacts(3, 3, "heavy", weight_g=15_000),
    )

    order = Trip(1, (replace(FIRST, boxes=mixed), LAST)).loading_order()

    assert [box.tag for _stop, box in order][2:] == ["heavy", "light", "glass"]


def test_every_line_names_box_person_part_and_what_to_mind() -> None:
    text = reading.text(load_list(RUN))

    assert "K-1003-2 Łukasz Kowalczyk 2 von 2 10 kg zerbrechlich, obenauf" in text


def test_the_sums_stand_beside_what_the_van_holds() -> None:
    alts = figures(load_list(RUN))

    assert {"Kartons: 4 von 6", "Liter: 240 von 4.300", "Kilogramm: 38 von 900"} <= alts
    assert "hineinpasst" not in reading.text(load_list(RUN))


def test_too_much_is_said_in_words() -> None:
    small = replace(RUN, van=VanFacts("Kleinwagen", boxes=3, litres=4300, kg=30))

    alts = figures(load_list(small))

    assert "Kartons: 4 von 3 · mehr, als hineinpasst" in alts
    assert "Kilogramm: 38 von 30 · mehr, als hineinpasst" in alts


def test_a_sum_with_gaps_says_so() -> None:
    unknown = replace(FIRST, boxes=(BoxFacts(1, 1, "K-1"),))

    text = reading.text(load_list(replace(RUN, stops=(unknown, LAST))))

    assert "Kartons ohne Maß oder Gewicht: 1" in text


def test_room_is_kept_for_what_comes_back() -> None:
    fetched = replace(FIRST, boxes=(), back=boxes("K-0800", 3))

    text = reading.text(load_list(replace(RUN, stops=(fetched, LAST))))

    assert "die zurückkommen: 4 (Halt 1–2); am vollsten sind es 5." in text


def test_each_trip_has_its_own_page_with_its_own_boxes() -> None:
    pages = reading.reader(load_list(replace(RUN, stops=(FIRST, replace(LAST, trip=2))))).pages

    first, second = (page.extract_text() for page in pages)

    assert "Fuhre 1 von 2" in first
    assert "K-1002-1" in first
    assert "K-1003-1" not in first
    assert "Fuhre 2 von 2" in second
    assert "K-1003-1" in second
    assert "sobald der Transporter von Halt 1 zurück ist" in second
    assert "Seite 2 von" in second


def test_a_long_list_repeats_its_head_and_names_every_box() -> None:
    pdf = load_list(replace(RUN, stops=(replace(FIRST, boxes=boxes("K", 120)),)))
    pages = [page.extract_text() for page in reading.reader(pdf).pages]

    assert len(pages) > 2
    assert all("Für wen" in page for page in pages if "K-" in page)
    text = reading.text(pdf)
    assert [n for n in range(1, 121) if f"K-{n} " not in text] == []
    assert "Alle Kartons (120) sind im Transporter" in text


def test_a_run_that_only_fetches_has_nothing_to_load() -> None:
    fetching = replace(RUN, stops=(replace(LAST, boxes=()),))

    assert "Nichts zu laden." in reading.text(load_list(fetching))
    assert "Nichts zu laden." in reading.text(load_list(replace(RUN, stops=())))


def figures(pdf: bytes) -> set[str]:
    return {str(e.get("/Alt", "")) for e in reading.elements(pdf) if e["/S"] == "/Figure"}


def test_the_paper_can_be_read_aloud() -> None:
    pdf = load_list(RUN)

    assert reading.roles(pdf)["TH"] == 8
    assert reading.is_balanced(pdf)
    assert all(reading.fonts(pdf).values())


@settings(max_examples=15, deadline=None)
@given(st.text(), st.text())
def test_any_words_fit_on_the_list(name: str, tag: str) -> None:
    stop = replace(FIRST, name=name, boxes=boxes(tag, 2))

    assert load_list(replace(RUN, name=name, stops=(stop,))).startswith(b"%PDF")
