"""Bulk goods: how many there are of each, who has them, and how they came there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits.forms import CountForm, GoodForm, TakeInForm
from hoffice.kits.models import BulkEntry, BulkGood
from hoffice.kits.queries import bulk as queries
from hoffice.kits.rules import HolderKind
from hoffice.kits.service import bulk, counting_goods
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.naming import Actors, Names, paper
from hoffice.web import lists
from hoffice.web.pages import translated

CONFLICT: Final = 409
ON_THE_WAY: Final = (HolderKind.VAN, HolderKind.PARCEL)


@bp.app_template_global()
def goods_handed_over(handover_id: int) -> Mapping[str, int]:
    """The small parts that changed hands at a visit, by name."""
    return queries.goods_by_paper(f"handover:{handover_id}")


@bp.get("/kleinteile")
@open_to(*READERS)
def goods() -> ResponseReturnValue:
    """Every bulk good: how many lie free, are in kits, with people, and on their way."""
    free = queries.free_goods()
    held: dict[int, dict[HolderKind, int]] = {}

    def of(row: BulkGood, *kinds: HolderKind) -> int:
        return sum(held.get(row.id, {}).get(kind, 0) for kind in kinds)

    def in_kits(row: BulkGood) -> int:
        return of(row, HolderKind.STOCK) - free.get(row.id, 0)

    listing = lists.listed(
        queries.goods(),
        name=N_("Small parts"),
        columns=(
            lists.Column[BulkGood]("name", N_("Name"), BulkGood.name, lambda row: row.name),
            lists.Column(
                "free", N_("Free in the store"), text=lambda row: free.get(row.id, 0), end=True
            ),
            lists.Column("kits", N_("In kits in the house"), text=in_kits, end=True),
            lists.Column(
                "way", N_("On their way"), text=lambda row: of(row, *ON_THE_WAY), end=True
            ),
            lists.Column(
                "people",
                N_("With people"),
                text=lambda row: of(row, HolderKind.EMPLOYEE),
                end=True,
            ),
            lists.Column("lost", N_("Lost"), text=lambda row: of(row, HolderKind.LOST), end=True),
            lists.Column("ean", N_("EAN"), BulkGood.ean, lambda row: row.ean, hidden=True),
            lists.Column(
                "state",
                N_("State"),
                BulkGood.retired_at,
                lambda row: _("in use") if row.retired_at is None else _("no longer offered"),
            ),
        ),
        key=BulkGood.id,
        search=queries.search_goods,
        sort="name",
    )
    held.update(queries.held_by_whom([row.id for row in listing]))
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "kits/goods.html", listing=listing, free=free, in_kits=in_kits, of=of, ON_THE_WAY=ON_THE_WAY
    )


@bp.route("/kleinteile/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def new_good() -> ResponseReturnValue:
    """Write a bulk good into the catalogue."""
    form = GoodForm()
    if form.validate_on_submit():
        try:
            made = bulk.add_good(form.facts, by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            flash(_("%(name)s is in the catalogue.", name=made.name))
            return redirect(url_for(".good", good_id=made.id))
    page = render_template("kits/new_good.html", form=form, good=None)
    return page, 422 if form.errors else 200


@bp.route("/kleinteile/<int:good_id>/aendern", methods=["GET", "POST"])
@open_to(Role.IT)
def change_good(good_id: int) -> ResponseReturnValue:
    """Change what is known of a bulk good."""
    form = GoodForm(queries.good(good_id))
    if form.validate_on_submit():
        try:
            bulk.change_good(good_id, form.facts, by=current_actor())
        except Refused as refusal:
            db.session.rollback()
            form.form_errors.append(translated(refusal))
        else:
            return redirect(url_for(".good", good_id=good_id))
    page = render_template("kits/new_good.html", form=form, good=queries.good(good_id))
    return page, 422 if form.errors else 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bulk good's ledger as the page shows it."""

    entry: BulkEntry
    from_name: str
    to_name: str
    by: str
    paper: str
    paper_url: str | None


