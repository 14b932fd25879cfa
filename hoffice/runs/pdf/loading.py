"""The load list: what goes into the van first comes out last."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable, PageBreak, Spacer, TableStyle

from hoffice.errors import N_
from hoffice.paper import draw, flow, fonts, look
from hoffice.paper.sheet import write
from hoffice.paper.tags import TaggedCanvas
from hoffice.paper.text import safe
from hoffice.paper.words import Speak, speaks, time_of_day, weekday
from hoffice.runs.pdf import parts
from hoffice.runs.pdf.facts import BoxFacts, RunFacts, StopFacts, Trip

GAUGE_HEIGHT = 9.0
SHARES = (0.05, 0.06, 0.07, 0.17, 0.27, 0.1, 0.1, 0.18)
"""Of the sheet's width: tick, order, stop, tag, person, n of m, how heavy, what to mind."""

_TABLE = TableStyle(
    [
        *flow.GRID.getCommands(),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 1), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 1), (-1, -1), 6),
    ]
)


def load_list(facts: RunFacts) -> bytes:
    """One list for each trip, the last stop's boxes first, summed against what the van holds."""
    _ = speaks(facts.language)
    sheet = parts.sheet_for(facts, _(N_("Load list %(name)s")) % {"name": facts.name})
    trips = facts.trips
    story: list[Flowable] = []
    for trip in trips:
        if story:
            story.append(PageBreak())
        story += _opening(facts, trip, len(trips), _)
        story += _gauges(facts, trip, sheet.width, _)
        story += _back(trip, _)
        story += _table(trip, sheet.width, _)
    return write(sheet, story or [flow.said(_(N_("Nothing to load.")), parts.TEXT)])


def _opening(facts: RunFacts, trip: Trip, trips: int, _: Speak) -> list[Flowable]:
    title = _(N_("Load list"))
    if trips > 1:
        told = _(N_("trip %(number)s of %(count)s"))
        title += ", " + told % {"number": trip.number, "count": trips}
    van = " · ".join(filter(None, (facts.van.name, facts.van.plate)))
    lines = [
        " · ".join((weekday(facts.on, facts.language), van)),
        ", ".join(filter(None, (*facts.crew, facts.office_phone))),
    ]
    before = [stop for stop in facts.stops if stop.trip < trip.number]
    if before:
        told = _(N_("Load when the van is back from stop %(stop)s."))
        lines.append(told % {"stop": before[-1].position})
    else:
        told = _(N_("Load from %(time)s."))
        lines.append(told % {"time": time_of_day(facts.starts_at)})
    said: list[Flowable] = [flow.words(safe(line), parts.TEXT) for line in lines if line]
    return [flow.heading(safe(title), 1), *said]


