"""The address register: where addresses come from, how well homes are known, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import svcs.flask
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from hoffice.accounts.access import current_account, current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.desk import queries
from hoffice.errors import N_, Refused
from hoffice.jobs import queries as jobs
from hoffice.jobs.models import Job
from hoffice.people import queries as people
from hoffice.people import service as people_deeds
from hoffice.people.access import CHANGES_PEOPLE
from hoffice.places.queries import overview as places
from hoffice.places.rules import PRECISION_LABELS, Geocoder, Located, Precision
from hoffice.places.service import register as deeds
from hoffice.places.service.credits import credit_of
from hoffice.places.service.online import online_of
from hoffice.web.pages import translated

bp = Blueprint("register", __name__, url_prefix="/orte")

READERS: Final = (Role.IT, Role.HR, Role.AUDITOR)
KIND_LABELS: Final = {
    "geojson": N_("GeoJSON file"),
    "gml": N_("GML file"),
    "geopackage": N_("GeoPackage"),
    "osm": N_("extract of OpenStreetMap"),
    "table": N_("table"),
}
"""What the readers of ``places.sources`` call what they have read."""
LONGEST: Final = 300

TOO_LONG = Length(max=LONGEST, message=_l("This is longer than 300 characters."))


def _stripped(text: str | None) -> str:
    return " ".join((text or "").split())


class TryForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """An address to be looked up, and nothing more."""

    address = StringField(
        _l("An address, as somebody would write it"),
        description=_l("Such as Sonnenallee 112, 12045 Berlin. It is not kept."),
        filters=[_stripped],
        validators=[InputRequired(_l("Which address?")), TOO_LONG],
    )


class AliasForm(FlaskForm):  # type: ignore[misc]  # as above
    """Two names of one street."""

    old_name = StringField(
        _l("Name of before"),
        filters=[_stripped],
        validators=[InputRequired(_l("What was it called?")), TOO_LONG],
    )
    new_name = StringField(
        _l("Name of today"),
        filters=[_stripped],
        validators=[InputRequired(_l("What is it called now?")), TOO_LONG],
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """What the house answers to an address."""

    asked: str
    located: Located

    @property
    def notices(self) -> list[str]:
        """What there is to say about it, in the reader's language."""
        return [one.said(lambda text: str(_(text))) for one in self.located.remarks]

    @property
    def source(self) -> str:
        """Whose words and point these are."""
        return credit_of(self.located.provider)

    @property
    def stops(self) -> list[dict[str, Any]]:
        """The answer and the candidates that have a point, for the map."""
        found = self.located
        own = []
        if found.lat is not None:
            own = [
                {
                    "id": "found",
                    "home": True,
                    "name": found.matched or self.asked,
                    "lat": found.lat,
                    "lon": found.lon,
                    "precision": found.precision,
                    "radius_m": found.radius_m,
                }
            ]
        return own + [
            {
                "id": f"candidate-{number}",
                "n": number,
                "run": 1,
                "label": f"{number}: {one.line}",
                "name": one.line,
                "lat": one.lat,
                "lon": one.lon,
            }
            for number, one in enumerate(found.candidates, 1)
            if one.lat is not None
        ]


@bp.get("/")
@open_to(*READERS)
def index() -> ResponseReturnValue:
    """Where addresses come from, how well homes are known, and what can be done about it."""
    return _page()


def _page(
    *, trying: TryForm | None = None, renaming: AliasForm | None = None, tried: Tried | None = None
) -> ResponseReturnValue:
    counts = people.homes_by_precision()
    states = places.source_states()
    account = current_account()
    aliases = places.aliases()
    online = online_of(settings())
    page = render_template(
        "places/register.html",
        states=states,
        is_empty=not any(state.edition for state in states),
        kinds=KIND_LABELS,
        counts=counts,
        homes=sum(counts.values()),
        exact=counts[Precision.PINNED] + counts[Precision.HOUSE],
        asking=people.open_questions(),
        precisions=PRECISION_LABELS,
        sees_people=bool(account.roles & frozenset(CHANGES_PEOPLE)),
        may_change=Role.IT in account.roles,
        aliases=aliases,
        names=queries.account_names(one.added_by for one in aliases),
        online=online,
        last=_last_relocation(),
        trying=trying or TryForm(formdata=None),
        renaming=renaming or AliasForm(formdata=None),
        tried=tried,
    )
    is_wrong = any(form is not None and form.errors for form in (trying, renaming))
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK


def _last_relocation() -> Job | None:
    """The last time everybody was located again, if it came to its end."""
    job = jobs.newest_of(people_deeds.RELOCATE)
    return job if job is not None and job.result else None


@bp.post("/ausprobieren", endpoint="try_address")
@open_to(Role.IT)
def look_up() -> ResponseReturnValue:
    """Look an address up, so that one sees what the house would answer; nothing is kept."""
    db.session.rollback()  # nothing is written: nobody waits while an online provider is asked
    form = TryForm()
    if not form.validate_on_submit():
        return _page(trying=form)
    geocoder: Geocoder = svcs.flask.get_abstract(Geocoder)
    asked = form.address.data or ""
    return _page(trying=form, tried=Tried(asked, geocoder.locate(asked, "", "", "")))


@bp.post("/umbenannt")
@open_to(Role.IT)
def rename() -> ResponseReturnValue:
    """Say that a street has another name now; both names will find it."""
    form = AliasForm()
    if not form.validate_on_submit():
        return _page(renaming=form)
    try:
        deeds.rename_street(form.old_name.data or "", form.new_name.data or "", by=current_actor())
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(translated(refusal))
        return _page(renaming=form)
    flash(_("Both names find the street now."))
    return redirect(url_for(".index", _anchor="names"), 303)


@bp.post("/umbenannt/<int:alias_id>/entfernen")
@open_to(Role.IT)
def forget_name(alias_id: int) -> ResponseReturnValue:
    """Take back that a street has another name."""
    deeds.forget_name(alias_id, by=current_actor())
    flash(_("The other name is forgotten."))
    return redirect(url_for(".index", _anchor="names"), 303)


@bp.post("/neu-finden")
@open_to(Role.IT)
def relocate() -> ResponseReturnValue:
    """Let a job ask the register again about every home."""
    job = people_deeds.ask_to_relocate(by=current_actor())
    return redirect(url_for("desk.job", job_id=job.id), 303)
