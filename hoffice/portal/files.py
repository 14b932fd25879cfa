"""A person's own file as an answer."""

from __future__ import annotations

import svcs
from flask import Response, abort

from hoffice.files.models import StoredFile
from hoffice.files.service import Store


def download(file: StoredFile | None) -> Response:
    """The file, to be looked at in the browser and never kept on the way; 404 without one."""
    if file is None:
        abort(404)
    response = Response(svcs.flask.get(Store).get(file.sha256), mimetype=file.media_type)
    response.headers.set("Content-Disposition", "inline", filename=file.name)
    response.headers.set("Cache-Control", "no-store")
    return response
