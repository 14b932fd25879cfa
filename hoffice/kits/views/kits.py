"""Kits: the list, and one kit with everything that is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import N_, Refused
from hoffice.kits import queries, service, words
from hoffice.kits.forms import TagForm
from hoffice.kits.models import Kit
from hoffice.kits.rules import BoxState
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.fitness import name_damaged
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.deeds import tried, why_not
from hoffice.web.pages import translated

CONFLICT: Final = 409
INCOMPLETE: Final = "incomplete"
OLD: Final = "old"


@bp.get("/kits/")
@open_to(*READERS)
def kits() -> ResponseReturnValue:
    """Every kit: whose it is, how far its boxes are, and what it lacks."""
    listing = lists.listed(
        queries.kits(),
        name=N_("Kits"),
        columns=(
            lists.Column[Kit](
                "name",
                N_("Person"),
                (Employee.last_name, Employee.first_name),
                lambda row: row.employee.name,
            ),
            lists.Column(
                "number",
                N_("Personnel number"),
                text=lambda row: row.employee.personnel_number,
                hidden=True,
            ),
            lists.Column("type", N_("Kit type"), text=lambda row: row.kit_type.name),
            lists.Column("items", N_("Devices"), text=lambda row: len(row.kit_items), end=True),
            lists.Column("boxes", N_("Boxes"), text=words.boxes_packed),
            lists.Column("missing", N_("Missing"), text=words.missing),
            lists.Column("since", N_("Given on"), Kit.created_at, lambda row: row.created_at),
        ),
        key=Kit.id,
        search=queries.search_kits,
        filters=(
            lists.Filter(
                "type",
                N_("Kit type"),
                [(str(one.id), one.name) for one in queries.kit_types(also_retired=True)],
                lambda word: queries.of_series(int(word)),
            ),
            lists.Filter(
                "version",
                N_("Version"),
                [(OLD, _("older than the newest"))],
                lambda _word: queries.of_an_old_version(),
            ),
            lists.Filter(
                "boxes",
                N_("With a box that is"),
                [(state.value, words.box_state(state)) for state in BoxState],
                lambda word: queries.with_box_in(BoxState(word)),
            ),
            lists.Filter(
                "missing",
                N_("Content"),
                [(INCOMPLETE, _("something is missing"))],
                lambda _word: queries.is_incomplete(),
            ),
        ),
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template("kits/kits.html", listing=listing)


@bp.get("/kits/<int:kit_id>")
@open_to(*READERS)
def kit(kit_id: int) -> ResponseReturnValue:
    """One kit: its boxes and devices, and a field that takes one scanned tag after the other."""
    return _page(kit_id)


def _page(kit_id: int, *, wrong: str = "", wrong_tag: str = "") -> str:
    """The page; ``wrong_tag`` stands under the field for tags, ``wrong`` above everything."""
    found = queries.kit(kit_id)
    form = TagForm(formdata=None)
    if wrong_tag:
        form.tag.errors = [wrong_tag]
    return render_template(
        "kits/kit.html",
        kit=found,
        form=form,
        wrong=wrong,
        missing=words.missing(found),
        changeable=service.CHANGEABLE,
    )


def _done(kit_id: int, deed: Callable[[], object], said: str) -> ResponseReturnValue:
    """Do one deed and stay on the page; a refusal stands on it, and nothing is changed."""
    if wrong := why_not(deed):
        return _page(kit_id, wrong=wrong), CONFLICT
    flash(said)
    return redirect(url_for(".kit", kit_id=kit_id))


@bp.post("/kits/<int:kit_id>/hinein")
@open_to(Role.IT)
def put_in(kit_id: int) -> ResponseReturnValue:
    """Put the device with this tag into the kit."""
    form = TagForm()
    if not form.validate():
        return _page(kit_id, wrong_tag=str(next(iter(form.tag.errors), ""))), 422
    item = tried(lambda: service.add_to_kit(kit_id, form.tag.data or "", by=current_actor()))
    if isinstance(item, Refused):
        return _page(kit_id, wrong_tag=translated(item)), CONFLICT
    place = item.kit_item
    flash(
        _(
            "%(tag)s (%(kind)s) is in box %(number)s.",
            tag=item.asset_tag,
            kind=words.kind(item.kind),
            number=place.box.number if place is not None and place.box is not None else 1,
        )
    )
    name_damaged([item.id])
    return redirect(url_for(".kit", kit_id=kit_id))


@bp.post("/kits/<int:kit_id>/heraus/<int:item_id>")
@open_to(Role.IT)
def take_out(kit_id: int, item_id: int) -> ResponseReturnValue:
    """Take a device out of the kit."""
    tag = queries.item(item_id).asset_tag
    return _done(
        kit_id,
        lambda: service.take_out(kit_id, item_id, by=current_actor()),
        _("%(tag)s is back in stock.", tag=tag),
    )


@bp.post("/kits/<int:kit_id>/tauschen/<int:item_id>")
@open_to(Role.IT)
def swap(kit_id: int, item_id: int) -> ResponseReturnValue:
    """Put the device with this tag in the place of another one."""
    old = queries.item(item_id).asset_tag
    tag = request.form.get("tag", "")

    def deed() -> None:
        name_damaged([service.swap_item(kit_id, item_id, tag, by=current_actor()).id])

    return _done(
        kit_id,
        deed,
        _("%(old)s was swapped and is back in stock.", old=old),
    )


@bp.post("/kits/<int:kit_id>/packen")
@open_to(Role.IT)
def pack(kit_id: int) -> ResponseReturnValue:
    """Say that every box of the kit is packed."""
    return _done(
        kit_id,
        lambda: service.pack_kit(kit_id, by=current_actor()),
        _("All boxes are packed."),
    )


@bp.post("/kits/<int:kit_id>/aufloesen")
@open_to(Role.IT)
def dissolve(kit_id: int) -> ResponseReturnValue:
    """End the kit; its devices are free again."""
    return _done(
        kit_id,
        lambda: service.dissolve_kit(kit_id, by=current_actor()),
        _("The kit is dissolved. Its devices are back in stock."),
    )


@bp.post("/kits/<int:kit_id>/karton/<int:box_id>/packen")
@open_to(Role.IT)
def pack_box(kit_id: int, box_id: int) -> ResponseReturnValue:
    """Say that a box is packed."""
    box = queries.box(box_id)
    return _done(
        kit_id,
        lambda: service.pack_box(box_id, by=current_actor()),
        _("Box %(code)s is packed.", code=box.code),
    )


@bp.post("/kits/<int:kit_id>/karton/<int:box_id>/auspacken")
@open_to(Role.IT)
def unpack_box(kit_id: int, box_id: int) -> ResponseReturnValue:
    """Open a packed box again."""
    box = queries.box(box_id)
    return _done(
        kit_id,
        lambda: service.unpack_box(box_id, by=current_actor()),
        _("Box %(code)s is open again.", code=box.code),
    )