def _gauges(facts: RunFacts, trip: Trip, width: float, _: Speak) -> list[Flowable]:
    """Boxes, litres and kilograms beside what the van holds, as bars with their figures."""
    boxes = trip.boxes
    unknown = sum(1 for box in boxes if not (box.litres and box.weight_g))
    kg = -(-sum(box.weight_g for box in boxes) // 1000)
    lines = (
        (_(N_("Boxes")), len(boxes), facts.van.boxes),
        (_(N_("Litres")), sum(box.litres for box in boxes), facts.van.litres),
        (_(N_("Kilograms")), kg, facts.van.kg),
    )
    shown: list[Flowable] = [
        Spacer(width, 8),
        *(_gauge(*line, width, facts.language, _) for line in lines),
    ]
    if unknown:
        told = _(
            N_("Size or weight not known of %(count)s boxes: there is more than the sum says.")
        )
        shown.append(flow.said(told % {"count": unknown}, parts.STRONG))
    return shown


def _gauge(
    name: str, amount: int, limit: int, width: float, language: str, _: Speak
) -> flow.Picture:
    is_over = bool(limit) and amount > limit
    told = (
        _(N_("%(amount)s of %(limit)s"))
        % {"amount": _figure(amount, language), "limit": _figure(limit, language)}
        if limit
        else _figure(amount, language)
    )
    if is_over:
        told += " · " + _(N_("more than the van holds"))
    left, right = width * 0.16, width * 0.36

    def drawing(canvas: TaggedCanvas) -> None:
        canvas.setFillColor(look.INK)
        canvas.setFont(fonts.REGULAR, 10.5)
        canvas.drawString(0, 4, name)
        canvas.setFont(fonts.BOLD, 10.5)
        if is_over:
            canvas.setFillColor(look.PROBLEM)
        canvas.drawString(width - right + 8, 4, told)
        whole = width - left - right
        canvas.setStrokeColor(look.LINE_STRONG)
        canvas.setLineWidth(0.6)
        if limit:
            canvas.setFillColor(look.PROBLEM if is_over else look.INK_2)
            share = min(amount / limit, 1.0)
            canvas.rect(left, 3, whole * share, GAUGE_HEIGHT, stroke=0, fill=1)
            canvas.rect(left, 3, whole, GAUGE_HEIGHT, stroke=1, fill=0)

    return flow.Picture(width, 17, drawing, f"{name}: {told}")


def _figure(amount: int, language: str) -> str:
    grouped = f"{amount:,}"
    return grouped.replace(",", ".") if language.startswith("de") else grouped


def _back(trip: Trip, _: Speak) -> list[Flowable]:
    """The room to keep for what comes back on the way."""
    if not trip.back:
        return []
    places = [stop.position for stop in trip.stops if stop.back]
    told = _(
        N_("Keep room: %(count)s boxes come back (stop %(stops)s); at the fullest %(most)s boxes.")
    )
    told %= {"count": trip.back, "stops": parts.spans(places), "most": trip.most_boxes()}
    return [flow.words(safe(told, chars=400), parts.LEAD)]


def _table(trip: Trip, width: float, _: Speak) -> list[Flowable]:
    order = list(trip.loading_order())
    if not order:
        return [flow.said(_(N_("Nothing to load.")), parts.TEXT)]
    names = [
        "",
        _(N_("No.")),
        _(N_("Stop")),
        _(N_("Box")),
        _(N_("For whom")),
        _(N_("Part")),
        _(N_("Weight")),
        _(N_("Mind")),
    ]
    head = [flow.words(safe(name), parts.STRONG) for name in names]
    rows = [_row(place, stop, box, _) for place, (stop, box) in enumerate(order, start=1)]
    last = trip.stops[-1].position
    told = _(N_("First in, last out: begin with stop %(stop)s, deepest in the van."))
    return [
        flow.said(told % {"stop": last}, parts.LEAD),
        flow.table(head, rows, [width * share for share in SHARES], style=_bands(order)),
        _loaded(len(order), width, _),
    ]


def _row(place: int, stop: StopFacts, box: BoxFacts, _: Speak) -> list[flow.Cell]:
    kg = f"{-(-box.weight_g // 1000)} kg" if box.weight_g else ""
    mind = _(N_("fragile, on top")) if box.is_fragile else ""
    return [
        parts.tick(""),
        flow.words(str(place), parts.TEXT),
        parts.badge(stop.position, 1, 18),
        flow.words(f"<b>{safe(box.tag)}</b>", parts.TEXT),
        flow.words(safe(stop.name), parts.TEXT),
        flow.words(safe(parts.of(box, _)), parts.TEXT),
        flow.words(kg, parts.TEXT),
        flow.words(safe(mind), parts.STRONG),
    ]


def _bands(order: Sequence[tuple[StopFacts, BoxFacts]]) -> TableStyle:
    """A strong line where the boxes of another stop begin."""
    lines = [
        ("LINEABOVE", (0, row), (-1, row), 1.1, look.LINE_STRONG)
        for row in range(2, len(order) + 1)
        if order[row - 1][0] is not order[row - 2][0]
    ]
    return TableStyle([*_TABLE.getCommands(), *lines])


def _loaded(count: int, width: float, _: Speak) -> flow.Picture:
    """The last line: everything is in, and who says so."""
    told = _(N_("All %(count)s boxes are in the van")) % {"count": count}
    by = _(N_("Time, name"))
    left = fonts.width(told, fonts.BOLD, 10.5) + parts.TICK + 18

    def drawing(canvas: TaggedCanvas) -> None:
        draw.tick_box(canvas, 2, 12, parts.TICK + 2)
        canvas.setFillColor(look.INK)
        canvas.setFont(fonts.BOLD, 10.5)
        canvas.drawString(parts.TICK + 9, 14.5, told)
        draw.line_to_sign(canvas, left, 12, width - left)
        canvas.setFillColor(look.INK_2)
        canvas.setFont(fonts.REGULAR, parts.LEAST_POINTS)
        canvas.drawString(left, 2, by)

    return flow.Picture(width, 34, drawing, f"{told}; {by}")
