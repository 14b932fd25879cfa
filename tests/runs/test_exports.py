"""Files about a run say enough for the crew, and no name of anybody who is visited."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from hoffice.runs import exports
from hoffice.runs.pdf import RunFacts
from hoffice.units import Point
from tests.runs.papers import FIRST, LAST, RUN, START

GPX = {"g": "http://www.topografix.com/GPX/1/1"}
PRIVATE = ("Ayşe", "Şahin", "Łukasz", "Kowalczyk", "Sonnenallee", "Kantstraße", "0170", "Groß")
LOCATED = replace(RUN, stops=(FIRST, replace(LAST, point=Point(52.507, 13.322))))


def event(facts: RunFacts) -> Any:
    """The one event of the file, read back."""
    [found] = Calendar.from_ical(exports.calendar_file(facts)).walk("VEVENT")
    return found


def test_the_event_begins_and_ends_with_the_run() -> None:
    found = event(RUN)

    assert found["DTSTART"].dt == START
    assert found["DTEND"].dt == START + timedelta(hours=3)
    assert b"\r\nDTSTART:20261124T070000Z\r\n" in exports.calendar_file(RUN)
    assert found["LOCATION"] == "Lager Mitte, Köpenicker Straße 99, 10179 Berlin"
    assert str(found["SUMMARY"]) == "Fahrt VW Transporter: Halte: 2"
    assert found["URL"] == "https://hoffice.example/unterwegs/3"


def test_the_event_lists_stops_and_breaks_by_number_and_postcode() -> None:
    assert str(event(RUN)["DESCRIPTION"]).split("\n") == [
        "08:20 · 1 · 12045 · Kartons: 2",
        "08:50–09:20 Pause",
        "09:50 · 2 · 10623 · Kartons: 3",
    ]


def test_a_later_file_is_a_later_version_of_the_same_event() -> None:
    early, late = event(RUN), event(replace(RUN, made_at=START + timedelta(hours=1)))

    assert early["UID"] == late["UID"] == "shift-7@hoffice.example"
    assert late["SEQUENCE"] == early["SEQUENCE"] + 60
    assert late["LAST-MODIFIED"].dt > early["LAST-MODIFIED"].dt
    assert early["DTSTAMP"].dt == START


def test_the_lines_of_a_calendar_end_and_fold_as_the_standard_says() -> None:
    long = replace(RUN, depot_name="Lager, Hof; hinten \\ links " * 7)

    written = exports.calendar_file(long)

    lines = written.split(b"\r\n")
    assert written.endswith(b"END:VCALENDAR\r\n")
    assert not any(b"\n" in line or len(line) > 75 for line in lines)
    assert str(event(long)["LOCATION"]).startswith("Lager, Hof; hinten \\ links Lager")


def test_the_night_of_the_clock_change_keeps_its_hours() -> None:
    short = replace(RUN, starts_at=START.replace(month=3, day=29, hour=0))

    assert event(replace(short, ends_at=short.starts_at + timedelta(hours=2)))[
        "DTEND"
    ].dt - short.starts_at == timedelta(hours=2)


@pytest.mark.parametrize("file", [exports.calendar_file, exports.track_file])
def test_files_for_foreign_phones_hold_no_name_street_or_phone(file: Any) -> None:
    written = file(LOCATED).replace(b"\r\n ", b"").decode()

    assert "12045" in written
    assert [word for word in PRIVATE if word in written] == []


def track(facts: RunFacts) -> ET.Element:
    return ET.fromstring(exports.track_file(facts))  # noqa: S314  # our own file


def test_the_track_leads_from_the_depot_over_the_stops_and_back() -> None:
    names = [name.text for name in track(LOCATED).findall("g:rte/g:rtept/g:name", GPX)]

    assert names == ["Lager", "1 · 12045", "2 · 10623", "Lager"]


def test_the_track_keeps_to_the_schema() -> None:
    root = track(LOCATED)

    assert root.tag == f"{{{GPX['g']}}}gpx"
    assert root.get("version") == "1.1"
    assert root.get("creator") == "hoffice"
    kinds = [child.tag.partition("}")[2] for child in root]
    assert kinds == ["metadata", "wpt", "wpt", "wpt", "rte"]
    assert [child.tag.partition("}")[2] for child in root[0]] == ["name", "time"]
    assert [child.tag.partition("}")[2] for child in root[-1]][:2] == ["name", "number"]
    stop = root.findall("g:wpt", GPX)[1]
    assert (stop.get("lat"), stop.get("lon")) == ("52.481000", "13.435000")
    assert root.findtext("g:metadata/g:time", namespaces=GPX) == "2026-11-24T07:00:00Z"


def test_each_trip_is_a_route_of_its_own() -> None:
    first, last = LOCATED.stops
    names = [
        name.text
        for name in track(replace(LOCATED, stops=(first, replace(last, trip=2)))).findall(
            "g:rte/g:name", GPX
        )
    ]

    assert names == ["Fahrt 2 · Fuhre 1", "Fahrt 2 · Fuhre 2"]


def test_what_is_not_located_is_left_out_of_the_track() -> None:
    assert len(track(RUN).findall("g:wpt", GPX)) == 2
    assert track(replace(RUN, depot=None, stops=(LAST,))).findall("g:rte/g:rtept", GPX) == []


@settings(max_examples=40, deadline=None)
@given(st.text(), st.text(max_size=8))
def test_any_words_make_files_that_can_be_read(name: str, postcode: str) -> None:
    facts = replace(LOCATED, name=name, depot_name=name, stops=(replace(FIRST, postcode=postcode),))

    assert track(facts).tag.endswith("gpx")
    assert event(facts)["UID"] == facts.uid
    assert exports.stops_table(facts).startswith(b"\xef\xbb\xbf")


def rows(facts: RunFacts) -> list[dict[str, str]]:
    text = exports.stops_table(facts).decode("utf-8-sig")
    separator = "," if facts.language == "en" else ";"
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def test_the_table_has_a_line_for_each_stop_in_order() -> None:
    first, last = rows(LOCATED)

    assert first["Halt"] == "1"
    assert first["Geplant"] == "08:20"
    assert first["Weiter"] == "08:35"
    assert first["Name"] == "Ayşe Şahin"
    assert first["Adresse"] == "Sonnenallee 12, 12045 Berlin"
    assert first["Telefon"] == "0170 1234567"
    assert first["Zugesagtes Fenster"] == "08:00–10:00"
    assert first["Kartonnummern"] == "K-1002-1, K-1002-2"
    assert last["Kartons zurück"] == "1"
    assert last["Besuch"] == "Tausch"
    assert last["Breitengrad"] == "52,507"


def test_a_name_that_looks_like_a_formula_stays_a_name() -> None:
    [row] = rows(replace(RUN, stops=(replace(FIRST, name='=HYPERLINK("x")', phone="+49 170"),)))

    assert row["Name"] == '\'=HYPERLINK("x")'
    assert row["Telefon"] == "'+49 170"


def test_in_english_the_table_is_separated_by_commas() -> None:
    assert rows(replace(RUN, language="en"))[0]["Planned"] == "08:20"


HERE = Point(52.481, 13.435)


def test_each_program_gets_the_place_in_its_own_words() -> None:
    links = {link.name: link.url for link in exports.links_to(HERE, "1 · 12045")}

    assert links == {
        "Map app of this phone": (
            "geo:52.481000,13.435000?q=52.481000,13.435000(1%20%C2%B7%2012045)"
        ),
        "Google Maps": (
            "https://www.google.com/maps/dir/?api=1&destination=52.481000,13.435000"
            "&travelmode=driving"
        ),
        "Apple Maps": "https://maps.apple.com/?daddr=52.481000,13.435000&dirflg=d",
        "OsmAnd": ("https://osmand.net/map?pin=52.481000,13.435000#17/52.481000/13.435000"),
    }


def test_only_the_app_of_the_phone_is_not_foreign() -> None:
    assert [link.is_foreign for link in exports.links_to(HERE)] == [False, True, True, True]


def test_a_link_never_breaks_out_of_its_label() -> None:
    geo = exports.links_to(HERE, "1)&x=<script>")[0].url

    assert geo.endswith("(1%29%26x%3D%3Cscript%3E)")


def test_a_whole_trip_leads_home_and_names_the_stops_in_order() -> None:
    [url] = exports.whole_trip((HERE, Point(52.5, 13.4)), Point(52.511, 13.42))

    asked = parse_qs(urlsplit(url).query)

    assert asked["destination"] == ["52.511000,13.420000"]
    assert asked["waypoints"] == ["52.481000,13.435000|52.500000,13.400000"]


@pytest.mark.parametrize(("stops", "links"), [(0, 0), (1, 1), (9, 1), (10, 2), (25, 3)])
def test_a_long_trip_is_cut_into_links_that_google_takes(stops: int, links: int) -> None:
    urls = exports.whole_trip([HERE] * stops, Point(52.511, 13.42))

    assert len(urls) == links
    for url in urls:
        between = parse_qs(urlsplit(url).query).get("waypoints", [""])[0]
        assert len(between.split("|")) <= 9
