"""Never silently wrong: whatever stands in the register, whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.places.addresses.spelling import street_key
from hoffice.places.rules import FINDING_TEXTS, Finding, Precision, metres_between, note_of
from hoffice.places.sources.entries import Entry
from hoffice.units import Point
from tests.places.cascade_scene import ask, findings, house, locate
from tests.places.memory import MemoryRegister

NAMES = ("Waldstraße", "Waldweg", "Wildstraße", "Seestr.", "Straße des 17. Juni", "Alte Gasse")
TOWNS = ("Berlin", "Potsdam", "")
NUMBERS = ("1", "1a", "2", "3/4", "5-9", "40", "")
ADDRESSES = st.builds(
    Entry,
    st.sampled_from(NAMES),
    st.sampled_from(NUMBERS),
    st.sampled_from(["12045", "12047", "14467", "15938", ""]),
    st.sampled_from(TOWNS),
    st.sampled_from(["", "Neukölln", "Zützen"]),
    st.none(),
    st.none(),
)


@dataclass(frozen=True)
class Scene:
    """A small register, some of its houses with points all over the country."""

    entries: tuple[Entry, ...]

    @property
    def register(self) -> MemoryRegister:
        """What can be asked."""
        return MemoryRegister(*self.entries, renamed=[("Alte Gasse", "Waldweg")])


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    entries = draw(st.lists(ADDRESSES, max_size=12))
    placed = [
        one._replace(lat=round(51 + n / 7, 6), lon=round(12 + n / 9, 6))
        if draw(st.booleans())
        else one
        for n, one in enumerate(entries)
    ]
    return Scene(tuple(placed))


ASKED = (
    st.sampled_from([*NAMES, "Neue Gasse", "Waldstr. ggü.", "Waldstraße 1, Potsdam", ""]),
    st.sampled_from([*NUMBERS, "4", "12", "0", "9999"]),
    st.sampled_from(["12045", "12047", "14467", "80331", "99999", "12", ""]),
    st.sampled_from([*TOWNS, "Neukölln", "Berlin-Mitte", "Castrop", "Wien, Österreich"]),
)


@settings(max_examples=300, deadline=None)
@given(scenes(), *ASKED)
def test_a_house_that_is_answered_is_the_one_that_was_asked_or_it_is_said(
    scene: Scene, street: str, number: str, postcode: str, city: str
) -> None:
    located = ask(scene.register, street, number, postcode, city)

    if located.precision is not Precision.HOUSE:
        return
    own = street_key(located.matched.partition(",")[0])
    wanted = street_key(f"{street.partition(',')[0]} {number}")
    told = {Finding.RENAMED, Finding.SUFFIX_UNKNOWN, Finding.FIRST_OF_RANGE}
    assert own.startswith(wanted) or wanted.startswith(own) or told & {*findings(located)}
    if postcode and postcode not in located.matched:
        assert {Finding.POSTCODE_REPAIRED, Finding.POSTCODE_UNKNOWN} & {*findings(located)}
    assert not located.is_question


@settings(max_examples=300, deadline=None)
@given(scenes(), *ASKED)
def test_every_answer_is_whole_and_can_be_told(
    scene: Scene, street: str, number: str, postcode: str, city: str
) -> None:
    located = ask(scene.register, street, number, postcode, city)

    assert (located.lat is None) == (located.lon is None) == (located.precision == "none")
    assert (located.radius_m is None) == (located.lat is None)
    assert located.is_question <= bool(located.candidates)
    assert len(set(findings(located))) == len(findings(located))
    for remark in located.remarks:
        assert FINDING_TEXTS[remark.finding] % remark.facts
        assert "" not in remark.facts.values()
    assert "{" not in note_of(located)
    if located.is_question:
        assert located.precision in {"postcode", "none"}
        assert located.matched == ""


@settings(max_examples=300, deadline=None)
@given(scenes(), st.sampled_from(NAMES), st.sampled_from(NUMBERS), st.sampled_from(["Berlin", ""]))
def test_what_is_there_twice_has_no_point_without_a_postcode(
    scene: Scene, street: str, number: str, city: str
) -> None:
    same = {
        (one.postcode, one.city)
        for one in scene.entries
        if street_key(one.street) == street_key(street)
        and one.housenumber == number
        and one.city == "Berlin"
    }

    located = ask(scene.register, street, number, "", city)

    if len(same) > 1:
        assert (located.lat, located.matched) == (None, "")
        assert located.is_question


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_wrong_letter_is_never_accepted(data: st.DataObject) -> None:
    scene = data.draw(scenes())
    name = data.draw(st.sampled_from(NAMES))
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from(["", *"aeinrstux"]))
    wrong = name[:place] + letter + name[place + data.draw(st.booleans()) :]
    real = {street_key(each) for each in NAMES}
    if street_key(wrong) in real:
        return

    located = ask(scene.register, wrong, "1", data.draw(st.sampled_from(["12045", ""])), "Berlin")

    assert located.matched == ""
    assert located.precision in {"postcode", "none"}


TEXT = st.one_of(st.text(max_size=30), st.sampled_from([*NAMES, *NUMBERS, "12045", "Berlin"]))


@settings(max_examples=300, deadline=None)
@given(scenes(), TEXT, TEXT, TEXT, TEXT)
def test_any_text_in_any_column_has_an_answer(
    scene: Scene, street: str, number: str, postcode: str, city: str
) -> None:
    located = ask(scene.register, street, number, postcode, city)

    assert (located.lat is None) == (located.lon is None) == (located.precision == "none")
    assert note_of(located) is not None


@settings(max_examples=200, deadline=None)
@given(scenes(), *ASKED)
def test_the_order_of_a_register_decides_nothing(
    scene: Scene, street: str, number: str, postcode: str, city: str
) -> None:
    there = ask(scene.register, street, number, postcode, city)
    back = ask(Scene(scene.entries[::-1]).register, street, number, postcode, city)

    assert (there.precision, set(findings(there))) == (back.precision, set(findings(back)))


def test_no_point_lies_far_from_its_street() -> None:
    entries = [house("Sonnenallee", str(n), at=(52.48 + n / 1e4, 13.43)) for n in range(1, 60, 7)]

    for number in range(1, 80):
        located = locate(entries, "Sonnenallee", str(number), "12045", "Berlin")
        if located.lat is not None and located.lon is not None:
            true = Point(52.48 + number / 1e4, 13.43)
            assert metres_between(Point(located.lat, located.lon), true) < 1_500
