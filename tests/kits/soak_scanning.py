"""Eight clients scan into the same kits for a minute; the server is killed twice meanwhile."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from hoffice.settings import Settings
from tests.conftest import Given
from tests.kits import scanning_crowd

SECONDS = 60
KILLS = 2


def test_a_minute_of_scans_counts_once_though_the_server_is_killed_twice(
    app: Flask, given: Given, settings: Settings, tmp_path: Path
) -> None:
    crowd = scanning_crowd.scanned(
        app, given, settings, tmp_path, seconds=SECONDS, kills=KILLS, processes=2
    )

    print(  # noqa: T201  # figures for whoever runs the soak
        f"{len(crowd.accepted)} scans accepted, {crowd.refused} refused, {crowd.resent} sent again"
    )
    assert len(crowd.accepted) > SECONDS
