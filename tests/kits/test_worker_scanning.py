"""Eight clients scan into the same kits while the server is killed; the long form is the soak."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from hoffice.settings import Settings
from tests.conftest import Given
from tests.kits import scanning_crowd


def test_scans_of_eight_clients_count_once_though_the_server_is_killed(
    app: Flask, given: Given, settings: Settings, tmp_path: Path
) -> None:
    crowd = scanning_crowd.scanned(app, given, settings, tmp_path, seconds=3, kills=1, processes=1)

    assert len(crowd.accepted) > scanning_crowd.DESKS_AT_ONCE
    assert crowd.resent > 0
