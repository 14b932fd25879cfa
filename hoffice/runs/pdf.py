"""The driver's sheet: one run on paper, so that it also works without any phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, TableStyle

from hoffice.errors import N_
from hoffice.paper import draw, flow, fonts, look
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.sketch import Sketch, Spot, sketch
from hoffice.paper.tags import TaggedCanvas
from hoffice.paper.text import safe
from hoffice.paper.words import Speak, span, speaks, time_of_day, weekday
from hoffice.units import Point, Window
from hoffice.wording.plain import one_line

MAP_HEIGHT = 62 * mm
QR = 21 * mm
NUMBER_WIDTH = 15 * mm
TICK = 11.0
SIGN_WIDTH = 60 * mm
MOST_TICKS = 100
"""More boxes at one stop do not fit on its sheet; the load list still names every one."""


class Visit(StrEnum):
    """What happens at a stop."""

    DELIVER = "deliver"
    PICK_UP = "pick_up"
    SWAP = "swap"


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """One box in the van: `2 of 3`, its tag, and whether it breaks."""

    number: int
    of: int
    tag: str
    is_fragile: bool = False


@dataclass(frozen=True, slots=True)
class StopFacts:
    """One door, as the crew needs to know it."""

    position: int
    visit: Visit
    arrive_at: datetime
    name: str
    address: str
    window: Window | None = None
    phone: str = ""
    access: str = ""
    note: str = ""
    boxes: tuple[BoxFacts, ...] = ()
    boxes_back: int = 0
    minutes: int | None = None
    url: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run of one day; ``number`` gives colour and shape as on the map."""

    number: int
    name: str
    on: date
    van: str
    crew: tuple[str, ...]
    letterhead: Letterhead
    depot_name: str
    starts_at: datetime
    ends_at: datetime
    stops: tuple[StopFacts, ...]
    made_at: datetime
    language: str = "de"
    depot: Point | None = None
    route: tuple[Point, ...] = ()
    kilometres: float | None = None
    emergency_phone: str = ""


_STOP = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, look.LINE_STRONG),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)


def run_sheet(facts: RunFacts) -> bytes:
    """The stops in their order, and on the last page what is loaded first (the last stop's)."""
    _ = speaks(facts.language)
    title = _(N_("Run sheet %(name)s")) % {"name": facts.name}
    sheet = Sheet(
        title=title,
        language=facts.language,
        letterhead=facts.letterhead,
        made_at=facts.made_at,
        reference=weekday(facts.on, facts.language),
    )
    story = _opening(facts, sheet, _)
    for stop in facts.stops:
        story.append(_stop(stop, facts.number, sheet.width, _))
    story.append(PageBreak())
    story += _load_list(facts, sheet.width, _)
    return write(sheet, story)


def _opening(facts: RunFacts, sheet: Sheet, _: Speak) -> list[Flowable]:
    way = f"{time_of_day(facts.starts_at)}–{time_of_day(facts.ends_at)}"
    boxes = sum(len(stop.boxes) for stop in facts.stops)
    rows = [
        (_(N_("Day")), safe(weekday(facts.on, facts.language))),
        (_(N_("Van and crew")), safe(" · ".join((facts.van, *facts.crew)))),
        (_(N_("Start and end")), safe(f"{facts.depot_name}, {way}")),
        (
            _(N_("On this run")),
            safe(
                _(N_("%(stops)s stops, %(boxes)s boxes"))
                % {"stops": len(facts.stops), "boxes": boxes}
                + (f", {facts.kilometres:.0f} km" if facts.kilometres is not None else "")
            ),
        ),
    ]
    if facts.emergency_phone:
        rows.append((_(N_("If something goes wrong")), f"<b>{safe(facts.emergency_phone)}</b>"))
    story: list[Flowable] = [
        flow.heading(safe(facts.name), 1),
        flow.pairs(rows, (38 * mm, sheet.width - 38 * mm)),
    ]
    return story + _map(facts, sheet.width, _)


def _map(facts: RunFacts, width: float, _: Speak) -> list[Flowable]:
    spots = tuple(
        Spot(str(stop.position), stop.point) for stop in facts.stops if stop.point is not None
    )
    if facts.depot is None or not spots:
        return []
    run = Sketch(facts.number, facts.depot, spots, facts.route)
    alt = _(N_("Sketch of the run: the stops in their order, as listed below"))
    parts: list[Flowable] = [
        flow.Picture(width, MAP_HEIGHT, lambda canvas: sketch(canvas, run, width, MAP_HEIGHT), alt)
    ]
    missing = [str(stop.position) for stop in facts.stops if stop.point is None]
    if missing:
        told = _(N_("Not on the sketch, because not located: stop %(stops)s"))
        parts.append(flow.said(told % {"stops": ", ".join(missing)}, look.SMALL))
    return parts


