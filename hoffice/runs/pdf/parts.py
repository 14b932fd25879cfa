"""What both papers of a run share: type large enough for a dim stairwell, bars, ticks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, TableStyle

from hoffice.errors import N_
from hoffice.paper import draw, flow, fonts, look
from hoffice.paper.sheet import Sheet
from hoffice.paper.tags import TaggedCanvas
from hoffice.paper.words import Speak, weekday
from hoffice.runs.pdf.facts import BoxFacts, RunFacts

LEAST_POINTS = 10.0
"""Nothing that the crew reads on the way is smaller."""

TEXT = ParagraphStyle("run-text", look.BODY, fontSize=10.5, leading=13.2, spaceAfter=0)
STRONG = ParagraphStyle("run-strong", TEXT, fontName=fonts.BOLD)
SOFT = ParagraphStyle("run-soft", TEXT, fontSize=LEAST_POINTS, leading=12.5, textColor=look.INK_2)
PLACE = ParagraphStyle("run-place", TEXT, fontSize=12, leading=15)
NAME = ParagraphStyle("run-name", TEXT, fontName=fonts.BOLD, fontSize=14, leading=17)
CLOCK = ParagraphStyle("run-clock", NAME, fontSize=15, leading=20)
RIGHT = ParagraphStyle("run-right", TEXT, alignment=2)
LEAD = ParagraphStyle("run-lead", STRONG, spaceBefore=10)

TICK = 11.0
TICK_LINE = 16.5

BAR = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
        ("BACKGROUND", (0, 0), (-1, -1), look.GROUND),
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, look.LINE_STRONG),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 6),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]
)


def sheet_for(facts: RunFacts, title: str) -> Sheet:
    """The paper of a run; every later page repeats what it is about and whom to call."""
    crew = " · ".join(facts.crew)
    return Sheet(
        title=title,
        language=facts.language,
        letterhead=facts.letterhead,
        made_at=facts.made_at,
        reference=weekday(facts.on, facts.language),
        running_head=" · ".join(filter(None, (facts.name, crew, facts.office_phone))),
    )


def bar(left: str, right: str, width: float) -> flow.Grid:
    """A band across the sheet; both texts are safe markup."""
    share = 0.62 if right else 1.0
    columns: list[list[Flowable]] = [[flow.words(left, STRONG)]]
    widths = [width * share]
    if right:
        columns.append([flow.words(right, RIGHT)])
        widths.append(width * (1 - share))
    made = flow.side_by_side(columns, widths, style=BAR)
    made.spaceBefore, made.spaceAfter = 3, 3
    return made


def tick(label: str, size: float = TICK) -> flow.Picture:
    """A single box to tick."""
    return flow.Picture(size + 4, size + 4, lambda canvas: draw.tick_box(canvas, 2, 2, size), label)


def ticks(labels: Sequence[str], width: float) -> flow.Picture:
    """Boxes to tick with a word beside each, in columns of one width."""
    size = LEAST_POINTS
    room = width - TICK - 6
    labels = [fonts.fitted(label, fonts.REGULAR, size, room) for label in labels]
    widest = max(fonts.width(label, fonts.REGULAR, size) for label in labels)
    step = TICK + 18 + widest
    per_row = max(int((width + 14) // step), 1)
    height = -(-len(labels) // per_row) * TICK_LINE

    def drawing(canvas: TaggedCanvas) -> None:
        for place, label in enumerate(labels):
            row, column = divmod(place, per_row)
            y = height - 13.5 - row * TICK_LINE
            draw.tick_box(canvas, column * step + 0.5, y, TICK)
            canvas.setFillColor(look.INK)
            canvas.setFont(fonts.REGULAR, size)
            canvas.drawString(column * step + TICK + 5, y + 2.2, label)

    return flow.Picture(width, height, drawing, ", ".join(labels))


def badge(position: int, number: int, size: float = 11 * mm) -> flow.Picture:
    """The stop's number in the shape of its run, as on the map and on the box."""

    def drawing(canvas: TaggedCanvas) -> None:
        draw.marker(canvas, size / 2, size / 2, size * 0.94, number)
        canvas.setFillColor(look.WHITE)
        canvas.setFont(fonts.BOLD, size * 0.5)
        canvas.drawCentredString(size / 2, size * 0.33, str(position))

    return flow.Picture(size, size, drawing, str(position))


def of(box: BoxFacts, _: Speak) -> str:
    """`1 of 2`."""
    return _(N_("%(number)s of %(of)s")) % {"number": box.number, "of": box.of}


def spans(numbers: Sequence[int]) -> str:
    """`1–4, 7`: numbers in rising order, neighbours together."""
    if not numbers:
        return ""
    groups = [[numbers[0]]]
    for before, number in pairwise(numbers):
        if number == before + 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return ", ".join(
        str(group[0]) if len(group) == 1 else f"{group[0]}–{group[-1]}" for group in groups
    )
