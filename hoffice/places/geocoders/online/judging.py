"""What of a provider's answers may be believed. Pure: the question and the answers in, one out.

A provider answers with what it likes best, not with what was asked. So its word counts only where
street, postcode and town of the answer are those of the question; everything else is a candidate
for a human. Without a postcode, and outside of Berlin and Potsdam without a town, no provider can
know which of several streets is meant (8.7 % of Berlin's addresses exist more than once): then
every answer is a question.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from hoffice.places.addresses.spelling import number_key, street_key, town_key
from hoffice.places.geocoders.online.words import Found, Question
from hoffice.places.geocoders.postcodes import ELSEWHERE_RADIUS_M, centroid, radius_m
from hoffice.places.rules import Candidate, Finding, Located, Precision, Remark

HOUSE_RADIUS_M: Final = 20
"""Two independent points of one address of Berlin lie 20 m apart in the median (401 addresses, nine
in ten within 115 m). Source: docs/places-online.md#what-is-believed."""
STREET_RADIUS_M: Final = 300
"""A street is a few hundred metres long, and any house on it may be meant."""
SAME_HOUSE_M: Final = 150
"""Answers nearer to each other than this are one house: its entrance, its shop, its building."""
FAR_FROM_POSTCODE_M: Final = 40_000
"""Nobody lives farther than this from the middle of their postcode; such an answer is wrong."""
MOST_CANDIDATES: Final = 5
SHORTEST_TOWN: Final = 4
GERMANY: Final = (47.2, 5.8, 55.2, 15.1)
"""South, west, north, east."""
_ROADS: Final = frozenset({Precision.HOUSE, Precision.STREET})


def in_germany(found: Iterable[Found]) -> list[Found]:
    """The answers that lie in Germany, by their point and by their country: no Connecticut."""
    south, west, north, east = GERMANY
    return [
        one
        for one in found
        if one.country in {"de", ""} and south <= one.lat <= north and west <= one.lon <= east
    ]


def judged(question: Question, answers: Sequence[Found], *, provider: str) -> Located:
    """The one answer to a question; see the head of this file for what is believed."""
    found = in_germany(answers)
    if not _is_unmistakable(question):
        return _asks_back(question, found, provider)
    fitting = [one for one in found if _fits(question, one)]
    houses = _apart(one for one in fitting if _is_house(question, one))
    if len(houses) == 1:
        return _at(houses[0], HOUSE_RADIUS_M, provider, houses[0].line)
    if houses:
        return _nowhere(provider, [Finding.AMBIGUOUS], houses)
    streets = [one for one in fitting if one.precision in _ROADS]
    if streets:
        return _street(question, streets, found, provider)
    return _asks_back(question, found, provider)


def _is_unmistakable(question: Question) -> bool:
    """Whether street, number and what else was said can mean one house only."""
    if not question.postcode:
        return False
    return bool(question.city) or radius_m(question.postcode) < ELSEWHERE_RADIUS_M


def _fits(question: Question, found: Found) -> bool:
    """Whether street, postcode and town are those that were asked for."""
    return (
        street_key(found.street) == street_key(question.street)
        and (not question.postcode or found.postcode == question.postcode)
        and _is_same_town(question.city, found)
        and _is_near(found)
    )


def _is_same_town(city: str, found: Found) -> bool:
    """“Berlin”, “Berlin-Neukölln” and “Neukölln” are one place where the provider knows both."""
    asked, name = town_key(city), town_key(found.city)
    areas = {town_key(area) for area in found.areas}
    if not asked or asked == name or asked in areas:
        return True
    if not name:
        return not areas  # the provider names no place at all; the postcode has to do
    longer, shorter = (asked, name) if len(asked) > len(name) else (name, asked)
    return len(shorter) >= SHORTEST_TOWN and longer.startswith(shorter)


def _is_near(found: Found) -> bool:
    middle = centroid(found.postcode) if found.postcode else None
    return middle is None or _metres((found.lat, found.lon), middle) <= FAR_FROM_POSTCODE_M


