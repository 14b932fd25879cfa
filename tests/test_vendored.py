"""What browsers get from us is what was reviewed: the libraries, and the icons pages ask for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "hoffice" / "static" / "vendor", ROOT / "tests" / "browser" / "vendor")
STATIC = ROOT / "hoffice" / "static"


def manifest(folder: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((folder / "VERSIONS.json").read_text("utf-8"))
    return entries


def lock() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((ROOT / "assets" / "package-lock.json").read_text("utf-8"))
    return told


def our_texts() -> Iterator[tuple[Path, str]]:
    """Pages, scripts and styles that we have written ourselves; mails have their own rules."""
    for path in (ROOT / "templates").rglob("*.html"):
        if path.parent.name != "mail":
            yield path, path.read_text("utf-8")
    for folder in ("css", "js"):
        for path in (STATIC / folder).iterdir():
            yield path, path.read_text("utf-8")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_vendored_file_is_the_one_that_was_reviewed(folder: Path) -> None:
    listed = {name: digest for entry in manifest(folder) for name, digest in entry["files"].items()}

    there = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VERSIONS.json"
    }

    assert there == listed


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_the_manifest_names_the_locked_versions_and_a_licence(folder: Path) -> None:
    packages = lock()["packages"]

    for entry in manifest(folder):
        assert entry["version"] == packages[f"node_modules/{entry['name']}"]["version"]
        assert entry["licence"] in {"MIT", "BSD-2-Clause", "BSD-3-Clause", "OFL-1.1", "MPL-2.0"}
        assert any(name.startswith("licences/") for name in entry["files"])


def test_the_lock_file_names_no_address_to_download_from() -> None:
    assert not [name for name, one in lock()["packages"].items() if "resolved" in one]


def test_every_library_is_in_the_list_of_licences() -> None:
    page = (ROOT / "docs" / "licences-browser.md").read_text("utf-8")

    for folder in FOLDERS:
        for entry in manifest(folder):
            assert f"| {entry['name']} | {entry['version']} | {entry['licence']} |" in page


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = (STATIC / "icons.svg").read_text("utf-8")
    there = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named = {
        (path.name, name)
        for path, text in our_texts()
        for name in re.findall(r"\bicon\((?:box\.dataset\.icons, )?['\"]([\w-]+)['\"]", text)
    }

    assert len(named) > 10
    assert not {(page, name) for page, name in named if name not in there}


def test_no_template_carries_a_style_or_a_script_of_its_own() -> None:
    for path, text in our_texts():
        if path.suffix == ".html":
            assert not re.search(r"<[a-z][^>]*\sstyle=", text), path
            assert "<style" not in text, path
            assert not re.search(r"<[a-z][^>]*\son\w+=", text), path
            for script in re.findall(r"<script\b([^>]*)>", text):
                assert "src=" in script or "application/json" in script, path


def test_nothing_we_serve_asks_another_house_for_anything() -> None:
    for path, text in our_texts():
        asked = re.findall(
            r"(?:src|href|url|import|fetch)\s*[=(]?\s*['\"(]+\s*(https?://[^'\")]+)", text
        )
        assert not asked, path


def test_every_style_takes_its_colours_from_the_tokens() -> None:
    known = set(re.findall(r"(--ho-[\w-]+):", (STATIC / "css" / "tokens.css").read_text("utf-8")))

    for name in ("components.css", "map.css", "board.css"):
        used = set(re.findall(r"var\((--ho-[\w-]+)", (STATIC / "css" / name).read_text("utf-8")))
        assert used <= known, name
