"""Labels for every paper: nothing overlaps, nothing leaves its label, every code is read."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.errors import Refused
from hoffice.kits import rules
from hoffice.kits.pdf import (
    BoxContents,
    BoxLabel,
    Content,
    ItemLabel,
    Label,
    LocationLabel,
    RunMark,
    contents_lists,
    label_commands,
    label_pages,
)
from hoffice.kits.pdf.design import laid
from hoffice.kits.pdf.marks import (
    LEAST_MODULE_MM,
    MM,
    QUIET,
    Bars,
    Glass,
    Square,
    Words,
    qr_modules,
)
from hoffice.kits.rules.labels import (
    A4_HEIGHT_MM,
    A4_WIDTH_MM,
    BY_KEY,
    FORMATS,
    LabelFormat,
    Labelled,
    item_address,
    location_address,
)
from hoffice.paper.words import speaks
from tests.kits import zpl_reading
from tests.paper import reading

MADE_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HOUSE = "https://homeoffice.nordlicht-kundenservice.example"
BOX = BoxLabel(
    number=12,
    of=12,
    personnel_number="PERSONALNUMMER-0000123456",
    tag="K00017-2",
    url=rules.box_address(HOUSE, "K00017-2"),
    name="Maximiliane-Charlotte Freifrau von Schmidt-Wesendonck-Łukaszewicz",
    place="01814 Bad Schandau-Kirnitzschtal am Elbsandsteingebirge",
    contents=tuple(f"{count} × Dockingstation mit Netzteil" for count in range(1, 9)),
    weight_kg=21.4,
    is_fragile=True,
    run=RunMark(3, "Transporter mit Hänger und langem Namen, Di., 24. November", stop=12),
)
TAG = "INVENTARNUMMER-2026-BERLIN-0000000001234"
ITEM = ItemLabel(
    TAG,
    item_address(HOUSE, TAG),
    "Dockingstation · Hewlett Packard Thunderbolt Dock G4 280 W mit Kombikabel",
    "SN12345678901234567890",
    "Nordlicht Kundenservice und Vertriebsgesellschaft mbH",
)
SHORT_ITEM = ItemLabel("HW-05001", item_address(HOUSE, "HW-05001"), "Laptop", "5CG0042XYZ", "Firma")
PLACE = LocationLabel(
    "L00012",
    location_address(HOUSE, "L00012"),
    "Platz 4.17 Großraumbüro Nord, Fensterseite hinten links",
    "Schreibtisch",
)
PAPERS = [paper for paper in FORMATS if not paper.is_zpl]
PRINTERS = [paper for paper in FORMATS if paper.is_zpl]


def key(paper: LabelFormat) -> str:
    return paper.key


def labels_for(paper: LabelFormat, *, full: bool = False) -> list[Label]:
    """A label of each kind that the paper holds; ``full`` fills a sheet of it."""
    kinds: list[Label] = [ITEM, SHORT_ITEM, PLACE]
    if Labelled.BOX in paper.holds:
        kinds = [BOX, replace(BOX, run=None, name=""), *kinds]
    return list(itertools.islice(itertools.cycle(kinds), paper.places)) if full else kinds


# --- the layout -----------------------------------------------------------------------------------


def assert_in_order(label: Label, paper: LabelFormat) -> None:
    """Every mark lies inside the label, no words or codes lie on each other, codes are large."""
    wide, high = paper.size(label.kind)
    plan = laid(label, wide, high, speaks("de"))
    marks = [mark for mark in plan.marks if isinstance(mark, Words | Square | Bars)]
    for mark in plan.marks:
        left, bottom, right, top = (side * plan.scale / MM for side in mark.box)
        assert left >= 1, mark
        assert bottom >= 1, mark
        assert right <= wide - 1 + 0.01, mark
        assert top <= high - 1, mark
    for one, other in itertools.combinations(marks, 2):
        assert not _touch(one.box, other.box), (one, other)
    for glass in (mark for mark in plan.marks if isinstance(mark, Glass)):
        outside = [mark for mark in marks if not _holds(glass.box, mark.box)]
        assert not any(_touch(glass.box, mark.box) for mark in outside)
    for square in (mark for mark in plan.marks if isinstance(mark, Square)):
        modules = qr_modules(square.content)
        assert modules
        size = square.size * plan.scale / MM / (modules + 2 * QUIET)
        assert size >= LEAST_MODULE_MM


def _touch(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    slack = 0.02
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


def _holds(outer: tuple[float, ...], inner: tuple[float, ...]) -> bool:
    return outer[0] <= inner[0] and inner[2] <= outer[2] and outer[1] <= inner[1] <= outer[3]


names = st.one_of(
    st.text(max_size=90),
    st.text(alphabet="ŁęşğIıäöüßWM-. ", max_size=90),
    st.sampled_from(["W" * 60, "i", "Ṩấ" * 20, "محمد الأحمد", "张伟", "-" * 40]),
)


@settings(max_examples=40, deadline=None)
@given(paper=st.sampled_from(FORMATS), name=names, other=names, run=st.integers(0, 9))
def test_the_longest_name_stays_on_its_label_and_off_its_code(
    paper: LabelFormat, name: str, other: str, run: int
) -> None:
    mark = RunMark(run, other, stop=run * 11) if run else None
    if Labelled.BOX in paper.holds:
        assert_in_order(
            replace(BOX, name=name, place=other, run=mark, contents=(other, name)), paper
        )
    assert_in_order(replace(ITEM, what=name, serial=other, firm=name), paper)
    assert_in_order(replace(PLACE, name=name, what=other), paper)


@pytest.mark.parametrize("paper", FORMATS, ids=key)
def test_each_label_is_in_order_on_each_paper(paper: LabelFormat) -> None:
    for label in labels_for(paper):
        assert_in_order(label, paper)


def test_a_name_that_fits_is_never_cut() -> None:
    for paper in FORMATS:
        if Labelled.BOX in paper.holds:
            plan = laid(BOX, *paper.size(Labelled.BOX), speaks("de"))
            told = " ".join(mark.text for mark in plan.marks if isinstance(mark, Words))
            assert BOX.name in told.replace("- ", "-"), paper.key
            assert BOX.personnel_number in told


# --- the codes ------------------------------------------------------------------------------------


def codes_on(page: pypdfium2.PdfPage, dpi: int = 200) -> list[tuple[str, str, float, float]]:
    """Every code of a page: kind, words, and its middle in millimetres from left and top."""
    picture = page.render(scale=dpi / 72).to_pil()
    return [
        (
            found.format.name,
            found.text,
            (found.position.top_left.x + found.position.bottom_right.x) / 2 / dpi * 25.4,
            (found.position.top_left.y + found.position.bottom_right.y) / 2 / dpi * 25.4,
        )
        for found in zxingcpp.read_barcodes(picture)
    ]


@pytest.mark.parametrize("paper", PAPERS, ids=key)
def test_every_code_of_a_full_sheet_is_read_and_lies_in_its_own_label(paper: LabelFormat) -> None:
    labels = labels_for(paper, full=paper.is_sheet)
    pdf = pypdfium2.PdfDocument(label_pages(labels, paper, made_at=MADE_AT))
    assert len(pdf) == (1 if paper.is_sheet else len(labels))

    found = [[one for one in codes_on(page) if one[0] == "QRCode"] for page in pdf]
    if paper.is_sheet:
        places = {_place_of(paper, x, y): text for _kind, text, x, y in found[0]}
        assert places == {number: label.url for number, label in enumerate(labels)}
    else:
        assert [[text for _kind, text, _x, _y in page] for page in found] == [
            [label.url] for label in labels
        ]


def _place_of(paper: LabelFormat, x: float, y: float) -> int | None:
    wide, high = paper.width, paper.height
    for place in range(paper.places):
        left, top = paper.corner(place)
        if left <= x <= left + wide and top <= y <= top + high:
            return place
    return None


def test_bars_are_read_where_there_is_room_for_them() -> None:
    told = {}
    for paper in PAPERS:
        pdf = pypdfium2.PdfDocument(label_pages([SHORT_ITEM], paper, made_at=MADE_AT))
        told[paper.key] = [text for kind, text, _x, _y in codes_on(pdf[0]) if kind == "Code128"]

    assert told.pop("5x13") == []
    assert all(found == ["HW-05001"] for found in told.values()), told


def test_sheets_lie_on_the_page_with_all_their_labels() -> None:
    for paper in (one for one in FORMATS if one.is_sheet):
        corners = [paper.corner(place) for place in range(paper.places)]
        assert len(set(corners)) == paper.places
        for left, top in corners:
            assert left >= 4
            assert top >= 4
            assert left + paper.width <= A4_WIDTH_MM - 4
            assert top + paper.height <= A4_HEIGHT_MM - 4


@pytest.mark.parametrize("tag", ["HW-05001", "HW 05/1", "ÄÖ-7", "A%20B", "#12", "K00017-2"])
def test_the_last_part_of_every_code_is_the_tag(tag: str) -> None:
    known = rules.tag_of(tag)

    assert rules.tag_of(item_address(HOUSE, known)) == known
    assert rules.tag_of(location_address(HOUSE + "/", known)) == known


def test_an_address_that_would_be_too_fine_gives_way_to_the_code() -> None:
    far = replace(
        SHORT_ITEM, url=item_address("https://" + "sehr-" * 40 + "lang.example", "HW-05001")
    )

    pdf = pypdfium2.PdfDocument(label_pages([far], BY_KEY["5x13"], made_at=MADE_AT))

    assert [text for _kind, text, _x, _y in codes_on(pdf[0])] == ["HW-05001"]


# --- the printer ----------------------------------------------------------------------------------

KNOWN_COMMANDS = {
    *("XA", "CI", "PW", "LL", "LH", "FW", "PQ", "FO", "FS", "FD", "FH", "FR"),
    *("A0", "BQ", "BY", "BC", "GB", "GF"),
}
EVIL = "^XA^FO0,0^GB9,9,9^FS~JR_5E^XZ\\& ~DG^CI0"


@pytest.mark.parametrize("paper", PRINTERS, ids=key)
def test_a_printer_gets_every_letter_and_no_command_from_a_name(paper: LabelFormat) -> None:
    wanted = "Ayşe Łukasiewicz-Größe Yıldız"
    evil = replace(BOX, name=EVIL, place=EVIL, contents=(EVIL,), run=RunMark(1, EVIL))
    item = replace(ITEM, tag="A^B~_5E", url="A^B~_5E", what=EVIL)

    good, bad, thing = zpl_reading.formats(
        label_commands([replace(BOX, name=wanted), evil, item], paper)
    )

    told = " ".join(field.words for field in good.fields)
    assert wanted in told.replace("- ", "-")
    assert "Halt 12" in told
    for format_ in (good, bad, thing):
        assert format_.names <= KNOWN_COMMANDS
    assert any("^XA^FO0,0^GB9,9,9^FS~JR_5E^XZ" in field.words for field in bad.fields)
    assert "MA,A^B~_5E" in [field.words for field in thing.fields]


@pytest.mark.parametrize("paper", PRINTERS, ids=key)
def test_a_printer_puts_everything_inside_its_label(paper: LabelFormat) -> None:
    labels = labels_for(paper)

    for label, format_ in zip(
        labels, zpl_reading.formats(label_commands(labels, paper)), strict=True
    ):
        wide, high = paper.size(label.kind)
        assert format_.width == round(wide * paper.dpi / 25.4)
        assert format_.length == round(high * paper.dpi / 25.4)
        for field in format_.fields:
            right, bottom = _reach(field, paper.dpi)
            assert right <= format_.width, field
            assert bottom <= format_.length, field


def _reach(field: zpl_reading.Field, dpi: int) -> tuple[int, int]:
    """The lower right corner of a field in dots; of words only the height is known."""
    commands = field.commands
    if "GB" in commands:
        wide, high, _thick = (int(part) for part in commands["GB"].split(","))
    elif "GF" in commands:
        _kind, total, _all, row, _bits = commands["GF"].split(",")
        wide, high = int(row) * 8, int(total) // int(row)
    elif "BQ" in commands:
        module = int(commands["BQ"].split(",")[2])
        assert module * 25.4 / dpi >= LEAST_MODULE_MM
        assert field.words.startswith("MA,")
        code = segno.make_qr(field.words[3:], error="m", boost_error=False)
        wide = high = len(code.matrix) * module
        high += 10
    elif "BC" in commands:
        wide, high = 0, int(commands["BC"].split(",")[1])
    else:
        high, letter = (int(part) for part in commands["A0"].split(",")[1:])
        wide = letter // 2 * len(field.words)
    return field.x + wide, field.y + high


# --- what is refused, and the rest ----------------------------------------------------------------


def test_boxes_do_not_go_on_labels_for_devices() -> None:
    with pytest.raises(Refused, match="too small for boxes"):
        label_pages([SHORT_ITEM, BOX], BY_KEY["5x13"], made_at=MADE_AT)


@pytest.mark.parametrize("paper", [BY_KEY["3x7"], BY_KEY["zpl203"]], ids=key)
def test_no_label_is_no_file(paper: LabelFormat) -> None:
    with pytest.raises(Refused):
        label_commands([], paper) if paper.is_zpl else label_pages([], paper, made_at=MADE_AT)


@pytest.mark.parametrize("key", ["roll", "3x7"])
def test_whose_property_a_device_is_stands_there_whole(key: str) -> None:
    label = replace(
        ITEM,
        tag="HW-05001",
        what="Headset, Hörwerk Duo, USB, beidohrig",
        serial="CN-0XYZ-12345-678",
        firm="Spreeruf Kundendialog GmbH",
    )
    wide, high = BY_KEY[key].size(label.kind)

    said = [
        mark.text for mark in laid(label, wide, high, speaks("de")).marks if isinstance(mark, Words)
    ]

    assert "Eigentum von Spreeruf Kundendialog GmbH" in " ".join(said)
    assert not [text for text in said if "…" in text]


def test_no_line_of_a_label_ends_in_a_separator_or_between_a_number_and_its_unit() -> None:
    cables = tuple(
        f"{count} × {name}"
        for count in (1, 12)
        for name in (
            "Netzwerkkabel 5 m",
            "HDMI-Kabel 2 m",
            "Monitor 24 Zoll",
            "Docking-Station 100 W",
            "Maus",
        )
    )
    label = replace(BOX, contents=cables)
    broken = []
    for paper in FORMATS:
        if Labelled.BOX in paper.holds:
            marks = laid(label, *paper.size(Labelled.BOX), speaks("de")).marks
            lines = [mark.text for mark in marks if isinstance(mark, Words)]
            broken += [one for one in lines if one.endswith("·")]
            broken += [
                one
                for one, later in itertools.pairwise(lines)
                if one[-1:].isdigit() and later.startswith(("m", "W", "Zoll"))
            ]

    assert broken == []


def test_the_foot_of_a_contents_list_of_several_boxes_names_none_of_the_others() -> None:
    boxes = [BoxContents(BOX, ()), BoxContents(replace(BOX, tag="K00099-9", number=2), ())]

    several = reading.reader(contents_lists(boxes, made_at=MADE_AT)).pages
    alone = reading.reader(contents_lists(boxes[:1], made_at=MADE_AT)).pages

    assert "K00099-9" not in several[0].extract_text()
    assert "Inhalt der Kartons" in several[0].extract_text()
    assert f"Inhalt von Karton {BOX.tag}" in alone[0].extract_text()


def test_a_contents_list_says_what_lies_in_each_box_and_can_be_read_aloud() -> None:
    lines = (
        Content("Laptop · Latitude 5540", "HW-05001", "5CG0042", "gut"),
        Content("HDMI-Kabel 2 m", count=3),
    )
    pdf = contents_lists(
        [BoxContents(BOX, lines, "Agent"), BoxContents(replace(BOX, number=2, name=""), ())],
        made_at=MADE_AT,
        firm="Nordlicht GmbH",
    )

    first, second = (" ".join(page.extract_text().split()) for page in reading.reader(pdf).pages)
    for words in ("Karton 12 von 12", "Maximiliane", "HW-05001", "5CG0042", "gut", "HDMI-Kabel"):
        assert words in first
    assert "Teile 4" in first
    assert "Der Karton ist leer." in second
    assert "Maximiliane" not in second
    half = reading.reader(contents_lists([BoxContents(BOX, lines)], made_at=MADE_AT, is_half=True))
    assert [round(float(side)) for side in half.pages[0].mediabox[2:]] == [420, 595]
    assert len(half.pages) == 1
    assert reading.roles(pdf)["TD"] >= 12
    assert reading.is_balanced(pdf)
    with io.BytesIO(pdf) as stream:
        assert BOX.url in [text for _k, text, _x, _y in codes_on(pypdfium2.PdfDocument(stream)[0])]


FIRMS = (
    "Spreeruf Kundendialog GmbH",
    "Nordlicht Kundenservice und Vertriebsgesellschaft mbH",
    "Brandenburgische Landesgesellschaft für Telekommunikationsdienste mbH & Co. KG",
)


@pytest.mark.parametrize("firm", FIRMS)
@pytest.mark.parametrize("paper", [one for one in FORMATS if one.key != "5x13"], ids=key)
def test_the_owner_of_a_device_is_named_whole_and_its_tag_stays_large(
    paper: LabelFormat, firm: str
) -> None:
    label = replace(SHORT_ITEM, what="PC · OptiLine 7010 Kompaktgehäuse mit Halterung", firm=firm)

    plan = laid(label, *paper.size(Labelled.ITEM), speaks("de"))

    words = [mark for mark in plan.marks if isinstance(mark, Words)]
    assert f"Eigentum von {firm}" in " ".join(mark.text for mark in words)
    [tag] = [mark for mark in words if mark.text == label.tag]
    assert tag.size >= 9
    assert min(mark.size for mark in words) >= 5.5
    assert_in_order(label, paper)


def test_a_long_tag_comes_before_the_name_of_the_owner() -> None:
    paper = BY_KEY["roll"]

    plan = laid(ITEM, *paper.size(Labelled.ITEM), speaks("de"))

    told = "".join(mark.text for mark in plan.marks if isinstance(mark, Words))
    assert TAG in told.replace(" ", "")
