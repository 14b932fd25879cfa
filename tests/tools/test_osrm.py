"""OSRM's programs: unpacked once, from the pinned wheel."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from tools import osrm


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel with a program, a profile and what else is in it."""
    file = tmp_path / "osrm_bindings-1.whl"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("osrm/bin/osrm-routed", "#!/bin/sh\necho 26.10\n")
        packed.writestr("osrm/share/profiles/car.lua", "-- a car")
        packed.writestr("osrm/osrm_ext.abi3.so", "for another Python")
    return file


@pytest.fixture
def fetched(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every download, which here is the wheel above."""
    asked: list[Path] = []

    def download(folder: Path) -> Path:
        asked.append(folder)
        return wheel

    monkeypatch.setattr(osrm, "_download", download)
    return asked


def test_programs_can_be_run_and_nothing_else_is_unpacked(
    fetched: list[Path], tmp_path: Path
) -> None:
    osrm.ensure(tmp_path / "osrm")

    assert os.access(osrm.program("osrm-routed", tmp_path / "osrm"), os.X_OK)
    assert osrm.profile(tmp_path / "osrm").read_text() == "-- a car"
    assert not list((tmp_path / "osrm").rglob("*.so"))
    assert len(fetched) == 1


def test_a_second_call_fetches_nothing(fetched: list[Path], tmp_path: Path) -> None:
    osrm.ensure(tmp_path / "osrm")
    osrm.ensure(tmp_path / "osrm")

    assert len(fetched) == 1


def test_another_pin_means_another_download(
    fetched: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    osrm.ensure(tmp_path / "osrm")
    other = tmp_path / "other.txt"
    other.write_text("osrm-bindings==99")
    monkeypatch.setattr(osrm, "PIN", other)

    osrm.ensure(tmp_path / "osrm")

    assert len(fetched) == 2
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("osrm-")]


def test_what_cannot_be_fetched_is_said_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "pin.txt"
    wrong.write_text(f"osrm-bindings @ file://{tmp_path}/none.whl --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(osrm, "PIN", wrong)

    with pytest.raises(osrm.Missing, match="could not be fetched"):
        osrm.ensure(tmp_path / "osrm")

    assert [path.name for path in tmp_path.iterdir()] == ["pin.txt"]
