"""Static files carry their content's hash in the address, so an update reaches people at once."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

DAY_S = 24 * 3600
VERSION_CHARS = 10


def init_app(app: Flask) -> None:
    """Serve the static folder well and add ``?v=`` to every address made with ``url_for``."""
    root = Path(app.static_folder or "")
    versions: dict[str, str] = {}

    def version_of(name: str) -> str:
        path = root / name
        if name not in versions:
            content = path.read_bytes() if path.is_file() else b""
            versions[name] = hashlib.sha256(content).hexdigest()[:VERSION_CHARS]
        return versions[name]

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values and not app.debug:
            values["v"] = version_of(str(values["filename"]))

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # Flask's documented way to wrap
        app.wsgi_app,
        root=str(root),
        prefix="static/",
        max_age=0 if app.testing else DAY_S,
        add_headers_function=_ask_for_scripts_anew,
    )


def _ask_for_scripts_anew(headers: Headers, _path: str, url: str) -> None:
    """A script imports others by their plain address: they are kept, but asked for each time.

    Otherwise a new page could meet yesterday's part of itself for a day after an update.
    """
    if url.endswith(".js"):
        headers["Cache-Control"] = "no-cache"
