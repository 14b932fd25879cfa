"""What becomes of single devices: checks after a return, repair, retirement, loss, replacement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries as all_queries
from hoffice.kits import rules, words
from hoffice.kits.models import DamageCase, Item, Kit, Reservation, Return, ReturnLine
from hoffice.kits.queries import damage_cases, due_lines, fitness, replacements
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import (
    AfterCheck,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    ReturnReason,
    WipeMethod,
)
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.service import damages, exchanging, fate, reserving
from hoffice.kits.views.blueprint import READERS, bp, elsewhere
from hoffice.kits.views.fitness import name_damaged, stock_means
from hoffice.kits.views.return_records import write_records
from hoffice.kits.views.return_words import MOST_AT_ONCE, day_sent, reason_sent, views_of
from hoffice.kits.views.returning import gone_replacements
from hoffice.web import lists
from hoffice.web.deeds import after, tried
from hoffice.web.lists import Column, Filter
from hoffice.web.numbers import ticked
from hoffice.web.pages import say_refusals, translated

CANDIDATES = 8
"""So many replacements are shown to choose from."""
SEARCH_CHARS = 80

# --- checks ---------------------------------------------------------------------------------------


@bp.get("/rueckgaben/pruefen")
@open_to(*READERS)
def returns_check() -> ResponseReturnValue:
    """What is back and waits: wipe what has storage, then stock, repair or retired."""
    lines: dict[int, ReturnLine] = {}
    listing = lists.listed(
        all_queries.items_to_check(),
        name=N_("To be checked"),
        columns=(
            Column[Item]("tag", N_("Asset tag"), Item.asset_tag, lambda row: row.asset_tag),
            Column("kind", N_("Kind"), Item.kind, lambda row: words.kind(row.kind)),
            Column("model", N_("Model"), Item.model, lambda row: row.model),
            Column("from", N_("Came from"), text=lambda row: _came_from(lines.get(row.id))),
            Column(
                "condition",
                N_("Condition"),
                Item.condition,
                lambda row: words.condition(row.condition),
            ),
            Column("wiped", N_("Data"), text=lambda row: data_said(row, lines.get(row.id))),
            Column("since", N_("Here since"), text=_since),
        ),
        key=Item.id,
        search=all_queries.search_items,
        filters=(
            Filter(
                "kind",
                N_("Kind"),
                [(kind.value, words.kind(kind)) for kind in ItemKind],
                lambda word: all_queries.of_kind(ItemKind(word)),
            ),
        ),
        sort="tag",
    )
    lines.update(due_lines.unchecked_lines([row.id for row in listing]))
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "kits/returns_check.html",
        listing=listing,
        lines=lines,
        views=views_of("check"),
        stock_means=stock_means() if fitness.damaged_among(row.id for row in listing) else "",
        data_said=data_said,
        needs_wipe=returning_rules.needs_wipe,
        methods=[(one.value, _(label)) for one, label in rules.WIPE_LABELS.items()],
        afters=[(one.value, _(label)) for one, label in rules.AFTER_CHECK_LABELS.items()],
    )


def _since(item: Item) -> date | None:
    return item.holding.since if item.holding is not None else None


def _came_from(line: ReturnLine | None) -> str:
    return line.kit_return.employee.name if line is not None else ""


def data_said(item: Item, line: ReturnLine | None) -> str:
    """What is known of the data on a device."""
    if not returning_rules.needs_wipe(item.kind):
        return str(_("has no storage"))
    if line is None or line.wipe_method is None:
        return str(_("still to be erased"))
    return str(_(rules.WIPE_LABELS[line.wipe_method]))


@bp.post("/rueckgaben/pruefen")
@open_to(Role.IT)
def check_returns() -> ResponseReturnValue:
    """Confirm the wiping of what is ticked, or say what becomes of it; who may not is named."""
    ids = ticked()[:MOST_AT_ONCE]
    method = _method_sent()
    word = request.form.get("after", "")
    target = url_for(".returns_check")
    if not ids or (method is None and word not in set(AfterCheck)):
        flash(_("Choose devices, and what becomes of them."), "problem")
        return redirect(target, HTTPStatus.SEE_OTHER)
    if word in set(AfterCheck):
        result = fate.settle(ids, AfterCheck(word), method=method, by=current_actor())
        done = ngettext("One device is checked.", "%(num)s devices are checked.", len(result.items))
    else:
        assert method is not None  # noqa: S101  # said to mypy
        result = fate.wipe(ids, method, by=current_actor())
        done = ngettext(
            "The data of one device are erased.",
            "The data of %(num)s devices are erased.",
            len(result.items),
        )
    write_records(result.records)
    if result.items:
        flash(done)
        if word == AfterCheck.STOCK:
            name_damaged((item.id for item in result.items), into_stock=True)
    say_refusals(result.refused)
    return redirect(target, HTTPStatus.SEE_OTHER)


def _method_sent() -> WipeMethod | None:
    word = request.form.get("method", "")
    return WipeMethod(word) if word in set(WipeMethod) else None


# --- one device -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deeds:
    """What can be done with a device now, and what is known of its way."""

    asked: ReturnLine | None
    """By which line it is due back."""
    kept: Reservation | None
    """For whom it is kept."""
    replacement: Reservation | None
    """What is kept to take its place."""
    cases: tuple[DamageCase, ...]
    is_out: bool
    is_free: bool
    """It lies in the house and in no kit."""
    is_in_repair: bool
    is_lost: bool
    needs_wipe: bool
    is_to_check: bool
    stock_means: str
    """Of a damaged device in the house: that the house does not give it out by itself."""

    @property
    def is_anything(self) -> bool:
        """Whether there is anything to show or to do."""
        return bool(
            self.asked
            or self.kept
            or self.cases
            or self.is_out
            or self.is_free
            or self.is_in_repair
            or self.is_lost
            or self.is_to_check
        )


def deeds_of(item: Item) -> Deeds:
    """What the page of a device offers."""
    held = item.holding.holder_kind if item.holding is not None else None
    return Deeds(
        asked=due_lines.open_lines_of([item.id]).get(item.id),
        kept=replacements.reserved([item.id]).get(item.id),
        replacement=replacements.replacement_for(item.id),
        cases=tuple(damage_cases.cases_of(item.id)),
        is_out=held is HolderKind.EMPLOYEE,
        is_free=held in fate.IN_HOUSE and item.kit_item is None,
        is_in_repair=held is HolderKind.REPAIR,
        is_lost=item.state is ItemState.LOST,
        needs_wipe=returning_rules.needs_wipe(item.kind),
        is_to_check=item.state is ItemState.TO_CHECK,
        stock_means=_in_stock_said(item, held),
    )


def _in_stock_said(item: Item, held: HolderKind | None) -> str:
    if held not in fate.IN_HOUSE or not fitness.damaged_among([item.id]):
        return ""
    return str(
        _(
            "Damaged: it is not given out by itself, only after a repair, or once its condition is "
            "put right on this page and its case is decided."
        )
    )


def wiped_said(item: Item) -> fitness.Wipe | None:
    """How the data of a device were last erased; nothing for what has no storage."""
    return fitness.last_wipe(item.id) if returning_rules.needs_wipe(item.kind) else None


@dataclass(frozen=True, slots=True)
class KitDeeds:
    """What is due back of a kit, and what of it is out."""

    returns: tuple[Return, ...]
    out: tuple[Item, ...]
    kept: dict[int, Reservation]
    """What is kept, by the item whose place it takes."""


def kit_deeds_of(kit: Kit) -> KitDeeds:
    """What the page of a kit offers."""
    mine = {row.item_id for row in kit.kit_items}
    held = all_queries.held_by(Holder(HolderKind.EMPLOYEE, kit.employee_id))
    out = tuple(item for item in held if item.id in mine)
    return KitDeeds(
        returns=tuple(queries.open_returns_of(kit.employee_id)),
        out=out,
        kept=replacements.replacements_for(item.id for item in out),
    )


@bp.context_processor
def deeds() -> dict[str, Any]:
    """What the deeds on the pages of devices and kits ask."""
    return {
        "deeds_of": deeds_of,
        "kit_deeds_of": kit_deeds_of,
        "wiped_said": wiped_said,
        "wipe_labels": rules.WIPE_LABELS,
        "damage_labels": rules.DAMAGE_LABELS,
    }


def _item_page(item_id: int) -> str:
    return url_for("kits.item", item_id=item_id)


def _goes_anyway() -> bool:
    """Whether somebody agreed that a device goes which is kept for a person."""
    return request.form.get("anyway", "") == "1"


def _done(item_id: int, done: str) -> str:
    """What was done; and who has to get another device now, where this one was kept for her."""
    kept = replacements.reserved([item_id]).get(item_id)
    if kept is None:
        return done
    left = _("It was kept for %(name)s: keep another one for them.", name=kept.employee.name)
    return f"{done} {left}"


@bp.post("/<int:item_id>/reparatur")
@open_to(Role.IT)
def to_repair(item_id: int) -> ResponseReturnValue:
    """Send a device of the house to repair."""
    return after(
        lambda: fate.to_repair(item_id, anyway=_goes_anyway(), by=current_actor()),
        _done(item_id, _("It is in repair.")),
        _item_page(item_id),
    )


@bp.post("/<int:item_id>/repariert")
@open_to(Role.IT)
def back_from_repair(item_id: int) -> ResponseReturnValue:
    """Take a device back from repair; it is checked before anybody gets it."""
    return after(
        lambda: fate.back_from_repair(item_id, by=current_actor()),
        _("It is back and waits for a check."),
        _item_page(item_id),
    )


@bp.post("/<int:item_id>/ausmustern")
@open_to(Role.IT)
def retire_item(item_id: int) -> ResponseReturnValue:
    """Take a device out of use for good."""

    def deed() -> None:
        item = fate.retire(
            item_id, method=_method_sent(), anyway=_goes_anyway(), by=current_actor()
        )
        write_records(fate.outdated_by([item]))

    return after(
        deed,
        _done(item_id, _("It is retired.")),
        _item_page(item_id),
    )


@bp.post("/<int:item_id>/verloren")
@open_to(Role.IT)
def lose_item(item_id: int) -> ResponseReturnValue:
    """Say that a device is gone; a case asks who bears it."""
    return after(
        lambda: fate.lose(
            item_id,
            note=request.form.get("note", ""),
            anyway=_goes_anyway(),
            by=current_actor(),
        ),
        _done(item_id, _("It is lost. HR decides who bears it.")),
        _item_page(item_id),
    )


@bp.post("/<int:item_id>/gefunden")
@open_to(Role.IT)
def find_item(item_id: int) -> ResponseReturnValue:
    """A lost device is there again."""
    return after(
        lambda: fate.found_again(item_id, by=current_actor()),
        _("It was found and waits for a check."),
        _item_page(item_id),
    )


@bp.post("/<int:item_id>/schaden")
@open_to(Role.IT)
def damage_item(item_id: int) -> ResponseReturnValue:
    """Say that a device is damaged; a case asks who bears it."""
    return after(
        lambda: damages.report_damage(
            all_queries.item(item_id), request.form.get("note", ""), by=current_actor()
        ),
        _("The damage is noted. HR decides who bears it."),
        _item_page(item_id),
    )


# --- replacements ---------------------------------------------------------------------------------


@bp.get("/<int:item_id>/ersatz")
@open_to(*READERS)
def replacement(item_id: int) -> ResponseReturnValue:
    """A replacement for what a person has: choose one, or hand over the one that is kept."""
    return _replacement_page(item_id)


def _replacement_page(item_id: int, *, wrong: Refused | None = None) -> str:
    item = all_queries.item(item_id)
    holder = damages.holder_of(item)
    words_sent = request.args.get("q", "")[:SEARCH_CHARS]
    free = replacements.free_like(item, words=words_sent, limit=CANDIDATES + 1)
    kept = replacements.replacement_for(item_id)
    asked = due_lines.open_lines_of([item_id]).get(item_id)
    if kept is not None:
        asked = asked or due_lines.newest_line(item_id, kept.employee_id)
    return render_template(
        "kits/return_swap.html",
        item=item,
        holder=all_queries.names_of([holder]).get(holder, "") if holder is not None else "",
        holder_id=holder,
        kept=kept,
        is_elsewhere=kept is not None and exchanging.hands_out_only(kept),
        gone=gone_replacements([item_id]).get(item_id),
        free=free[:CANDIDATES],
        damaged=fitness.damaged_among(one.id for one in free[:CANDIDATES]),
        is_more=len(free) > CANDIDATES,
        q=words_sent,
        asked=asked,
        reasons=(ReturnReason.DEFECT, ReturnReason.SWAP, ReturnReason.OTHER),
        wrong=translated(wrong) if wrong is not None else "",
        exchange_url=elsewhere("ways.exchange", item_id=item_id),
        today=clock.today(),
        sent=request.form,
    )


@bp.post("/<int:item_id>/ersatz")
@open_to(Role.IT)
def reserve(item_id: int) -> ResponseReturnValue:
    """Keep a replacement at once, and ask for the old one."""
    swap = tried(
        lambda: exchanging.begin_swap(
            item_id,
            reason_sent(),
            tag=request.form.get("tag", ""),
            due_on=day_sent(),
            note=request.form.get("note", ""),
            by=current_actor(),
        )
    )
    if isinstance(swap, Refused):
        return _replacement_page(item_id, wrong=swap), HTTPStatus.CONFLICT
    name, tag = swap.kit_return.employee.name, swap.reservation.item.asset_tag
    flash(_("%(tag)s is kept for %(name)s.", tag=tag, name=name))
    name_damaged([swap.reservation.item_id])
    return redirect(url_for(".replacement", item_id=item_id), HTTPStatus.SEE_OTHER)


@bp.post("/<int:item_id>/ersatz/aufheben")
@open_to(Role.IT)
def unreserve(item_id: int) -> ResponseReturnValue:
    """Keep no replacement any more; the return of the old device stays."""
    kept = replacements.replacement_for(item_id)
    if kept is None:
        raise NotFound(N_("Nothing is kept to replace this device."))
    return after(
        lambda: reserving.cancel(kept.item_id, by=current_actor()),
        _("%(tag)s is free again.", tag=kept.item.asset_tag),
        url_for(".replacement", item_id=item_id),
    )
