"""One return, thing by thing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import N_, Refused
from hoffice.kits.models import Reservation, Return
from hoffice.kits.queries import damage_cases, replacements
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.service import (
    reserving,
    return_closing,
    return_lines,
    return_slips,
    returning,
    scanning,
)
from hoffice.kits.service.scanning import Accepted
from hoffice.kits.views import scanned
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.return_records import has_record, write_records
from hoffice.kits.views.return_words import day_sent, progress_of
from hoffice.tasks import queries as tasks
from hoffice.tasks.models import Task
from hoffice.web.deeds import after, tried
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated


@bp.get("/rueckgaben/<int:return_id>")
@open_to(*READERS)
def return_page(return_id: int) -> ResponseReturnValue:
    """One return: what is expected, what is back, and a field that takes scan after scan."""
    return _page(return_id)


def _page(return_id: int, *, wrong: Refused | None = None, code: str = "") -> str:
    made = queries.kit_return(return_id)
    found = wrong if isinstance(wrong, return_lines.NotReturned) else None
    return render_template(
        "kits/return.html",
        made=made,
        how_far=progress_of(made),
        lines=sorted(made.lines, key=lambda line: (line.came >= line.expected, line.id)),
        wrong=translated(wrong) if wrong is not None else "",
        found=found,
        code=code,
        scan_id=str(uuid.uuid4()),
        anyway_id=str(uuid.uuid4()),
        condition=request.form.get("condition", "used"),
        record=has_record(made),
        kept=_kept_for(made),
        gone=gone_replacements(line.item_id or 0 for line in made.lines),
        cases=damage_cases.cases_by_line(line.id for line in made.lines),
        needs_wipe=returning_rules.needs_wipe,
        today=clock.today(),
    )


def _kept_for(made: Return) -> dict[int, Reservation]:
    """What is kept for the person to replace what this return asks for, by the old device."""
    kept = replacements.replacements_for(line.item_id or 0 for line in made.lines)
    return {old: one for old, one in kept.items() if one.employee_id == made.employee_id}


def gone_replacements(item_ids: Iterable[int]) -> dict[int, Task]:
    """The open tasks to find another replacement for these devices, by the device."""
    subjects = [f"item:{one}" for one in item_ids]
    found = tasks.open_tasks_about(subjects, [reserving.REPLACEMENT_GONE])
    return {int(subject.partition(":")[2]): task for subject, task in found.items()}


@bp.post("/rueckgaben/<int:return_id>/scan")
@open_to(Role.IT)
def scan_return(return_id: int) -> ResponseReturnValue:
    """Take back what was scanned or typed; a script gets the answer as JSON."""
    sent = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    said: dict[str, Any] = sent if isinstance(sent, dict) else {}
    code = str(said.get("code", ""))[: scanning.CODE_LENGTH]

    def take() -> Accepted:
        read = scanning.read(code, swapped=bool(said.get("swapped")))
        line = returning.take_back_read(
            return_id,
            read,
            condition=str(said.get("condition", "used")),
            anyway=str(said.get("anyway", "")) == "1",
            by=current_actor(),
        )
        facts = {"tag": line.item.asset_tag if line.item else ""}
        answer: dict[str, Any] = {"did": "back", "say": N_("%(tag)s is back."), "facts": facts}
        if read.is_put_right:
            answer["put_right"] = True
        return Accepted(answer, item_id=line.item_id)

    scan_id, subject = str(said.get("id", "")), f"return:{return_id}"
    answer = tried(lambda: scanning.once(scan_id, subject, code, by=current_actor(), do=take))
    if isinstance(answer, Refused):
        if not request.is_json:
            return _page(return_id, wrong=answer, code=code), HTTPStatus.CONFLICT
        found = answer if isinstance(answer, return_lines.NotReturned) else None
        other = found.return_id if found is not None else None
        return {
            "ok": False,
            "say": translated(answer),
            "anyway": code if found is not None and found.may_come_anyway else "",
            "item": url_for(".item", item_id=found.item_id) if found is not None else "",
            "return": url_for(".return_page", return_id=other) if other is not None else "",
            "closed": queries.kit_return(return_id).closed_at is not None,
        }
    if request.is_json:
        return scanned.accepted("", answer)
    flash(scanned.sentence(answer))
    return redirect(url_for(".return_page", return_id=return_id), HTTPStatus.SEE_OTHER)


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/da")
@open_to(Role.IT)
def tick_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """One thing is here, though its tag cannot be scanned."""
    return after(
        lambda: returning.tick(
            return_id, line_id, condition=request.form.get("condition", "used"), by=current_actor()
        ),
        _("Taken back."),
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/doch-nicht")
@open_to(Role.IT)
def undo_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """What was taken back by a slip is not here after all."""
    return after(
        lambda: return_slips.not_back(return_id, line_id, by=current_actor()),
        _("It is not back: the ledger says so, too."),
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/zustand")
@open_to(Role.IT)
def look_at_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """How a thing looks that came back."""
    return after(
        lambda: returning.looks(
            return_id,
            line_id,
            request.form.get("condition", ""),
            note=request.form.get("note"),
            by=current_actor(),
        ),
        _("Noted."),
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/anzahl")
@open_to(Role.IT)
def count_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """How many of a counted good are back."""
    count = request.form.get("came", type=row_number)
    target = url_for(".return_page", return_id=return_id)
    if count is None:
        flash(_("Type how many came back."), "problem")
        return redirect(target, HTTPStatus.SEE_OTHER)
    lines = queries.kit_return(return_id).lines
    is_fewer = any(line.id == line_id and count < line.came for line in lines)
    return after(
        lambda: returning.count_back(return_id, line_id, count, by=current_actor()),
        _("Noted. What is with the person again belongs to no kit.") if is_fewer else _("Noted."),
        target,
    )


@bp.post("/rueckgaben/<int:return_id>/zeile/<int:line_id>/streichen")
@open_to(Role.IT)
def take_off_return(return_id: int, line_id: int) -> ResponseReturnValue:
    """One thing is no longer due."""
    return after(
        lambda: returning.take_off(return_id, line_id, by=current_actor()),
        _("It is no longer asked for."),
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/frist")
@open_to(Role.IT)
def due_return(return_id: int) -> ResponseReturnValue:
    """By when everything should be back."""
    return after(
        lambda: returning.set_due(return_id, day_sent(), by=current_actor()),
        _("Noted."),
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/abschliessen")
@open_to(Role.IT)
def close_return(return_id: int) -> ResponseReturnValue:
    """Finish a return; what is not here is missing only when that is said."""

    def deed() -> None:
        return_closing.close(
            return_id,
            by=current_actor(),
            rest_is_missing=request.form.get("rest") == "missing",
            missing=request.form.get("missing", type=row_number),
        )
        waiting = _kept_for(queries.kit_return(return_id)).values()
        still = [(one.item.asset_tag, one.employee.name) for one in waiting]
        write_records([return_id])
        flash(_("The return is closed. Its record is ready."))
        for tag, name in still:
            flash(_("%(tag)s is still kept for %(name)s.", tag=tag, name=name), "problem")

    return after(
        deed,
        "",
        url_for(".return_page", return_id=return_id),
    )


@bp.post("/rueckgaben/<int:return_id>/absagen")
@open_to(Role.IT)
def call_off_return(return_id: int) -> ResponseReturnValue:
    """Nothing of a return is due any more, and nothing of it came."""
    return after(
        lambda: return_closing.call_off(return_id, by=current_actor()),
        _("The return is called off. Everything stays where it is."),
        url_for(".return_page", return_id=return_id),
    )
