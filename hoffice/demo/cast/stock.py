"""What the desks are made of: models, kit types, and every device with its own number.

The same stock comes out every time: conditions, ages and serial numbers are drawn from a hash of
the seed and the asset tag, not from a random generator.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256

from hoffice.demo.cast.things import (
    BoxShape,
    Condition,
    Item,
    ItemKind,
    KitType,
    Model,
    PackedBox,
    PackedKit,
    Part,
    Row,
    SmallPart,
)

SEED = "March 2020"
FIRST_ASSET_NUMBER = 2001
SERIAL_LETTERS = "0123456789BCDFGHJKMNPQRSTVWXYZ"

MODELS = (
    Model(
        "optiline-7010",
        ItemKind.PC,
        "OptiLine 7010",
        volume_l=Decimal("17.5"),
        mass_kg=Decimal("6.1"),
        is_fragile=False,
        value_cents=38900,
    ),
    Model(
        "optiline-5090",
        ItemKind.PC,
        "OptiLine 5090",
        volume_l=Decimal("22.0"),
        mass_kg=Decimal("7.8"),
        is_fragile=False,
        value_cents=31900,
    ),
    Model(
        "optibook-5420",
        ItemKind.LAPTOP,
        "OptiBook 5420",
        volume_l=Decimal("6.0"),
        mass_kg=Decimal("1.6"),
        is_fragile=True,
        value_cents=89000,
    ),
    Model(
        "optidock-19",
        ItemKind.DOCK,
        "OptiDock 19",
        volume_l=Decimal("2.0"),
        mass_kg=Decimal("0.6"),
        is_fragile=False,
        value_cents=15900,
    ),
    Model(
        "klarblick-p24",
        ItemKind.MONITOR,
        "Klarblick P24, 24 Zoll",
        volume_l=Decimal("42.0"),
        mass_kg=Decimal("6.1"),
        is_fragile=True,
        value_cents=14900,
    ),
    Model(
        "klarblick-e24",
        ItemKind.MONITOR,
        "Klarblick E24, 24 Zoll",
        volume_l=Decimal("40.0"),
        mass_kg=Decimal("5.6"),
        is_fragile=True,
        value_cents=12900,
    ),
    Model(
        "klarblick-g32",
        ItemKind.LARGE_MONITOR,
        "Klarblick G32, 32 Zoll",
        volume_l=Decimal("88.0"),
        mass_kg=Decimal("9.4"),
        is_fragile=True,
        value_cents=32900,
    ),
    Model(
        "tipp-20",
        ItemKind.KEYBOARD,
        "Tipp 20, deutsch, Kabel",
        volume_l=Decimal("2.5"),
        mass_kg=Decimal("0.5"),
        is_fragile=False,
        value_cents=1400,
    ),
    Model(
        "tipp-gross",
        ItemKind.LARGE_KEYBOARD,
        "Tipp Großschrift, deutsch, Kabel",
        volume_l=Decimal("3.0"),
        mass_kg=Decimal("0.8"),
        is_fragile=False,
        value_cents=6900,
    ),
    Model(
        "klick-11",
        ItemKind.MOUSE,
        "Klick 11, Kabel",
        volume_l=Decimal("0.5"),
        mass_kg=Decimal("0.1"),
        is_fragile=False,
        value_cents=700,
    ),
    Model(
        "hoerwerk-uno",
        ItemKind.HEADSET,
        "Hörwerk Uno, USB, einohrig",
        volume_l=Decimal("3.0"),
        mass_kg=Decimal("0.2"),
        is_fragile=False,
        value_cents=4900,
    ),
    Model(
        "hoerwerk-duo",
        ItemKind.HEADSET,
        "Hörwerk Duo, USB, beidohrig",
        volume_l=Decimal("3.5"),
        mass_kg=Decimal("0.3"),
        is_fragile=False,
        value_cents=6400,
    ),
)

WARRANTY_MONTHS = 36
SERIAL_PATTERN = "???????"
"""Seven letters and digits, as on every sticker here."""

SMALL_PARTS = (
    SmallPart("Netzwerkkabel 5 m", Decimal("0.5"), Decimal("0.2"), 400, in_store=210),
    SmallPart("Steckdosenleiste, 5-fach", Decimal("1.5"), Decimal("0.5"), 900, in_store=200),
    SmallPart("Videokabel DisplayPort", Decimal("0.3"), Decimal("0.1"), 700, in_store=360),
)
IN_EVERY_KIT = (SMALL_PARTS[0].name, SMALL_PARTS[1].name)
"""One of each lies in the first box of every kit."""

ROWS = (
    Row("A-101", 96, is_desk=True),
    Row("B-201", 94, is_desk=True),
    Row("Regal 1", 6, is_desk=False),
)
"""The desks of both floors, one for each set of devices, and the shelves of the store."""

WORKSHOP = "Werkstatt 1"
"""Where devices are repaired."""

LARGE_BOX = BoxShape("large", "Karton 60 x 50 x 40", Decimal(120), Decimal("1.3"), Decimal(25))
SMALL_BOX = BoxShape("small", "Karton 45 x 35 x 25", Decimal(39), Decimal("0.6"), Decimal(15))

KIT_TYPES = (
    KitType(
        "two-monitors",
        "Arbeitsplatz mit zwei Monitoren",
        "Desk with two monitors",
        boxes=(SMALL_BOX, LARGE_BOX),
        parts=(
            Part(ItemKind.PC, 1, box=1),
            Part(ItemKind.KEYBOARD, 1, box=1),
            Part(ItemKind.MOUSE, 1, box=1),
            Part(ItemKind.HEADSET, 1, box=1),
            Part(ItemKind.MONITOR, 2, box=2),
        ),
        role="Telefonplatz",
    ),
    KitType(
        "one-monitor",
        "Arbeitsplatz mit einem Monitor",
        "Desk with one monitor",
        boxes=(LARGE_BOX,),
        parts=(
            Part(ItemKind.PC, 1, box=1),
            Part(ItemKind.MONITOR, 1, box=1),
            Part(ItemKind.KEYBOARD, 1, box=1),
            Part(ItemKind.MOUSE, 1, box=1),
            Part(ItemKind.HEADSET, 1, box=1),
        ),
        role="Telefonplatz",
    ),
    KitType(
        "laptop",
        "Laptop-Arbeitsplatz",
        "Laptop desk",
        boxes=(SMALL_BOX,),
        parts=(
            Part(ItemKind.LAPTOP, 1, box=1),
            Part(ItemKind.DOCK, 1, box=1),
            Part(ItemKind.KEYBOARD, 1, box=1),
            Part(ItemKind.MOUSE, 1, box=1),
            Part(ItemKind.HEADSET, 1, box=1),
        ),
        role="Teamleitung",
    ),
    KitType(
        "large-monitor",
        "Arbeitsplatz mit großem Monitor und Großschrift",
        "Desk with a large monitor and large print",
        boxes=(SMALL_BOX, LARGE_BOX),
        parts=(
            Part(ItemKind.PC, 1, box=1),
            Part(ItemKind.LARGE_KEYBOARD, 1, box=1),
            Part(ItemKind.MOUSE, 1, box=1),
            Part(ItemKind.HEADSET, 1, box=1),
            Part(ItemKind.LARGE_MONITOR, 1, box=2),
        ),
        role="Telefonplatz",
    ),
)

DESKS = (("two-monitors", 142), ("one-monitor", 34), ("laptop", 9), ("large-monitor", 5))
"""How many whole desks stand in the office, 190 in all: one for each person, and spare ones."""


def kit_type(code: str) -> KitType:
    """The catalogue entry of this code."""
    return next(entry for entry in KIT_TYPES if entry.code == code)


def items() -> tuple[Item, ...]:
    """Every device of the 190 desks; desks are numbered from 1, in the order of DESKS."""
    desks = [code for code, count in DESKS for _ in range(count)]
    number = FIRST_ASSET_NUMBER
    found: list[Item] = []
    for desk, code in enumerate(desks, start=1):
        for part in kit_type(code).parts:
            for _ in range(part.quantity):
                found.append(_item(number, part.kind, desk))
                number += 1
    return tuple(found)


def desks_of(code: str) -> Iterator[int]:
    """The numbers of the desks of one kit type, lowest first."""
    first = 1
    for other, count in DESKS:
        if other == code:
            yield from range(first, first + count)
        first += count


def pack(person: str, code: str, devices: tuple[Item, ...]) -> PackedKit:
    """Lay the devices of one desk into the boxes that its kit type names."""
    kit = kit_type(code)
    left = list(devices)
    contents: list[list[Item]] = [[] for _ in kit.boxes]
    for part in kit.parts:
        for _ in range(part.quantity):
            device = next(item for item in left if item.model.kind is part.kind)
            left.remove(device)
            contents[part.box - 1].append(device)
    return PackedKit(
        person=person,
        kit_type=code,
        boxes=tuple(
            PackedBox(number, shape, tuple(inside))
            for number, (shape, inside) in enumerate(zip(kit.boxes, contents, strict=True), start=1)
        ),
    )


def _item(number: int, kind: ItemKind, desk: int) -> Item:
    """One device; about one in three shows that it has been used for years."""
    tag = f"HW-{number:05d}"
    draw = int.from_bytes(sha256(f"{SEED} {tag}".encode()).digest())
    models = [model for model in MODELS if model.kind is kind]
    return Item(
        asset_tag=tag,
        serial_number=_serial(number, draw),
        model=models[desk % len(models)],  # both monitors of a desk are of one make
        condition=Condition.USED if draw % 3 == 0 else Condition.GOOD,
        bought_months_ago=4 + desk * 7 % 44,
        warranty_months=WARRANTY_MONTHS,
        desk=desk,
    )


def _serial(number: int, draw: int) -> str:
    """Seven characters as on a sticker; the last three count, so that none comes twice."""
    base = len(SERIAL_LETTERS)
    letters = [SERIAL_LETTERS[draw // base**place % base] for place in range(4)]
    letters += [SERIAL_LETTERS[number // base**place % base] for place in (2, 1, 0)]
    return "".join(letters)
