"""The handover record tells what changed hands, and what did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.handover.pdf import (
    Answer,
    GateLine,
    HandoverFacts,
    ItemLine,
    Outcome,
    Override,
    Receipt,
    ReceiptLine,
    Signed,
    Visit,
    handover_record,
)
from hoffice.paper.sheet import Letterhead
from hoffice.paper.signing import Mark
from tests.paper import reading

AT = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
PC = ItemLine(Outcome.GIVEN, "Rechner", "HO-00123", "Esprimo D7012", "YM4X001234", "gut")
CRACKED = ItemLine(Outcome.DAMAGED, "Bildschirm", "HO-00126", note="Sprung links oben")
LOST = ItemLine(Outcome.MISSING, "Headset", "HO-00127")
RECORD = HandoverFacts(
    visit=Visit.DELIVERED,
    reference="Ü-17",
    letterhead=Letterhead("Nordlicht GmbH"),
    happened_at=AT,
    made_at=AT,
    person="Ayşe Şahin",
    personnel_number="NK-1002",
    address="Sonnenallee 12, 12045 Berlin",
    crew_name="Bülent Öztürk",
    items=(PC, CRACKED, LOST),
)


def test_every_item_stands_under_what_happened_to_it() -> None:
    text = reading.text(handover_record(RECORD))

    for words in (
        "Übergeben (1)",
        "Beschädigt (1)",
        "Fehlt (1)",
        "YM4X001234",
        "Sprung links oben",
    ):
        assert words in text
    assert text.index("HO-00123") < text.index("HO-00126") < text.index("HO-00127")
    assert "Zurückgenommen" not in text


def test_a_visit_without_any_item_says_so() -> None:
    assert "Es wurde nichts übergeben." in reading.text(handover_record(replace(RECORD, items=())))


def test_each_kind_of_visit_has_its_title() -> None:
    titles = {
        visit: reading.reader(handover_record(replace(RECORD, visit=visit))).metadata
        for visit in Visit
    }

    assert [about.title for about in titles.values() if about] == [
        "Übergabeprotokoll",
        "Rückgabeprotokoll",
        "Tauschprotokoll",
    ]


def test_a_signature_at_the_door_is_drawn_and_named() -> None:
    strokes = (((0.1, 0.5), (0.5, 0.2), (0.9, 0.8)),)
    signed = replace(RECORD, person_signed=Signed(Mark("Ayşe Şahin", strokes), AT))

    pdf = handover_record(signed)

    alts = [str(e.get("/Alt", "")) for e in reading.elements(pdf) if e["/S"] == "/Figure"]
    assert alts == ["Unterschrift von Ayşe Şahin"]
    text = reading.text(pdf)
    assert "24.11.2026, 10:12:00 MEZ (einfache elektronische Signatur)" in text
    assert "Ort, Datum, Unterschrift" in text


def test_the_employee_answers_item_by_item() -> None:
    receipt = Receipt(
        AT + timedelta(days=1),
        (
            ReceiptLine("Rechner", "HO-00123", Answer.HERE),
            ReceiptLine("Bildschirm", "HO-00126", Answer.DEFECTIVE, "flackert"),
            ReceiptLine("Headset", "HO-00127", Answer.NOT_HERE),
        ),
    )

    text = reading.text(handover_record(replace(RECORD, receipt=receipt)))

    for words in ("da und funktioniert", "da, aber defekt", "flackert", "nicht da"):
        assert words in text


def test_the_gates_stand_as_they_stood_at_the_release() -> None:
    record = replace(
        RECORD,
        gates=(GateLine("Adresse", is_open=True), GateLine("Auftraggeber", is_open=False)),
        released_at=AT,
        overrides=(Override("Auftraggeber", "Brief ist unterwegs", ("K. Groß", "J. Weiß"), AT),),
        equipped_since=date(2026, 11, 24),
    )

    text = reading.text(handover_record(record))

    for words in ("erfüllt", "nicht erfüllt", "Freigegeben am 24.11.2026", "Brief ist unterwegs"):
        assert words in text
    assert "durch K. Groß und J. Weiß" in text
    assert "Häuslicher Arbeitsplatz eingerichtet seit 24. November 2026" in text


def test_a_large_kit_goes_on_over_pages() -> None:
    pdf = handover_record(replace(RECORD, items=(PC,) * 120))

    assert len(reading.reader(pdf).pages) > 2
    assert reading.roles(pdf)["TR"] == 121 + 4
    assert reading.is_balanced(pdf)
    assert all(reading.fonts(pdf).values())


def test_the_same_visit_gives_the_same_bytes() -> None:
    assert handover_record(RECORD) == handover_record(RECORD)


@settings(max_examples=25, deadline=None)
@given(st.text(), st.text(max_size=3_000))
def test_any_words_fit_on_the_record(name: str, note: str) -> None:
    item = ItemLine(Outcome.GIVEN, name, name, note, name, note, note)
    record = replace(RECORD, person=name, address=note, note=note, items=(item, item))

    assert handover_record(record).startswith(b"%PDF")
