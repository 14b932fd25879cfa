"""Labels for boxes, from the tables to the paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hoffice import clock
from hoffice.kits import pdf, rules
from hoffice.kits.models import Box
from hoffice.kits.rules import KIND_LABELS
from hoffice.paper.words import speaks
from hoffice.people import queries as people


def label_sheet(  # noqa: PLR0913  # what a sheet of labels depends on
    boxes: Sequence[Box],
    *,
    house_url: str,
    language: str = "de",
    firm: str = "",
    with_names: bool = True,
    first_place: int = 1,
) -> bytes:
    """The labels of these boxes as PDF; without names only the numbers tell whose they are."""
    homes = people.homes_of({box.kit.employee_id for box in boxes})
    speak = speaks(language)
    labels = []
    for box in boxes:
        employee, home = box.kit.employee, homes.get(box.kit.employee_id)
        kinds = Counter(row.item.kind for row in box.kit_items)
        weight_g = sum(row.item.weight_g for row in box.kit_items)
        labels.append(
            pdf.BoxLabel(
                number=box.number,
                of=len(box.kit.boxes),
                personnel_number=employee.personnel_number,
                tag=box.code,
                url=rules.box_address(house_url, box.code),
                name=employee.name if with_names else "",
                place=f"{home.postcode} {home.city}".strip() if home is not None else "",
                contents=tuple(
                    f"{count} × {speak(KIND_LABELS[kind])}" for kind, count in kinds.items()
                ),
                weight_kg=weight_g / 1000 if weight_g else None,
                is_fragile=any(row.item.is_fragile for row in box.kit_items),
            )
        )
    return pdf.box_labels(
        labels, made_at=clock.now(), language=language, firm=firm, first_place=first_place
    )
