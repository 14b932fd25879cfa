"""The doctor, backup and restore at the terminal."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

from flask import Flask

from hoffice import VERSION
from hoffice.db import unit_of_work
from hoffice.factory import create_app
from hoffice.settings import RoadEngine, RoadSettings, Settings, Smtp
from tests import makers
from tests.conftest import Given
from tests.contracts.road_servers import osrm_says, serving
from tests.demo import stage

ROOT = Path(__file__).resolve().parents[2]


def doctor(app: Flask) -> tuple[int, dict[str, str], str]:
    result = app.test_cli_runner().invoke(args=["doctor"])
    answer = json.loads(result.stdout.splitlines()[-1])
    assert answer["ok"] is (result.exit_code == 0)
    return result.exit_code, answer["checks"], result.stdout


def test_a_fresh_house_works_and_the_doctor_says_what_is_left_to_do(app: Flask) -> None:
    code, checks, text = doctor(app)

    assert code == 0
    assert "fault" not in checks.values()
    assert {name for name, verdict in checks.items() if verdict == "hint"} >= {
        "mail",
        "accounts",
        "runs",
        "texts",
    }
    assert "flask accounts invite" in text


def test_one_van_is_not_called_vans(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        makers.depot()
        makers.van()
    assert " 1 van\n" in doctor(app)[2]

    with app.app_context(), unit_of_work():
        makers.van()
    assert " 2 vans\n" in doctor(app)[2]


def test_a_demo_without_its_mark_is_told(settings: Settings) -> None:
    _code, checks, _text = doctor(create_app(replace(settings, demo=True)))

    assert checks["demo"] == "hint"


def test_a_database_without_tables_is_a_fault_and_not_a_traceback(tmp_path: Path) -> None:
    app = create_app(
        Settings(
            instance=tmp_path,
            secret_key="k" * 40,
            url="http://localhost",
            database_url=f"sqlite:///{tmp_path / 'empty.db'}",
        )
    )

    code, checks, text = doctor(app)

    assert (code, checks["database"]) == (1, "fault")
    assert "flask db upgrade" in text


def test_a_database_that_does_not_answer_is_a_fault(tmp_path: Path) -> None:
    app = create_app(
        Settings(
            instance=tmp_path,
            secret_key="k" * 40,
            url="http://localhost",
            database_url=f"postgresql+psycopg://nobody:secret-word@/x?host={tmp_path}",
        )
    )

    code, checks, text = doctor(app)

    assert (code, checks["database"]) == (1, "fault")
    assert "secret-word" not in text


def test_a_mail_server_that_is_not_there_is_a_fault(settings: Settings) -> None:
    app = create_app(replace(settings, smtp=Smtp(host="127.0.0.1", port=9, starttls=False)))

    code, checks, _text = doctor(app)

    assert (code, checks["mail"]) == (1, "fault")


def test_a_silent_road_engine_is_a_hint_and_an_answering_one_is_well(settings: Settings) -> None:
    silent = RoadSettings(RoadEngine.OSRM, "http://127.0.0.1:9")
    code, checks, text = doctor(create_app(replace(settings, roads=silent)))
    assert (code, checks["roads"]) == (0, "hint")
    assert "did not answer (it cannot be reached): times are estimated" in text

    with serving(osrm_says) as server:
        alive = RoadSettings(RoadEngine.OSRM, server.url)
        _code, checks, text = doctor(create_app(replace(settings, roads=alive)))
    assert checks["roads"] == "ok"
    assert f"OSRM at {server.url} answers" in text


def test_a_folder_that_is_a_file_is_a_fault(app: Flask, settings: Settings) -> None:
    (settings.instance / "files").write_text("in the way", encoding="utf-8")

    code, checks, _text = doctor(app)

    assert (code, checks["folder"]) == (1, "fault")


def test_a_job_that_nobody_does_is_a_fault(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        stage.play(stage.furnished(tmp_path))  # it ends with a plan that was asked for in 2026

    code, checks, text = doctor(app)

    assert (code, checks["worker"]) == (1, "fault")
    assert "flask jobs work" in text


def test_a_backup_is_put_back_at_the_terminal(
    app: Flask, given: Given, settings: Settings, tmp_path: Path
) -> None:
    with given():
        stage.furnished(settings.instance / "files")
    file = tmp_path / "house.tar.gz"

    saved = app.test_cli_runner().invoke(args=["backup", str(file)])
    again = app.test_cli_runner().invoke(args=["restore", str(file)])
    fresh = create_app(
        replace(
            settings,
            instance=tmp_path / "fresh",
            database_url=f"sqlite:///{tmp_path / 'fresh.db'}",
            secret_key="another key " * 5,
        )
    )
    restored = fresh.test_cli_runner().invoke(args=["restore", str(file)])

    assert json.loads(saved.stdout)["missing_files"] == 0
    assert again.exit_code == 1
    assert "not empty" in again.stderr
    assert restored.exit_code == 0, restored.output
    answer = json.loads(restored.stdout.splitlines()[-1])
    assert answer["log_holds"]
    assert answer["rows"] == json.loads(saved.stdout)["rows"]
    assert not answer["same_key"]
    assert "HOFFICE_OLD_SECRET_KEYS" in restored.stderr


def test_a_file_that_is_not_there_is_one_sentence(app: Flask, tmp_path: Path) -> None:
    missing = app.test_cli_runner().invoke(args=["restore", str(tmp_path / "no.tar.gz")])
    nowhere = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "no" / "b.tar.gz")])

    assert "there is no file" in missing.stderr
    assert "there is no folder" in nowhere.stderr


def test_the_version_in_a_backup_is_the_version_of_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == VERSION
