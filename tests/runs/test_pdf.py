"""The driver's sheet works without any phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.paper.sheet import Letterhead
from hoffice.runs.pdf import BoxFacts, RunFacts, StopFacts, Visit, run_sheet
from hoffice.units import Point, Window
from tests.paper import reading

START = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def boxes(tag: str, count: int) -> tuple[BoxFacts, ...]:
    return tuple(BoxFacts(n + 1, count, f"{tag}-{n + 1}", is_fragile=n == 1) for n in range(count))


FIRST = StopFacts(
    position=1,
    visit=Visit.DELIVER,
    arrive_at=START + timedelta(minutes=20),
    name="Ayşe Şahin",
    address="Sonnenallee 12, 12045 Berlin",
    window=Window(480, 600),
    phone="0170 1234567",
    access="3. OG links, kein Aufzug, Klingel Groß",
    boxes=boxes("K-1002", 2),
    minutes=15,
    url="https://hoffice.example/d/1",
    point=Point(52.481, 13.435),
)
LAST = StopFacts(
    position=2,
    visit=Visit.SWAP,
    arrive_at=START + timedelta(minutes=80),
    name="Łukasz Kowalczyk",
    address="Kantstraße 3, 10623 Berlin",
    boxes=boxes("K-1003", 2),
    boxes_back=1,
)
RUN = RunFacts(
    number=2,
    name="Fahrt 2",
    on=date(2026, 11, 24),
    van="VW Transporter",
    crew=("Bülent Öztürk", "Änne Weiß"),
    letterhead=Letterhead("Nordlicht GmbH"),
    depot_name="Köpenicker Straße 99",
    starts_at=START,
    ends_at=START + timedelta(hours=3),
    stops=(FIRST, LAST),
    made_at=START,
    depot=Point(52.511, 13.42),
    kilometres=31.4,
    emergency_phone="030 5550 112",
)


def test_a_sheet_names_everything_a_driver_needs_at_the_door() -> None:
    text = reading.text(run_sheet(RUN))

    for words in ("Ayşe Şahin", "Sonnenallee 12", "0170 1234567", "kein Aufzug", "Klingel Groß"):
        assert words in text
    for words in ("08:20 · Lieferung · 15 Min. · zugesagt 08:00–10:00", "Karton 1 von 2"):
        assert words in text
    for words in ("Tausch", "1 zurück", "Halte: 2, Kartons: 4, 31 km", "030 5550 112"):
        assert words in text


def test_the_stops_stand_in_their_order() -> None:
    text = reading.text(run_sheet(RUN))

    assert text.index("Ayşe Şahin") < text.index("Łukasz Kowalczyk")


def test_the_last_page_loads_the_last_stop_first() -> None:
    page = reading.reader(run_sheet(RUN)).pages[-1].extract_text()

    places = [page.index(tag) for tag in ("K-1003-1", "K-1003-2", "K-1002-1", "K-1002-2")]

    assert places == sorted(places)
    assert "Letzter Halt zuerst" in page


def test_what_is_not_located_is_named_below_the_sketch() -> None:
    nowhere = replace(RUN, stops=(replace(FIRST, point=None), LAST))

    assert "Nicht auf der Skizze, weil nicht verortet: Halt 2" in reading.text(run_sheet(RUN))
    assert "Skizze" not in reading.text(run_sheet(nowhere))


def test_a_run_that_only_fetches_has_nothing_to_load() -> None:
    fetching = replace(RUN, stops=(replace(LAST, boxes=()),))

    assert "Nichts zu laden." in reading.text(run_sheet(fetching))


def test_each_stop_has_its_code_with_a_description() -> None:
    pdf = run_sheet(RUN)
    alts = [str(e.get("/Alt", "")) for e in reading.elements(pdf) if e["/S"] == "/Figure"]

    assert "QR-Code von Halt 1" in alts
    assert "Karton 1 von 2, Karton 2 von 2, 1 zurück" in alts
    assert reading.is_balanced(pdf)
    assert all(reading.fonts(pdf).values())


def test_a_stop_with_very_many_boxes_still_fits() -> None:
    moving = replace(RUN, stops=(replace(FIRST, boxes=boxes("K", 500)),))

    text = reading.text(run_sheet(moving))

    assert "+ 401" in text
    assert "K-500" in text


def test_the_same_run_gives_the_same_bytes() -> None:
    assert run_sheet(RUN) == run_sheet(RUN)


@settings(max_examples=25, deadline=None)
@given(st.text(), st.text(max_size=3_000), st.text())
def test_any_words_fit_on_the_sheet(name: str, access: str, phone: str) -> None:
    stop = replace(FIRST, name=name, access=access, note=access, phone=phone, url=name)

    assert run_sheet(replace(RUN, name=name, stops=(stop, stop))).startswith(b"%PDF")
