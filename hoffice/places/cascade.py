"""From an address to a point, step by step, and never silently wrong.

House → house without its letter or with the first number of a range → street, interpolated from
known houses → centroid of the postcode → not found. What is ambiguous or misspelt becomes a
question with candidates; nothing similar is ever accepted without a human. (A point set by hand
stands above all of this and is kept with the home.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Final

from hoffice.places.addresses.interpolation import Interpolated, interpolated
from hoffice.places.addresses.reading import Asked, plainer, read
from hoffice.places.addresses.similar import ONE_LETTER, similar
from hoffice.places.addresses.spelling import bare_number, is_range, town_key
from hoffice.places.rules import (
    Address,
    Candidate,
    Finding,
    House,
    Located,
    Precision,
    Register,
    Remark,
    Street,
)

HOUSE_RADIUS_M: Final = 20
"""Official house coordinates and an independent survey of the same houses lie 20 m apart in the
median. Source: docs/sources.md#addresses."""
NEIGHBOUR_RADIUS_M: Final = 40
"""The same number with another letter, or the first number of a range: the next entrance."""
MOST_CANDIDATES: Final = 12
"""“Waldstraße 10” exists eight times in Berlin; a longer list helps nobody."""
FARTHEST_POSTCODE_KM: Final = 25.0
"""A postcode farther from every known one of its town belongs to another town."""
VILLAGES_KM: Final = 1.5
"""Two parts of one street do not put the same house number so far apart."""
POSTCODE_PROVIDER: Final = "postcode"
STREET_PROVIDER: Final = "register"

Centroid = Callable[[str], tuple[float, float] | None]
"""The middle of a postcode's area as (latitude, longitude)."""
Radius = Callable[[str], int]
"""How far half of a postcode's addresses lie from its middle at most, in metres."""


