"""Photos to send about devices, and how a browser sends them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from werkzeug.datastructures import MultiDict

from tests.pageclient import PageClient

GERMAN = {"Accept-Language": "de"}
PLACE = b"52.4812 N, 13.4361 E"


def photo(width: int = 320) -> bytes:
    """A green picture that tells where it was taken."""
    target = io.BytesIO()
    notes = Image.Exif()
    notes[0x010E] = PLACE.decode()
    Image.new("RGB", (width, 200), "green").save(target, "JPEG", exif=notes, comment=PLACE)
    return target.getvalue()


def send(browser: PageClient, item_id: int, *files: tuple[bytes, str], **more: str) -> Any:
    """Send these files, with their names, from the page of a device."""
    fields: MultiDict[str, Any] = MultiDict({"kind": "wiring", "note": "links", **more})
    fields["csrf_token"] = browser.token()
    for content, name in files:
        fields.add("files", (io.BytesIO(content), name))
    return browser.client.post(
        f"/geraete/anlagen/neu?zu=item:{item_id}", data=fields, headers=GERMAN
    )
