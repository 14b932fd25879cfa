"""Stock-takes in the browser: begun, scanned by several people at once, closed, settled."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.access import current_account, current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.kits import queries as kits
from hoffice.kits import words
from hoffice.kits.forms import TAG_LENGTH, kind_choices
from hoffice.kits.models import Item, StockTake, StockTakeLine
from hoffice.kits.queries import counting as queries
from hoffice.kits.queries import home_checks as at_home
from hoffice.kits.rules import ItemKind, tag_of
from hoffice.kits.service import counting as service
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.naming import Names
from hoffice.units import ActorKind
from hoffice.web.formats import clock_time, moment
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated

LAST = 8
"""So many of the last scans stand on the scanning page."""
NAMED_AT_MOST = 5
"""So many places are named of those that could be meant."""


class CountForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What is counted."""

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=service.NAME_CHARS)])
    place = StringField(
        _l("What is counted"),
        description=_l(
            "The name of a place, or scan its label. If the field is empty, the whole house is "
            "counted."
        ),
        validators=[Optional(), Length(max=120)],
    )
    location_id: int | None = None
    """The place that is meant; none for the whole house."""

    def validate_place(self, field: StringField) -> None:
        """Find the one place that is meant by its label, its code, its name, or a part of it."""
        typed = " ".join((field.data or "").split()).casefold()
        if not typed:
            return
        code = tag_of(field.data or "").casefold()
        places = kits.locations_in_use()
        found = [
            one for one in places if typed == one.name.casefold() or code == one.code.casefold()
        ]
        found = found or [one for one in places if typed in one.name.casefold()]
        if not found:
            raise ValidationError(_("There is no place of this name in use."))
        if len(found) > 1:
            names = ", ".join(one.name for one in found[:NAMED_AT_MOST])
            names += " …" if found[NAMED_AT_MOST:] else ""
            raise ValidationError(
                _("Several places fit: %(names)s. Type a little more.", names=names)
            )
        self.location_id = found[0].id


class StrangerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What a device is whose tag nobody knew."""

    asset_tag = StringField(_l("Asset tag"), validators=[DataRequired(), Length(max=TAG_LENGTH)])
    kind = SelectField(_l("Kind"))
    model = StringField(_l("Model"), validators=[Optional(), Length(max=120)])
    serial = StringField(_l("Serial number"), validators=[Optional(), Length(max=80)])

    def __init__(self, tag: str) -> None:
        super().__init__(data={"asset_tag": tag})
        self.kind.choices = kind_choices()


@bp.route("/inventuren", methods=["GET", "POST"])
@open_to(*READERS)
def counts() -> ResponseReturnValue:
    """Every stock-take, in the house and at home; IT begins new ones here."""
    form = CountForm()
    may_begin = Role.IT in current_account().roles
    if may_begin and form.validate_on_submit():
        try:
            made = service.begin(
                form.name.data or "", location_id=form.location_id, by=current_actor()
            )
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            return redirect(url_for(".count", count_id=made.id), HTTPStatus.SEE_OTHER)
    found = queries.counts()
    checks = at_home.checks()
    page = render_template(
        "kits/counts.html",
        form=form,
        places=kits.locations_in_use() if may_begin else (),
        counts=found,
        counters=queries.counters([one.id for one in found]),
        checks=checks,
        standing=at_home.standing([one.id for one in checks]),
    )
    is_wrong = form.is_submitted() and bool(form.errors)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK


@bp.get("/inventuren/<int:count_id>")
@open_to(*READERS)
def count(count_id: int) -> ResponseReturnValue:
    """An open count: the field for scans and how far it is; of a closed one its result."""
    found = queries.count(count_id)
    if found.closed_at is not None:
        return redirect(url_for(".count_lines", count_id=count_id))
    return _scan_page(found)


def _scan_page(found: StockTake, said: dict[str, Any] | None = None) -> ResponseReturnValue:
    page = render_template(
        "kits/count.html",
        count=found,
        said=said,
        scan_id=str(uuid.uuid4()),
        counters=queries.counters([found.id])[found.id],
        last=_last(found.id),
        strangers=queries.strangers(found.id),
    )
    is_refused = said is not None and not said["ok"]
    return page, HTTPStatus.CONFLICT if is_refused else HTTPStatus.OK


def _last(count_id: int) -> list[dict[str, Any]]:
    """What was seen last, in words."""
    names = staff_names()
    return [
        {
            "item": line.item_id,
            "tag": line.item.asset_tag,
            "what": _what(line.item),
            "is_expected": line.is_expected,
            "seen": seen_text(line, names),
        }
        for line in queries.last_seen(count_id, limit=LAST)
    ]


def staff_names() -> dict[str, str]:
    """Who is on staff, as the tables name them."""
    return {f"{ActorKind.STAFF}:{one.id}": one.name for one in accounts.everybody()}


def seen_text(line: StockTakeLine, names: dict[str, str]) -> str:
    """When and by whom something was seen; empty when nobody has."""
    if line.seen_at is None:
        return ""
    is_today = line.seen_at.astimezone(clock.BERLIN).date() == clock.today()
    time = clock_time(line.seen_at) if is_today else moment(line.seen_at)
    return str(_("%(time)s, %(name)s", time=time, name=names.get(line.seen_by, "–")))


def _what(item: Item) -> str:
    return " ".join(filter(None, (words.kind(item.kind), item.model)))


@bp.post("/inventuren/<int:count_id>/scan")
@open_to(Role.IT)
def count_scan(count_id: int) -> ResponseReturnValue:
    """Count what was scanned; answers the script as JSON, and a plain form with the page."""
    found = queries.count(count_id)
    sent = request.get_json(silent=True) if request.is_json else request.form
    sent = sent if isinstance(sent, Mapping) else {}
    scan_id = str(sent.get("id", ""))
    try:
        answer = service.scan(
            count_id,
            scan_id,
            str(sent.get("code", "")),
            by=current_actor(),
            swapped=bool(sent.get("swapped")),
        )
    except NotFound:
        raise
    except Refused as refusal:
        db.session.rollback()
        said = {"ok": False, "tone": "problem", "say": translated(refusal), "undo": []}
        said["closed"] = queries.count(count_id).closed_at is not None
    else:
        said = _said(count_id, answer)
    said["id"] = scan_id
    if request.is_json:
        return jsonify(said), HTTPStatus.OK if said["ok"] else HTTPStatus.CONFLICT
    return _scan_page(queries.count(found.id), said)


def _said(count_id: int, answer: dict[str, Any]) -> dict[str, Any]:
    """What became of a scan, in the reader's words, with the way back."""
    counted, again = answer.get("counted", []), answer.get("again", [])
    said: dict[str, Any] = {"ok": True, "undo": counted, "put_right": answer["put_right"]}
    facts = {"code": answer["code"]}
    match answer["result"]:
        case "item":
            said |= _item_said(count_id, (counted or again)[0], is_new=bool(counted))
        case "box":
            said |= {"tone": "note", "say": _box_said(answer["code"], len(counted), len(again))}
        case _:  # a tag that nobody knows
            text = (
                _("Nobody knows %(code)s. It is noted; take it in now or later.", **facts)
                if answer["result"] == "stranger"
                else _("%(code)s is noted already.", **facts)
            )
            stranger = answer["stranger"]
            url = url_for(".count_stranger", count_id=count_id, stranger_id=stranger)
            said |= {"tone": "problem", "say": str(text), "take_in": url}
    return said


def _box_said(code: str, counted: int, again: int) -> str:
    text = ngettext(
        "%(num)s device in box %(code)s counts as seen now.",
        "%(num)s devices in box %(code)s count as seen now.",
        counted,
        code=code,
    )
    if again:
        already = ngettext("%(num)s was counted already.", "%(num)s were counted already.", again)
        text = f"{text} {already}"
    look = _("Open it and look; take back what is not in it.")
    return f"{text} {look}"


def _item_said(count_id: int, item_id: int, *, is_new: bool) -> dict[str, Any]:
    [item] = queries.items_by_id([item_id])
    line = queries.line(count_id, item_id)
    facts = {"tag": item.asset_tag, "what": _what(item)}
    if not is_new:
        seen = seen_text(line, staff_names()) if line is not None else ""
        text = _("%(tag)s was counted already: %(seen)s.", tag=item.asset_tag, seen=seen)
        return {"tone": "note", "say": str(text)}
    if line is None or line.is_expected:
        return {"tone": "good", "say": str(_("%(tag)s found: %(what)s.", **facts))}
    text = _("%(tag)s is not expected here (%(what)s).", **facts)
    who = _holder(item)
    if who:
        text = f"{text} " + str(_("By the ledger: %(who)s.", who=who))
    return {"tone": "problem", "say": str(text)}


