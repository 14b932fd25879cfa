"""Taking addresses into the register: all of a file or nothing, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice.audit.models import AuditLine
from hoffice.db import db, unit_of_work
from hoffice.errors import NotFound, Refused
from hoffice.factory import create_app
from hoffice.places import queries
from hoffice.places.models import RegisterEdition, RegisterHouse, RegisterSource, RegisterStreet
from hoffice.places.queries import DatabaseRegister
from hoffice.places.rules import House
from hoffice.places.service import register
from hoffice.places.service.locating import HouseGeocoder
from hoffice.places.service.register import Report
from hoffice.places.sources.entries import OFFICIAL, TABLE, WITHOUT_POINTS, Entry, Origin
from hoffice.settings import Settings
from hoffice.units import Actor

BY = Actor.system()
BERLIN = Origin("table", "berlin", "Geoportal Berlin", OFFICIAL, city="Berlin")
OSM = Origin("osm", "osm", "© OpenStreetMap contributors", 20)
LIST = Origin("table", "list", "", TABLE)
BARE = Origin("table", "berlin-register", "", WITHOUT_POINTS, city="Berlin")
HERE, THERE = (52.481201, 13.435602), (52.441203, 13.505604)


def house(
    street: str = "Sonnenallee",
    number: str = "112",
    postcode: str = "12045",
    *,
    city: str = "Berlin",
    district: str = "Neukölln",
    at: tuple[float, float] | None = HERE,
) -> Entry:
    lat, lon = at or (None, None)
    return Entry(street, number, postcode, city, district, lat, lon)


def street_of(count: int, name: str = "Lange Straße") -> list[Entry]:
    return [house(name, str(number)) for number in range(1, count + 1)]


def take_in(
    entries: Sequence[Entry],
    origin: Origin = BERLIN,
    *,
    size: int = 1000,
    may_shrink: bool = False,
) -> Report:
    """An import as the command does it: a transaction each to begin, for each piece, to finish."""
    with unit_of_work():
        edition = register.begin(origin, ["file.csv"], by=BY)
    for piece in register.chunks(entries, size):
        with unit_of_work():
            register.add(edition, piece)
    with unit_of_work():
        return register.finish(edition, by=BY, may_shrink=may_shrink)


def seen() -> dict[str, House]:
    """Every house that can be found at this moment, by street, postcode and number."""
    now = DatabaseRegister()
    found = {
        f"{street.name} {one.number}, {street.postcode}": one
        for key in list(now.keys())
        for street in now.streets(key)
        for one in now.houses(street.id)
    }
    db.session.rollback()
    return found


def count(model: type[RegisterHouse | RegisterStreet | RegisterEdition | RegisterSource]) -> int:
    rows = db.session.scalar(select(func.count()).select_from(model))
    db.session.rollback()
    return rows or 0


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_an_import_is_found_when_it_is_finished_and_reported() -> None:
    report = take_in([house(), house(number="112 A", at=None), house("Seestr.", "1", "13347")])

    assert report == Report("berlin", houses=3, points=2, before=0, streets=2)
    assert seen() == {
        "Sonnenallee 112, 12045": House("112", *HERE, "berlin"),
        "Sonnenallee 112a, 12045": House("112a", None, None, "berlin"),
        "Seestr. 1, 13347": House("1", *HERE, "berlin"),
    }


def test_importing_again_doubles_nothing() -> None:
    entries = [*street_of(30), house(), house()]
    first = take_in(entries)

    again = take_in(entries)

    assert (first.houses, again.houses, again.before) == (31, 31, 31)
    assert (count(RegisterHouse), count(RegisterStreet), count(RegisterSource)) == (31, 2, 1)


def test_a_new_edition_takes_away_what_is_gone_and_moves_what_has_moved() -> None:
    take_in([house(), house("Altes Gässchen", "1"), house(number="114")])

    take_in([house(at=THERE), house(number="114")])

    assert seen().keys() == {"Sonnenallee 112, 12045", "Sonnenallee 114, 12045"}
    assert seen()["Sonnenallee 112, 12045"] == House("112", *THERE, "berlin")
    assert count(RegisterStreet) == 1


@pytest.mark.parametrize("size", [1, 1000])
def test_a_house_named_twice_is_one_house_with_the_first_point(size: int) -> None:
    entries = [
        house(at=None),
        house("SONNENALLEE", "112 ", at=HERE),
        house("Sonnen-Allee", "0112", at=THERE),
        house(at=None),
    ]

    report = take_in(entries, size=size)

    assert (report.houses, report.points) == (1, 1)
    assert seen()["Sonnenallee 112, 12045"].lat in {HERE[0], THERE[0]}


def test_whole_chunks_of_the_same_house_are_one_house() -> None:
    report = take_in([house(at=HERE if n % 2 else None) for n in range(2_500)], size=1_000)

    assert (report.houses, report.points) == (1, 1)


def test_more_streets_than_one_statement_takes_are_all_taken() -> None:
    entries = [house(f"Weg Nummer {n}", "1") for n in range(1, 1_234)]

    assert take_in(entries, size=1_000).streets == 1_233
    assert len(seen()) == 1_233


def test_a_street_without_letters_is_left_out() -> None:
    assert take_in([house("😀"), house()]).houses == 1


def test_a_square_without_a_number_is_an_address() -> None:
    report = take_in([house("Pappelplatz", "", "10115", at=THERE), house()])

    assert report == Report("berlin", houses=2, points=2, before=0, streets=2)
    assert seen()["Pappelplatz , 10115"] == House("", *THERE, "berlin")


def test_nothing_is_seen_while_an_import_is_under_way(settings: Settings) -> None:
    take_in([house(at=HERE)])
    other = create_app(settings)

    with unit_of_work():
        edition = register.begin(BERLIN, ["new.csv"], by=BY)
    with unit_of_work():
        register.add(edition, [house(at=THERE), house("Neuer Weg", "1")])

    with other.app_context():
        assert seen() == {"Sonnenallee 112, 12045": House("112", *HERE, "berlin")}
        assert "neuerweg" not in list(DatabaseRegister().keys())
        db.session.remove()
        db.engine.dispose()
    with unit_of_work():
        register.finish(edition, by=BY)
    assert len(seen()) == 2


class Unplugged(BaseException):
    """Somebody pulled the plug, or pressed Ctrl-C."""


def add_all(edition: register.Edition, entries: Iterable[Entry]) -> None:
    for piece in register.chunks(entries, 10):
        with unit_of_work():
            register.add(edition, piece)


def broken(entries: Sequence[Entry], after: int, error: BaseException) -> Iterator[Entry]:
    yield from entries[:after]
    raise error


@pytest.mark.parametrize(
    ("error", "after"), [(Refused("cut"), 25), (KeyboardInterrupt(), 15), (Unplugged(), 0)]
)
def test_a_file_that_breaks_off_changes_nothing(error: BaseException, after: int) -> None:
    take_in(street_of(30))
    before = seen()

    with unit_of_work():
        edition = register.begin(BERLIN, ["half.csv"], by=BY)
    with pytest.raises(type(error)):
        add_all(edition, broken(street_of(30, "Neue Straße"), after, error))
    with unit_of_work():
        register.give_up(edition)

    assert seen() == before
    assert count(RegisterHouse) == 30


def test_an_import_that_was_killed_is_swept_by_the_next() -> None:
    take_in(street_of(30))
    with unit_of_work():
        killed = register.begin(BERLIN, ["killed.csv"], by=BY)
    with unit_of_work():
        register.add(killed, street_of(20, "Neue Straße"))

    assert len(seen()) == 30
    take_in(street_of(30))

    assert len(seen()) == 30
    assert (count(RegisterHouse), count(RegisterStreet)) == (30, 1)


def test_houses_are_swept_without_being_read(queries: list[str]) -> None:
    take_in(street_of(30))
    queries.clear()

    take_in(street_of(30))

    swept = [statement for statement in queries if "DELETE FROM register_" in statement]
    assert swept
    assert not [statement for statement in swept if "RETURNING" in statement]


def test_half_of_the_addresses_are_a_cut_file() -> None:
    take_in(street_of(30))
    before = seen()

    with pytest.raises(Refused, match=r"14 addresses.*berlin.*30.*cut.*--may-shrink"):
        take_in(street_of(14))

    assert seen() == before


def test_it_may_shrink_when_somebody_says_so() -> None:
    take_in(street_of(30))

    assert take_in(street_of(15)).before == 30
    assert take_in(street_of(2), may_shrink=True).houses == 2
    assert len(seen()) == 2


def test_nothing_is_never_an_import() -> None:
    take_in(street_of(3))

    for may_shrink in (False, True):
        with pytest.raises(Refused, match="no usable address"):
            take_in([], may_shrink=may_shrink)

    assert len(seen()) == 3


# --- several sources ---------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(BERLIN, OSM), (OSM, BERLIN)])
def test_of_two_sources_the_better_point_wins_whoever_came_first(order: tuple[Origin, ...]) -> None:
    at = {"berlin": HERE, "osm": THERE}
    for origin in order:
        take_in([house(at=at[origin.name])], origin)

    assert seen() == {"Sonnenallee 112, 12045": House("112", *HERE, "berlin")}
    assert count(RegisterStreet) == 1


@pytest.mark.parametrize("order", [(BERLIN, OSM), (OSM, BERLIN)])
def test_any_point_is_better_than_none(order: tuple[Origin, ...]) -> None:
    at = {"berlin": None, "osm": THERE}
    for origin in order:
        take_in([house(at=at[origin.name])], origin)

    assert seen() == {"Sonnenallee 112, 12045": House("112", *THERE, "osm")}


@pytest.mark.parametrize("order", [(BARE, LIST), (LIST, BARE)])
@pytest.mark.parametrize("city", ["Berlin", ""])
def test_a_list_without_town_and_district_speaks_of_the_official_house(
    order: tuple[Origin, ...], city: str
) -> None:
    rows = {
        "berlin-register": [house(at=None), house(number="114", at=None)],
        "list": [house(city="", district="", at=THERE)],
    }
    for origin in order:
        take_in(rows[origin.name], origin)

    located = HouseGeocoder().locate("Sonnenallee", "112", "12045", city)

    assert (located.lat, located.lon, located.provider) == (*THERE, "list")
    assert located.matched == "Sonnenallee 112, 12045 Berlin"
    assert located.remarks == ()


def test_a_list_without_district_finds_the_district_that_has_the_number() -> None:
    take_in(
        [
            house(number="1", district="Neukölln", at=None),
            house(number="2", district="Britz", at=None),
        ],
        BARE,
    )

    take_in([house(number="2", district="", at=THERE), house(number="3", district="")], LIST)

    now = DatabaseRegister()
    by_district = {one.district: one.id for one in now.streets("sonnenallee")}
    assert now.house(by_district["Britz"], "2") == House("2", *THERE, "list")
    assert now.house(by_district["Neukölln"], "2") is None
    assert by_district.keys() == {"Neukölln", "Britz"}


def test_a_new_edition_of_one_source_leaves_the_other_alone() -> None:
    take_in([house(), house("Nur hier", "1")], BERLIN)
    take_in([house(at=THERE), house("Nur dort", "1")], OSM)

    take_in([house(number="114")], BERLIN)

    assert seen().keys() == {
        "Sonnenallee 112, 12045",
        "Sonnenallee 114, 12045",
        "Nur dort 1, 12045",
    }


def test_a_source_is_removed_with_all_it_brought_and_nothing_else() -> None:
    take_in([house(), house("Nur hier", "1")], BERLIN)
    take_in([house(at=THERE), house("Nur dort", "1")], OSM)

    with unit_of_work():
        register.remove_source("osm", by=BY)

    assert seen() == {
        "Sonnenallee 112, 12045": House("112", *HERE, "berlin"),
        "Nur hier 1, 12045": House("1", *HERE, "berlin"),
    }
    assert [source.name for source in queries.sources()] == ["berlin"]
    assert (count(RegisterHouse), count(RegisterStreet), count(RegisterEdition)) == (2, 2, 1)


def test_a_source_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(NotFound, match="no source “osm”"), unit_of_work():
        register.remove_source("osm", by=BY)


def test_a_source_tells_its_words_and_rank_anew_with_each_import() -> None:
    take_in([house()], LIST)

    take_in([house()], replace(LIST, credit="CC BY 4.0", rank=5))

    source = queries.source_named("list")
    assert source is not None
    assert (source.credit, source.rank) == ("CC BY 4.0", 5)


def test_an_import_that_breaks_off_leaves_words_and_rank_of_its_source_as_they_were() -> None:
    take_in([house()], LIST)

    with unit_of_work():
        wrong = register.begin(replace(LIST, credit="nobody", rank=1), ["wrong.csv"], by=BY)
    with unit_of_work():
        register.give_up(wrong)

    source = queries.source_named("list")
    assert source is not None
    assert (source.credit, source.rank) == (LIST.credit, LIST.rank)


# --- two at it at once -------------------------------------------------------------------------


def test_of_two_imports_of_one_source_at_once_the_later_one_counts_whole() -> None:
    with unit_of_work():
        early = register.begin(BERLIN, ["early.csv"], by=BY)
    with unit_of_work():
        register.add(early, street_of(20))
    with unit_of_work():
        late = register.begin(BERLIN, ["late.csv"], by=BY)
    with unit_of_work():
        register.add(late, street_of(10))
    with unit_of_work():
        register.add(early, [house()])

    with pytest.raises(Refused, match="begun since"), unit_of_work():
        register.finish(early, by=BY)
    with unit_of_work():
        register.give_up(early)
    assert seen() == {}
    with unit_of_work():
        register.add(late, street_of(20)[10:])
    with unit_of_work():
        report = register.finish(late, by=BY)

    assert report.houses == 20
    assert len(seen()) == 20


def test_streets_that_vanish_meanwhile_are_taken_in_anew() -> None:
    take_in([house("Fremde Straße", "1"), house("Andere Straße", "1")], OSM)
    with unit_of_work():
        edition = register.begin(BERLIN, ["file.csv"], by=BY)

    with unit_of_work():
        register.remove_source("osm", by=BY)
    take_in([house("Ganz andere Straße", "7")], LIST)
    with unit_of_work():
        register.add(edition, [house("Fremde Straße", "1")])
    with unit_of_work():
        register.finish(edition, by=BY)

    assert seen().keys() == {"Fremde Straße 1, 12045", "Ganz andere Straße 7, 12045"}


def at_once(app: Flask, *deeds: Callable[[], object]) -> None:
    """Do each in a transaction of its own, all of them together; the first error comes out."""
    ready = Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        with app.app_context(), unit_of_work():
            if db.engine.dialect.name == "postgresql":  # on SQLite the second waits to begin
                ready.wait(60)
            deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        for done in [threads.submit(do, deed) for deed in deeds]:
            done.result()


def test_two_sources_with_the_same_new_streets_are_taken_in_at_once(app: Flask) -> None:
    streets = [house(f"Neue {number}. Gasse", "1") for number in range(5_000)]
    with unit_of_work():
        one = register.begin(LIST, ["one.csv"], by=BY)
    with unit_of_work():
        other = register.begin(OSM, ["other.csv"], by=BY)

    at_once(
        app,
        lambda: register.add(one, streets),
        lambda: register.add(other, streets[::-1]),
    )

    assert (count(RegisterStreet), count(RegisterHouse)) == (5_000, 10_000)


def test_a_street_that_one_source_lets_go_while_another_takes_it_up_stays(app: Flask) -> None:
    streets = [house(f"Alte {number}. Gasse", "1") for number in range(2_000)]
    take_in(streets, LIST)
    with unit_of_work():
        other = register.begin(OSM, ["other.csv"], by=BY)
    with unit_of_work():
        smaller = register.begin(LIST, ["smaller.csv"], by=BY)
    with unit_of_work():
        register.add(smaller, streets[:1])

    at_once(
        app,
        lambda: register.add(other, streets),
        lambda: register.finish(smaller, by=BY, may_shrink=True),
    )
    with unit_of_work():
        register.finish(other, by=BY)

    assert len(seen()) == 2_000


def test_an_import_whose_source_is_removed_meanwhile_writes_into_no_other() -> None:
    with unit_of_work():
        lost = register.begin(LIST, ["lost.csv"], by=BY)
    with unit_of_work():
        register.remove_source("list", by=BY)
    with unit_of_work():
        other = register.begin(OSM, ["other.csv"], by=BY)
    with unit_of_work():
        register.add(other, [house()])

    with pytest.raises(Refused, match="taken out"), unit_of_work():
        register.add(lost, street_of(20))
    with pytest.raises(Refused, match="taken out"), unit_of_work():
        register.finish(lost, by=BY)
    with unit_of_work():
        register.give_up(lost)
    with unit_of_work():
        assert register.finish(other, by=BY).houses == 1


def test_another_process_sees_a_new_edition_at_once(settings: Settings) -> None:
    take_in([house()])
    other = create_app(settings)
    with other.app_context():
        assert seen().keys() == {"Sonnenallee 112, 12045"}

    take_in([house("Neuer Weg", "1")])

    with other.app_context():
        assert seen().keys() == {"Neuer Weg 1, 12045"}
        db.engine.dispose()


def test_another_process_sees_another_source_that_was_put_in_its_place(settings: Settings) -> None:
    take_in([house("Alter Weg", "1")], OSM)
    other = create_app(settings)
    with other.app_context():
        assert seen().keys() == {"Alter Weg 1, 12045"}

    with unit_of_work():
        register.remove_source("osm", by=BY)
    take_in([house("Neuer Weg", "1")], BERLIN)

    with other.app_context():
        assert seen().keys() == {"Neuer Weg 1, 12045"}
        db.engine.dispose()


def test_another_process_sees_a_renamed_street(settings: Settings) -> None:
    take_in([house("Neue Gasse", "5")])
    other = create_app(settings)
    with other.app_context():
        assert not HouseGeocoder().locate("Alte Gasse", "5", "12045", "Berlin").matched
        db.session.rollback()

    with unit_of_work():
        register.rename_street("Alte Gasse", "Neue Gasse", by=BY)

    with other.app_context():
        located = HouseGeocoder().locate("Alte Gasse", "5", "12045", "Berlin")
        assert located.matched == "Neue Gasse 5, 12045 Berlin"
        db.session.remove()
        db.engine.dispose()


# --- names, and what is written down -----------------------------------------------------------


def test_both_names_of_a_street_find_it() -> None:
    take_in([house("Neue Gasse", "5")])
    with unit_of_work():
        first = register.rename_street("Alte Gasse", "Neue Gasse", by=BY).id
    with unit_of_work():
        again = register.rename_street("ALTE GASSE", "Neue  Gasse", by=BY).id

    located = HouseGeocoder().locate("Alte Gasse", "5", "12045", "Berlin")

    assert first == again
    assert located.matched == "Neue Gasse 5, 12045 Berlin"


@pytest.mark.parametrize(
    ("old", "new"), [("Alte Gasse", "alte gasse"), ("", "Neue Gasse"), ("Alte Gasse", "😀")]
)
def test_a_street_needs_two_names_to_be_renamed(old: str, new: str) -> None:
    with pytest.raises(Refused, match="two different names"), unit_of_work():
        register.rename_street(old, new, by=BY)


def test_every_change_of_the_register_is_written_down() -> None:
    take_in([house(), house("Neue Gasse", "5", at=None)])
    with unit_of_work():
        register.rename_street("Alte Gasse", "Neue Gasse", by=BY)
    with pytest.raises(Refused):
        take_in([])
    with unit_of_work():
        register.remove_source("berlin", by=BY)

    lines = db.session.scalars(select(AuditLine).order_by(AuditLine.seq)).all()

    assert [line.action for line in lines] == [
        "places.register_imported",
        "places.street_renamed",
        "places.register_removed",
    ]
    assert lines[0].details == {"houses": 2, "points": 1}
    assert lines[2].details == {"houses": 2}
