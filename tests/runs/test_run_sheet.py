"""The crew's sheet works without any phone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.paper.draw import QR_MASK
from hoffice.runs.pdf import Pause, StopFacts, run_sheet
from tests.paper import reading
from tests.runs.papers import FIRST, LAST, RUN, START, boxes

FORM_CHARS = 500
"""The longest note about the access that the forms let in."""
RECTANGLE = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re")


def long_day(count: int) -> tuple[StopFacts, ...]:
    return tuple(
        replace(
            FIRST,
            position=n,
            name=f"Person {n:02d}",
            boxes=boxes(f"K-{n:04d}", 2),
            arrive_at=START + timedelta(minutes=20 * n),
            url=f"https://hoffice.example/unterwegs/halt/{n}",
        )
        for n in range(1, count + 1)
    )


def test_a_sheet_names_everything_a_crew_needs_at_the_door() -> None:
    text = reading.text(run_sheet(RUN))

    for words in ("Ayşe Şahin", "Sonnenallee 12, 12045 Berlin", "Telefon: 0170 1234567"):
        assert words in text
    for words in ("Zugang: 3. OG links, kein Aufzug, Klingel Groß", "Hund im Hof", "08:20"):
        assert words in text
    for words in ("Lieferung · zugesagt 08:00–10:00 · 15 Min.", "K-1002-1 (1 von 2)", "Tausch"):
        assert words in text
    for words in ("K-1002-2 (2 von 2) zerbrechlich", "zurück: K-0900-1 (1 von 1)"):
        assert words in text


def test_a_sheet_says_whose_run_it_is_and_how_much() -> None:
    text = reading.text(run_sheet(RUN))

    for words in ("VW Transporter · B-HO 2020", "Bülent Öztürk, Änne Weiß", "08:00–11:00"):
        assert words in text
    for words in ("Halte: 2, Kartons: 4, 31 km", "030 5550 112", "Notruf: 112", "Lager Mitte"):
        assert words in text


def test_without_a_number_of_the_office_there_is_a_line_to_write_it_on() -> None:
    text = reading.text(run_sheet(replace(RUN, office_phone="")))

    assert "Büro: Nummer eintragen" in text


def test_stops_breaks_and_the_way_home_stand_in_the_order_of_the_day() -> None:
    text = reading.text(run_sheet(RUN)).partition("08:00 Laden im Lager")[2]

    places = [
        text.index(words)
        for words in ("Ayşe Şahin", "08:50–09:20 Pause", "Łukasz", "11:00 Zurück im Lager")
    ]

    assert places == sorted(places)
    assert "Kartons zum Ausladen: 1" in text


def test_a_break_after_the_last_stop_is_not_lost() -> None:
    late = Pause(START + timedelta(minutes=140), START + timedelta(minutes=170))

    text = reading.text(run_sheet(replace(RUN, pauses=(late,))))

    assert text.index("Łukasz Kowalczyk") < text.index("10:20–10:50 Pause", text.index("Łukasz"))


def test_every_break_is_told_once_among_the_stops() -> None:
    pauses = tuple(
        Pause(START + timedelta(minutes=n), START + timedelta(minutes=n + 15))
        for n in (5, 20, 60, 110, 150)
    )

    text = reading.text(run_sheet(replace(RUN, pauses=pauses)))

    assert text.count("Pause ") == len(pauses)


def test_several_trips_say_where_the_van_loads_again() -> None:
    stops = (FIRST, replace(LAST, trip=2))

    text = reading.text(run_sheet(replace(RUN, stops=stops)))

    again = text.index("Zurück ins Lager, neu laden · Fuhre 2 von 2")
    assert text.index("08:00 Laden im Lager · Fuhre 1 von 2") < text.index("Ayşe Şahin") < again
    assert again < text.index("Łukasz Kowalczyk")
    assert "Fuhren: 2" in text


def test_each_trip_has_a_sketch_of_its_own() -> None:
    stops = tuple(replace(stop, trip=1 + (stop.position > 3)) for stop in long_day(6))

    text = reading.text(run_sheet(replace(RUN, stops=stops)))

    assert "Fuhre 1: Halte 1–3" in text
    assert "Fuhre 2: Halte 4–6" in text


def test_what_is_not_located_is_named_below_the_sketch() -> None:
    nowhere = replace(RUN, stops=(replace(FIRST, point=None), LAST))

    assert "Nicht auf der Skizze, weil nicht verortet: Halt 2" in reading.text(run_sheet(RUN))
    assert "Skizze" not in reading.text(run_sheet(nowhere))


def test_twenty_five_stops_repeat_the_head_and_count_the_pages() -> None:
    pages = reading.reader(run_sheet(replace(RUN, stops=long_day(25)))).pages

    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        words = page.extract_text()
        assert f"Seite {number} von" in words
        assert "030 5550 112" in words
        assert number == 1 or "Fahrt 2 · Bülent Öztürk · Änne Weiß" in words
    text = reading.text(run_sheet(replace(RUN, stops=long_day(25))))
    assert [n for n in range(1, 26) if f"Person {n:02d}" not in text] == []


def test_long_names_and_notes_are_printed_to_the_last_word() -> None:
    note = ("Bitte anrufen und im zweiten Hof warten, " * 20)[: FORM_CHARS - 5] + " Ende"
    name = "Maximiliane-Charlotte Freifrau von Hohenstein-Schillingsfürst zu Ganzhinten"
    stop = replace(FIRST, name=name, access=note, note=note)

    text = reading.text(run_sheet(replace(RUN, stops=(stop, LAST))))

    assert name in text
    assert text.count(" Ende") == 2


def test_nothing_that_is_read_on_the_way_is_smaller_than_ten_points() -> None:
    small: set[str] = set()

    def look(text: str, _cm: Any, _tm: Any, _font: Any, size: float) -> None:
        if size < 10 and text.strip():
            small.add(text.strip())

    for page in reading.reader(run_sheet(RUN)).pages:
        page.extract_text(visitor_text=look)

    foot = re.compile(r"(Seite \d+ von|\d+|Fahrtzettel .*|Fahrzettel .*|Dienstag.*|\W*)")
    assert {words for words in small if not foot.fullmatch(words)} == set()


@pytest.mark.parametrize("position", [1, 2])
def test_the_code_of_a_stop_leads_to_its_page_and_holds_no_name(position: int) -> None:
    url = f"https://hoffice.example/unterwegs/halt/{position}"
    pdf = run_sheet(replace(RUN, stops=long_day(2), depot=None))

    wanted = segno.make_qr(url, error="m", mask=QR_MASK).matrix

    assert [bytearray(row) for row in wanted] in codes(pdf)


def codes(pdf: bytes) -> list[list[bytearray]]:
    """Every QR code of the first page, read back from its rectangles."""
    contents: Any = reading.reader(pdf).pages[0].get_contents()
    found = []
    for piece in contents.get_data().split(b" BDC"):
        bars = [tuple(map(float, bar)) for bar in RECTANGLE.findall(piece)]
        if len(bars) < 100:
            continue
        step = bars[0][3]
        left = min(bar[0] for bar in bars)
        top = max(bar[1] for bar in bars)
        size = round(max(bar[0] + bar[2] - left for bar in bars) / step)
        matrix = [bytearray(size) for _ in range(size)]
        for x, y, width, _height in bars:
            start = round((x - left) / step)
            for column in range(start, start + round(width / step)):
                matrix[round((top - y) / step)][column] = 1
        found.append(matrix)
    return found


def test_each_picture_has_a_description_and_each_font_is_inside() -> None:
    pdf = run_sheet(RUN)
    alts = [str(e.get("/Alt", "")) for e in reading.elements(pdf) if e["/S"] == "/Figure"]

    assert "QR-Code von Halt 1" in alts
    assert "Skizze: vom Lager zu den Halten 1 und zurück" in alts
    assert "K-1002-1 (1 von 2), K-1002-2 (2 von 2) zerbrechlich" in alts
    assert reading.is_balanced(pdf)
    assert all(reading.fonts(pdf).values())


def test_a_stop_with_very_many_boxes_still_fits() -> None:
    moving = replace(RUN, stops=(replace(FIRST, boxes=boxes("K", 500)),))

    assert "477 weitere: siehe Ladeliste" in reading.text(run_sheet(moving))


def test_the_same_run_gives_the_same_bytes() -> None:
    assert run_sheet(RUN) == run_sheet(RUN)


@settings(max_examples=25, deadline=None)
@given(st.text(), st.text(max_size=3_000), st.text())
def test_any_words_fit_on_the_sheet(name: str, access: str, phone: str) -> None:
    stop = replace(
        FIRST, name=name, access=access, note=access, phone=phone, url=name, boxes=boxes(name, 40)
    )

    assert run_sheet(replace(RUN, name=name, stops=(stop, stop))).startswith(b"%PDF")


def test_the_widest_words_fit_on_the_sheet() -> None:
    wide = "W" * 3_000
    stop = replace(FIRST, name=wide, address=wide, access=wide, note=wide, boxes=boxes(wide, 40))

    assert run_sheet(replace(RUN, stops=(stop,))).startswith(b"%PDF")
