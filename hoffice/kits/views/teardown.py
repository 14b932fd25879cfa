"""Tearing down desks: whose turn it is, and the page at the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import svcs
from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store
from hoffice.kits import queries, words
from hoffice.kits.models import Item, Teardown
from hoffice.kits.queries import fitness
from hoffice.kits.queries import teardown as reading
from hoffice.kits.rules import AttachmentKind, ItemKind
from hoffice.kits.rules.desk import short_of
from hoffice.kits.rules.reading import What
from hoffice.kits.service import attachments, desk_changes, desk_scans, scanning
from hoffice.kits.service import teardown as deeds
from hoffice.kits.service.desk_scans import KindNeeded, OddTag, Said
from hoffice.kits.service.kits import lacking_of, missing_of
from hoffice.kits.views import scanned
from hoffice.kits.views.blueprint import READERS, bp, elsewhere
from hoffice.people.models import Employee
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

MOST_FOUND = 12
DAY_MINUTES = 24 * 60
LONGEST_SITTING = timedelta(hours=1)
"""A desk that was open for longer was left and taken up again: its time says nothing."""


# Whose desk


@bp.get("/abbau")
@open_to(*READERS)
def teardowns() -> ResponseReturnValue:
    """Begin with the next desk, go on with one, and how far the day is."""
    return _list()


def _list(*, wrong: str = "") -> str:
    text = request.values.get("q", "").strip()
    place_id = request.values.get("place", 0, type=row_number)
    read = scanning.read(text) if text else None
    if read is not None and read.what is What.PLACE and read.id is not None:
        place_id, text = read.id, ""
    place = reading.place(place_id) if place_id else None
    people: Sequence[Employee] = ()
    if text:
        people = reading.people_with(text.split(), limit=MOST_FOUND + 1)
    elif place is not None:
        people = reading.people_named_in(place.name, limit=MOST_FOUND)
    start = clock.at(clock.today(), 0)
    found = reading.begun_or_done_on(start, start + timedelta(minutes=DAY_MINUTES))
    done = [one for one in found if one.done_at is not None]
    return render_template(
        "kits/teardowns.html",
        wrong=wrong,
        q=text,
        place=place,
        people=people[:MOST_FOUND],
        too_many=len(people) > MOST_FOUND,
        kits=reading.open_of_people(one.id for one in people),
        types=queries.kit_types(),
        kit_type_id=request.values.get("kit_type", 0, type=row_number)
        or reading.last_type(str(current_actor())),
        begun=[one for one in found if one.done_at is None],
        done=done,
        minutes=_minutes(done),
        people_left=reading.without_kit(),
        span=_span,
        short_of=lambda one: missing_of(one.kit),
    )


def _span(found: Teardown) -> str:
    """How long a desk took, such as '1:45'; nothing when somebody came back to it much later."""
    if found.done_at is None or found.done_at - found.begun_at > LONGEST_SITTING:
        return ""
    seconds = max(0, int((found.done_at - found.begun_at).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


def _minutes(done: Sequence[Teardown]) -> str:
    """How long a desk took on the whole: the one in the middle, so that breaks do not count."""
    lasting = sorted(
        (one for one in done if _span(one)),
        key=lambda one: (one.done_at or one.begun_at) - one.begun_at,
    )
    return _span(lasting[len(lasting) // 2]) if lasting else ""


@bp.post("/abbau")
@open_to(Role.IT)
def begin_teardown() -> ResponseReturnValue:
    """Begin with this person's desk."""
    place = request.form.get("place", 0, type=row_number)
    if place:
        place = place if reading.place(place) is not None else 0
    try:
        found = deeds.begin(
            request.form.get("employee", 0, type=row_number),
            request.form.get("kit_type", 0, type=row_number),
            by=current_actor(),
            location_id=place or None,
        )
    except NotFound:
        raise
    except Refused as refusal:
        db.session.rollback()
        return _list(wrong=translated(refusal)), HTTPStatus.CONFLICT
    return redirect(url_for(".teardown", teardown_id=found.id))


# At the desk


@bp.get("/abbau/<int:teardown_id>")
@open_to(*READERS)
def teardown(teardown_id: int) -> ResponseReturnValue:
    """One desk: the field, what is expected, what is there, and the labels at the end."""
    return _page(reading.teardown(teardown_id))


