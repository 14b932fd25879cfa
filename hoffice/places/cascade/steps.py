"""From an address to a point, step by step, and never silently wrong.

House → house without its letter or with the first number of a range → street, interpolated from
known houses → centroid of the postcode → not found. What is ambiguous or misspelt becomes a
question with candidates; nothing similar is ever accepted without a human. (A point set by hand
stands above all of this and is kept with the home.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hoffice.places.addresses.reading import Asked, plainer, read
from hoffice.places.addresses.similar import ONE_LETTER, similar
from hoffice.places.cascade.houses import Houses, Match, merged
from hoffice.places.cascade.towns import Centroid, Reach
from hoffice.places.rules import (
    Address,
    Candidate,
    Finding,
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
POSTCODE_PROVIDER: Final = "postcode"
STREET_PROVIDER: Final = "register"

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


@dataclass
class _Search:
    """One address on its way down the steps."""

    cascade: Cascade
    asked: Asked
    remarks: list[Remark] = field(default_factory=list)
    register: Register = field(init=False)
    reach: Reach = field(init=False)
    houses: Houses = field(init=False)

    def __post_init__(self) -> None:
        self.register = self.cascade.register
        asked = self.asked
        self.reach = Reach(self.register, self.cascade.centroid, asked.postcode, asked.city)
        self.houses = Houses(self.register, asked)

    def run(self) -> Located:
        """The first step that holds; the others only if it does not."""
        for finding in self.asked.findings:
            self.say(finding)
        if not self.asked.key:
            self.say(Finding.STREET_MISSING)
            return self.only_postcode()
        streets = self.known_streets()
        here = self.reach.in_reach(streets)
        if here:
            return self.in_postcode(here, streets)
        in_town = [street for street in streets if self.reach.is_in_town(street)]
        renamed = self.under_other_names()
        if renamed:
            return self.renamed(renamed, in_town)
        if not streets:
            return self.unknown_street()
        if self.asked.postcode:
            return self.elsewhere(streets, in_town)
        return self.without_postcode(in_town)

    def known_streets(self) -> Sequence[Street]:
        """The streets of this name, in a plainer reading where nothing is called as written."""
        streets = self.register.streets(self.asked.key)
        if not streets:
            for reading in plainer(self.asked):
                known = self.register.streets(reading.key)
                if known:
                    self.asked, self.houses = reading, Houses(self.register, reading)
                    return known
        return streets

    def under_other_names(self) -> list[Match]:
        """The house in streets that have, or had, this name besides: in reach, else in town."""
        streets = [
            street
            for key in self.register.renamed(self.asked.key)
            for street in self.register.streets(key)
        ]
        near = self.reach.in_reach(streets) or [
            one for one in streets if self.reach.is_in_town(one)
        ]
        matches = [match for match in map(self.houses.of, near) if match.house]
        return merged([match for match in matches if match.remark is None] or matches)

    def in_postcode(self, here: Sequence[Street], streets: Sequence[Street]) -> Located:
        """Street and postcode fit, and nothing speaks against the town."""
        matches = merged(map(self.houses.of, here))
        with_house = [match for match in matches if match.house]
        exact = [match for match in with_house if match.remark is None]
        chosen = exact or with_house or matches
        if len({(m.street.city, m.street.district) for m in chosen}) > 1 and (
            with_house or len({m.street.city for m in chosen}) > 1
        ):
            return self.ambiguous(chosen)
        if not with_house and self.asked.number:
            other = self.houses.exact(
                one for one in streets if one not in here and self.reach.is_in_town(one)
            )
            districts = {street.district for street in here}
            if len(other) == 1 and other[0].street.district in districts:
                return self.repaired(other[0])  # the same street, beyond the postcode's edge
            if other:
                return self.ambiguous([*matches, *other])
            likely = self.houses.exact(self.nearly_called(mistakes=ONE_LETTER))
            if likely:  # a private list may have the street with a mistake
                return self.question(Finding.MISSPELT, map(self.houses.candidate, likely))
        return self.found(chosen[0], siblings=here)

    def renamed(self, matches: Sequence[Match], in_town: Sequence[Street]) -> Located:
        """No such name in the postcode, but the house is there under another name of a street.

        Two such houses are a question, and so is a street that still has the name elsewhere.
        """
        here = [match for match in matches if self.reach.has_postcode(match.street)]
        own = [] if here else self.houses.exact(in_town)
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
        fitting = [street for street in streets if self.reach.has_postcode(street)]
        if fitting:  # only the town is another one
            return self.wrong_town(fitting, in_town)
        misspelt = self.similar_here(mistakes=ONE_LETTER)
        exact = self.houses.exact(in_town)
        belongs = self.reach.takes_postcode()
        if len(exact) == 1 and exact[0].street.postcode and not misspelt and belongs:
            return self.repaired(exact[0])
        if exact or misspelt:
            both = [*misspelt, *map(self.houses.candidate, exact)]
            return self.question(Finding.MISSPELT if misspelt else Finding.AMBIGUOUS, both)
        if in_town and belongs:
            return self.question(
                Finding.AMBIGUOUS, map(self.houses.candidate, map(self.houses.of, in_town))
            )
        return self.unknown_street()

    def wrong_town(self, fitting: Sequence[Street], in_town: Sequence[Street]) -> Located:
        """Street and postcode fit each other, but not the town."""
        here = self.houses.exact(fitting)
        there = self.houses.exact(in_town)
        if there and self.reach.is_known():
            return self.question(Finding.AMBIGUOUS, map(self.houses.candidate, [*here, *there]))
        matches = here or [self.houses.of(street) for street in fitting]
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
        exact = self.houses.exact(in_town)
        if exact:
            return self.exactly(exact)
        matches = merged(map(self.houses.of, in_town))
        with_house = [match for match in matches if match.house]
        if len({(m.street.postcode, m.street.city) for m in matches}) > 1 or len(with_house) > 1:
            return self.ambiguous(with_house or matches)
        self.say(Finding.POSTCODE_MISSING)
        return self.found((with_house or matches)[0], siblings=in_town)

    def exactly(self, exact: Sequence[Match]) -> Located:
        """Houses that fit wholly, without a postcode."""
        if len(exact) > 1:
            return self.ambiguous(exact)
        self.say(Finding.POSTCODE_MISSING)
        return self.found(exact[0], siblings=[exact[0].street])

    def unknown_street(self) -> Located:
        """Nothing of this name in reach: what it could have been, and where the postcode lies."""
        if not self.asked.number and self.register.towns(self.asked.key):
            self.say(Finding.STREET_MISSING)  # only a town, in the street's place
            return self.only_postcode()
        candidates = self.similar_here() or self.similar_in_town()
        if candidates:
            return self.question(Finding.MISSPELT, candidates)
        if self.asked.city and not self.reach.is_known() and not self.asked.postcode:
            self.say(Finding.TOWN_UNKNOWN)
        elif self.register.keys():  # an empty register knows no street at all, and says nothing
            self.say(Finding.STREET_UNKNOWN)
        return self.only_postcode()

    def found(self, match: Match, *, siblings: Iterable[Street]) -> Located:
        """The best point there is for a street, with or without its house."""
        if match.remark:
            self.remarks.append(match.remark)
        matched = match.line
        house = self.houses.with_point(match)
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
        point = self.houses.along(match, siblings)
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

    def repaired(self, match: Match) -> Located:
        """The only such address has another postcode."""
        self.say(Finding.POSTCODE_REPAIRED, typed=self.asked.postcode, found=match.street.postcode)
        return self.found(match, siblings=[match.street])

    def ambiguous(self, matches: Iterable[Match]) -> Located:
        """Several addresses fit equally well."""
        return self.question(Finding.AMBIGUOUS, map(self.houses.candidate, matches))

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
        if self.asked.city and self.reach.is_known() and not self.reach.takes_postcode():
            self.say(Finding.POSTCODE_DIFFERS, postcode=postcode, city=self.asked.city)
            return _nowhere(self.asked, remarks=self.remarks)
        if self.asked.city and self.reach.own_towns and not self.reach.is_known():
            self.say(Finding.TOWN_UNKNOWN)
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

    def similar_here(self, *, mistakes: int | None = None) -> list[Candidate]:
        """Streets of the same postcode with a similar name, the most similar first."""
        return self.candidates_of(self.nearly_called(mistakes=mistakes))

    def nearly_called(self, *, mistakes: int | None) -> list[Street]:
        """The streets within reach whose name is similar."""
        if not self.asked.postcode:
            return []
        here = self.register.streets_of_postcode(self.asked.postcode)
        by_key: dict[str, list[Street]] = {}
        for street in self.reach.in_reach(here):
            by_key.setdefault(street.key, []).append(street)
        names = similar(self.asked.key, list(by_key), mistakes=mistakes)
        return [street for name in names for street in by_key[name]]

    def similar_in_town(self) -> list[Candidate]:
        """Streets of the same town with a similar name, or of anywhere if no town was written."""
        if self.asked.city and not self.reach.is_known():
            return []
        names = similar(self.asked.key, self.register.keys(), limit=2 * MOST_CANDIDATES)
        streets = [one for name in names for one in self.register.streets(name)]
        return self.candidates_of([street for street in streets if self.reach.is_in_town(street)])

    def candidates_of(self, streets: Sequence[Street]) -> list[Candidate]:
        """Candidates in order of their names' likeness; of one name, those with the house first.

        A name in twenty towns must not push out the second most similar one.
        """
        by_key: dict[str, list[Match]] = {}
        for street in streets:
            by_key.setdefault(street.key, []).append(self.houses.of(street))
        kept = []
        for matches in by_key.values():
            with_house = [match for match in matches if match.house] or matches
            kept.append([self.houses.candidate(match) for match in with_house])
        first = [group[0] for group in kept]
        return first + [one for group in kept for one in group[1:]]

    def say(self, finding: Finding, **facts: str) -> None:
        """Keep what there is to say; the same only once."""
        remark = Remark(finding, facts)
        if remark not in self.remarks:
            self.remarks.append(remark)


def _nowhere(asked: Asked, *findings: Finding, remarks: Sequence[Remark] = ()) -> Located:
    """No point, and why."""
    said = (*remarks, *(Remark(finding) for finding in findings))
    return Located(None, None, Precision.NONE, None, "", "", said, (), asked.note)
