"""The plan: who is visited when, by which van, and why somebody is not (docs/plan-format.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from hoffice.errors import N_

from .findings import Finding
from .problem import Amount, Span
from .shape import Fields, Node, clock_text

VERSION: Final = 1


@dataclass(frozen=True)
class Engine:
    """What made the plan; with the same seed and iterations it makes the same plan again."""

    name: str
    version: str
    seed: int
    iterations: int
    seconds: float


@dataclass(frozen=True)
class Visit:
    """One stop as planned: at the door, begin of service, off again; minutes of the day."""

    id: str
    arrive: int
    start: int
    leave: int


@dataclass(frozen=True)
class Trip:
    """From one loading to the next; ``start`` is when loading begins."""

    start: int
    load: Amount
    stops: tuple[Visit, ...]


@dataclass(frozen=True)
class Route:
    """One shift as planned; ``work_min`` is the whole day's work, without the breaks."""

    van: str
    day: date
    start: int
    end: int
    km: float
    work_min: int
    breaks: tuple[Span, ...]
    trips: tuple[Trip, ...]

    @property
    def visits(self) -> tuple[Visit, ...]:
        """All stops of the day in their order."""
        return tuple(visit for trip in self.trips for visit in trip.stops)


@dataclass(frozen=True)
class Unplanned:
    """A stop that is left out, and why."""

    id: str
    reasons: tuple[Finding, ...]


@dataclass(frozen=True)
class Totals:
    """The plan in five figures."""

    van_days: int
    served: int
    km: float
    work_min: int
    cost_cents: int


@dataclass(frozen=True)
class Travel:
    """Where the travel times of a plan came from, and what must be said beside them.

    With an ``uncertainty`` of 0.27, nine in ten drives lie within ±27 %. Each note is an English
    text with places, and its facts.
    """

    model: str
    uncertainty: float | None
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it is kept beside the plan."""
        notes = [{"text": text, "facts": dict(facts)} for text, facts in self.notes]
        return {"model": self.model, "uncertainty": self.uncertainty, "notes": notes}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Travel:
        """As it was kept."""
        notes = tuple((note["text"], note["facts"]) for note in kept["notes"])
        return cls(kept["model"], kept["uncertainty"], notes)


@dataclass(frozen=True)
class Plan:
    """A complete answer to one problem, named by its fingerprint.

    ``travel`` and ``notes`` are no part of the format: a file's problem names its travel model
    itself, and notes (English texts with places, and their facts) are for who has just asked.
    """

    problem_sha256: str
    engine: Engine
    routes: tuple[Route, ...]
    unplanned: tuple[Unplanned, ...]
    totals: Totals
    travel: Travel | None = field(default=None, compare=False)
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=(), compare=False)


def read(value: object) -> Plan:
    """The plan in a parsed JSON file; ``Malformed`` names the first place that is wrong."""
    fields = Node(value).fields()
    if fields["version"].whole() != VERSION:
        raise fields["version"].bad(N_("this program reads version %(version)s"), version=VERSION)
    plan = Plan(
        fields["problem_sha256"].text(),
        _engine(fields["engine"].fields()),
        tuple(_route(node.fields()) for node in fields["routes"].items()),
        tuple(_unplanned(node.fields()) for node in fields["unplanned"].items()),
        _totals(fields["totals"].fields()),
    )
    fields.close()
    return plan


def _engine(fields: Fields) -> Engine:
    engine = Engine(
        fields["name"].text(),
        fields["version"].text(),
        fields["seed"].whole(),
        fields["iterations"].whole(),
        fields["seconds"].number(),
    )
    fields.close()
    return engine


def _route(fields: Fields) -> Route:
    route = Route(
        fields["van"].text(),
        fields["date"].day(),
        fields["start"].clock(),
        fields["end"].clock(),
        fields["km"].number(),
        fields["work_min"].whole(),
        tuple(_span(node.fields()) for node in fields["breaks"].items()),
        tuple(_trip(node.fields()) for node in fields["trips"].items()),
    )
    fields.close()
    return route


def _span(fields: Fields) -> Span:
    span = Span(fields["start"].clock(), fields["end"].clock())
    fields.close()
    return span


def _trip(fields: Fields) -> Trip:
    load = fields["load"].fields()
    trip = Trip(
        fields["start"].clock(),
        Amount(load["boxes"].whole(), load["litres"].whole(), load["kg"].whole()),
        tuple(_visit(node.fields()) for node in fields["stops"].items()),
    )
    load.close()
    fields.close()
    return trip


def _visit(fields: Fields) -> Visit:
    visit = Visit(
        fields["id"].text(),
        fields["arrive"].clock(),
        fields["start"].clock(),
        fields["leave"].clock(),
    )
    fields.close()
    return visit


def _unplanned(fields: Fields) -> Unplanned:
    reasons = (Finding.from_sentence(node.text()) for node in fields["reasons"].items())
    unplanned = Unplanned(fields["id"].text(), tuple(reasons))
    fields.close()
    return unplanned


def _totals(fields: Fields) -> Totals:
    totals = Totals(
        fields["van_days"].whole(),
        fields["served"].whole(),
        fields["km"].number(),
        fields["work_min"].whole(),
        fields["cost_cents"].whole(),
    )
    fields.close()
    return totals


def write(plan: Plan) -> dict[str, object]:
    """The plan as JSON; ``read(write(p)) == p`` but for facts of reasons, which become texts."""
    return {
        "version": VERSION,
        "problem_sha256": plan.problem_sha256,
        "engine": dict(vars(plan.engine)),
        "routes": [_route_json(route) for route in plan.routes],
        "unplanned": [
            {"id": left.id, "reasons": [reason.sentence for reason in left.reasons]}
            for left in plan.unplanned
        ],
        "totals": dict(vars(plan.totals)),
    }


def _route_json(route: Route) -> dict[str, object]:
    return {
        "van": route.van,
        "date": route.day.isoformat(),
        "start": clock_text(route.start),
        "end": clock_text(route.end),
        "km": route.km,
        "work_min": route.work_min,
        "breaks": [
            {"start": clock_text(span.start), "end": clock_text(span.end)} for span in route.breaks
        ],
        "trips": [
            {
                "start": clock_text(trip.start),
                "load": dict(vars(trip.load)),
                "stops": [
                    {
                        "id": visit.id,
                        "arrive": clock_text(visit.arrive),
                        "start": clock_text(visit.start),
                        "leave": clock_text(visit.leave),
                    }
                    for visit in trip.stops
                ],
            }
            for trip in route.trips
        ],
    }