def _stop(stop: StopFacts, number: int, width: float, _: Speak) -> Flowable:
    visits = {
        Visit.DELIVER: _(N_("Delivery")),
        Visit.PICK_UP: _(N_("Pick-up")),
        Visit.SWAP: _(N_("Swap")),
    }
    what = f"{time_of_day(stop.arrive_at)} · {visits[stop.visit]}"
    if stop.minutes is not None:
        what += " · " + _(N_("%(minutes)s min")) % {"minutes": stop.minutes}
    if stop.window is not None:
        what += " · " + _(N_("promised %(window)s")) % {"window": span(stop.window)}
    middle: list[Flowable] = [
        flow.words(safe(what), look.CELL_BOLD),
        flow.words(safe(stop.name), look.CELL_BIG, role="H2"),
        flow.words(safe(stop.address), look.CELL),
    ]
    if stop.phone:
        told = _(N_("Phone: %(phone)s")) % {"phone": one_line(stop.phone)}
        middle.append(flow.words(safe(told), look.CELL))
    middle.extend(flow.words(safe(line), look.CELL) for line in (stop.access, stop.note) if line)
    middle.append(_ticks(stop, width - NUMBER_WIDTH - QR - 8 * mm, _))
    middle.append(_sign(_))
    columns = ([_badge(stop.position, number)], middle, _code(stop, _))
    return flow.side_by_side(
        columns, (NUMBER_WIDTH, width - NUMBER_WIDTH - QR - 4 * mm, QR + 4 * mm), style=_STOP
    )


def _badge(position: int, number: int) -> flow.Picture:
    """The stop's number in the shape of its run, and below it a large box to tick."""
    size = 11 * mm

    def drawing(canvas: TaggedCanvas) -> None:
        draw.marker(canvas, size / 2, size * 1.5 + 4, size * 0.9, number)
        canvas.setFillColor(look.WHITE)
        canvas.setFont(fonts.BOLD, 15)
        canvas.drawCentredString(size / 2, size * 1.5 - 1, str(position))
        draw.tick_box(canvas, size * 0.15, 2, size * 0.7)

    return flow.Picture(size, size * 2 + 6, drawing, str(position))


def _ticks(stop: StopFacts, width: float, _: Speak) -> flow.Picture:
    """A box to tick for each box out, and one for those that come back."""
    told = _(N_("Box %(number)s of %(of)s"))
    labels = [told % {"number": box.number, "of": box.of} for box in stop.boxes]
    if stop.boxes_back:
        labels.append(_(N_("%(count)s back")) % {"count": stop.boxes_back})
    labels = labels or [_(N_("no boxes"))]
    if len(labels) > MOST_TICKS:
        labels = [*labels[: MOST_TICKS - 1], f"+ {len(labels) - MOST_TICKS + 1}"]
    step = TICK + 14 + max(fonts.width(label, fonts.REGULAR, 9) for label in labels)
    per_row = max(int(width // step), 1)
    rows = -(-len(labels) // per_row)
    height = rows * 15.0 + 3

    def drawing(canvas: TaggedCanvas) -> None:
        for place, label in enumerate(labels):
            row, column = divmod(place, per_row)
            y = height - 13 - row * 15
            draw.tick_box(canvas, column * step, y, TICK)
            canvas.setFillColor(look.INK)
            canvas.setFont(fonts.REGULAR, 9)
            canvas.drawString(column * step + TICK + 3, y + 2.5, label)

    return flow.Picture(width, height, drawing, ", ".join(labels))


def _sign(_: Speak) -> flow.Picture:
    label = _(N_("Signature, time"))

    def drawing(canvas: TaggedCanvas) -> None:
        draw.line_to_sign(canvas, 0, 9, SIGN_WIDTH)
        canvas.setFillColor(look.INK_2)
        canvas.setFont(fonts.REGULAR, 7.5)
        canvas.drawString(0, 1, label)

    return flow.Picture(SIGN_WIDTH, 24, drawing, label)


def _code(stop: StopFacts, _: Speak) -> Sequence[Flowable]:
    if not stop.url:
        return ()
    alt = _(N_("QR code of stop %(stop)s")) % {"stop": stop.position}
    return (flow.Picture(QR, QR, lambda canvas: draw.qr(canvas, stop.url, 0, 0, QR), alt),)


def _load_list(facts: RunFacts, width: float, _: Speak) -> list[Flowable]:
    story: list[Flowable] = [
        flow.heading(_(N_("Loading")), 1),
        flow.said(_(N_("Last stop first: what is loaded first comes out last."))),
    ]
    order = [(stop, box) for stop in reversed(facts.stops) for box in stop.boxes]
    if not order:
        return [*story, flow.said(_(N_("Nothing to load.")))]
    head = [
        _(N_("No.")),
        _(N_("Stop no.")),
        _(N_("For whom")),
        _(N_("Box")),
        _(N_("Tag of the box")),
        "",
        "",
    ]
    rows: list[list[flow.Cell]] = [
        [
            str(place),
            str(stop.position),
            safe(stop.name),
            safe(_(N_("%(number)s of %(of)s")) % {"number": box.number, "of": box.of}),
            safe(box.tag),
            _(N_("Fragile")) if box.is_fragile else "",
            flow.Picture(14, 12, lambda canvas: draw.tick_box(canvas, 2, 1, TICK), ""),
        ]
        for place, (stop, box) in enumerate(order, start=1)
    ]
    shares = (0.07, 0.07, 0.34, 0.12, 0.2, 0.14, 0.06)
    return [*story, flow.table(head, rows, [width * share for share in shares])]
