"""Whatever is damaged in a register of any kind: it is read, or refused with a sentence."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from hoffice.errors import Refused
from hoffice.places.sources.filling import filled
from hoffice.places.sources.opening import open_register
from tests.places.sources.files import (
    BERLIN_HEADER,
    collection,
    feature,
    geopackage,
    gml,
    gml_member,
    write,
)
from tests.places.sources.test_osm import extract

TRIES = 150
SPLINTERS = (b'"', b"<", b">", b"{", b"[", b",", b"\n", b"1e999", b"NaN", b"null", b"\0", b'"a":')


def as_json(_folder: Path) -> bytes:
    return json.dumps(collection([feature("Lindenweg", str(no)) for no in range(1, 9)])).encode()


def as_gml(_folder: Path) -> bytes:
    return gml(gml_member("Lindenweg", str(no), "390000 5816000") for no in range(1, 9)).encode()


def as_table(_folder: Path) -> bytes:
    line = "1,A,Weg,12045,Mitte,Mitte,52.5,13.4\n"
    return f"{BERLIN_HEADER},lat,lon\n{line * 9}".encode()


def as_geopackage(folder: Path) -> bytes:
    return geopackage(folder / "whole.gpkg").read_bytes()


def as_osm(folder: Path) -> bytes:
    return extract(folder, "osm").read_bytes()


def as_pbf(folder: Path) -> bytes:
    return extract(folder, "osm.pbf").read_bytes()


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """The file with some bytes changed, missing or too many."""
    body = bytearray(whole)
    for _wound in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(body))
        kind = chance.randrange(3)
        if kind == 0:
            body[at] = chance.randrange(256)
        elif kind == 1:
            del body[at : at + chance.randrange(1, 9)]
        else:
            body[at:at] = chance.choice(SPLINTERS)
    return bytes(body)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("make", [as_json, as_gml, as_table, as_geopackage, as_osm, as_pbf])
def test_a_damaged_register_is_read_or_refused(
    tmp_path: Path, make: Callable[[Path], bytes], pack: Callable[[bytes], bytes]
) -> None:
    whole = make(tmp_path)
    chance = random.Random(whole[:100])  # noqa: S311  # damage that can be repeated

    for _try in range(TRIES):
        path = write(tmp_path / "damaged", pack(damaged(whole, chance)))
        try:
            entries = list(filled(open_register(path)))
        except Refused:
            continue
        assert all(entry.street and entry.housenumber for entry in entries)
