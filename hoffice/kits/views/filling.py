"""What a kit carries in bulk, and bringing it up to the newest version of its type."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.kits import queries, words
from hoffice.kits.models import Kit
from hoffice.kits.service import bulk, kits, versions
from hoffice.kits.views.blueprint import bp
from hoffice.web.pages import translated


@bp.app_template_global()
def newer_version_of(kit: Kit) -> int | None:
    """The number of the newest version, when the kit is of an older one."""
    if kit.kit_type.superseded_at is None:
        return None
    return queries.newest_version(kit.kit_type.series).version


@bp.app_template_global()
def surplus_of(kit: Kit) -> str:
    """What lies in a kit that its type does not ask for, in words."""
    return versions.surplus_of(kit).said(_)


@bp.app_template_global()
def lacks_goods(kit: Kit, box_no: int) -> bool:
    """Whether a box of the kit lacks small parts."""
    return bool(bulk.missing_goods(kit, box_no=box_no))


@bp.app_template_global()
def stock_has_for(kit: Kit, box_no: int) -> bool:
    """Whether a device that a box of the kit lacks lies free in stock."""
    lacking = kits.missing_of(kit, box_no=box_no)
    return bool(lacking) and not lacking.keys().isdisjoint(queries.stock())


def _back(kit_id: int) -> ResponseReturnValue:
    return redirect(url_for(".kit", kit_id=kit_id))


def _refused(kit_id: int, refusal: Refused) -> ResponseReturnValue:
    """Say why on the kit's page; a kit that is not there is not found."""
    db.session.rollback()
    if isinstance(refusal, NotFound):
        raise refusal
    flash(translated(refusal), "problem")
    return _back(kit_id)


@bp.post("/kits/<int:kit_id>/auffuellen")
@open_to(Role.IT)
def fill_up(kit_id: int) -> ResponseReturnValue:
    """Lay in the small parts that the kit lacks, as many as lie free in the store."""
    try:
        count = bulk.fill_up(kit_id, by=current_actor())
    except Refused as refusal:
        return _refused(kit_id, refusal)
    flash(
        ngettext(
            "%(num)s small part was laid in.",
            "%(num)s small parts were laid in.",
            count,
        )
    )
    return _back(kit_id)


@bp.post("/kits/<int:kit_id>/ergaenzen")
@open_to(Role.IT)
def fill_with_devices(kit_id: int) -> ResponseReturnValue:
    """Put in the devices that the kit lacks, as many as lie free in stock."""
    try:
        items = kits.fill_with_devices(kit_id, by=current_actor())
    except Refused as refusal:
        return _refused(kit_id, refusal)
    flash(_("Put in from stock: %(tags)s.", tags=", ".join(item.asset_tag for item in items)))
    return _back(kit_id)


@bp.post("/kits/<int:kit_id>/kleinteile/<int:kit_good_id>/heraus")
@open_to(Role.IT)
def take_goods_out(kit_id: int, kit_good_id: int) -> ResponseReturnValue:
    """Lay one sort of small parts back into the store."""
    try:
        row = bulk.take_goods_out(kit_id, kit_good_id, by=current_actor())
    except Refused as refusal:
        return _refused(kit_id, refusal)
    flash(_("%(count)s × %(name)s is back in the store.", count=row.count, name=row.good.name))
    return _back(kit_id)


@bp.post("/kits/<int:kit_id>/neueste-fassung")
@open_to(Role.IT)
def bring_up_to_date(kit_id: int) -> ResponseReturnValue:
    """Let the kit follow the newest version of its type; say what it lacks now."""
    try:
        kit = versions.bring_up_to_date(kit_id, by=current_actor())
    except Refused as refusal:
        return _refused(kit_id, refusal)
    said = [_("The kit follows version %(version)s now.", version=kit.kit_type.version)]
    missing = words.missing(kit)
    if missing:
        said.append(_("Missing: %(missing)s.", missing=missing))
    flash(" ".join(str(one) for one in said))
    return _back(kit_id)
