"""What is printed about devices: labels on sheets, on a roll and as ZPL; what lies in a box."""

from hoffice.kits.pdf.contents import contents_lists
from hoffice.kits.pdf.facts import (
    BoxContents,
    BoxLabel,
    Content,
    ItemLabel,
    Label,
    LocationLabel,
    RunMark,
)
from hoffice.kits.pdf.labels import box_labels, label_pages
from hoffice.kits.pdf.zpl import label_commands
from hoffice.kits.rules.labels import FOR_BOXES

PER_SHEET = FOR_BOXES.places

__all__ = [
    "PER_SHEET",
    "BoxContents",
    "BoxLabel",
    "Content",
    "ItemLabel",
    "Label",
    "LocationLabel",
    "RunMark",
    "box_labels",
    "contents_lists",
    "label_commands",
    "label_pages",
]
