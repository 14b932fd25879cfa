"""Reads a PDF back, as a screen reader and a search would."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader


def reader(pdf: bytes) -> PdfReader:
    """The file, opened strictly."""
    return PdfReader(BytesIO(pdf), strict=True)


def text(pdf: bytes) -> str:
    """All words of all pages, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in reader(pdf).pages).split())


def code(page: PageObject) -> bytes:
    """What draws a page."""
    contents = page.get_contents()
    assert contents is not None
    return contents.get_data()


def outline(pdf: bytes) -> list[Any]:
    """The bookmarks of the highest level."""
    return [entry for entry in reader(pdf).outline if not isinstance(entry, list)]


def elements(pdf: bytes) -> Iterator[Any]:
    """Every element of the tree, in reading order."""
    waiting: list[Any] = [reader(pdf).root_object["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop(0).get_object()
        if "/S" in node and node.get("/Type") == "/StructElem":
            yield node
        kids = node.get("/K", [])
        waiting[:0] = [kid for kid in kids if "/MCID" not in kid.get_object()]


def roles(pdf: bytes) -> Counter[str]:
    """How often each kind of element is there."""
    return Counter(str(element["/S"])[1:] for element in elements(pdf))


def fonts(pdf: bytes) -> dict[str, bool]:
    """Each font of the file, and whether it is embedded."""
    found: dict[str, bool] = {}
    for page in reader(pdf).pages:
        resources: Any = page["/Resources"]
        for reference in resources["/Font"].values():
            font: Any = reference.get_object()
            descriptor = font.get("/FontDescriptor", {})
            found[str(font["/BaseFont"])] = "/FontFile2" in descriptor
    return found


def marks(pdf: bytes) -> list[tuple[list[int], int]]:
    """For each page: the numbers of its marks in order, and how many the way back knows."""
    file = reader(pdf)
    root: Any = file.root_object
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    back = {numbers[at]: numbers[at + 1] for at in range(0, len(numbers), 2)}
    found = []
    for page in file.pages:
        contents: Any = page.get_contents()
        seen = [int(mark) for mark in re.findall(rb"/MCID (\d+)", contents.get_data())]
        found.append((seen, len(back[page["/StructParents"]].get_object())))
    return found


def is_balanced(pdf: bytes) -> bool:
    """Whether every mark that begins also ends, on its own page."""
    for page in reader(pdf).pages:
        contents: Any = page.get_contents()
        code = contents.get_data()
        if len(re.findall(rb"\bB[DM]C\b", code)) != len(re.findall(rb"\bEMC\b", code)):
            return False
    return True
