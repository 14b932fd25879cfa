"""Registers and whole lists at the terminal: `flask places …`."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import pytest
from click.testing import Result
from flask import Flask

from hoffice.db import db, unit_of_work
from hoffice.places import queries
from hoffice.places.cli.locating import ANSWERED
from hoffice.places.models import RegisterHouse
from hoffice.places.sources import wfs
from hoffice.places.sources.entries import Entry
from tests import makers
from tests.places.sources import files, wfs_server

HEADER = "street,housenumber,postcode,city"
OFFICIAL = "hnr,hnr_zusatz,str_name,plz,ort_name,PLR_NAME,PLR_ID"
WITHOUT_POINTS = (
    f"{OFFICIAL}\n112,,Sonnenallee,12045,Neukölln,x,1\n112,A,Sonnenallee,12045,Neukölln,x,1\n"
    "10,,Waldstraße,12487,Johannisthal,x,1\n10,,Waldstraße,10551,Moabit,x,1\n"
)
POINTS = (
    "street,housenumber,postcode,lat,lon\n"
    "Sonnenallee,112,12045,52.481200,13.435600\nWaldstr.,10,12487,52.441200,13.505600\n"
)


def flask(app: Flask, *args: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["places", *map(str, args)])


@pytest.fixture
def filled(app: Flask) -> Flask:
    """A house whose register has four addresses, two of them with points."""
    with app.app_context():
        with unit_of_work():
            makers.register(
                Entry("Sonnenallee", "112", "12045", "Berlin", "Neukölln", 52.4812, 13.4356),
                Entry("Waldstraße", "10", "12487", "Berlin", "Johannisthal", 52.4412, 13.5056),
                Entry("Waldstraße", "10", "10551", "Berlin", "Moabit", None, None),
                Entry("Neue Gasse", "5", "12045", "Berlin", "Neukölln", None, None),
            )
        db.session.remove()
    return app


def located(app: Flask, folder: Path, text: str | bytes) -> list[list[str]]:
    """Every line of the answer, its header first."""
    files.write(folder / "in.csv", text)
    result = flask(app, "locate", folder / "in.csv", folder / "out.csv")
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def refused(app: Flask, *args: str | Path) -> str:
    """The sentence that a command ends with."""
    result = flask(app, *args)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.stderr.strip().splitlines()[-1]


# --- locate ------------------------------------------------------------------------------------


def test_the_answer_stands_behind_the_columns_of_the_question(
    filled: Flask, tmp_path: Path
) -> None:
    rows = located(filled, tmp_path, f"{HEADER}\nSonnenallee,112,12045,Berlin\n")

    assert rows == [
        [*HEADER.split(","), "lat", "lon", "precision", "radius_m", "matched", "provider", "note"],
        ["Sonnenallee", "112", "12045", "Berlin", "52.481200", "13.435600", "house", "20",
         "Sonnenallee 112, 12045 Berlin", "probe", ""],
    ]  # fmt: skip


def test_the_file_ends_its_lines_as_programs_expect_it(filled: Flask, tmp_path: Path) -> None:
    located(filled, tmp_path, f"{HEADER}\r\nSonnenallee,112,12045,Berlin\r\n")

    raw = (tmp_path / "out.csv").read_bytes()
    assert raw.count(b"\n") == 2
    assert b"\r" not in raw
    assert raw.startswith(b"street,")


@pytest.mark.parametrize(
    ("line", "precision", "matched", "note"),
    [
        ("Sonnenallee,112,12435,Berlin", "house", "Sonnenallee 112, 12045 Berlin",
         "postcode repaired: 12435 -> 12045"),
        ("Waldstraße,10,,Berlin", "none", "",
         ("ambiguous: Waldstraße 10, 12487 Berlin (Johannisthal) | "
          "Waldstraße 10, 10551 Berlin (Moabit); postcode missing")),
        ("Sonnenalle,112,12045,Berlin", "postcode", "",
         "did you mean Sonnenallee 112, 12045 Berlin (Neukölln)"),
        ("Waldstraße,10,10551,Berlin", "postcode", "Waldstraße 10, 10551 Berlin", ""),
        ("Sonnenallee,114,12045,Berlin", "street", "Sonnenallee, 12045 Berlin", "number unknown"),
        ("Sonnenallee,112b,12045,Berlin", "house", "Sonnenallee 112, 12045 Berlin",
         "house 112b unknown, point of 112"),
        ('"Sonnenallee 112, HH 3. OG",,12045,Berlin', "house", "Sonnenallee 112, 12045 Berlin",
         "door: HH 3. OG"),
        ('"Sonnenallee 112, 12045 Berlin",,,', "house", "Sonnenallee 112, 12045 Berlin", ""),
        ('Farmington Avenue,1,,"Berlin, Connecticut"', "none", "", "abroad"),
        ("Postfach 1,,12045,Berlin", "none", "", "po box"),
        (",,,", "none", "", "street missing; postcode missing"),
        ("😀,1,12045,Berlin", "postcode", "", "street missing"),
    ],
)  # fmt: skip
def test_the_note_names_what_there_is_to_say(
    filled: Flask, tmp_path: Path, line: str, precision: str, matched: str, *, note: str
) -> None:
    _, row = located(filled, tmp_path, f"{HEADER}\n{line}\n")

    assert (row[6], row[8], row[10]) == (precision, matched, note)


def test_lines_keep_their_order_and_number_blank_ones_too(filled: Flask, tmp_path: Path) -> None:
    lines = ["Sonnenallee,112,12045,Berlin", "", "Waldstraße,10,12487,Berlin", ",,,", "", "x"]

    rows = located(filled, tmp_path, "\n".join([HEADER, *lines, ""]))

    assert [row[0] for row in rows[1:]] == ["Sonnenallee", "", "Waldstraße", "", "", "x"]
    assert {len(row) for row in rows} == {11}
    assert [row[6] for row in rows[1:]] == ["house", "none", "house", "none", "none", "none"]


def test_unknown_columns_pass_through_and_columns_of_the_answer_are_overwritten(
    filled: Flask, tmp_path: Path
) -> None:
    text = (
        "id,lat,city,note,street,precision,postcode,housenumber, lon ,Bemerkung\n"
        '7,0.0,Berlin,alt,Sonnenallee,pinned,12045,112,0.0,"mit, Komma ""und"" Zeichen"\n'
    )

    header, row = located(filled, tmp_path, text)

    assert header == ["id", "city", "street", "postcode", "housenumber", "Bemerkung", *ANSWERED]
    assert row[:6] == ["7", "Berlin", "Sonnenallee", "12045", "112", 'mit, Komma "und" Zeichen']
    assert row[6:9] == ["52.481200", "13.435600", "house"]


@pytest.mark.parametrize("header", ["street", "street,housenumber", "Street, HOUSENUMBER ,City"])
def test_postcode_and_town_may_be_missing(filled: Flask, tmp_path: Path, header: str) -> None:
    cells = ["Sonnenallee 112" if header == "street" else "Sonnenallee", "112", "Berlin"]

    rows = located(filled, tmp_path, f"{header}\n{','.join(cells[: header.count(',') + 1])}\n")

    assert rows[0] == [*header.split(","), *ANSWERED]
    assert (rows[1][-5], rows[1][-1]) == ("house", "postcode missing")


def test_a_list_of_no_address_has_an_answer_of_no_address(filled: Flask, tmp_path: Path) -> None:
    assert located(filled, tmp_path, HEADER) == [[*HEADER.split(","), *ANSWERED]]


@pytest.mark.parametrize(
    ("encoding", "separator", "end"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ";", "\r\n"),
        ("cp1252", ";", "\r\n"),
        ("cp1252", "\t", "\r"),
        ("utf-8-sig", ",", "\r"),
        ("utf-8", "\t", "\r\n"),
    ],
)
def test_lists_are_read_as_spreadsheets_write_them(
    filled: Flask, tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    lines = ["street,housenumber,postcode,city,wer", "Waldstraße,10,12487,Berlin,Müller"]
    text = "".join(line.replace(",", separator) + end for line in lines)

    rows = located(filled, tmp_path, text.encode(encoding))

    assert rows[0][:5] == ["street", "housenumber", "postcode", "city", "wer"]
    assert rows[1][:5] == ["Waldstraße", "10", "12487", "Berlin", "Müller"]
    assert rows[1][7] == "house"


def test_ragged_rows_are_filled_up_and_cut_off(filled: Flask, tmp_path: Path) -> None:
    rows = located(
        filled, tmp_path, f"{HEADER}\nSonnenallee 112\nSonnenallee,112,12045,Berlin,x,y\n"
    )

    assert rows[1][:4] == ["Sonnenallee 112", "", "", ""]
    assert rows[2][:5] == ["Sonnenallee", "112", "12045", "Berlin", "52.481200"]
    assert {len(row) for row in rows} == {11}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "in.csv is empty. Its first line must name the columns."),
        (b"name,postcode\nx,12045\n", "in.csv has no column “street”."),
        (b"\n\n", "in.csv has no column “street”."),
        ("street\nx\n".encode("utf-16"), "in.csv is no CSV file."),
        (b'street\n"never closed\n', "in.csv cannot be read as CSV:"),
        (b"street\n" + b"x" * 200_000, "in.csv cannot be read as CSV: field larger than"),
    ],
)
def test_a_list_that_is_none_is_refused_with_a_sentence(
    app: Flask, tmp_path: Path, content: bytes, says: str
) -> None:
    files.write(tmp_path / "in.csv", content)
    files.write(tmp_path / "out.csv", "before")

    assert refused(app, "locate", tmp_path / "in.csv", tmp_path / "out.csv").startswith(says)
    assert (tmp_path / "out.csv").read_text() == "before"


def test_a_list_that_is_not_there_is_said(app: Flask, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        assert refused(app, "locate", path, tmp_path / "out.csv") == f"There is no file {path}."
    too_long = tmp_path / ("x" * 300)
    assert "cannot be read: " in refused(app, "locate", too_long, tmp_path / "out.csv")


def test_the_question_may_be_the_answer(filled: Flask, tmp_path: Path) -> None:
    path = files.write(tmp_path / "list.csv", f"{HEADER}\nSonnenallee,112,12045,Berlin\n")

    first = flask(filled, "locate", path, path)
    once = path.read_bytes()
    again = flask(filled, "locate", path, path)

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert path.read_bytes() == once
    assert b"52.481200" in once
    assert not list(tmp_path.glob(".*.part"))


def test_an_answer_that_cannot_be_written_is_said_and_leaves_nothing(
    filled: Flask, tmp_path: Path
) -> None:
    path = files.write(tmp_path / "in.csv", f"{HEADER}\nSonnenallee,112,12045,Berlin\n")
    (tmp_path / "folder").mkdir()

    for out in ("folder", "nowhere/out.csv", "in.csv/out.csv", "x" * 300):
        assert "cannot be written: " in refused(filled, "locate", path, tmp_path / out)

    assert not list(tmp_path.rglob("*out*"))
    assert not list(tmp_path.rglob("*.part"))
    assert not list((tmp_path / "folder").iterdir())


def test_a_long_name_and_a_link_are_written_to(filled: Flask, tmp_path: Path) -> None:
    path = files.write(tmp_path / "in.csv", f"{HEADER}\nSonnenallee,112,12045,Berlin\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "target.csv")

    for out in ("y" * 251 + ".csv", "link.csv"):
        assert flask(filled, "locate", path, tmp_path / out).exit_code == 0

    assert (tmp_path / "link.csv").is_symlink()
    assert b"52.481200" in (tmp_path / "target.csv").read_bytes()


def test_a_pipe_is_written_to_and_never_replaced(filled: Flask, tmp_path: Path) -> None:
    path = files.write(tmp_path / "in.csv", f"{HEADER}\nSonnenallee,112,12045,Berlin\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    listener = Thread(target=lambda: heard.append(pipe.read_bytes()), daemon=True)
    listener.start()

    result = flask(filled, "locate", path, pipe)
    if not pipe.is_fifo():
        pytest.fail("the pipe was replaced")
    listener.join(timeout=60)

    assert result.exit_code == 0
    assert b"52.481200" in heard[0]


def test_locating_asks_nobody_outside_and_changes_nothing(
    filled: Flask, tmp_path: Path, queries: list[str]
) -> None:
    located(filled, tmp_path, f"{HEADER}\nSonnenallee,114,12045,Berlin\n")

    assert queries
    assert {query.split()[0] for query in queries} <= {"SELECT", "BEGIN"}


# --- import-register ---------------------------------------------------------------------------


def said(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_registers_of_several_kinds_are_taken_in_by_one_command(app: Flask, tmp_path: Path) -> None:
    result = flask(
        app,
        "import-register",
        files.packed(tmp_path / "register.csv.gz", WITHOUT_POINTS),
        files.write(tmp_path / "points.csv", POINTS),
        files.geojson(tmp_path / "berlin.geojson", [files.feature("Weserstraße", "7", "B")]),
        files.geopackage(tmp_path / "bb.gpkg"),
    )

    assert said(result) == [
        "berlin-register: 4 addresses, 0 with a point.",
        "points: 2 addresses, 2 with a point.",
        "berlin: 1 addresses, 1 with a point.",
        "brandenburg: 3 addresses, 3 with a point.",
    ]
    listed = [line.split("\t")[0] for line in said(flask(app, "sources"))]
    assert listed == ["berlin", "brandenburg", "points", "berlin-register"]


def test_importing_again_says_what_was_before(app: Flask, tmp_path: Path) -> None:
    path = files.write(tmp_path / "points.csv", POINTS)
    flask(app, "import-register", path)

    again = flask(app, "import-register", path)

    assert said(again) == ["points: 2 addresses, 2 with a point, 2 before."]


def test_files_of_one_source_are_one_import_under_its_own_name(app: Flask, tmp_path: Path) -> None:
    one = files.write(tmp_path / "a.csv", POINTS)
    other = files.write(tmp_path / "b.csv", POINTS.replace("112", "114"))

    result = flask(app, "import-register", one, other, "--source", "depot")

    assert said(result) == ["depot: 3 addresses, 3 with a point."]


def test_a_line_left_out_is_said_beside_the_result(app: Flask, tmp_path: Path) -> None:
    path = files.write(tmp_path / "points.csv", f"{POINTS}Seestr.,,13347,52.5,13.4\n")

    result = flask(app, "import-register", path)

    assert said(result) == ["points: 2 addresses, 2 with a point."]
    assert "1 left out: no house number (line 4)" in result.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("wrong.csv", b"name,size\nx,1\n"),
        ("cut.csv.gz", gzip.compress(POINTS.encode(), mtime=0)[:-20]),
        ("error.geojson", b"<!DOCTYPE html><html><body>Service unavailable</body></html>"),
        ("half.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Fea'),
        ("none.gpkg", b"this is no database"),
        ("none.csv", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_a_register_that_is_none_changes_nothing(
    app: Flask, tmp_path: Path, name: str, content: bytes | None
) -> None:
    flask(app, "import-register", files.write(tmp_path / "points.csv", POINTS))
    if content is not None:
        files.write(tmp_path / name, content)

    sentence = refused(app, "import-register", tmp_path / name, "--source", "points")

    assert sentence.endswith(".")
    with app.app_context():
        assert db.session.query(RegisterHouse).count() == 2
        edition = queries.current_edition(queries.sources()[0].id)
        assert edition is not None
        assert edition.file_names == "points.csv"


def test_a_register_that_shrank_is_taken_when_it_is_said(app: Flask, tmp_path: Path) -> None:
    header, line, _ = POINTS.splitlines()
    more = [line.replace(",112,", f",{number},") for number in range(1, 5)]
    path = files.write(tmp_path / "points.csv", "\n".join([header, *more, ""]))
    flask(app, "import-register", path)
    files.write(path, f"{header}\n{line}\n")

    assert "--may-shrink" in refused(app, "import-register", path)
    assert said(flask(app, "import-register", path, "--may-shrink")) == [
        "points: 1 addresses, 1 with a point, 4 before."
    ]


def test_a_download_says_that_it_waits_for_the_server(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wfs, "sleep", lambda _seconds: None)

    with wfs_server.running() as (url, server):
        server.failures = [503, 503]
        result = flask(app, "fetch-berlin", tmp_path / "berlin.geojson", "--url", url)

    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "127.0.0.1 does not answer (HTTP 503); trying again in 2 seconds.",
        "127.0.0.1 does not answer (HTTP 503); trying again in 10 seconds.",
    ]


def test_an_empty_register_says_what_to_do(app: Flask) -> None:
    assert "import-register --help" in said(flask(app, "sources"))[0]


def test_a_source_needs_a_name_that_can_be_seen(app: Flask, tmp_path: Path) -> None:
    berlin = files.geojson(tmp_path / "berlin.geojson", [files.feature("Weserstraße", "7", "B")])

    assert "has no name" in refused(app, "import-register", "--source", "  ", berlin)
    with app.app_context():
        assert queries.sources() == []


def test_a_source_is_taken_out_and_a_street_renamed(app: Flask, tmp_path: Path) -> None:
    flask(app, "import-register", files.write(tmp_path / "points.csv", POINTS))

    renamed = flask(app, "rename-street", "Alte Allee", "Sonnenallee")
    found = located(app, tmp_path, f"{HEADER}\nAlte Allee,112,12045,Berlin\n")[1]
    removed = flask(app, "remove-source", "points")

    assert said(renamed) == ["Alte Allee = Sonnenallee"]
    assert found[-1] == "renamed: Alte Allee -> Sonnenallee"
    assert said(removed) == ["points is out of the register."]
    assert "no source “points”" in refused(app, "remove-source", "points")
    assert "two different names" in refused(app, "rename-street", "Seestr.", "Seestraße")


def test_ctrl_c_leaves_nothing_behind(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hoffice.places.service import register  # noqa: PLC0415  # beside what is changed in it

    whole = register.add

    def interrupted(edition: register.Edition, entries: Sequence[Entry]) -> None:
        whole(edition, entries)
        db.session.commit()
        raise KeyboardInterrupt

    monkeypatch.setattr(register, "add", interrupted)

    result = flask(app, "import-register", files.write(tmp_path / "points.csv", POINTS))

    assert result.exit_code != 0
    with app.app_context():
        assert db.session.query(RegisterHouse).count() == 0
