"""Labels to print: of boxes, devices and locations; and the pages to which their codes lead.

Printing changes nothing and can be done again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from hoffice.accounts.access import open_to, settings
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import queries
from hoffice.kits.forms import LabelChoice
from hoffice.kits.models import Box
from hoffice.kits.pdf import RunMark
from hoffice.kits.queries import labels as reading
from hoffice.kits.queries.labels import Labelled as Found
from hoffice.kits.rules import LOCATION_LABELS, LocationKind, tag_of
from hoffice.kits.rules.labels import FORMATS, Labelled
from hoffice.kits.rules.reading import What
from hoffice.kits.service import scanning
from hoffice.kits.service.labels import (
    Printing,
    contents_sheet,
    label_file,
    require_printable,
)
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.settings import UNNAMED
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated

CONFLICT: Final = 409
PACKED: Final = "packed"
CHOSEN: Final = "chosen"
CODES: Final = "codes"
DEVICES: Final = "devices"
NUMBERED: Final = ("what", "kit", "ids", "item", "of")
ASKED_BY: Final[Mapping[str, Sequence[str]]] = {
    PACKED: ("what",),
    CODES: ("what", "codes"),
    "locations": ("what", "kind"),
}
"""What names the things that a form asks for; else their numbers do."""
LONGEST_ADDRESS: Final = 3_000
"""So long an address passes every server on the way; what is longer comes as a file to keep."""


@bp.route("/etiketten", methods=["GET", "POST"])
@open_to(*READERS)
def label_page() -> ResponseReturnValue:
    """Choose what gets a label, on which paper, from which place, and with names or without."""
    return _page()


def label_answer(
    runs_of: Callable[[Iterable[int]], Mapping[int, RunMark]],
) -> ResponseReturnValue:
    """Labels of one kit, of what was selected or scanned, of locations, or of all packed boxes.

    Without a choice the paper is the one used last. What a form asks for gets an address of its
    own: a browser that shows, saves or prints a PDF fetches it once more, by its address alone.
    ``runs_of`` says by their numbers which kits are on which run: that is known above this domain,
    so the address of the file stands there (``hoffice/runs/views/labels.py``).
    """
    wanted = _wanted()
    kinds = kinds_of(wanted)
    choice = LabelChoice.read(request.values, kinds, kept=session, names=settings().label_names)
    address = _address_of(choice) if request.method == "POST" else ""
    try:
        if address:
            require_printable(wanted, printing_of(choice))
            return redirect(address, HTTPStatus.SEE_OTHER)
        runs = runs_of({box.kit_id for box in wanted.boxes})
        content = label_file(wanted, printing_of(choice), runs=runs)
    except Refused as refusal:
        if "what" not in request.form:
            raise
        return _page(translated(refusal)), CONFLICT
    is_to_keep = choice.paper.is_zpl or request.method == "POST"
    return sent(content, "etiketten", is_zpl=choice.paper.is_zpl, is_to_keep=is_to_keep)


def _address_of(choice: LabelChoice) -> str:
    """Where the file that a form asks for lies; empty for what a printer reads or is too long."""
    if choice.paper.is_zpl:
        return ""
    names = ASKED_BY.get(request.values.get("what", ""), NUMBERED)
    asked = [
        (name, one) for name in (*names, "names") for one in request.values.getlist(name) if one
    ]
    asked += [("paper", choice.paper.key), (f"place-{choice.paper.key}", str(choice.first_place))]
    address = f"{url_for('.labels')}?{urlencode(asked)}"
    return address if len(address) <= LONGEST_ADDRESS else ""


@bp.get("/karton/<code>/inhalt.pdf")
@open_to(*READERS)
def box_contents(code: str) -> ResponseReturnValue:
    """What lies in this box, as a sheet to tick off."""
    found = queries.box_by_code(code)
    return _contents([found], f"inhalt-{found.code}")


@bp.get("/kits/<int:kit_id>/inhalt.pdf")
@open_to(*READERS)
def kit_contents(kit_id: int) -> ResponseReturnValue:
    """What lies in the boxes of a kit, a sheet for each."""
    found = queries.kit(kit_id)
    return _contents(reading.boxes_of_kits([found.id]), f"inhalt-{found.id}")


@bp.get("/g/<tag>")
@open_to(*READERS)
def item_by_tag(tag: str) -> ResponseReturnValue:
    """Where the QR code of a device leads: its page; a serial number leads there, too."""
    found = queries.item_by_tag(tag)
    if found is not None:
        return redirect(url_for(".item", item_id=found.id))
    read = scanning.read(tag)
    if read.what not in {What.ITEM, What.SERIAL} or read.id is None:
        raise NotFound(N_("There is no item with the tag %(tag)s."), tag=tag_of(tag)[:40])
    return redirect(url_for(".item", item_id=read.id))


def kinds_of(wanted: Found) -> frozenset[Labelled]:
    """What kinds of things are among them."""
    found = {
        Labelled.BOX: wanted.boxes,
        Labelled.ITEM: wanted.items,
        Labelled.LOCATION: wanted.locations,
    }
    return frozenset(kind for kind, things in found.items() if things)


def printing_of(choice: LabelChoice) -> Printing:
    """How this house prints what was chosen."""
    house = settings()
    return Printing(
        house_url=house.url,
        language=str(get_locale() or "de"),
        firm=house.company if house.company != UNNAMED else "",
        with_names=choice.with_names,
        paper=choice.paper,
        first_place=choice.first_place,
    )


def sent(content: bytes, name: str, *, is_zpl: bool, is_to_keep: bool = False) -> Response:
    """The file: a PDF to look at and print, or commands to send to a label printer."""
    kind = "text/plain; charset=utf-8" if is_zpl else "application/pdf"
    response = Response(content, content_type=kind)
    ending = "zpl" if is_zpl else "pdf"
    way = "attachment" if is_zpl or is_to_keep else "inline"
    response.headers.set("Content-Disposition", way, filename=f"{name}.{ending}")
    response.headers.set("Cache-Control", "no-store")
    return response


def _contents(boxes: Sequence[Box], name: str) -> Response:
    choice = LabelChoice.read(
        request.args, frozenset({Labelled.BOX}), kept={}, names=settings().label_names
    )
    is_half = request.args.get("papier") == "a5"
    content = contents_sheet(boxes, printing_of(choice), is_half=is_half)
    return sent(content, name, is_zpl=False)


# --- what is to have a label ----------------------------------------------------------------------


def _wanted() -> Found:
    """What was asked for, in a word (``what``) or by numbers; of nothing at all, what is packed."""
    match request.values.get("what", ""):
        case "packed":
            return _packed()
        case "codes":
            return reading.with_codes(request.values.get("codes", "").splitlines())
        case "locations":
            word = request.values.get("kind", "")
            kind = LocationKind(word) if word in set(LocationKind) else None
            return Found(locations=queries.locations_in_use(kind))
        case _:
            return _by_numbers()


def _packed() -> Found:
    return Found(boxes=queries.boxes_with_label(packed=True))


def _by_numbers() -> Found:
    ids = _numbers("ids")
    if request.args.get("of") == DEVICES:
        return Found(items=reading.items_with_ids([*ids, *_numbers("item")]))
    kits, items = _numbers("kit"), _numbers("item")
    if not (ids or kits or items or request.method == "POST" or "kit" in request.args):
        return _packed()
    boxes = [*reading.boxes_of_kits(kits)] if kits else []
    boxes += reading.boxes_with_ids(ids) if ids else []
    return Found(boxes=boxes, items=reading.items_with_ids(items) if items else ())


def _numbers(name: str) -> list[int]:
    return request.values.getlist(name, type=row_number)


# --- the page -------------------------------------------------------------------------------------


def _page(wrong: str = "") -> str:
    """The form, with what was chosen before; ``wrong`` says why nothing was printed."""
    is_chosen = any(request.values.getlist(name) for name in ("kit", "ids", "item"))
    chosen = _by_numbers() if is_chosen else Found()
    hidden = [("ids", box.id) for box in chosen.boxes]
    hidden += [("item", item.id) for item in chosen.items]
    counts = reading.locations_per_kind()
    packed = reading.packed_boxes()
    what = request.values.get("what", "") or (CHOSEN if hidden else PACKED if packed else CODES)
    kinds = kinds_of(chosen) if what == CHOSEN else frozenset({Labelled.BOX})
    return render_template(
        "kits/labels.html",
        wrong=wrong,
        what=what,
        chosen=_said(chosen),
        hidden=hidden,
        packed=packed,
        codes=request.values.get("codes", ""),
        locations=[
            (kind.value, _(LOCATION_LABELS[kind]), count) for kind, count in sorted(counts.items())
        ],
        kind=request.values.get("kind", ""),
        papers=FORMATS,
        choice=LabelChoice.read(
            request.values, kinds, kept=dict(session), names=settings().label_names
        ),
    )


def _said(found: Found) -> str:
    """What was selected before, in words; empty when nothing was."""
    told = []
    if found.boxes:
        names = {box.kit.employee.name for box in found.boxes}
        boxes = ngettext("%(num)s box", "%(num)s boxes", len(found.boxes))
        told.append(f"{boxes} ({names.pop()})" if len(names) == 1 else boxes)
    if found.items:
        told.append(ngettext("%(num)s device", "%(num)s devices", len(found.items)))
    return ", ".join(told)
