"""How a kit gets home: by van, picked up at the office, or by parcel."""

from __future__ import annotations

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits.rules import BoxState
from hoffice.runs import queries, rules
from hoffice.runs.models import Parcel, Run, Stop
from hoffice.runs.planning.frame import Roads
from hoffice.runs.rules import Carrier, OfferAnswer, StopState, Way, WishState
from hoffice.runs.service import timetable
from hoffice.runs.service.driving import end_stop
from hoffice.runs.service.letters import clock_text, office, write_to
from hoffice.runs.service.retiming import retime
from hoffice.runs.service.stops import bring_up_to_date, let_go
from hoffice.units import Actor, ActorKind

CARRIER_CHARS = 40
"""Room for the name of a carrier that we do not know."""


def set_way(
    stop_id: int,
    way: Way,
    *,
    by: Actor,
    links: LinkBook | None = None,
    roads: Roads | None = None,
) -> Stop:
    """Choose how a kit gets home; whoever is to pick it up is asked by mail to choose a time.

    Refused once something is promised, booked or on its way; the refusal says what to do first.
    A stop that leaves the van leaves its planned run too, and what was offered to it lapses; with
    ``roads`` (:func:`~hoffice.runs.service.retiming.roads_ahead`) the run is timed anew.
    """
    timetable.hold()
    stop = queries.locked_stop(stop_id)
    if stop.way is way:
        return stop
    _refuse_settled(stop)
    if stop.way is Way.VAN:
        _leave_van(stop, roads)
    before, stop.way = stop.way, way
    db.session.flush()
    record(
        by,
        f"runs.way_{way}",
        stop,
        employee_id=stop.employee_id,
        before=before.value,
    )
    if way is Way.OFFICE and links is not None and by.kind is not ActorKind.EMPLOYEE:
        facts = {"boxes": len(stop.kit.boxes), **office()}
        write_to(stop, "pickup_choose", facts, by=by, links=links)
    return stop


def _refuse_settled(stop: Stop) -> None:
    name = stop.employee.name
    if stop.state in rules.STOP_ENDED:
        raise Refused(N_("This visit has ended; its way can no longer be changed."))
    if stop.kit.dissolved_at is not None:
        raise Refused(N_("The kit of %(name)s was dissolved; nothing has to go there."), name=name)
    if stop.state is StopState.UNDER_WAY:
        raise Refused(N_("The boxes of %(name)s are on their way already."), name=name)
    if any(box.state is BoxState.LOADED for box in stop.kit.boxes):
        raise Refused(
            N_("Boxes of %(name)s are on the van. Take them off first, then choose another way."),
            name=name,
        )
    if stop.slot is not None:
        raise Refused(
            N_(
                "A window on %(date)s is promised to %(name)s. Take the promise back first, then "
                "choose another way."
            ),
            name=name,
            date=stop.slot.shift.on_date,
        )
    if stop.booking is not None:
        raise Refused(
            N_(
                "%(name)s has booked a pick-up on %(date)s at %(time)s. Cancel it first, then "
                "choose another way."
            ),
            name=name,
            date=stop.booking.counter.on_date,
            time=clock_text(stop.booking.start_min),
        )


def _leave_van(stop: Stop, roads: Roads | None) -> None:
    if stop.run_id is not None:
        leave_run(stop, queries.run(stop.run_id, lock=True), roads)
    now = clock.now()
    offers, wish = queries.open_questions_of(stop.id)
    for offer in offers:
        offer.answer, offer.answered_at = OfferAnswer.LAPSED, now
    if wish is not None:
        wish.state, wish.ended_at = WishState.WITHDRAWN, now
    stop.invited_at = None
    db.session.flush()


