"""What docs/production.md promises to administrators, compared with the program itself."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "production"
NOT_FOR_PRODUCTION = {"HOFFICE_DEMO"}


def text_of(*names: str) -> str:
    """The files, one after the other."""
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def variables(text: str) -> set[str]:
    """The settings that a text names."""
    return set(re.findall(r"HOFFICE_[A-Z]+(?:_[A-Z]+)*", text))


def test_every_setting_is_documented_and_no_other() -> None:
    read = variables(text_of("hoffice/settings.py", "gunicorn.conf.py")) - NOT_FOR_PRODUCTION
    page = text_of("docs/production.md")
    table = {
        name for row in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE) for name in variables(row)
    }

    assert table == read
    assert variables(text_of("docs/production/hoffice.env")) <= read


@pytest.mark.parametrize("unit", ["hoffice-web", "hoffice-worker", "hoffice-backup"])
def test_every_service_runs_without_rights_and_with_the_settings(unit: str) -> None:
    lines = (FOLDER / f"{unit}.service").read_text(encoding="utf-8").splitlines()

    for needed in (
        "User=hoffice",
        "EnvironmentFile=/etc/hoffice/hoffice.env",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "UMask=0077",
    ):
        assert needed in lines


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_both_proxies_hide_what_our_own_log_hides(name: str) -> None:
    hidden = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["TOKENS_FOLLOW"]
    text = (FOLDER / name).read_text(encoding="utf-8")

    doors = re.search(r"\((?:\?<door>)?([a-z|]+)\)/", text)
    assert doors is not None
    assert set(doors[1].split("|")) == hidden
    assert "127.0.0.1:8000" in text


def test_links_lead_where_the_logs_look_away() -> None:
    hidden = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["TOKENS_FOLLOW"]
    links = text_of("hoffice/accounts/links.py")

    assert set(re.findall(r"\{self\.url\}/(\w+)/\{self\.token", links)) == hidden
