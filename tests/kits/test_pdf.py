"""Labels for boxes, as the camera and the eye find them."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.errors import Refused
from hoffice.kits.pdf import BoxLabel, RunMark, label_pages
from hoffice.kits.rules.labels import FOR_BOXES
from tests.paper import reading

MADE_AT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
LABEL = BoxLabel(
    number=2,
    of=3,
    personnel_number="NK-1002",
    tag="K-1002-2",
    url="https://hoffice.example/k/1002-2",
    name="Ayşe Şahin",
    place="12045 Neukölln",
    contents=("Bildschirm", "Headset"),
    weight_kg=12.4,
    is_fragile=True,
    run=RunMark(2, "Fahrt 2", stop=3),
)


def test_a_label_says_whose_box_it_is_and_which_of_how_many() -> None:
    text = reading.text(label_pages([LABEL], FOR_BOXES, made_at=MADE_AT))

    for words in ("Ayşe Şahin", "NK-1002", "2 von 3", "K-1002-2", "12045 Neukölln", "12 kg"):
        assert words in text
    for words in ("Fahrt 2", "Halt 3", "Zerbrechlich", "Bildschirm, Headset"):
        assert words in text


def test_a_label_without_a_name_shows_the_number_only() -> None:
    text = reading.text(label_pages([replace(LABEL, name="")], FOR_BOXES, made_at=MADE_AT))

    assert "Ayşe" not in text
    assert text.count("NK-1002") == 1


def test_a_label_can_be_printed_before_there_is_a_run() -> None:
    label = replace(LABEL, run=None, is_fragile=False)

    text = reading.text(label_pages([label], FOR_BOXES, made_at=MADE_AT))

    assert "Fahrt" not in text
    assert "Zerbrechlich" not in text


def test_a_used_sheet_can_be_used_up() -> None:
    on_a_fresh_sheet = label_pages([LABEL] * FOR_BOXES.places, FOR_BOXES, made_at=MADE_AT)
    from_the_last_place = label_pages(
        [LABEL] * 2, FOR_BOXES, made_at=MADE_AT, first_place=FOR_BOXES.places
    )

    assert len(reading.reader(on_a_fresh_sheet).pages) == 1
    assert len(reading.reader(from_the_last_place).pages) == 2


def test_no_label_is_refused() -> None:
    with pytest.raises(Refused):
        label_pages([], FOR_BOXES, made_at=MADE_AT)


def test_the_same_labels_give_the_same_bytes() -> None:
    assert label_pages([LABEL], FOR_BOXES, made_at=MADE_AT) == label_pages(
        [LABEL], FOR_BOXES, made_at=MADE_AT
    )


def test_a_code_is_described_for_those_who_do_not_see_it() -> None:
    pdf = label_pages([LABEL, LABEL], FOR_BOXES, made_at=MADE_AT)

    alts = [e["/Alt"] for e in reading.elements(pdf) if e["/S"] == "/Figure"]

    assert alts == ["QR-Code von Karton K-1002-2"] * 2
    assert reading.is_balanced(pdf)
    assert all(reading.fonts(pdf).values())


def test_a_company_has_its_labels_in_two_seconds() -> None:
    started = time.process_time()

    pdf = label_pages([LABEL] * 140, FOR_BOXES, made_at=MADE_AT)

    assert time.process_time() - started < 2
    assert len(reading.reader(pdf).pages) == 18


@settings(max_examples=40, deadline=None)
@given(st.text(), st.text(), st.text(), st.integers(1, 40))
def test_any_name_fits_on_a_label(name: str, place: str, url: str, run: int) -> None:
    label = replace(LABEL, name=name, place=place, url=url, run=RunMark(run, name))

    assert label_pages([label], FOR_BOXES, made_at=MADE_AT, language="en").startswith(b"%PDF")
