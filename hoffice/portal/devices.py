"""Everything an employee has, on her phone: since when, by which paper, and what is wrong with it.

Only what is in her own name or comes to her; no word of the staff about a device stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts.access import current_employee_id, open_to
from hoffice.accounts.rules import Audience
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits.models import BulkGood, ReturnLine, Transfer
from hoffice.kits.queries import belongings as queries
from hoffice.kits.queries import due_lines, transfers
from hoffice.kits.queries.belongings import Coming, Held
from hoffice.kits.rules import KIND_LABELS, HolderKind, HomeAnswer
from hoffice.kits.rules.counting import BROKEN_AT_HOME, LIST_DOUBTED, NOT_AT_HOME
from hoffice.kits.service import telling
from hoffice.portal.journey import Journey, journey_of
from hoffice.tasks import queries as tasks
from hoffice.tasks.models import Task
from hoffice.units import Actor
from hoffice.web.pages import translated

bp = Blueprint("my_devices", __name__, url_prefix="/mein/geraete")

ON_THE_WAY = frozenset({HolderKind.VAN, HolderKind.PARCEL})

DEEDS: Mapping[str, str] = {
    "handover": N_("handed over to you"),
    "parcel": N_("came by parcel"),
    "transfer": N_("passed on to you"),
    "return": N_("given to you in exchange"),
    "slip": N_("taken back by mistake, so still yours"),
    "correction": N_("put right by IT"),
    "good_given": N_("given to you by IT"),
    "counter": N_("given to you by IT"),
}
"""How a thing came to somebody, in words for her."""
NOTED = N_("noted by IT")
"""How it came when the house wrote it down by no paper of hers."""

ANSWERS: Mapping[HomeAnswer, str] = {
    HomeAnswer.BROKEN: N_("It is broken"),
    HomeAnswer.NO: N_("I no longer have it"),
}


@bp.app_template_global()
def i_have_things() -> bool:
    """Whether the overview leads to the list of devices."""
    return queries.has_things(current_employee_id())


@dataclass(frozen=True, slots=True)
class MyDevice:
    """One device of mine, with all that is going on with it."""

    held: Held
    due: ReturnLine | None
    passing: Transfer | None
    told: Task | None
    """What was said to be wrong with it and IT looks after."""
    is_my_word: bool
    """I have said so myself, and not whoever brought it or counts it."""


@bp.get("/")
@open_to(Audience.EMPLOYEE)
def index() -> ResponseReturnValue:
    """Everything I have, what comes to me and what is due back."""
    me = current_employee_id()
    journey, coming = journey_of(me), queries.coming_to(me)
    doubt = tasks.open_task(LIST_DOUBTED, f"employee:{me}")
    return render_template(
        "portal/devices.html",
        journey=journey,
        today=clock.today(),
        devices=_devices(me),
        parts=queries.small_parts_with(me),
        parts_due=due_lines.goods_asked(me),
        coming=[one for one in coming if one.holder in ON_THE_WAY],
        prepared=[one for one in coming if one.holder not in ON_THE_WAY],
        kept=queries.kept_for(me),
        passed_to_me=[one for one in transfers.open_transfers_of(me) if one.to_id == me],
        doubt=doubt,
        kinds=KIND_LABELS,
        came=came,
        record=lambda because: _record(because, journey),
        name_of=_name_of,
    )


def _devices(me: int) -> Sequence[MyDevice]:
    held = queries.devices_with(me)
    item_ids = [one.item.id for one in held]
    due = due_lines.open_lines_of(item_ids)
    told = tasks.open_tasks_about(
        [f"item:{number}" for number in item_ids], (NOT_AT_HOME, BROKEN_AT_HOME)
    )
    passing = {
        line.item_id: one
        for one in transfers.open_transfers_of(me)
        for line in one.lines
        if one.from_id == me
    }
    by_me = str(Actor.employee(me))
    devices = []
    for one in held:
        task = _since(told.get(f"item:{one.item.id}"), one)
        devices.append(
            MyDevice(
                one,
                due.get(one.item.id),
                passing.get(one.item.id),
                task,
                is_my_word=task is not None and task.created_by == by_me,
            )
        )
    return devices


def _since(task: Task | None, held: Held) -> Task | None:
    """What was said of a thing before it came to me is none of my business."""
    return task if task is not None and task.created_at >= held.since else None


def came(because: str) -> str:
    """How a thing came to me, in words."""
    return str(_(DEEDS.get(because.partition(":")[0], NOTED)))


def _record(because: str, journey: Journey) -> str | None:
    """Where the paper lies by which a thing came to me, if I have one."""
    kind, _colon, number = because.partition(":")
    if kind == "transfer" and number.isdecimal():
        return url_for("transfer.transfer", transfer_id=int(number))
    has_record = {str(visit.id) for visit in journey.visits if visit.record_file_id is not None}
    if kind == "handover" and number in has_record:
        return url_for("portal.record_pdf", handover_id=int(number))
    return None


def _name_of(one: Coming) -> str:
    """A thing that comes to me, in words: a device with its number, or how many of a small part."""
    if isinstance(one.what, BulkGood):
        return f"{one.count}\xa0×\xa0{one.what.name}"
    kind = _(KIND_LABELS[one.what.kind])
    return " ".join(filter(None, (str(kind), one.what.model, one.what.asset_tag)))


@bp.route("/melden", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def doubt() -> ResponseReturnValue:
    """The list is wrong: something is missing on it, or is not as it says."""
    return _tell(None)


@bp.route("/<int:item_id>/melden", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def tell(item_id: int) -> ResponseReturnValue:
    """Something is wrong with one of my things; those of others are not there."""
    held = next(
        (one for one in queries.devices_with(current_employee_id()) if one.item.id == item_id), None
    )
    if held is None:
        raise NotFound(telling.NOT_HERS)
    return _tell(held)


def _tell(held: Held | None) -> ResponseReturnValue:
    me, error = current_employee_id(), ""
    words = request.form.get("words", "")[: telling.WORDS_CHARS]
    answer = request.form.get("answer", "")
    if request.method == "POST":
        try:
            if held is None:
                telling.doubt_list(me, words, by=Actor.employee(me))
            else:
                said = HomeAnswer(answer) if answer in set(HomeAnswer) else HomeAnswer.YES
                telling.tell_of_device(me, held.item.id, said, words, by=Actor.employee(me))
        except NotFound:
            raise
        except Refused as refusal:
            error = translated(refusal)
            db.session.rollback()
        else:
            flash(_("Noted. IT sees it and gets in touch."))
            return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)
    page = render_template(
        "portal/devices_wrong.html",
        journey=journey_of(me),
        held=held,
        words=words,
        answer=answer,
        answers=ANSWERS,
        error=error,
        kinds=KIND_LABELS,
        listens=telling.listens(),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
