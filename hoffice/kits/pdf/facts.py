"""What labels and lists say, as facts: nothing here knows a table."""

from __future__ import annotations

from dataclasses import dataclass

from hoffice.kits.rules.labels import Labelled


@dataclass(frozen=True, slots=True)
class RunMark:
    """Which run takes the box: ``number`` picks colour and shape as on the map, from 1."""

    number: int
    name: str
    stop: int = 0


@dataclass(frozen=True, slots=True)
class BoxLabel:
    """What stands on a box; without ``name`` only the personnel number tells whose it is."""

    number: int
    of: int
    personnel_number: str
    tag: str
    url: str
    name: str = ""
    place: str = ""
    contents: tuple[str, ...] = ()
    weight_kg: float | None = None
    is_fragile: bool = False
    run: RunMark | None = None
    instead: str = ""
    """What is said where no run is named; when empty, the place is left to be written on."""

    kind = Labelled.BOX


@dataclass(frozen=True, slots=True)
class ItemLabel:
    """What stands on a device."""

    tag: str
    url: str
    what: str = ""
    """Its kind and model."""
    serial: str = ""
    firm: str = ""

    kind = Labelled.ITEM


@dataclass(frozen=True, slots=True)
class LocationLabel:
    """What stands on a desk, a shelf, the door of a room or at a repair shop."""

    tag: str
    url: str
    name: str
    what: str = ""

    kind = Labelled.LOCATION


Label = BoxLabel | ItemLabel | LocationLabel


@dataclass(frozen=True, slots=True)
class Content:
    """One line of a contents list; of bulk goods only ``what`` and ``count`` are known."""

    what: str
    tag: str = ""
    serial: str = ""
    condition: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class BoxContents:
    """A box with everything that lies in it."""

    box: BoxLabel
    lines: tuple[Content, ...]
    kit_type: str = ""
