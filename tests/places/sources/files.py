"""Small registers of each kind, with invented addresses at true places."""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from hoffice.places.sources.projection import utm_of_degrees

HERMANNPLATZ = (52.486500, 13.424600)
ALEXANDERPLATZ = (52.521900, 13.413200)
GUBEN = (51.949000, 14.714000)

BERLIN_HEADER = "hnr,hnr_zusatz,str_name,plz,bez_name,ort_name"

Place = tuple[float, float]


def properties(street: str, number: str, suffix: str | None = None) -> dict[str, Any]:
    """What the service of Berlin says about an address."""
    return {
        "str_name": street,
        "hnr": number,
        "hnr_zusatz": suffix,
        "plz": "12045",
        "bez_name": "Neukölln",
        "ort_name": "Neukölln",
    }


def feature(
    street: str,
    number: str = "1",
    suffix: str | None = None,
    *,
    at: Place = HERMANNPLATZ,
    no: int = 1,
) -> dict[str, Any]:
    """A feature as the service of Berlin sends it."""
    return {
        "type": "Feature",
        "id": f"adressen_berlin.{no}",
        "geometry": {"type": "Point", "coordinates": list(utm_of_degrees(*at))},
        "properties": properties(street, number, suffix),
    }


def collection(features: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """A page of features; the system stands at its end."""
    name = "urn:ogc:def:crs:EPSG::25833"
    return {
        "type": "FeatureCollection",
        "features": list(features),
        "numberMatched": len(features),
        "numberReturned": len(features),
        "crs": {"type": "name", "properties": {"name": name}},
        **more,
    }


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """A file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def geojson(path: Path, features: Sequence[Mapping[str, Any]], **more: Any) -> Path:
    """A FeatureCollection."""
    return write(path, json.dumps(collection(features, **more), ensure_ascii=False))


def packed(path: Path, content: str | bytes) -> Path:
    """A gzipped file."""
    return write(path, gzip.compress(content if isinstance(content, bytes) else content.encode()))


def gml_member(street: str, number: str, position: str, suffix: str = "") -> str:
    """A feature as GML."""
    return (
        f'<wfs:member><a:adressen_berlin gml:id="adressen_berlin.1"><a:str_name>{street}'
        f"</a:str_name><a:hnr>{number}</a:hnr>"
        + (f"<a:hnr_zusatz>{suffix}</a:hnr_zusatz>" if suffix else "<a:hnr_zusatz/>")
        + "<a:plz>12045</a:plz><a:bez_name>Neukölln</a:bez_name><a:ort_name>Britz</a:ort_name>"
        f'<a:geom><gml:Point srsName="urn:ogc:def:crs:EPSG::25833"><gml:pos>{position}</gml:pos>'
        "</gml:Point></a:geom></a:adressen_berlin></wfs:member>"
    )


def gml(members: Iterable[str], *, encoding: str = "UTF-8", root: str = "wfs") -> str:
    """A FeatureCollection as GML."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<{root}:FeatureCollection xmlns:{root}="http://www.opengis.net/wfs/2.0"'
        + (' xmlns:wfs="http://www.opengis.net/wfs/2.0"' if root != "wfs" else "")
        + ' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:a="https://example.org/a"'
        ' numberMatched="2" numberReturned="2">' + "".join(members) + f"</{root}:FeatureCollection>"
    )


def gpkg_point(x: float, y: float, *, envelope: bool = False, order: str = "<") -> bytes:
    """A point as a GeoPackage keeps it."""
    little = order == "<"
    flags = (1 if little else 0) | (0b10 if envelope else 0)
    head = b"GP\0" + bytes([flags]) + struct.pack(f"{order}i", 25833)
    box = struct.pack(f"{order}4d", x, x, y, y) if envelope else b""
    return head + box + bytes([little]) + struct.pack(f"{order}Idd", 1, x, y)


SURVEYORS = ("fid", "geom", "oid", "landschl", "gmd", "ott", "str", "hnr", "adz", "postplz")
ROWS = (
    (1, "12", "Guben", "Deulowitz", "Alte Poststraße", 7, "b", "3172"),
    (2, "12", "Guben", None, "Alte Poststraße", 40, "p11", "03172"),
    (3, "12", "Guben", None, "Alte Poststraße", 8, "1", "03172"),
)


def geopackage(
    path: Path,
    columns: Sequence[str] = SURVEYORS,
    rows: Sequence[Sequence[Any]] = ROWS,
    *,
    table: str = "adressen_bb",
    epsg: int = 25833,
    point: bytes | None = None,
) -> Path:
    """A GeoPackage with one table of addresses."""
    blob = point or gpkg_point(*utm_of_degrees(*GUBEN), envelope=True)
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(
            "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);"
            "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INT);"
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INT, organization TEXT,"
            " organization_coordsys_id INT);"
        )
        database.execute("INSERT INTO gpkg_contents VALUES (?, 'features')", (table,))
        database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 99)", (table,))
        database.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 99, 'EPSG', ?)", (epsg,))
        names = ", ".join(f'"{name}"' for name in columns)
        quoted = '"' + table.replace('"', '""') + '"'
        database.execute(f"CREATE TABLE {quoted} ({names})")
        for row in rows:
            filled = (row[0], blob, f"id{row[0]}", *row[1:]) if columns is SURVEYORS else row
            places = ", ".join("?" * len(columns))
            database.execute(f"INSERT INTO {quoted} VALUES ({places})", filled)  # noqa: S608
    return path


OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
 <node id="1" lat="52.4865" lon="13.4246"><tag k="addr:street" v="Lindenweg"/>
  <tag k="addr:housenumber" v="1"/></node>
 <node id="2" lat="52.4866" lon="13.4247"><tag k="addr:place" v="Kolonie Amsel"/>
  <tag k="addr:housenumber" v="3;5"/><tag k="addr:postcode" v="12045"/>
  <tag k="addr:city" v="Berlin"/><tag k="addr:suburb" v="Neukölln"/></node>
 <node id="3" lat="52.4870" lon="13.4250"><tag k="addr:street" v="Ulica Polna"/>
  <tag k="addr:housenumber" v="9"/><tag k="addr:country" v="PL"/></node>
 <node id="4" lat="52.4800" lon="13.4200"><tag k="addr:housenumber" v="8"/></node>
 <node id="11" lat="52.4864" lon="13.4245"/><node id="12" lat="52.4866" lon="13.4245"/>
 <node id="13" lat="52.4866" lon="13.4249"/><node id="14" lat="52.4864" lon="13.4249"/>
 <node id="21" lat="52.5000" lon="13.4000"/><node id="22" lat="52.5002" lon="13.4000"/>
 <node id="23" lat="52.5002" lon="13.4004"/>
 <way id="101"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="14"/><nd ref="11"/>
  <tag k="building" v="yes"/><tag k="addr:street" v="Lindenweg"/>
  <tag k="addr:housenumber" v="1"/><tag k="addr:postcode" v="12045"/></way>
 <way id="102"><nd ref="11"/><nd ref="13"/><tag k="addr:interpolation" v="odd"/>
  <tag k="addr:street" v="Lindenweg"/><tag k="addr:housenumber" v="1-9"/></way>
 <way id="103"><nd ref="21"/><nd ref="22"/><nd ref="23"/><nd ref="21"/></way>
 <relation id="201"><member type="way" ref="103" role="outer"/>
  <tag k="type" v="multipolygon"/><tag k="addr:street" v="Hofweg"/>
  <tag k="addr:housenumber" v="2"/></relation>
</osm>
"""