@dataclass(frozen=True, slots=True)
class Cascade:
    """The steps over one register, with postcodes as the last resort."""

    register: Register
    centroid: Centroid
    postcode_radius_m: Radius

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The point of an address with everything there is to say about it; it never guesses."""
        asked = read(Address(street, housenumber, postcode, city))
        if asked.stops_here:
            return _nowhere(asked, *asked.findings)
        search = _Search(self, asked)
        located = search.run()
        note = search.asked.note
        return replace(located, door_note=note) if note else located


@dataclass(frozen=True, slots=True)
class _Match:
    """A street of the register, and its house where the number is known."""

    street: Street
    number: str
    house: House | None
    remark: Remark | None = None


@dataclass
class _Search:
    """One address on its way down the steps."""

    cascade: Cascade
    asked: Asked
    remarks: list[Remark] = field(default_factory=list)

    @property
    def register(self) -> Register:
        return self.cascade.register

    def run(self) -> Located:
        """The first step that holds; the others only if it does not."""
        for finding in self.asked.findings:
            self.say(finding)
        if not self.asked.key:
            self.say(Finding.STREET_MISSING)
            return self.only_postcode()
        streets = self.known_streets()
        here = self.in_reach(streets)
        if here:
            return self.in_postcode(here, streets)
        in_town = [street for street in streets if self.is_in_town(street)]
        renamed = self.under_other_names()
        if renamed:
            return self.renamed(renamed, in_town)
        if not streets:
            return self.unknown_street()
        if self.asked.postcode:
            return self.elsewhere(streets, in_town)
        return self.without_postcode(in_town)

    # --- which streets -------------------------------------------------------------------------

    def known_streets(self) -> Sequence[Street]:
        """The streets of this name, in a plainer reading where nothing is called as written."""
        streets = self.register.streets(self.asked.key)
        if not streets:
            for reading in plainer(self.asked):
                known = self.register.streets(reading.key)
                if known:
                    self.asked = reading
                    return known
        return streets

    def under_other_names(self) -> list[_Match]:
        """The house in streets that have, or had, this name besides: in reach, else in town."""
        streets = [
            street
            for key in self.register.renamed(self.asked.key)
            for street in self.register.streets(key)
        ]
        near = self.in_reach(streets) or [one for one in streets if self.is_in_town(one)]
        matches = [match for match in map(self.house_of, near) if match.house]
        return _merged([match for match in matches if match.remark is None] or matches)

    def in_reach(self, streets: Iterable[Street]) -> list[Street]:
        """Those in the postcode and in the town that were written.

        A list of points may know no towns; then the postcode decides, unless it lies elsewhere.
        """
        return [
            one
            for one in streets
            if self.has_postcode(one)
            and (self.is_in_town(one) or (not one.city and self.postcode_belongs_to_town()))
        ]

    def has_postcode(self, street: Street) -> bool:
        """Whether the street lies in the postcode that was written."""
        return bool(self.asked.postcode) and street.postcode == self.asked.postcode

    def is_in_town(self, street: Street) -> bool:
        """Whether the street lies in the town that was written, or in the postcode's own towns."""
        if self.asked.city:
            return self.is_named(street)
        return not self.own_towns or street.city in self.own_towns

    @cached_property
    def own_towns(self) -> frozenset[str]:
        """The towns of the postcode that was written, where the register knows it."""
        if not self.asked.postcode:
            return frozenset()
        here = self.register.streets_of_postcode(self.asked.postcode)
        return frozenset(street.city for street in here if street.city)

    @property
    def postcode_is_known(self) -> bool:
        """Whether the register has any street in the postcode that was written."""
        return bool(self.asked.postcode and self.register.streets_of_postcode(self.asked.postcode))

    @cached_property
    def town_keys(self) -> list[str]:
        """What the written town could be called: as a whole, and its parts around a comma."""
        city = self.asked.city
        return [key for key in dict.fromkeys(map(town_key, [city, *city.split(",")])) if key]

    def is_named(self, street: Street) -> bool:
        """Whether the written town means this street's: “Berlin”, “Johannisthal”, “Berlin-Mitte”.

        A name that is both a district and a borough, or a borough of old, decides nothing: people
        write “Wedding” for houses in Gesundbrunnen.
        """
        town, district = town_key(street.city), town_key(street.district)
        for key in self.town_keys:
            rest = key.removeprefix(town) if key != town else ""
            if key == town or (rest in _BOROUGHS and town == _BERLIN):
                return True
            if district and key in (district, town + district, district + town):
                return True
        return False

    # --- the steps -----------------------------------------------------------------------------

    def in_postcode(self, here: Sequence[Street], streets: Sequence[Street]) -> Located:
        """Street and postcode fit, and nothing speaks against the town."""
        matches = _merged(map(self.house_of, here))
        with_house = [match for match in matches if match.house]
        exact = [match for match in with_house if match.remark is None]
        chosen = exact or with_house or matches
        if len({(m.street.city, m.street.district) for m in chosen}) > 1 and (
            with_house or len({m.street.city for m in chosen}) > 1
        ):
            return self.ambiguous(chosen)
        if not with_house and self.asked.number:
            other = self.exact_houses(
                one for one in streets if one not in here and self.is_in_town(one)
            )
            districts = {street.district for street in here}
            if len(other) == 1 and other[0].street.district in districts:
                return self.repaired(other[0])  # the same street, beyond the postcode's edge
            if other:
                return self.question(Finding.AMBIGUOUS, map(self.candidate, [*matches, *other]))
        return self.found(chosen[0], siblings=here)

    def renamed(self, matches: Sequence[_Match], in_town: Sequence[Street]) -> Located:
        """No such name in the postcode, but the house is there under another name of a street.

        Two such houses are a question, and so is a street that still has the name elsewhere.
        """
        here = [match for match in matches if self.has_postcode(match.street)]
        own = [] if here else self.exact_houses(in_town)
        if own and all(match.remark for match in matches):
            return self.elsewhere(in_town, in_town) if self.asked.postcode else self.exactly(own)
        is_one = len(matches) == 1 and (bool(here) or not self.asked.postcode)
        if not is_one or own:
            return self.ambiguous([*own, *matches])
        match = matches[0]
        self.say(Finding.RENAMED, typed=self.asked.street, found=match.street.name)
        if not self.asked.postcode:
            self.say(Finding.POSTCODE_MISSING)
        return self.found(match, siblings=[match.street])

    def elsewhere(self, streets: Sequence[Street], in_town: Sequence[Street]) -> Located:
        """The postcode has no such street: a wrong postcode, a wrong town or a wrong name."""
        fitting = [street for street in streets if self.has_postcode(street)]
        if fitting:  # only the town is another one
            return self.wrong_town(fitting, in_town)
        misspelt = self.similar_here(mistakes=ONE_LETTER)
        exact = self.exact_houses(in_town)
        belongs = self.postcode_belongs_to_town()
        if len(exact) == 1 and exact[0].street.postcode and not misspelt and belongs:
            return self.repaired(exact[0])
        if exact or misspelt:
            both = [*misspelt, *map(self.candidate, exact)]
            return self.question(Finding.MISSPELT if misspelt else Finding.AMBIGUOUS, both)
        if in_town and belongs:
            return self.question(
                Finding.AMBIGUOUS, map(self.candidate, map(self.house_of, in_town))
            )
        return self.unknown_street()

    def wrong_town(self, fitting: Sequence[Street], in_town: Sequence[Street]) -> Located:
        """Street and postcode fit each other, but not the town."""
        here = self.exact_houses(fitting)
        there = self.exact_houses(in_town)
        if there and self.town_is_known():
            return self.question(Finding.AMBIGUOUS, map(self.candidate, [*here, *there]))
        matches = here or [self.house_of(street) for street in fitting]
        towns = {match.street.city for match in matches}
        if len(matches) > 1 and (here or len(towns) > 1):
            return self.ambiguous(matches)
        if not matches[0].street.city:
            return self.ambiguous(matches)
        self.say(Finding.TOWN_REPAIRED, typed=self.asked.city, found=matches[0].street.city)
        return self.found(matches[0], siblings=fitting)

    def without_postcode(self, in_town: Sequence[Street]) -> Located:
        """No postcode: only an address that there is once is believed, and it is said so."""
        if not in_town:
            return self.unknown_street()
        exact = self.exact_houses(in_town)
        if exact:
            return self.exactly(exact)
        matches = _merged(map(self.house_of, in_town))
        with_house = [match for match in matches if match.house]
        if len({(m.street.postcode, m.street.city) for m in matches}) > 1 or len(with_house) > 1:
            return self.ambiguous(with_house or matches)
        self.say(Finding.POSTCODE_MISSING)
        return self.found((with_house or matches)[0], siblings=in_town)

    def exactly(self, exact: Sequence[_Match]) -> Located:
        """Houses that fit wholly, without a postcode."""
        if len(exact) > 1:
            return self.ambiguous(exact)
        self.say(Finding.POSTCODE_MISSING)
        return self.found(exact[0], siblings=[exact[0].street])

    def unknown_street(self) -> Located:
        """Nothing of this name in reach: what it could have been, and where the postcode lies."""
        candidates = self.similar_here() or self.similar_in_town()
        if candidates:
            return self.question(Finding.MISSPELT, candidates)
        if self.asked.city and not self.town_is_known() and not self.asked.postcode:
            self.say(Finding.TOWN_UNKNOWN)
        elif self.postcode_is_known or (self.asked.city and self.town_is_known()):
            self.say(Finding.STREET_UNKNOWN)  # elsewhere the register knows no street at all
        return self.only_postcode()

    # --- answers -------------------------------------------------------------------------------

    def found(self, match: _Match, *, siblings: Iterable[Street]) -> Located:
        """The best point there is for a street, with or without its house."""
        if match.remark:
            self.remarks.append(match.remark)
        matched = _line(match)
        house = self.with_point(match)
        if house and house.lat is not None and house.lon is not None and not self.asked.is_beside:
            radius = NEIGHBOUR_RADIUS_M if match.remark else HOUSE_RADIUS_M
            return Located(
                house.lat,
                house.lon,
                Precision.HOUSE,
                radius,
                house.source,
                matched,
                tuple(self.remarks),
            )
        point = self.along(match, siblings)
        if point is not None:
            return Located(
                point.lat,
                point.lon,
                Precision.STREET,
                point.radius_m,
                STREET_PROVIDER,
                matched,
                tuple(self.remarks),
            )
        return self.at_postcode(match.street.postcode, matched)

    def repaired(self, match: _Match) -> Located:
        """The only such address has another postcode."""
        self.say(Finding.POSTCODE_REPAIRED, typed=self.asked.postcode, found=match.street.postcode)
        return self.found(match, siblings=[match.street])

    def ambiguous(self, matches: Iterable[_Match]) -> Located:
        """Several addresses fit equally well."""
        return self.question(Finding.AMBIGUOUS, map(self.candidate, matches))

    def question(self, finding: Finding, candidates: Iterable[Candidate]) -> Located:
        """A human has to choose; until then only the postcode is believed, if it is one."""
        self.say(finding)
        kept = tuple(dict.fromkeys(candidates))[:MOST_CANDIDATES]
        return replace(self.only_postcode(), candidates=kept)

    def only_postcode(self) -> Located:
        """The centroid of the postcode that was written, where it does not contradict the town."""
        postcode = self.asked.postcode
        if not postcode:
            if not any(one.finding is Finding.POSTCODE_UNKNOWN for one in self.remarks):
                self.say(Finding.POSTCODE_MISSING)
            return _nowhere(self.asked, remarks=self.remarks)
        if self.asked.city and self.town_is_known() and not self.postcode_belongs_to_town():
            self.say(Finding.POSTCODE_DIFFERS, postcode=postcode, city=self.asked.city)
            return _nowhere(self.asked, remarks=self.remarks)
        return self.at_postcode(postcode, "")

    def at_postcode(self, postcode: str, matched: str) -> Located:
        """The centroid of a postcode."""
        point = self.cascade.centroid(postcode)
        if point is None:
            self.say(Finding.POSTCODE_UNKNOWN if postcode else Finding.POSTCODE_MISSING)
            return replace(_nowhere(self.asked, remarks=self.remarks), matched=matched)
        radius = self.cascade.postcode_radius_m(postcode)
        remarks = tuple(self.remarks)
        return Located(*point, Precision.POSTCODE, radius, POSTCODE_PROVIDER, matched, remarks)

    def along(self, match: _Match, siblings: Iterable[Street]) -> Interpolated | None:
        """The point on the street, interpolated from its known houses.

        One postcode of Brandenburg can have two villages with a Dorfstraße each; then only the
        own village's houses count, and none if the house is in neither.
        """
        number = match.number or self.asked.number
        anchors = {
            street: [
                house
                for twin in (street, *self.twins(street))
                for house in self.register.anchors(twin.id)
            ]
            for street in siblings
        }
        point = interpolated(dict.fromkeys(chain(*anchors.values())), number)
        if point is None or len(anchors) == 1:
            return point
        alone = [one for one in (interpolated(each, number) for each in anchors.values()) if one]
        if all(_km((one.lat, one.lon), (point.lat, point.lon)) < VILLAGES_KM for one in alone):
            return point
        return interpolated(anchors.get(match.street, ()), number) if match.house else None

    def with_point(self, match: _Match) -> House | None:
        """The house, with a point that another source gives which knows no towns."""
        house = match.house
        if house is None or house.lat is not None:
            return house
        others = (self.register.house(one.id, house.number) for one in self.twins(match.street))
        return next((one for one in others if one and one.lat is not None), house)

    def twins(self, street: Street) -> list[Street]:
        """The same street as a source has it that knows neither towns nor districts."""
        if not street.city or not street.postcode:
            return []
        return [
            one
            for one in self.register.streets(street.key)
            if not one.city and not one.district and one.postcode == street.postcode
        ]

    # --- houses and candidates -----------------------------------------------------------------

    def house_of(self, street: Street) -> _Match:
        """The house of a street that was asked for, or the nearest thing to it that is certain."""
        number = self.asked.number
        house = self.register.house(street.id, number)
        if house:  # squares are known without a number
            return _Match(street, house.number, house)
        if not number:  # some squares are an address without one
            square = self.register.house(street.id, "")
            return _Match(street, "", square, None if square else Remark(Finding.NUMBER_MISSING))
        for simpler in self.asked.alternatives:
            house = self.register.house(street.id, simpler)
            if house:
                finding = Finding.FIRST_OF_RANGE if is_range(number) else Finding.SUFFIX_UNKNOWN
                remark = Remark(finding, {"typed": number, "found": house.number})
                return _Match(street, house.number, house, remark)
        neighbour = self.neighbour_of(street, number)
        if neighbour:
            remark = Remark(Finding.SUFFIX_UNKNOWN, {"typed": number, "found": neighbour.number})
            return _Match(street, neighbour.number, neighbour, remark)
        return _Match(street, "", None, Remark(Finding.NUMBER_UNKNOWN))

    def neighbour_of(self, street: Street, number: str) -> House | None:
        """A house with the same number but another letter, or a range that begins with it."""
        bare = bare_number(number)
        if bare is None:
            return None
        same = [one for one in self.register.houses(street.id) if bare_number(one.number) == bare]
        return min(same, key=lambda one: (one.lat is None, one.number), default=None)

    def exact_houses(self, streets: Iterable[Street]) -> list[_Match]:
        """The streets that have exactly the house that was asked for."""
        matches = (self.house_of(street) for street in streets)
        return _merged(match for match in matches if match.house and match.remark is None)

    def candidate(self, match: _Match) -> Candidate:
        """An address to choose."""
        street, house = match.street, match.house
        number = house.number if house else self.asked.number
        place = (house.lat, house.lon) if house else (None, None)
        precision = Precision.NONE if place[0] is None else Precision.HOUSE
        return Candidate(
            street.name, number, street.postcode, street.city, street.district, *place, precision
        )

    def similar_here(self, *, mistakes: int | None = None) -> list[Candidate]:
        """Streets of the same postcode with a similar name."""
        if not self.asked.postcode:
            return []
        streets = self.register.streets_of_postcode(self.asked.postcode)
        return self.similar_among(self.in_reach(streets), mistakes)

    def similar_in_town(self) -> list[Candidate]:
        """Streets of the same town with a similar name, or of anywhere if no town was written."""
        if self.asked.city and not self.town_is_known():
            return []
        names = similar(self.asked.key, self.register.keys(), limit=2 * MOST_CANDIDATES)
        streets = [one for name in names for one in self.register.streets(name)]
        return self.candidates_of([street for street in streets if self.is_in_town(street)])

    def similar_among(self, streets: Sequence[Street], mistakes: int | None) -> list[Candidate]:
        """Those with a similar name, the most similar first."""
        by_key: dict[str, list[Street]] = {}
        for street in streets:
            by_key.setdefault(street.key, []).append(street)
        names = similar(self.asked.key, list(by_key), mistakes=mistakes)
        return self.candidates_of([one for name in names for one in by_key[name]])

    def candidates_of(self, streets: Sequence[Street]) -> list[Candidate]:
        """Candidates in order of their names' likeness; of one name, those with the house first.

        A name in twenty towns must not push out the second most similar one.
        """
        by_key: dict[str, list[_Match]] = {}
        for street in streets:
            by_key.setdefault(street.key, []).append(self.house_of(street))
        kept = []
        for matches in by_key.values():
            with_house = [match for match in matches if match.house] or matches
            kept.append([self.candidate(match) for match in with_house])
        first = [group[0] for group in kept]
        return first + [one for group in kept for one in group[1:]]

    # --- towns ---------------------------------------------------------------------------------

    def town_is_known(self) -> bool:
        """Whether the register has this town or district at all."""
        keys = self.town_keys
        return any(self.register.towns(key) for key in keys) or (
            any(key.removeprefix(_BERLIN) in _BOROUGHS for key in keys)
            and bool(self.register.towns(_BERLIN))
        )

    def postcode_belongs_to_town(self) -> bool:
        """Whether the register knows nothing against this postcode in this town."""
        if not self.asked.city:
            return bool(self.own_towns)
        if self.own_towns:
            streets = self.register.streets_of_postcode(self.asked.postcode)
            return not self.town_is_known() or any(self.is_in_town(street) for street in streets)
        return self.is_near_town()

    def is_near_town(self) -> bool:
        """Whether a postcode the register has not could lie in the town, by the way between."""
        here = self.cascade.centroid(self.asked.postcode)
        towns = {town_key(town) for key in self.town_keys for town in self.register.towns(key)}
        if any(key.removeprefix(_BERLIN) in _BOROUGHS for key in self.town_keys):
            towns.add(_BERLIN)
        codes = {code for town in towns for code in self.register.postcodes(town)}
        known = [point for code in codes if (point := self.cascade.centroid(code))]
        if here is None or not known:
            return True
        return any(_km(here, other) <= FARTHEST_POSTCODE_KM for other in known)

    def say(self, finding: Finding, **facts: str) -> None:
        """Keep what there is to say; the same only once."""
        remark = Remark(finding, facts)
        if remark not in self.remarks:
            self.remarks.append(remark)


