"""Which way each kit goes home: one by one, or for many at once."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from svcs.flask import get as door

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.handover.views.blueprint import READERS, ways
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.places.travel.answers import TravelTimes
from hoffice.runs import queries, rules, service
from hoffice.runs.models import Stop
from hoffice.runs.rules import Way
from hoffice.runs.service.retiming import roads_ahead
from hoffice.web import formats, lists
from hoffice.web.deeds import after
from hoffice.web.language import safe_target
from hoffice.web.lists import Column, Filter
from hoffice.web.numbers import ticked
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

MOST_AT_ONCE = 500


@ways.get("/wege")
@open_to(*READERS)
def ways_home() -> ResponseReturnValue:
    """Everybody whose kit is not there yet, and how it comes."""
    found = lists.listed(
        queries.open_ways(),
        name=N_("Ways of delivery"),
        columns=COLUMNS,
        key=Stop.id,
        search=people.search_names,
        filters=(
            Filter(
                "weg",
                N_("Way of delivery"),
                [(way.value, str(_(label))) for way, label in rules.WAY_LABELS.items()],
                lambda word: Stop.way == Way(word),
            ),
        ),
        sort="name",
    )
    if found.export:
        return lists.exported(found, found.export)
    return render_template(
        "handover/ways.html", listing=found, labels=rules.WAY_LABELS, ways=tuple(Way), agreed=agreed
    )


def agreed(stop: Stop) -> str:
    """What is agreed for this stop, in a few words."""
    if stop.booking is not None:
        day = formats.day(stop.booking.counter.on_date)
        return str(_("comes on %(day)s, %(time)s", day=day, time=_clock(stop.booking.start_min)))
    if stop.parcel is not None:
        return str(_(rules.carrier_name(stop.parcel.carrier))) + " " + stop.parcel.number
    if stop.slot is not None:
        window = formats.window(stop.slot.start_min, stop.slot.end_min)
        return f"{formats.day(stop.slot.shift.on_date)}, {window}"
    if stop.run is not None:
        return str(_("planned for %(day)s", day=formats.day(stop.run.shift.on_date)))
    return ""


def _clock(minute: int) -> str:
    return formats.clock_min(minute)


COLUMNS: tuple[Column[Stop], ...] = (
    Column(
        "name",
        N_("Person"),
        sort=(Employee.last_name, Employee.first_name),
        text=lambda row: row.employee.name,
    ),
    Column("town", N_("Where"), text=lambda row: row.home.town_line),
    Column(
        "way",
        N_("Way of delivery"),
        sort=(Stop.way,),
        text=lambda row: str(_(rules.WAY_LABELS[row.way])),
    ),
    Column("agreed", N_("Agreed"), text=agreed),
)


def _way_sent() -> Way | None:
    word = request.form.get("way", "")
    return Way(word) if word in set(Way) else None


@ways.post("/wege")
@open_to(*READERS)
def choose_for_many() -> ResponseReturnValue:
    """One way for everybody who is ticked; who cannot change is named, the others change."""
    way = _way_sent()
    ids = ticked()[:MOST_AT_ONCE]
    if way is None or not ids:
        flash(_("Choose people, and the way their kits go home."), "problem")
        return redirect(url_for("ways.ways_home"), HTTPStatus.SEE_OTHER)
    with set_aside():
        roads = roads_ahead(ids, door(TravelTimes))
    changed, refused = 0, []
    for stop_id in sorted(ids):
        try:
            with db.session.begin_nested():
                links = door(LinkBook)
                service.set_way(stop_id, way, by=current_actor(), links=links, roads=roads)
        except Refused as refusal:
            refused.append(translated(refusal))
        else:
            changed += 1
    if changed:
        flash(ngettext("One way is set.", "%(num)s ways are set.", changed))
    for words in refused:
        flash(words, "problem")
    return redirect(url_for("ways.ways_home"), HTTPStatus.SEE_OTHER)


@ways.post("/halt/<int:stop_id>/weg")
@open_to(*READERS)
def choose(stop_id: int) -> ResponseReturnValue:
    """The way of one kit, chosen on the person's page; that is where one comes back to."""
    back = request.form.get("next")
    target = safe_target(back) if back else url_for("ways.ways_home")
    way = _way_sent()
    if way is None:
        flash(_("Choose a way."), "problem")
        return redirect(target, HTTPStatus.SEE_OTHER)
    with set_aside():
        roads = roads_ahead([stop_id], door(TravelTimes))
    return after(
        lambda: service.set_way(
            stop_id, way, by=current_actor(), links=door(LinkBook), roads=roads
        ),
        _("Noted: %(way)s.", way=_(rules.WAY_LABELS[way])),
        target,
    )
