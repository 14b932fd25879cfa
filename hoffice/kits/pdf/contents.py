"""What lies in a box, as a sheet of A4 to put into it and to tick off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reportlab.platypus import Flowable, PageBreak, Spacer

from hoffice.errors import N_, Refused
from hoffice.kits.pdf.facts import BoxContents, Content
from hoffice.paper import draw, flow, look
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.tags import TaggedCanvas
from hoffice.paper.text import safe, with_firm_units
from hoffice.paper.words import Speak, speaks

QR = 74.0
TICK = 9.0
SHARES = (0.05, 0.08, 0.34, 0.18, 0.21, 0.14)
"""Of the sheet's width: tick, how many, what, tag, serial number, condition."""
HALF_SHARES = (0.05, 0.085, 0.265, 0.23, 0.21, 0.16)
"""The same of half a sheet, where the longest words need more."""
GAP = 12.0


def contents_lists(
    boxes: Sequence[BoxContents],
    *,
    made_at: datetime,
    language: str = "de",
    firm: str = "",
    is_half: bool = False,
) -> bytes:
    """A list for each box, each on a page of its own; without names only numbers tell whose.

    ``is_half`` makes it A5, to be put into the box.
    """
    if not boxes:
        raise Refused(N_("There is no box to list."))
    _ = speaks(language)
    is_one = len(boxes) == 1
    title = _(N_("Contents of box %(code)s")) if is_one else _(N_("Contents of the boxes"))
    sheet = Sheet(
        title=title % {"code": boxes[0].box.tag} if is_one else title,
        language=language,
        letterhead=Letterhead(firm),
        made_at=made_at,
        is_half=is_half,
    )
    story: list[Flowable] = []
    for number, one in enumerate(boxes):
        if number:
            story.append(PageBreak())
        story += _head(one, sheet.width, _)
        shares = HALF_SHARES if is_half else SHARES
        story += _table(one.lines, [sheet.width * share for share in shares], _)
        story += _foot(sheet.width, _)
    return write(sheet, story)


def _head(one: BoxContents, width: float, _: Speak) -> list[Flowable]:
    box = one.box
    title = _(N_("Box %(number)s of %(of)s")) % {"number": box.number, "of": box.of}
    pieces = sum(line.count for line in one.lines)
    facts = [
        (_(N_("Box")), box.tag),
        (_(N_("Person")), box.name),
        (_(N_("Personnel number")), box.personnel_number),
        (_(N_("Goes to")), box.place),
        (_(N_("Kit type")), one.kit_type),
        (_(N_("Pieces")), str(pieces)),
        (_(N_("Weight")), _weight(box.weight_kg, _)),
        (_(N_("Mind")), _(N_("fragile, on top")) if box.is_fragile else ""),
    ]
    left = width - QR - GAP
    told = [(safe(name), safe(value)) for name, value in facts if value]
    return [
        flow.heading(safe(title), 1),
        flow.side_by_side(
            [[flow.pairs(told, (left * 0.28, left * 0.68))], [_code(box.url, box.tag, _)]],
            [left + GAP, QR],
        ),
    ]


def _weight(weight_kg: float | None, _: Speak) -> str:
    if weight_kg is None:
        return ""
    return _(N_("about %(weight)s kg")) % {"weight": f"{weight_kg:.0f}"}


def _code(url: str, tag: str, _: Speak) -> flow.Picture:
    def drawing(canvas: TaggedCanvas) -> None:
        draw.qr(canvas, url, 0, 0, QR)

    return flow.Picture(QR, QR, drawing, _(N_("QR code of box %(tag)s")) % {"tag": tag})


def _table(lines: Sequence[Content], widths: Sequence[float], _: Speak) -> list[Flowable]:
    if not lines:
        return [flow.said(_(N_("The box is empty.")))]
    names = (
        "",
        _(N_("Count")),
        _(N_("What")),
        _(N_("Asset tag")),
        _(N_("Serial number")),
        _(N_("Condition")),
    )
    head: list[flow.Cell] = [safe(name) for name in names]
    rows = [_row(line, _) for line in lines]
    return [flow.table(head, rows, widths)]


def _row(line: Content, _: Speak) -> list[flow.Cell]:
    return [
        _tick(_),
        safe(str(line.count)),
        safe(with_firm_units(line.what)),
        f"<b>{safe(line.tag)}</b>" if line.tag else "",
        safe(line.serial),
        safe(line.condition),
    ]


def _tick(_: Speak) -> flow.Picture:
    def drawing(canvas: TaggedCanvas) -> None:
        draw.tick_box(canvas, 0, 0, TICK)

    return flow.Picture(TICK, TICK + 2, drawing, _(N_("To tick off")))


def _foot(width: float, _: Speak) -> list[Flowable]:
    """Who looked whether it is all there."""
    told = _(N_("All there: date, name"))

    def drawing(canvas: TaggedCanvas) -> None:
        draw.line_to_sign(canvas, 0, 12, width * 0.6)
        canvas.setFillColor(look.INK_2)
        canvas.setFont(look.CELL_SMALL.fontName, look.CELL_SMALL.fontSize)
        canvas.drawString(0, 2, told)

    return [Spacer(width, 18), flow.Picture(width * 0.6, 26, drawing, told)]