def _merged(matches: Iterable[_Match]) -> list[_Match]:
    """One match for each address, though one source may tell less of it than another.

    A list of points without towns and districts speaks of the same house as the official register.
    """
    kept: list[_Match] = []
    for match in sorted(matches, key=lambda one: (not one.street.city, not one.street.district)):
        same = next((one for one in kept if _is_same(one, match)), None)
        if same is None:
            kept.append(match)
        elif same.house and match.house and same.house.lat is None:
            kept[kept.index(same)] = replace(same, house=replace(match.house))
    return kept


def _is_same(full: _Match, other: _Match) -> bool:
    """Whether the other, which says no more, is the same address as the one that is kept."""
    one, two = full.street, other.street
    return (
        one.postcode == two.postcode
        and (not two.city or one.city == two.city)
        and (not two.district or one.district == two.district)
        and (one.district, one.city) != (two.district, two.city)
        and (full.house is None) == (other.house is None)
        and full.number == other.number
    )


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points that lie near each other, (latitude, longitude)."""
    east = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return math.hypot(one[0] - other[0], east) * _KM_PER_DEGREE


_BERLIN: Final = "berlin"
_KM_PER_DEGREE: Final = 111.195
_BOROUGHS: Final = frozenset(
    """
    mitte friedrichshainkreuzberg pankow charlottenburgwilmersdorf spandau
    steglitzzehlendorf tempelhofschoeneberg neukoelln treptowkoepenick marzahnhellersdorf
    lichtenberg reinickendorf wedding tiergarten kreuzberg friedrichshain prenzlauerberg
    weissensee charlottenburg wilmersdorf steglitz zehlendorf tempelhof schoeneberg treptow
    koepenick marzahn hellersdorf hohenschoenhausen
    """.split()  # noqa: SIM905  # as above, a list of words
)
"""The twelve boroughs of Berlin, and those before 2001 that people still write."""


def _line(match: _Match) -> str:
    """The address in the register's spelling."""
    street = match.street
    number = match.house.number if match.house else ""
    return Address(street.name, number, street.postcode, street.city).line


def _nowhere(asked: Asked, *findings: Finding, remarks: Sequence[Remark] = ()) -> Located:
    """No point, and why."""
    said = (*remarks, *(Remark(finding) for finding in findings))
    return Located(None, None, Precision.NONE, None, POSTCODE_PROVIDER, "", said, (), asked.note)
