"""Labels for boxes, with the colour of their run, its shape and the number of the stop."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template, request, session
from flask.typing import ResponseReturnValue

from hoffice.accounts.access import open_to, settings
from hoffice.errors import Refused
from hoffice.kits.forms import LabelChoice
from hoffice.kits.pdf import RunMark
from hoffice.kits.queries import labels as kits
from hoffice.kits.rules.labels import Labelled, formats_for
from hoffice.kits.service.labels import label_file
from hoffice.kits.views.blueprint import READERS as SEE_DEVICES
from hoffice.kits.views.blueprint import bp as devices
from hoffice.kits.views.labels import label_answer, printing_of, sent
from hoffice.runs import queries
from hoffice.runs.models import Run, Stop
from hoffice.runs.rules import StopKind
from hoffice.runs.views.blueprint import READERS, bp
from hoffice.web import formats
from hoffice.web.pages import translated

BOXES = frozenset({Labelled.BOX})


@bp.get("/<int:run_id>/etiketten")
@open_to(*READERS)
def label_page(run_id: int) -> ResponseReturnValue:
    """Choose paper and first free place for the labels of a run."""
    return _page(queries.run(run_id))


@bp.route("/<int:run_id>/etiketten.pdf", methods=["GET", "POST"])
@open_to(*READERS)
def labels(run_id: int) -> ResponseReturnValue:
    """The labels of all boxes that this run brings, in the order of its stops."""
    run = queries.run(run_id)
    choice = _choice(keep=True)
    marks = marks_of(run)
    place = {kit_id: mark.stop for kit_id, mark in marks.items()}
    boxes = sorted(
        kits.boxes_of_kits(marks), key=lambda box: (place[box.kit_id], box.kit_id, box.number)
    )
    try:
        content = label_file(kits.Labelled(boxes=boxes), printing_of(choice), runs=marks)
    except Refused as refusal:
        if request.method != "POST":
            raise
        return _page(run, translated(refusal)), 409
    name = f"etiketten-{run.shift.on_date.isoformat()}-{run.id}"
    return sent(content, name, is_zpl=choice.paper.is_zpl)


@devices.route("/etiketten.pdf", methods=["GET", "POST"], endpoint="labels")
@open_to(*SEE_DEVICES)
def all_labels() -> ResponseReturnValue:
    """Labels of anything that bears one; boxes show the run that brings them.

    It stands here, for those who know devices do not know runs.
    """
    return label_answer(marks_of_kits)


def marks_of_kits(kit_ids: Iterable[int]) -> dict[int, RunMark]:
    """How each of these kits is marked that is on a run which has not ended."""
    found = queries.open_stops_on_runs(kit_ids)
    numbers = queries.numbers_on_their_days({run.shift_id for _stop, run in found})
    return {stop.kit_id: _mark(stop, run, numbers[run.shift_id]) for stop, run in found}


def marks_of(run: Run) -> dict[int, RunMark]:
    """How each kit that this run brings is marked: colour and shape as on the day's pages."""
    number = queries.numbers_on_their_days([run.shift_id])[run.shift_id]
    return {
        stop.kit_id: _mark(stop, run, number)
        for stop in run.stops
        if stop.kind is not StopKind.PICKUP
    }


def _mark(stop: Stop, run: Run, number: int) -> RunMark:
    shift = run.shift
    return RunMark(number, f"{shift.van.name}, {formats.day(shift.on_date)}", stop.position or 0)


def _choice(*, keep: bool = False) -> LabelChoice:
    return LabelChoice.read(
        request.values,
        BOXES,
        kept=session if keep else dict(session),
        names=settings().label_names,
    )


def _page(run: Run, wrong: str = "") -> str:
    return render_template(
        "runs/labels.html",
        run=run,
        boxes=sum(len(stop.kit.boxes) for stop in run.stops if stop.kind is not StopKind.PICKUP),
        papers=formats_for(BOXES),
        choice=_choice(),
        wrong=wrong,
    )
