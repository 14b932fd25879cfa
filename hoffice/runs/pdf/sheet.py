"""The crew's sheet: door after door, with everything that is needed when no phone works."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, TableStyle

from hoffice.errors import N_
from hoffice.paper import draw, flow, fonts, look
from hoffice.paper.sheet import write
from hoffice.paper.tags import TaggedCanvas
from hoffice.paper.text import safe
from hoffice.paper.words import Speak, span, speaks, time_of_day, weekday
from hoffice.runs.pdf import parts
from hoffice.runs.pdf.facts import BoxFacts, Pause, RunFacts, StopFacts, Trip, Visit
from hoffice.runs.pdf.sketch import sketches
from hoffice.wording.plain import one_line

QR = 24 * mm
NUMBER_WIDTH = 19 * mm
WORDS_GAP = 4 * mm
HELP_WIDTH = 56 * mm
SIGN_HEIGHT = 27.0
NOTE_CHARS = 600
"""As long as a note may be; what a form lets in stays whole."""
MOST_TICKS = 24
"""More boxes at one stop do not fit on its card; the load list still names every one."""
MOST_HEIGHT = 220 * mm
"""A card higher than that goes over to the next page; a lower one stays whole."""
EMERGENCY = "112"

_STOP = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, look.LINE_STRONG),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
)
_HELP = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (0, 0), (0, -1), 10),
        ("LEFTPADDING", (1, 0), (1, -1), 8),
        ("RIGHTPADDING", (1, 0), (1, -1), 8),
        ("TOPPADDING", (1, 0), (1, -1), 5),
        ("BOTTOMPADDING", (1, 0), (1, -1), 7),
        ("TOPPADDING", (0, 0), (0, -1), 0),
        ("BOTTOMPADDING", (0, 0), (0, -1), 0),
        ("BOX", (1, 0), (1, -1), 0.9, look.LINE_STRONG),
    ]
)


def run_sheet(facts: RunFacts) -> bytes:
    """The stops in their order, with trips, breaks and the way home between them."""
    _ = speaks(facts.language)
    sheet = parts.sheet_for(facts, _(N_("Run sheet %(name)s")) % {"name": facts.name})
    story = [*_opening(facts, sheet.width, _), *sketches(facts, sheet.width, _)]
    trips = facts.trips
    for trip in trips:
        story += _trip_bar(facts, trip, len(trips), sheet.width, _)
        for stop in trip.stops:
            at_the_gate = stop is trip.stops[0]
            if not at_the_gate:
                story += _pauses(facts.pauses_before(stop), sheet.width, _)
            story.append(_stop(stop, facts.number, sheet.width, _))
    story += _pauses(facts.pauses_at_the_end(), sheet.width, _)
    story.append(_home(facts, sheet.width, _))
    return write(sheet, story)


def _opening(facts: RunFacts, width: float, _: Speak) -> list[Flowable]:
    van = " · ".join(filter(None, (facts.van.name, facts.van.plate)))
    rows = [
        (_(N_("Day")), safe(weekday(facts.on, facts.language))),
        (_(N_("Van")), safe(van)),
        (_(N_("Crew")), safe(", ".join(facts.crew)) or "—"),
        (_(N_("Depot")), safe(", ".join(filter(None, (facts.depot_name, facts.depot_address))))),
        (
            _(N_("Time")),
            f"<b>{time_of_day(facts.starts_at)}–{time_of_day(facts.ends_at)}</b>",
        ),
        (_(N_("On this run")), safe(_amount(facts, _))),
    ]
    if facts.pauses:
        rows.append((_(N_("Breaks")), safe(", ".join(_pause_span(one) for one in facts.pauses))))
    left = width - HELP_WIDTH - 10
    pairs: list[Flowable] = [_pair(name, value, left) for name, value in rows]
    return [
        flow.heading(safe(facts.name), 1),
        flow.side_by_side([pairs, _help(facts, _)], (left + 10, HELP_WIDTH), style=_HELP),
    ]


def _pair(name: str, value: str, width: float) -> Flowable:
    """A line of the opening; a paragraph, since a table in a table would not be read in order."""
    made = flow.words(f'<font color="#495a60">{safe(name)}:</font> {value}', parts.TEXT)
    made.width = width
    return made


def _amount(facts: RunFacts, _: Speak) -> str:
    told = _(N_("%(stops)s stops, %(boxes)s boxes")) % {
        "stops": len(facts.stops),
        "boxes": facts.box_count,
    }
    trips = len(facts.trips)
    if trips > 1:
        told += ", " + _(N_("%(count)s trips")) % {"count": trips}
    if facts.kilometres is not None:
        told += f", {facts.kilometres:.0f} km"
    return told


def _help(facts: RunFacts, _: Speak) -> list[Flowable]:
    """Whom to call; without a number there is a line for one to be written by hand."""
    lines: list[Flowable] = [flow.words(safe(_(N_("If something goes wrong"))), parts.STRONG)]
    if facts.office_phone:
        lines.append(flow.words(safe(_(N_("Office"))), parts.SOFT))
        lines.append(flow.words(safe(facts.office_phone), parts.NAME))
    else:
        label = _(N_("Office: phone to write in"))
        lines.append(_line_for(label, HELP_WIDTH - 16))
    told = _(N_("Fire and ambulance: %(number)s")) % {"number": EMERGENCY}
    lines.append(flow.words(safe(told), parts.TEXT))
    return lines


def _line_for(label: str, width: float) -> flow.Picture:
    def drawing(canvas: TaggedCanvas) -> None:
        draw.line_to_sign(canvas, 0, 13, width)
        canvas.setFillColor(look.INK_2)
        canvas.setFont(fonts.REGULAR, parts.LEAST_POINTS)
        canvas.drawString(0, 2, fonts.fitted(label, fonts.REGULAR, parts.LEAST_POINTS, width))

    return flow.Picture(width, 34, drawing, label)


def _trip_bar(facts: RunFacts, trip: Trip, trips: int, width: float, _: Speak) -> list[Flowable]:
    """Where a trip begins: at the start of the day, or back at the depot to load again."""
    boxes = _(N_("%(count)s boxes, see the load list")) % {"count": len(trip.boxes)}
    pauses = _pauses(facts.pauses_before(trip.stops[0]), width, _)
    if trip is facts.trips[0] or trip.number == facts.trips[0].number:
        told = _(N_("%(time)s Load at the depot")) % {"time": time_of_day(facts.starts_at)}
        if trips > 1:
            told += " · " + _(N_("trip %(number)s of %(count)s")) % {
                "number": trip.number,
                "count": trips,
            }
        return [CondPageBreak(60 * mm), parts.bar(safe(told), safe(boxes), width), *pauses]
    told = _(N_("Back to the depot, load again · trip %(number)s of %(count)s")) % {
        "number": trip.number,
        "count": trips,
    }
    return [CondPageBreak(60 * mm), *pauses, parts.bar(safe(told), safe(boxes), width)]


def _pauses(pauses: Iterable[Pause], width: float, _: Speak) -> list[Flowable]:
    bars: list[Flowable] = []
    for pause in pauses:
        told = _(N_("%(span)s Break")) % {"span": _pause_span(pause)}
        minutes = _(N_("%(minutes)s min")) % {"minutes": pause.minutes}
        bars.append(parts.bar(safe(told), safe(minutes), width))
    return bars


def _pause_span(pause: Pause) -> str:
    return f"{time_of_day(pause.starts_at)}–{time_of_day(pause.ends_at)}"


def _home(facts: RunFacts, width: float, _: Speak) -> Flowable:
    told = _(N_("%(time)s Back at the depot")) % {"time": time_of_day(facts.ends_at)}
    back = sum(trip.back for trip in facts.trips)
    right = _(N_("%(count)s boxes to unload")) % {"count": back} if back else ""
    return parts.bar(safe(told), safe(right), width)


def _stop(stop: StopFacts, number: int, width: float, _: Speak) -> Flowable:
    room = width - NUMBER_WIDTH - QR - WORDS_GAP
    middle: list[Flowable] = [
        flow.words(safe(stop.name), parts.NAME, role="H2"),
        flow.words(safe(stop.address), parts.PLACE),
        flow.words(_when(stop, _), parts.TEXT),
    ]
    if stop.phone:
        told = _(N_("Phone: %(phone)s")) % {"phone": one_line(stop.phone)}
        middle.append(flow.words(safe(told), parts.STRONG))
    if stop.access:
        told = _(N_("Access: %(access)s")) % {"access": one_line(stop.access, chars=NOTE_CHARS)}
        middle.append(flow.words(safe(told, chars=NOTE_CHARS), parts.TEXT))
    if stop.note:
        middle.append(flow.words(f"<b>{safe(stop.note, chars=NOTE_CHARS)}</b>", parts.TEXT))
    middle += _boxes(stop, room, _)
    middle.append(_sign(room, _))
    left: list[Flowable] = [
        parts.badge(stop.position, number),
        flow.words(time_of_day(stop.arrive_at), parts.CLOCK),
    ]
    columns = (left, middle, _code(stop, _))
    widths = (NUMBER_WIDTH, room + WORDS_GAP, QR)
    made = flow.side_by_side(columns, widths, style=_STOP)
    if made.wrap(width, MOST_HEIGHT)[1] > MOST_HEIGHT:
        made = flow.side_by_side(columns, widths, style=_STOP, may_split=True)
    made.spaceBefore, made.spaceAfter = 2, 2
    return made


def _when(stop: StopFacts, _: Speak) -> str:
    visits = {
        Visit.DELIVER: _(N_("Delivery")),
        Visit.PICK_UP: _(N_("Pick-up")),
        Visit.SWAP: _(N_("Swap")),
    }
    told = [f"<b>{safe(visits[stop.visit])}</b>"]
    if stop.window is not None:
        promised = _(N_("promised %(window)s")) % {"window": span(stop.window)}
        told.append(f"<b>{safe(promised)}</b>")
    if stop.minutes is not None:
        told.append(safe(_(N_("%(minutes)s min at the door")) % {"minutes": stop.minutes}))
    return " · ".join(told)


def _boxes(stop: StopFacts, width: float, _: Speak) -> list[Flowable]:
    """A box to tick for each box that goes in, and one for each that comes back."""
    shown: list[Flowable] = []
    told = ((stop.boxes, N_("%(tag)s (%(of)s)")), (stop.back, N_("back: %(tag)s (%(of)s)")))
    for boxes, pattern in told:
        if boxes:
            labels = [_box(box, _(pattern), _) for box in boxes[:MOST_TICKS]]
            if len(boxes) > MOST_TICKS:
                more = _(N_("%(count)s more: see the load list"))
                labels[-1] = more % {"count": len(boxes) - MOST_TICKS + 1}
            shown.append(parts.ticks(labels, width))
    return shown or [flow.words(safe(_(N_("no boxes"))), parts.TEXT)]


def _box(box: BoxFacts, pattern: str, _: Speak) -> str:
    label = pattern % {"tag": one_line(box.tag, chars=30), "of": parts.of(box, _)}
    fragile = _(N_("fragile"))
    return f"{label} {fragile}" if box.is_fragile else label


def _sign(width: float, _: Speak) -> flow.Picture:
    """How it went, with a pen: when, who took it, or that nobody was there."""
    size = parts.LEAST_POINTS
    label = _(N_("Time, signature"))
    nobody = _(N_("nobody there"))
    line = width - fonts.width(nobody, fonts.REGULAR, size) - parts.TICK - 18

    def drawing(canvas: TaggedCanvas) -> None:
        draw.line_to_sign(canvas, 0, 11, line)
        draw.tick_box(canvas, line + 14, 9, parts.TICK)
        canvas.setFillColor(look.INK_2)
        canvas.setFont(fonts.REGULAR, size)
        canvas.drawString(0, 1.5, label)
        canvas.setFillColor(look.INK)
        canvas.drawString(line + 14 + parts.TICK + 4, 11.5, nobody)

    return flow.Picture(width, SIGN_HEIGHT, drawing, f"{label}, {nobody}")


def _code(stop: StopFacts, _: Speak) -> Sequence[Flowable]:
    if not stop.url:
        return ()
    alt = _(N_("QR code of stop %(stop)s")) % {"stop": stop.position}
    return (flow.Picture(QR, QR, lambda canvas: draw.qr(canvas, stop.url, 0, 0, QR), alt),)