def _holder(item: Item) -> str:
    if item.holding is None:
        return ""
    names = Names()
    names.learn([(item.holding.holder_kind, item.holding.holder_id)])
    return names.of(item.holding.holder_kind, item.holding.holder_id)


@bp.get("/inventuren/<int:count_id>/stand")
@open_to(*READERS)
def count_state(count_id: int) -> ResponseReturnValue:
    """How far it is, for the page of everybody who counts."""
    found = queries.count(count_id)
    counters = queries.counters([count_id])[count_id]
    return jsonify(
        expected=counters.expected,
        found=counters.found,
        missing=counters.missing,
        unexpected=counters.unexpected,
        strangers=counters.strangers,
        closed=found.closed_at is not None,
        last=_last(count_id),
        unknown=render_template(
            "kits/count_strangers.html", count=found, strangers=queries.strangers(count_id)
        ),
    )


def back_after(
    count_id: int, deed: Callable[[], object], said: Callable[[Any], str]
) -> ResponseReturnValue:
    """Do one deed and go back to where it was asked for; a refusal is said there."""
    try:
        done = deed()
    except NotFound:
        raise
    except Refused as refusal:
        db.session.rollback()
        flash(translated(refusal), "problem")
    else:
        flash(said(done))
    endpoint = ".count" if request.form.get("from") == "scan" else ".count_lines"
    anchor = request.form.get("at", type=row_number)
    url = url_for(endpoint, count_id=count_id, _anchor=f"item-{anchor}" if anchor else None)
    return redirect(url, HTTPStatus.SEE_OTHER)


@bp.post("/inventuren/<int:count_id>/gesehen/<int:item_id>")
@open_to(Role.IT)
def count_tick(count_id: int, item_id: int) -> ResponseReturnValue:
    """Say by hand that a device was seen."""
    tag = kits.item(item_id).asset_tag
    return back_after(
        count_id,
        lambda: service.tick(count_id, item_id, by=current_actor()),
        lambda is_new: str(
            _("%(tag)s counts as seen.", tag=tag)
            if is_new
            else _("%(tag)s was seen already.", tag=tag)
        ),
    )


@bp.post("/inventuren/<int:count_id>/zurueck")
@open_to(Role.IT)
def count_undo(count_id: int) -> ResponseReturnValue:
    """Take back that devices were seen."""
    chosen = request.form.getlist("items", type=row_number)
    return back_after(
        count_id,
        lambda: service.undo(count_id, chosen, by=current_actor()),
        lambda taken: ngettext("%(num)s is taken back.", "%(num)s are taken back.", taken),
    )


@bp.route("/inventuren/<int:count_id>/unbekannt/<int:stranger_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def count_stranger(count_id: int, stranger_id: int) -> ResponseReturnValue:
    """Take in a device whose tag nobody knew, there where it was found."""
    found = queries.count(count_id)
    stranger = queries.stranger(count_id, stranger_id)
    form = StrangerForm(stranger.code)
    if form.validate_on_submit():
        try:
            made = service.take_in(
                count_id,
                stranger_id,
                form.asset_tag.data or "",
                ItemKind(form.kind.data),
                by=current_actor(),
                model=form.model.data or "",
                serial=form.serial.data or "",
            )
        except NotFound:
            raise
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            flash(_("%(tag)s is taken in and counts as seen.", tag=made.asset_tag))
            return redirect(url_for(".count", count_id=count_id), HTTPStatus.SEE_OTHER)
    page = render_template("kits/count_stranger.html", count=found, stranger=stranger, form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@bp.post("/inventuren/<int:count_id>/unbekannt/<int:stranger_id>/verwerfen")
@open_to(Role.IT)
def count_drop_stranger(count_id: int, stranger_id: int) -> ResponseReturnValue:
    """Forget a tag that is none of ours."""
    return back_after(
        count_id,
        lambda: service.drop_stranger(count_id, stranger_id, by=current_actor()),
        lambda code: str(_("%(code)s is dropped.", code=code)),
    )