def _is_house(question: Question, found: Found) -> bool:
    return (
        found.precision is Precision.HOUSE
        and bool(question.housenumber)
        and number_key(found.housenumber) == number_key(question.housenumber)
    )


def _is_area(question: Question, found: Found) -> bool:
    return (
        found.precision is Precision.POSTCODE
        and found.postcode == question.postcode
        and _is_near(found)
    )


def _street(
    question: Question, streets: Sequence[Found], found: Sequence[Found], provider: str
) -> Located:
    """The street is right, the house is not known; one street is one answer, however many pieces.

    A street of this name in two towns of one postcode is a question.
    """
    towns = {town_key(one.city) for one in streets}
    if len(towns) > 1:
        return _nowhere(provider, [Finding.AMBIGUOUS], streets)
    middle = next((one for one in streets if one.precision is Precision.STREET), streets[0])
    bare = replace(middle, housenumber="")
    finding = Finding.NUMBER_UNKNOWN if question.housenumber else Finding.NUMBER_MISSING
    located = _at(bare, STREET_RADIUS_M, provider, bare.line)
    others = _candidates(one for one in found if _is_house(question, one))
    return replace(
        located, precision=Precision.STREET, remarks=(Remark(finding),), candidates=others
    )


def _asks_back(question: Question, found: Sequence[Found], provider: str) -> Located:
    """No answer, but candidates: another spelling, another postcode, another town.

    Without any, the middle of the postcode when the provider gave it.
    """
    roads = [one for one in found if one.precision in _ROADS and one.street]
    if not roads:
        return _area(question, found, provider)
    named = [one for one in roads if street_key(one.street) == street_key(question.street)]
    findings = [] if question.postcode else [Finding.POSTCODE_MISSING]
    is_one_of_several = named and not _is_unmistakable(question)
    findings.append(Finding.AMBIGUOUS if is_one_of_several else Finding.MISSPELT)
    return _nowhere(provider, findings, named or roads)


def _area(question: Question, found: Sequence[Found], provider: str) -> Located:
    areas = [one for one in found if _is_area(question, one)]
    if not areas:
        return _nowhere(provider, [Finding.STREET_UNKNOWN])
    located = _at(areas[0], radius_m(question.postcode), provider, question.postcode)
    return replace(located, remarks=(Remark(Finding.STREET_UNKNOWN),))


def _at(found: Found, radius: int, provider: str, matched: str) -> Located:
    return Located(found.lat, found.lon, found.precision, radius, provider, matched)


def _nowhere(
    provider: str, findings: Sequence[Finding], candidates: Sequence[Found] = ()
) -> Located:
    remarks = tuple(Remark(finding) for finding in findings)
    return Located(
        *(None, None, Precision.NONE, None, provider),
        remarks=remarks,
        candidates=_candidates(candidates),
    )


def _candidates(found: Iterable[Found]) -> tuple[Candidate, ...]:
    return tuple(one.candidate for one in _apart(found)[:MOST_CANDIDATES])


def _apart(found: Iterable[Found]) -> list[Found]:
    """Each place once: the pieces of a street, and the shops in a house, are one."""
    kept: list[Found] = []
    for one in found:
        if not any(_is_same(one, other) for other in kept):
            kept.append(one)
    return kept


def _is_same(one: Found, other: Found) -> bool:
    same_name = (street_key(one.street), number_key(one.housenumber), one.postcode) == (
        *(street_key(other.street), number_key(other.housenumber), other.postcode),
    )
    if one.housenumber:
        return same_name and _metres((one.lat, one.lon), (other.lat, other.lon)) < SAME_HOUSE_M
    return same_name and town_key(one.city) == town_key(other.city)


def _metres(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Near enough for a few kilometres: a degree of latitude is 111,195 m everywhere."""
    north = (end[0] - start[0]) * 111_195
    east = (end[1] - start[1]) * 111_195 * math.cos(math.radians((start[0] + end[0]) / 2))
    return math.hypot(north, east)