@bp.get("/kleinteile/<int:good_id>")
@open_to(*READERS)
def good(good_id: int) -> ResponseReturnValue:
    """One bulk good: who has how many, and the newest lines of its ledger."""
    return _page(good_id, TakeInForm(formdata=None), CountForm(formdata=None))


def _page(good_id: int, take_in: TakeInForm, count: CountForm) -> str:
    found = queries.good(good_id)
    holdings, entries = queries.holdings_of(good_id), queries.entries_of(good_id)
    names = Names()
    holders = {(one.holder_kind, one.holder_id) for one in holdings}
    holders |= {(one.to_kind, one.to_id) for one in entries}
    names.learn(holders | {(x.from_kind, x.from_id or 0) for x in entries if x.from_kind})
    return render_template(
        "kits/good.html",
        good=found,
        free=queries.free_goods([good_id]).get(good_id, 0),
        holdings=holdings,
        names=names,
        lines=_lines(entries, names),
        take_in=take_in,
        count=count,
    )


def _lines(entries: Sequence[BulkEntry], names: Names) -> list[Line]:
    actors = Actors.among(entry.by for entry in entries)
    found = []
    for entry in entries:
        said, url = paper(entry.because)
        found.append(
            Line(
                entry=entry,
                from_name=names.of(entry.from_kind, entry.from_id),
                to_name=names.of(entry.to_kind, entry.to_id),
                by=actors.of(entry.by),
                paper=said,
                paper_url=url,
            )
        )
    return found


@bp.post("/kleinteile/<int:good_id>/aufnehmen")
@open_to(Role.IT)
def take_in_goods(good_id: int) -> ResponseReturnValue:
    """So many more came into the store."""
    form = TakeInForm()
    if not form.validate():
        return _page(good_id, form, CountForm(formdata=None)), 422
    count = form.count.data or 0
    found = bulk.take_in(good_id, count, by=current_actor())
    flash(_("%(count)s × %(name)s came into the store.", count=count, name=found.name))
    return redirect(url_for(".good", good_id=good_id))


@bp.post("/kleinteile/<int:good_id>/zaehlen")
@open_to(Role.IT)
def count_goods(good_id: int) -> ResponseReturnValue:
    """Correct the number after counting, with the reason."""
    form = CountForm()
    if not form.validate():
        return _page(good_id, TakeInForm(formdata=None), form), 422
    try:
        more = counting_goods.count_goods(
            good_id,
            form.counted.data or 0,
            expected=form.expected.data or 0,
            reason=form.reason.data or "",
            by=current_actor(),
        )
    except Refused as refusal:
        db.session.rollback()
        form.counted.errors = [translated(refusal)]
        return _page(good_id, TakeInForm(formdata=None), form), CONFLICT
    if more < 0:
        flash(ngettext("%(num)s is lost from now on.", "%(num)s are lost from now on.", -more))
    else:
        flash(ngettext("%(num)s more is in the store.", "%(num)s more are in the store.", more))
    return redirect(url_for(".good", good_id=good_id))


def _changed(good_id: int, deed: Callable[..., BulkGood], said: str) -> ResponseReturnValue:
    found = deed(good_id, by=current_actor())
    flash(_(said, name=found.name))
    return redirect(url_for(".good", good_id=good_id))


@bp.post("/kleinteile/<int:good_id>/stilllegen")
@open_to(Role.IT)
def retire_good(good_id: int) -> ResponseReturnValue:
    """Offer a bulk good no more."""
    return _changed(good_id, bulk.retire_good, N_("%(name)s is no longer offered."))


@bp.post("/kleinteile/<int:good_id>/wieder")
@open_to(Role.IT)
def reinstate_good(good_id: int) -> ResponseReturnValue:
    """Offer a bulk good again."""
    return _changed(good_id, bulk.reinstate_good, N_("%(name)s is offered again."))