def _page(found: Teardown, *, wrong: str = "", code: str = "", asks: str = "") -> str:
    told = _told(found)
    mine = [one for one in deeds.scans(found) if one.by == str(current_actor())]
    last = mine[-1] if mine else None
    return render_template(
        "kits/teardown.html",
        **told,
        note=_note(found),
        wrong=wrong,
        code=code,
        asks=asks,
        kinds=list(ItemKind),
        number=scanned.new_number(),
        after=last.id if last is not None else "",
        last=last,
        said=scanned.sentence(last.answer) if last is not None else "",
        labels_url=elsewhere("kits.labels", kit=found.kit_id),
    )


def _told(found: Teardown) -> dict[str, Any]:
    """What the part with the places needs, alone or on its page."""
    kit = found.kit
    scans = deeds.scans(found)
    last = reading.last_done(str(current_actor()), kit.kit_type.series, but=found.id)
    places = deeds.places_of(found, by=current_actor())
    lacking = words.kinds(short_of(places))
    if found.done_at is not None:
        lacking = lacking_of(kit).said(_)
    return {
        "teardown": found,
        "kit": kit,
        "places": places,
        "items": {row.item_id: row.item for row in kit.kit_items},
        "scan_of": {one.item_id: one for one in scans if one.answer["did"] in deeds.PUT_IN},
        "damaged": fitness.damaged_among(row.item_id for row in kit.kit_items),
        "made_here": {one.item_id for one in scans if one.answer["did"] == "new"},
        "last_scan": next((one for one in reversed(scans) if one.answer["did"] != "same"), None),
        "lacking": lacking,
        "like": last.kit.employee.name if last is not None else "",
        "models": queries.models_in_use(),
        "kind_choices": [(kind, words.kind(kind)) for kind in ItemKind],
    }


@bp.get("/abbau/<int:teardown_id>/plaetze")
@open_to(*READERS)
def teardown_places(teardown_id: int) -> ResponseReturnValue:
    """The places alone, for the script that puts them there anew after a scan, whoever scanned.

    Not part of the answer to the scan: drawing them would keep all others waiting for it.
    """
    found = reading.teardown(teardown_id)
    return jsonify(
        html=render_template("kits/teardown_places.html", **_told(found)),
        note=_note(found),
        done=found.done_at is not None,
    )


def _note(found: Teardown) -> str:
    """What stands below the name: the kit type, and which desk it is."""
    place = found.location.name if found.location is not None else ""
    return " · ".join(filter(None, (found.kit.kit_type.name, place)))


@bp.post("/abbau/<int:teardown_id>/scan")
@open_to(Role.IT)
def teardown_scan(teardown_id: int) -> ResponseReturnValue:
    """One scan at the desk; sent again, it counts once."""
    sent = scanned.sent()
    said = Said(after=sent.after, kind=sent.kind, means=sent.means, swapped=sent.swapped)
    try:
        answer = desk_scans.scan(teardown_id, sent.id, sent.code, by=current_actor(), said=said)
    except Refused as refusal:
        asks = {KindNeeded: "kind", OddTag: "tag"}.get(type(refusal), "")
        db.session.rollback()
        found = reading.teardown(teardown_id)
        if scanned.wants_json():
            closed = found.done_at is not None
            return scanned.refused(refusal, ask=asks, code=sent.code, closed=closed)
        page = _page(found, wrong=translated(refusal), code=sent.code, asks=asks)
        return page, HTTPStatus.CONFLICT
    if scanned.wants_json():
        return scanned.accepted(sent.id, answer)
    return redirect(url_for(".teardown", teardown_id=teardown_id))


def _done(teardown_id: int, deed: Callable[[], object], said: str) -> ResponseReturnValue:
    """Do one deed and stay at the desk; a refusal stands there, and nothing is changed."""
    found = reading.teardown(teardown_id)
    try:
        deed()
    except NotFound:
        raise
    except Refused as refusal:
        if scanned.wants_json():
            return scanned.refused(refusal)
        db.session.rollback()
        return _page(found, wrong=translated(refusal)), HTTPStatus.CONFLICT
    if scanned.wants_json():
        return jsonify(ok=True, say=said, tone="good")
    flash(said)
    return redirect(url_for(".teardown", teardown_id=teardown_id))


