"""Kit types: what a workplace consists of, in versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries, rules, service, words
from hoffice.kits.forms import KitTypeForm
from hoffice.kits.models import KitType
from hoffice.kits.queries import bulk as goods
from hoffice.kits.rules import Change
from hoffice.kits.service.catalogue import content_of
from hoffice.kits.views.blueprint import READERS, bp, elsewhere
from hoffice.web import lists
from hoffice.web.pages import translated

CONFLICT: Final = 409
PARTS: Final = (
    ("types", "kits.types", N_("Kit types")),
    ("models", "kits.models", N_("Models")),
    ("goods", "kits.goods", N_("Small parts")),
    ("locations", "kits.locations", N_("Locations")),
)
"""The parts of the catalogue, in the order of the row above its lists."""


@bp.app_template_global()
def catalogue_parts(current: str) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is the present one, of every part for this reader."""
    found = [(key, label, elsewhere(endpoint)) for key, endpoint, label in PARTS]
    return [(str(_(label)), url, key == current) for key, label, url in found if url is not None]


@bp.get("/arten")
@open_to(*READERS)
def types() -> ResponseReturnValue:
    """The catalogue: each kit type with its boxes and how many kits were made from it."""
    counts = queries.kits_per_series()
    listing = lists.listed(
        queries.catalogue(),
        name=N_("Kit types"),
        columns=(
            lists.Column[KitType]("name", N_("Name"), KitType.name, lambda row: row.name),
            lists.Column("role", N_("For whom"), KitType.role, lambda row: row.role),
            lists.Column("content", N_("What is in it"), text=_content),
            lists.Column(
                "version", N_("Version"), KitType.version, lambda row: row.version, end=True
            ),
            lists.Column("kits", N_("Kits"), text=lambda row: counts.get(row.series, 0), end=True),
            lists.Column("state", N_("State"), KitType.retired_at, _state),
            lists.Column("deeds", ""),
        ),
        key=KitType.id,
        search=queries.search_types,
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template("kits/types.html", listing=listing, counts=counts)


def _content(kit_type: KitType) -> str:
    return "; ".join(
        _("Box %(number)s: %(content)s", number=number, content=content)
        for number, content in words.boxes_of(kit_type).items()
    )


def _state(kit_type: KitType) -> str:
    return str(_("in use") if kit_type.retired_at is None else _("no longer offered"))


@dataclass(frozen=True, slots=True)
class Version:
    """One version as its page shows it."""

    kit_type: KitType
    kits: int
    changes: tuple[str, ...]
    """What is different from the version before; empty for the first one."""


@bp.get("/arten/<int:kit_type_id>")
@open_to(*READERS)
def type_page(kit_type_id: int) -> ResponseReturnValue:
    """One kit type: what it asks for, and how it came to be so, version by version."""
    chosen = queries.kit_type(kit_type_id)
    found = queries.versions(chosen.series)
    return render_template(
        "kits/type.html",
        kit_type=found[0],
        versions=_versions(found),
        chosen=chosen,
    )


def _versions(found: Sequence[KitType]) -> list[Version]:
    """These versions, newest first, each with what it changed."""
    counts = queries.kits_per_type()
    models = {line.model.id: line.model.name for one in found for line in one.lines if line.model}
    names = {row.good.id: row.good.name for one in found for row in one.goods}
    told: dict[int, tuple[str, ...]] = {
        new.id: _renamed(old, new)
        + tuple(
            _said(change, models, names)
            for change in rules.changes(content_of(old), content_of(new))
        )
        for new, old in pairwise(found)
    }
    return [Version(one, counts.get(one.id, 0), told.get(one.id, ())) for one in found]


def _renamed(old: KitType, new: KitType) -> tuple[str, ...]:
    said = []
    if old.name != new.name:
        said.append(_("Name: %(new)s (before: %(old)s)", new=new.name, old=old.name))
    if old.role != new.role:
        said.append(
            _("For whom: %(new)s (before: %(old)s)", new=new.role or "–", old=old.role or "–")
        )
    return tuple(str(one) for one in said)


def _said(change: Change, models: dict[int, str], names: dict[int, str]) -> str:
    """'Box 2: Monitor, 2 instead of 1'."""
    if change.kind is not None:
        thing = words.kind(change.kind)
        if change.model_id is not None:
            thing = f"{thing} {models.get(change.model_id, '')}".strip()
    else:
        thing = names.get(change.good_id or 0, "")
    facts = {"box": change.box_no, "thing": thing, "new": change.after, "old": change.before}
    if not change.before:
        return str(_("Box %(box)s: %(new)s × %(thing)s is new", **facts))
    if not change.after:
        return str(_("Box %(box)s: %(thing)s is no longer in it", **facts))
    return str(_("Box %(box)s: %(new)s × %(thing)s instead of %(old)s", **facts))


@bp.route("/arten/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def new_type() -> ResponseReturnValue:
    """Write a kit type."""
    form = KitTypeForm(queries.models_in_use(), goods.goods_in_use())
    if form.validate_on_submit():
        try:
            made = service.add_kit_type(
                form.name.data or "",
                form.wanted,
                role=form.role.data or "",
                goods=form.wanted_goods,
                by=current_actor(),
            )
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            flash(_("%(name)s is in the catalogue.", name=made.name))
            return redirect(url_for(".types"))
    page = render_template("kits/new_type.html", form=form, kit_type=None)
    return page, 422 if form.errors else 200


@bp.route("/arten/<int:kit_type_id>/aendern", methods=["GET", "POST"])
@open_to(Role.IT)
def change_type(kit_type_id: int) -> ResponseReturnValue:
    """Write a new version of a kit type; who was slower than somebody else is told."""
    found = queries.kit_type(kit_type_id)
    form = KitTypeForm(
        queries.models_in_use(also=[line.model_id for line in found.lines if line.model_id]),
        goods.goods_in_use(also=[row.good_id for row in found.goods]),
        kit_type=found,
    )
    status = 200
    if form.validate_on_submit():
        try:
            made = service.change_kit_type(
                kit_type_id,
                form.name.data or "",
                form.wanted,
                role=form.role.data or "",
                goods=form.wanted_goods,
                by=current_actor(),
            )
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
            status = CONFLICT
        else:
            flash(
                _(
                    "%(name)s is of version %(version)s now. Kits given before stay as they are.",
                    name=made.name,
                    version=made.version,
                )
            )
            return redirect(url_for(".type_page", kit_type_id=made.id))
    elif form.errors:
        status = 422
    found = queries.kit_type(kit_type_id)
    newest = queries.newest_version(found.series)
    page = render_template("kits/new_type.html", form=form, kit_type=found, newest=newest)
    return page, status


@bp.post("/arten/<int:kit_type_id>/stilllegen")
@open_to(Role.IT)
def retire_type(kit_type_id: int) -> ResponseReturnValue:
    """Offer a kit type no more."""
    made = service.retire_kit_type(kit_type_id, by=current_actor())
    flash(_("%(name)s is no longer offered. Kits made from it stay as they are.", name=made.name))
    return redirect(url_for(".types"))


@bp.post("/arten/<int:kit_type_id>/wieder")
@open_to(Role.IT)
def reinstate_type(kit_type_id: int) -> ResponseReturnValue:
    """Offer a kit type again."""
    made = service.reinstate_kit_type(kit_type_id, by=current_actor())
    flash(_("%(name)s is offered again.", name=made.name))
    return redirect(url_for(".types"))
