"""Labels and contents lists, from the tables to the paper. Nothing is changed by printing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hoffice import clock
from hoffice.errors import N_, Refused
from hoffice.kits import pdf, rules
from hoffice.kits.models import Box, Item, Location
from hoffice.kits.pdf import RunMark
from hoffice.kits.pdf.labels import check
from hoffice.kits.queries import labels as reading
from hoffice.kits.queries.labels import Labelled
from hoffice.kits.rules import (
    BOX_STATE_LABELS,
    CONDITION_LABELS,
    KIND_LABELS,
    LOCATION_LABELS,
    BoxState,
)
from hoffice.kits.rules.labels import (
    FOR_BOXES,
    LabelFormat,
    item_address,
    location_address,
)
from hoffice.paper.words import Speak, speaks
from hoffice.people import queries as people

NO_RUNS: Mapping[int, RunMark] = {}
HAD_ITS_RUN = frozenset({BoxState.LOADED, BoxState.HANDED_OVER, BoxState.RETURNED})
"""Boxes whose labels say this where no run is named: they are on their way, or were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """How labels are printed: the house they lead to, its language, the paper, with names or not.

    ``first_place`` is the first free one, from 1, on a sheet that was begun.
    """

    house_url: str
    language: str = "de"
    firm: str = ""
    with_names: bool = True
    paper: LabelFormat = FOR_BOXES
    first_place: int = 1


def label_file(
    wanted: Labelled, printing: Printing, *, runs: Mapping[int, RunMark] = NO_RUNS
) -> bytes:
    """The labels of all this, as PDF or for a label printer; ``runs`` by the number of the kit.

    They stand in the order in which their codes were asked for, else boxes as they are given, then
    devices, then places. Refused when there is nothing to print, or when something that was asked
    for is not there.
    """
    labels = _labels(wanted, printing, runs)
    if printing.paper.is_zpl:
        return pdf.label_commands(labels, printing.paper, language=printing.language)
    return pdf.label_pages(
        labels,
        printing.paper,
        made_at=clock.now(),
        language=printing.language,
        firm=printing.firm,
        first_place=printing.first_place,
    )


def require_printable(wanted: Labelled, printing: Printing) -> None:
    """Refuse what :func:`label_file` would refuse, without drawing anything."""
    check(_labels(wanted, printing, NO_RUNS), printing.paper)


def _labels(wanted: Labelled, printing: Printing, runs: Mapping[int, RunMark]) -> list[pdf.Label]:
    if wanted.unknown:
        codes = ", ".join(code[:40] for code in wanted.unknown[:5])
        raise Refused(N_("There is nothing with the code %(codes)s."), codes=codes)
    labels: list[pdf.Label] = [
        *_box_labels(wanted.boxes, printing, runs),
        *(_item_label(item, printing) for item in wanted.items),
        *(_location_label(one, printing) for one in wanted.locations),
    ]
    place = {code: number for number, code in enumerate(wanted.order)}
    return sorted(labels, key=lambda label: place.get(label.tag, len(place)))


def label_sheet(  # noqa: PLR0913  # what a sheet of labels depends on
    boxes: Sequence[Box],
    *,
    house_url: str,
    language: str = "de",
    firm: str = "",
    with_names: bool = True,
    first_place: int = 1,
) -> bytes:
    """The labels of these boxes on the usual sheets; without names only numbers tell whose."""
    printing = Printing(
        house_url=house_url,
        language=language,
        firm=firm,
        with_names=with_names,
        first_place=first_place,
    )
    return label_file(Labelled(boxes=boxes), printing)


def contents_sheet(boxes: Sequence[Box], printing: Printing, *, is_half: bool = False) -> bytes:
    """What lies in these boxes, a page for each, to tick off and to put into it; A4, or A5."""
    labels = _box_labels(boxes, printing, NO_RUNS)
    goods = reading.goods_in(box.id for box in boxes)
    speak = speaks(printing.language)
    lists = [
        pdf.BoxContents(
            box=label,
            lines=(
                *(_content(place.item, speak) for place in box.kit_items),
                *(pdf.Content(row.good.name, count=row.count) for row in goods.get(box.id, ())),
            ),
            kit_type=box.kit.kit_type.name,
        )
        for box, label in zip(boxes, labels, strict=True)
    ]
    return pdf.contents_lists(
        lists,
        made_at=clock.now(),
        language=printing.language,
        firm=printing.firm,
        is_half=is_half,
    )


def _content(item: Item, speak: Speak) -> pdf.Content:
    condition = CONDITION_LABELS.get(item.condition)
    return pdf.Content(
        what=_what(item, speak),
        tag=item.asset_tag,
        serial=item.serial,
        condition=speak(condition) if condition else item.condition,
    )


def _what(item: Item, speak: Speak) -> str:
    return ", ".join(filter(None, (speak(KIND_LABELS[item.kind]), item.model)))


def _box_labels(
    boxes: Sequence[Box], printing: Printing, runs: Mapping[int, RunMark]
) -> list[pdf.BoxLabel]:
    homes = people.homes_of({box.kit.employee_id for box in boxes})
    goods = reading.goods_in(box.id for box in boxes)
    speak = speaks(printing.language)
    labels = []
    for box in boxes:
        employee, home = box.kit.employee, homes.get(box.kit.employee_id)
        kinds = Counter(row.item.kind for row in box.kit_items)
        loose = goods.get(box.id, [])
        weight_g = sum(row.item.weight_g for row in box.kit_items)
        weight_g += sum(row.good.weight_g * row.count for row in loose)
        labels.append(
            pdf.BoxLabel(
                number=box.number,
                of=len(box.kit.boxes),
                personnel_number=employee.personnel_number,
                tag=box.code,
                url=rules.box_address(printing.house_url, box.code),
                name=employee.name if printing.with_names else "",
                place=f"{home.postcode} {home.city}".strip() if home is not None else "",
                contents=(
                    *(f"{count} × {speak(KIND_LABELS[kind])}" for kind, count in kinds.items()),
                    *(f"{row.count} × {row.good.name}" for row in loose),
                ),
                weight_kg=weight_g / 1000 if weight_g else None,
                is_fragile=any(row.item.is_fragile for row in box.kit_items),
                run=runs.get(box.kit_id),
                instead=speak(BOX_STATE_LABELS[box.state]) if box.state in HAD_ITS_RUN else "",
            )
        )
    return labels


def _item_label(item: Item, printing: Printing) -> pdf.ItemLabel:
    return pdf.ItemLabel(
        tag=item.asset_tag,
        url=item_address(printing.house_url, item.asset_tag),
        what=_what(item, speaks(printing.language)),
        serial=item.serial,
        firm=printing.firm,
    )


def _location_label(location: Location, printing: Printing) -> pdf.LocationLabel:
    return pdf.LocationLabel(
        tag=location.code,
        url=location_address(printing.house_url, location.code),
        name=location.name,
        what=speaks(printing.language)(LOCATION_LABELS[location.kind]),
    )
