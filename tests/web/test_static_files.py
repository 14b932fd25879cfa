"""After an update no page meets a part of yesterday."""

from __future__ import annotations

from flask import Flask


def test_scripts_are_kept_but_asked_for_each_time_since_they_import_each_other(app: Flask) -> None:
    client = app.test_client()

    script = client.get("/static/js/scan.js")
    again = client.get("/static/js/scan.js", headers={"If-None-Match": script.headers["ETag"]})
    sheet = client.get("/static/css/components.css")

    assert script.headers["Cache-Control"] == "no-cache"
    assert (script.status_code, again.status_code, again.data) == (200, 304, b"")
    assert "max-age" in sheet.headers["Cache-Control"]  # its address changes with its content
