"""Tiny grounds of tiles: a server of images, and PMTiles files, written by the specification.

https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from PIL import Image

VECTORS, PNG = 1, 2
NOT_PACKED = 1
HEADER_BYTES = 127


def image(colour: str = "#336699") -> bytes:
    """A tile of one colour."""
    made = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(made, "PNG")
    return made.getvalue()


@dataclass
class TileServer:
    """Where the tiles are, and who asked for which."""

    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def tile_server() -> Iterator[TileServer]:
    """Serve the same image for every tile, on loopback, until the block ends."""
    known = TileServer()

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append((self.path, dict(self.headers)))
            content = image()
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    known.url = f"http://localhost:{server.server_address[1]}"  # cookies do not look at ports
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def pmtiles(tile: bytes, kind: int) -> bytes:
    """An archive that holds one tile: the whole world at zoom 0."""
    directory = b"".join(map(_varint, (1, 0, 1, len(tile), 1)))
    metadata = b"{}"
    root_at = HEADER_BYTES
    metadata_at = root_at + len(directory)
    tiles_at = metadata_at + len(metadata)
    header = b"PMTiles\x03" + struct.pack(
        "<11Q",
        *(root_at, len(directory), metadata_at, len(metadata), 0, 0, tiles_at, len(tile)),
        *(1, 1, 1),
    )
    header += bytes([1, NOT_PACKED, NOT_PACKED, kind, 0, 0])
    header += struct.pack("<4i", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    header += bytes([0]) + struct.pack("<2i", 134_000_000, 525_000_000)
    assert len(header) == HEADER_BYTES
    return header + directory + metadata + tile


def earth() -> bytes:
    """A vector tile whose layer “earth” covers everything (Mapbox Vector Tile 2.1)."""
    square = (9, 0, 0, 26, 8192, 0, 0, 8192, 8191, 0, 15)  # move to 0,0; three lines; close
    feature = _number(3, 3) + _bytes(4, b"".join(map(_varint, square)))
    layer = _number(15, 2) + _bytes(1, b"earth") + _bytes(2, feature) + _number(5, 4096)
    return _bytes(3, layer)


def _varint(number: int) -> bytes:
    made = b""
    while number > 0x7F:
        made += bytes([number & 0x7F | 0x80])
        number >>= 7
    return made + bytes([number])


def _number(field_number: int, value: int) -> bytes:
    return _varint(field_number << 3) + _varint(value)


def _bytes(field_number: int, value: bytes) -> bytes:
    return _varint(field_number << 3 | 2) + _varint(len(value)) + value
