"""What a scanned code is, whatever scanner typed it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.kits.rules import ItemKind, Wanted, desk, missing, patterns, reading
from hoffice.kits.rules.desk import Facts
from hoffice.kits.rules.reading import Known, What

KNOWN = Known(
    tags={"SR-0412": 1, "ZY1": 5},
    boxes={"K00017-1": 2},
    places={"L00012": 3},
    serials={"ABC9": (4,), "TWIN": (6, 7)},
    models={"4012345678901": 8},
    goods={"5901234123457": 9},
    patterns=((8, "CN-#####"), (10, "*"), (11, "??????")),
)
GERMAN_KEYS = str.maketrans("yzYZ-_=+[]{}\\|;:'\"/?<>@#^&*()`~", "zyZYß?´`ü+Ü*#'öÖäÄ-_;:\"§&/()=^°")
"""What a German machine understands when a scanner presses American keys."""


@pytest.mark.parametrize(
    ("code", "what", "text", "number"),
    [
        ("SR-0412", What.ITEM, "SR-0412", 1),
        (" sr-0412\r\n", What.ITEM, "SR-0412", 1),
        ("]C1SR-0412", What.ITEM, "SR-0412", 1),
        ("https://h.example/geraete/g/SR-0412", What.ITEM, "SR-0412", 1),
        ("K00017-1", What.BOX, "K00017-1", 2),
        ("https://h.example/geraete/karton/K00017-1", What.BOX, "K00017-1", 2),
        ("K00099-1", What.BOX, "K00099-1", None),
        ("L00012", What.PLACE, "L00012", 3),
        ("L00099", What.PLACE, "L00099", None),
        ("abc9", What.SERIAL, "ABC9", 4),
        ("S/N: ABC9", What.SERIAL, "ABC9", 4),
        ("SABC9", What.SERIAL, "ABC9", 4),
        ("TWIN", What.SERIAL, "TWIN", None),
        ("4012345678901", What.MODEL, "4012345678901", 8),
        ("05901234123457", What.GOOD, "05901234123457", 9),
        ("4006381333931", What.ARTICLE, "4006381333931", None),
        ("4006381333932", What.UNKNOWN, "4006381333932", None),
        ("S/N: NEW77", What.NEW_SERIAL, "NEW77", None),
        ("https://maker.example/support/x", What.ADDRESS, "https://maker.example/support/x", None),
        ("HW-0001", What.UNKNOWN, "HW-0001", None),
        (" \x1d ", What.NOTHING, "", None),
    ],
)
def test_a_code_is_what_the_house_knows_it_as(
    code: str, what: What, text: str, number: int | None
) -> None:
    found = reading.read(code, KNOWN)

    assert (found.what, found.text, found.id) == (what, text, number)
    assert not found.is_put_right


@pytest.mark.parametrize(
    ("typed", "what", "text"),
    [
        ("SRß0412", What.ITEM, "SR-0412"),
        ("YZ1", What.ITEM, "ZY1"),
        ("httpsÖ--h.example-geraete-karton-K00017ß1", What.BOX, "K00017-1"),
        ("K00099ß1", What.BOX, "K00099-1"),
        ("K00017/1", What.BOX, "K00017-1"),  # the other way round
        ("+C1SRß0412", What.ITEM, "SR-0412"),
        ("CNß12345", What.UNKNOWN, "CN-12345"),
        ("HWß0001", What.UNKNOWN, "HW-0001"),
    ],
)
def test_a_scanner_with_the_wrong_keyboard_is_understood(typed: str, what: What, text: str) -> None:
    found = reading.read(typed, KNOWN)

    assert (found.what, found.text, found.is_put_right) == (what, text, True)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("typed", ["ÜÜÜ", "BÜRO-7", "GERÄT"])
def test_a_word_that_fingers_have_typed_is_not_put_right(typed: str, *, swapped: bool) -> None:
    found = reading.read(typed, Known(), swapped=swapped)

    assert (found.what, found.text, found.is_put_right) == (What.UNKNOWN, typed, False)


def test_y_and_z_alone_are_put_right_only_for_a_scanner_known_to_swap_them() -> None:
    assert reading.read("PCY7", KNOWN).text == "PCY7"
    assert reading.read("PCY7", KNOWN, swapped=True).text == "PCZ7"


@given(code=st.from_regex(r"[A-Z]{2,4}[-/_:]?[0-9]{3,8}", fullmatch=True))
def test_whatever_the_keyboard_a_known_tag_is_found(code: str) -> None:
    known = Known(tags={code: 1})

    for typed in (code, code.lower(), code.translate(GERMAN_KEYS)):
        assert set(known.tags) & reading.spellings(typed)
        assert reading.read(typed, known).id == 1


def test_a_number_that_looks_like_the_serials_of_a_model_names_it_the_strictest_first() -> None:
    assert reading.read("CN-12345", KNOWN).models == (8,)
    assert patterns.fitting("CN-12345", ((1, "@@-#####"), (2, "CN-#####"), (3, "*"))) == (2, 1)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("", "anything", True),
        ("CN-#####", "cn-00712", True),
        ("CN-#####", "CN-0071", False),
        ("@@##??", "AB12C3", True),
        ("@@##??", "A112C3", False),
        ("SN*", "SN", True),
        ("SN*", "XSN1", False),
        ("A.C", "ABC", False),
        ("####", "\u0661\u0662\u0663\u0664", False),  # digits of another script
    ],
)
def test_a_pattern_says_how_serial_numbers_look(pattern: str, text: str, *, fits: bool) -> None:
    assert patterns.fits(pattern, text) is fits


@given(
    wanted=st.lists(st.tuples(st.integers(1, 3), st.sampled_from(ItemKind)), max_size=5),
    last=st.lists(st.sampled_from(ItemKind), max_size=6),
    present=st.lists(st.sampled_from(ItemKind), max_size=12),
)
def test_every_device_of_a_desk_has_one_place_and_what_is_missing_is_said(
    wanted: list[tuple[int, ItemKind]], last: list[ItemKind], present: list[ItemKind]
) -> None:
    found = desk.places(
        [(count, Facts(kind)) for count, kind in wanted],
        [Facts(kind, model="as before") for kind in last],
        list(enumerate(present, 1)),
    )

    assert sorted(one.item_id for one in found if one.item_id) == list(range(1, len(present) + 1))
    lines = [Wanted(kind, count, 1) for count, kind in wanted]
    assert desk.short_of(found) == missing(lines, present)
    assert sum(not one.is_extra for one in found) == sum(count for count, _kind in wanted)
    empty = desk.next_empty(found)
    assert (empty is None) == (not missing(lines, present))


def test_the_last_desk_says_the_model_where_it_had_the_kind() -> None:
    screen, lamp = Facts(ItemKind.MONITOR, model="Dell"), Facts(ItemKind.LAMP, model="Ikea")

    found = desk.places([(2, Facts(ItemKind.MONITOR, model="usual"))], [screen, lamp], [])

    assert [one.facts.model for one in found] == ["Dell", "usual"]
    assert [(one.number, one.of) for one in found] == [(1, 2), (2, 2)]
