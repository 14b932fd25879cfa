"""Registers as GML."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoffice.errors import Refused
from hoffice.places.sources.opening import open_register
from hoffice.places.sources.projection import utm_of_degrees
from tests.places.sources.files import HERMANNPLATZ, gml, gml_member, packed, write

EAST, NORTH = utm_of_degrees(*HERMANNPLATZ)
HERE = f"{EAST:.4f} {NORTH:.4f}"


def test_the_official_addresses_of_berlin_are_read(tmp_path: Path) -> None:
    members = [gml_member("Lindenweg", "12", HERE), gml_member("Am Markt", "3", HERE, "B")]

    register = open_register(write(tmp_path / "b.gml", gml(members)))
    first, second = register

    assert first[:5] == ("Lindenweg", "12", "12045", "Berlin", "Britz")
    assert second.housenumber == "3B", "the first feature had no suffix"
    assert (first.lat, first.lon) == pytest.approx(HERMANNPLATZ, abs=1e-7)
    assert (register.origin.name, register.origin.rank) == ("berlin", 10)
    assert register.announced == 2


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
def test_the_encoding_that_the_file_names_is_used(tmp_path: Path, encoding: str) -> None:
    text = gml([gml_member("Grüne Straße", "1", HERE)], encoding=encoding)

    assert [entry.street for entry in open_register(write(tmp_path / "b", text, encoding))] == [
        "Grüne Straße"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wfs:member", "gml:featureMember"),
        (HERE, f"{NORTH} {EAST}"),
        (HERE, f"{HERE} 35.2"),
        (HERE, "13.4246 52.4865"),
        (HERE, "52.4865 13.4246"),
        (f"<gml:pos>{HERE}</gml:pos>", f"<gml:coordinates>{EAST},{NORTH}</gml:coordinates>"),
    ],
)
def test_the_dialects_of_gml_are_read(tmp_path: Path, old: str, new: str) -> None:
    text = gml([gml_member("Lindenweg", "1", HERE)]).replace(old, new)

    [entry] = open_register(write(tmp_path / "b.gml", text))

    assert (entry.lat, entry.lon) == pytest.approx(HERMANNPLATZ, abs=1e-6)


def test_all_features_in_one_container_are_read(tmp_path: Path) -> None:
    members = "".join(gml_member("Lindenweg", str(no), HERE) for no in range(1, 9))
    inside = members.replace("<wfs:member>", "").replace("</wfs:member>", "")
    text = gml([f"<gml:featureMembers>{inside}</gml:featureMembers>"], root="gml2")

    assert len(list(open_register(packed(tmp_path / "b.gml.gz", text)))) == 8


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = gml([gml_member("Lindenweg", str(no), HERE) for no in range(1, 5)])

    for length in range(1, len(whole), 23):
        with pytest.raises(Refused):
            list(open_register(write(tmp_path / "b.gml", whole[:length])))


ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>'
    "<FeatureCollection>&y;</FeatureCollection>"
)
EXCEPTION = (
    '<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="o"><ows:Exception>'
    "<ows:ExceptionText>Feature type unknown</ows:ExceptionText></ows:Exception>"
    "</ows:ExceptionReport>"
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('<?xml version="1.0"?><kml/>', "no FeatureCollection"),
        (gml([]), "^b.gml is .* without a single feature"),
        (gml(["<wfs:member><a:x><a:y>1</a:y></a:x></wfs:member>"]), "it has y"),
        (gml([gml_member("a</b>", "1", HERE)]), "damaged"),
        (gml(["<a:x>" * 200]), "damaged"),
        (gml([gml_member("y" * 50_000, "1", HERE)]), "damaged"),
        (gml([gml_member("Weg", "1", HERE)]).replace("EPSG::25833", "EPSG::3068"), "3068"),
        (gml([gml_member("Weg", "1", HERE)], encoding="x-none"), "damaged"),
        (gml(['<a:x y="' + "z" * 9_000_000]), "damaged"),
        (ENTITY, "damaged"),
        (EXCEPTION, "“Feature type unknown”"),
    ],
)
def test_what_is_no_register_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        list(open_register(write(tmp_path / "b.gml", text)))