def leave_run(stop: Stop, run: Run, roads: Roads | None) -> None:
    """Take a stop out of its planned run; those after it move up, and are timed anew.

    Without ``roads``, or where the rest cannot be timed, they keep their times: the van is then
    early at their doors, never late, and the next plan closes the gap.
    """
    facts = {"van": run.shift.van.name, "date": run.shift.on_date}
    if run.state not in rules.RUN_OPEN_TO_PLANNING:
        raise Refused(
            N_("The run of %(van)s on %(date)s is already being loaded; it stays as it is."),
            **facts,
        )
    if run.fixed_at is not None or stop.fixed_at is not None:
        raise Refused(N_("The run of %(van)s on %(date)s is fixed; release it first."), **facts)
    let_go(stop)
    db.session.flush()
    db.session.expire(run, ["stops"])
    for position, other in enumerate(run.stops, start=1):
        if other.position != position:
            other.position = position
            db.session.flush()
    timetable.changed()
    if run.stops:
        if roads is None or not retime(run, roads):
            timetable.settle_state(run)
        return
    shift = run.shift
    db.session.delete(run)
    db.session.flush()
    db.session.expire(shift, ["run"])


def stop_to_post(stop_id: int) -> Stop:
    """The stop, locked, whose kit may be posted now; it goes to where the person lives now."""
    stop = queries.locked_stop(stop_id)
    if stop.way is not Way.PARCEL:
        raise Refused(N_("This kit does not go by parcel; choose its way first."))
    if stop.state is not StopState.PROPOSED:
        raise Refused(N_("This parcel is posted already."))
    if stop.kit.dissolved_at is not None:
        raise Refused(N_("This kit was dissolved; there is nothing to post."))
    bring_up_to_date([stop])
    return stop


def post_parcel(
    stop: Stop, carrier: str, number: str, *, by: Actor, links: LinkBook | None = None
) -> Parcel:
    """Write down that the boxes were given to the carrier, and tell the person.

    Called by ``handover``, which asks the gates and moves the boxes. ``carrier`` is one of
    :class:`~hoffice.runs.rules.Carrier`, or the name of another one.
    """
    made = Parcel(
        stop_id=stop.id,
        carrier=_carrier(carrier),
        number=rules.parcel_number(number),
        posted_at=clock.now(),
    )
    db.session.add(made)
    flush_or(N_("This parcel is posted already."))
    stop.state = StopState.UNDER_WAY
    db.session.flush()
    db.session.expire(stop, ["parcel"])
    record(by, "runs.parcel_posted", stop, employee_id=stop.employee_id, carrier=made.carrier)
    if links is not None:
        write_to(stop, "parcel", _way_of(made, stop), by=by, links=links)
    return made


def correct_parcel(
    stop_id: int, carrier: str, number: str, *, by: Actor, links: LinkBook | None = None
) -> Parcel:
    """The number was mistyped: write the right one, and tell the person."""
    stop = queries.locked_stop(stop_id)
    parcel = stop.parcel
    if parcel is None or stop.state is not StopState.UNDER_WAY:
        raise Refused(N_("Only a parcel on its way can be corrected."))
    wanted = _carrier(carrier), rules.parcel_number(number)
    if (parcel.carrier, parcel.number) == wanted:
        return parcel
    parcel.carrier, parcel.number = wanted
    db.session.flush()
    record(by, "runs.parcel_corrected", stop, employee_id=stop.employee_id, carrier=parcel.carrier)
    if links is not None:
        write_to(stop, "parcel", _way_of(parcel, stop), by=by, links=links)
    return parcel


def parcel_arrived(stop: Stop, *, by: Actor) -> None:
    """The carrier has brought it; called by ``handover``, which writes down what was in it."""
    if stop.parcel is not None:
        stop.parcel.arrived_at = clock.now()
    end_stop(stop, StopState.DONE, by=by)


def _carrier(carrier: str) -> str:
    name = " ".join(carrier.split())
    if not name or name == Carrier.OTHER or len(name) > CARRIER_CHARS:
        raise Refused(N_("Which carrier is it? Write its name, in 40 characters at most."))
    return name


def _way_of(parcel: Parcel, stop: Stop) -> dict[str, object]:
    return {
        "carrier": rules.carrier_name(parcel.carrier),
        "number": parcel.number,
        "tracking": rules.tracking_url(parcel.carrier, parcel.number) or "",
        "boxes": len(stop.kit.boxes),
        "home": stop.home.line,
    }