@bp.post("/abbau/<int:teardown_id>/zurueck")
@open_to(Role.IT)
def teardown_undo(teardown_id: int) -> ResponseReturnValue:
    """Take back a scan; or, when it was no serial number, take its code for a tag."""
    scan_id = request.form.get("scan", "")
    means_tag = request.form.get("means") == "tag"
    by = current_actor()

    def deed() -> None:
        row = desk_changes.take_back(teardown_id, scan_id, by=by)
        if means_tag:
            desk_scans.scan(
                teardown_id, scanned.new_number(), row.code, by=by, said=Said(means="tag")
            )

    said = _("It is a device of its own now.") if means_tag else _("The scan was taken back.")
    return _done(teardown_id, deed, said)


@bp.post("/abbau/<int:teardown_id>/art")
@open_to(Role.IT)
def teardown_change(teardown_id: int) -> ResponseReturnValue:
    """Say that a new device is of another kind, or which model it is."""
    item_id = request.form.get("item", 0, type=row_number)
    what = request.form.get("what", "")
    model_id = row_number(what.removeprefix("model:")) if what.startswith("model:") else None
    kind = ItemKind(what) if what in set(ItemKind) else None
    if model_id is None and kind is None:
        return redirect(url_for(".teardown", teardown_id=teardown_id))

    def deed() -> Item:
        return desk_changes.change(
            teardown_id, item_id, kind=kind, model_id=model_id, by=current_actor()
        )

    return _done(teardown_id, deed, _("The device is now what you said."))


@bp.post("/abbau/<int:teardown_id>/seriennummer")
@open_to(Role.IT)
def teardown_serial(teardown_id: int) -> ResponseReturnValue:
    """Write down a serial number that was typed for one device."""
    item_id = request.form.get("item", 0, type=row_number)
    serial = request.form.get("serial", "").strip()[: desk_scans.SERIAL_LENGTH]

    def deed() -> Item:
        return desk_changes.note_serial(teardown_id, item_id, serial, by=current_actor())

    return _done(teardown_id, deed, _("The serial number is noted."))


@bp.post("/abbau/<int:teardown_id>/foto")
@open_to(Role.IT)
def teardown_photo(teardown_id: int) -> ResponseReturnValue:
    """Keep a photo of the wiring with the kit."""
    try:
        with set_aside():
            photos = _photos()
    except Refused as refusal:
        db.session.rollback()
        page = _page(reading.teardown(teardown_id), wrong=translated(refusal))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    kit_id = reading.teardown(teardown_id).kit_id

    def deed() -> None:
        for name, photo in photos:
            attachments.attach(
                f"kit:{kit_id}",
                AttachmentKind.WIRING,
                photo,
                store=svcs.flask.get(Store),
                by=current_actor(),
                name=name,
            )

    return _done(teardown_id, deed, _("The photo is kept with the kit."))


def _photos() -> list[tuple[str, attachments.Sent]]:
    """The photos that came, looked at; refused when there is none."""
    files = [file for file in request.files.getlist("photo") if file.filename]
    if not files:
        raise Refused(N_("Take a photo or choose a file first."))
    kind = AttachmentKind.WIRING
    return [(file.filename or "", attachments.looked_at(file.read(), kind)) for file in files]


@bp.post("/abbau/<int:teardown_id>/fertig")
@open_to(Role.IT)
def teardown_finish(teardown_id: int) -> ResponseReturnValue:
    """Say that the desk is done; what is complete is packed."""
    as_it_is = request.form.get("as_it_is") == "y"
    return _done(
        teardown_id,
        lambda: deeds.finish(teardown_id, by=current_actor(), as_it_is=as_it_is),
        _("The desk is finished."),
    )


@bp.post("/abbau/<int:teardown_id>/weiter")
@open_to(Role.IT)
def teardown_go_on(teardown_id: int) -> ResponseReturnValue:
    """Open a finished desk again."""
    return _done(
        teardown_id,
        lambda: deeds.go_on(teardown_id, by=current_actor()),
        _("Go on scanning at this desk."),
    )


@bp.post("/abbau/<int:teardown_id>/verwerfen")
@open_to(Role.IT)
def teardown_drop(teardown_id: int) -> ResponseReturnValue:
    """End a desk that was begun by mistake."""
    try:
        deeds.drop(teardown_id, by=current_actor())
    except NotFound:
        raise
    except Refused as refusal:
        db.session.rollback()
        return _page(reading.teardown(teardown_id), wrong=translated(refusal)), HTTPStatus.CONFLICT
    flash(_("The desk was dropped. Nothing of it is left."))
    return redirect(url_for(".teardowns"))
