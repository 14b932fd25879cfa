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
from hoffice.kits.pdf.labels import label_pages
from hoffice.kits.pdf.zpl import label_commands

__all__ = [
    "BoxContents",
    "BoxLabel",
    "Content",
    "ItemLabel",
    "Label",
    "LocationLabel",
    "RunMark",
    "contents_lists",
    "label_commands",
    "label_pages",
]
