"""The end of a return: what did not come is lost and asks who bears it, or is no longer due."""

from __future__ import annotations

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.files.service import Store
from hoffice.kits import queries as all_queries
from hoffice.kits.models import Kit, Return, ReturnLine
from hoffice.kits.rules import BoxState, DamageKind, Holder, HolderKind, ReturnOutcome, ReturnReason
from hoffice.kits.rules import returning as rules
from hoffice.kits.service import damages, fate, return_lines, return_records
from hoffice.kits.service.boxes import set_box_state
from hoffice.kits.service.following import ASKED_WITH, follow
from hoffice.kits.service.guards import CHANGEABLE, OUTSIDE
from hoffice.kits.service.kits import dissolve_kit
from hoffice.kits.service.return_lines import NO_LONGER_THERE
from hoffice.kits.service.returning import hold_still, move_goods, open_return
from hoffice.units import Actor


def close(  # noqa: PLR0913  # what is closed, and what was said about the rest
    return_id: int,
    *,
    by: Actor,
    store: Store | None = None,
    company: str = "",
    rest_is_missing: bool = False,
    missing: int | None = None,
) -> Return:
    """Finish a return: what did not come is missing, and asks who bears the loss.

    Refused while something is neither back nor said to be missing (``rest_is_missing``), or when
    more of it is not here than the page said (``missing``). When nothing of the kit is out any
    more, the kit is dissolved. With a ``store`` the record is made in this transaction; a page
    makes it afterwards (:mod:`~.return_records`).
    """
    made = open_return(return_id)
    kit = hold_still(made).get(made.employee_id)
    waiting = [line for line in made.lines if rules.waits(line.expected, line.came, line.outcome)]
    if waiting and not rest_is_missing:
        raise Refused(N_("Not everything is back. Say that the rest is missing, or wait for it."))
    not_here = sum(line.expected - line.came for line in waiting)
    if missing is not None and not_here > missing:
        raise Refused(
            N_("Meanwhile more of it is not here: %(count)s. Look again."), count=not_here
        )
    for line in waiting:
        _is_missing(made, line, kit, by=by)
    for line in made.lines:
        line.is_open = False
        if line.outcome is None:
            line.outcome = ReturnOutcome.BACK
        if line.outcome is ReturnOutcome.DAMAGED and line.item is not None:
            damages.open_case(
                line.item,
                DamageKind.DAMAGE,
                by=by,
                employee_id=made.employee_id if line.expected else None,
                line_id=line.id,
                note=line.note,
            )
    made.closed_at, made.closed_by = clock.now(), str(by)
    db.session.flush()
    record(
        by,
        "kits.return_closed",
        made,
        employee_id=made.employee_id,
        back=sum(line.came for line in made.lines),
        missing=not_here,
    )
    if kit is not None:
        _end_kit(made, kit.id, by=by)
    if store is not None:
        return_records.write(made.id, store=store, company=company, by=by)
    return made


def let_rest_stay(return_id: int, *, by: Actor) -> Return:
    """What has not come yet is no longer due; what came stays on the list, and is closed with it.

    A return of which nothing came is called off.
    """
    made = open_return(return_id)
    hold_still(made)
    if not any(line.came for line in made.lines):
        return call_off(return_id, by=by)
    for line in made.lines:
        if not rules.waits(line.expected, line.came, line.outcome):
            continue
        if line.came:  # some of a small part
            line.expected, line.outcome = line.came, ReturnOutcome.BACK
        else:
            line.outcome, line.is_open = ReturnOutcome.NOT_DUE, False
        record(
            by,
            "kits.return_line_off",
            made,
            employee_id=made.employee_id,
            item=line.item_id,
            good=line.good_id,
        )
    db.session.flush()
    return made


def call_off(return_id: int, *, by: Actor) -> Return:
    """End a return of which nothing came: none of it is due any more, and all stays where it is."""
    made = open_return(return_id)
    hold_still(made)
    if any(line.came for line in made.lines):
        raise Refused(
            N_("Something of it is back. Take off what is no longer due, then close the return.")
        )
    for line in made.lines:
        line.outcome, line.is_open = ReturnOutcome.NOT_DUE, False
    made.closed_at, made.closed_by = clock.now(), str(by)
    db.session.flush()
    record(by, "kits.return_called_off", made, employee_id=made.employee_id)
    return made


def _is_missing(made: Return, line: ReturnLine, kit: Kit | None, *, by: Actor) -> None:
    if line.item is None:
        _goods_are_missing(made, line, kit, by=by)
        return
    if return_lines.is_with_another(made, line.item):
        raise Refused(NO_LONGER_THERE, tag=line.item.asset_tag, name=made.employee.name)
    held = line.item.holding
    if held is not None and held.holder_kind not in ASKED_WITH:
        follow(line, Holder(held.holder_kind, held.holder_id), by=by)
        if rules.waits(line.expected, line.came, line.outcome):  # it is on its way
            raise return_lines.NotReturned(return_lines.AWAY[held.holder_kind], line.item)
        return
    line.outcome = ReturnOutcome.MISSING
    fate.lose(
        line.item.id,
        by=by,
        because=f"return:{made.id}",
        note=line.note,
        line_id=line.id,
        employee_id=made.employee_id,
    )


def _goods_are_missing(made: Return, line: ReturnLine, kit: Kit | None, *, by: Actor) -> None:
    """So many small parts did not come: they are lost, and a case asks who bears it."""
    line.outcome = ReturnOutcome.MISSING
    if line.good_id is None:
        return
    count = line.expected - line.came
    move_goods(made, kit, line.good_id, Holder(HolderKind.LOST), count, by=by)
    damages.open_goods_case(line, count, employee_id=made.employee_id, by=by)


def _end_kit(made: Return, kit_id: int, *, by: Actor) -> None:
    """Dissolve the kit of which nothing is out any more; a swap leaves it as it is.

    It is the one that was locked before the devices: one that was made meanwhile was never out.
    """
    if made.reason in {ReturnReason.SWAP, ReturnReason.DEFECT}:
        return
    kit = all_queries.kit(kit_id, lock=True)
    away = [
        row
        for row in kit.kit_items
        if row.item.holding is not None and row.item.holding.holder_kind in OUTSIDE
    ]
    if away or any(good.holder_kind in OUTSIDE for good in kit.goods):
        return
    was_out = any(box.state in {BoxState.HANDED_OVER, BoxState.RETURNED} for box in kit.boxes)
    if made.reason is ReturnReason.OTHER and not was_out:
        return  # it waits in the store, and something else came back
    for box in kit.boxes:
        if box.state is BoxState.HANDED_OVER:
            set_box_state(box, BoxState.RETURNED, by=by)
    if all(box.state in CHANGEABLE for box in kit.boxes):
        dissolve_kit(kit.id, by=by)
