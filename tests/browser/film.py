"""What a pretended camera sees."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image

WIDTH, HEIGHT = 640, 480
FRAMES = 12
"""So long, at ten in a second, each code is held before the camera."""


def filmed(*codes: zxingcpp.Barcode) -> bytes:
    """A film (YUV4MPEG2) that holds one code after the other before the camera."""
    film = io.BytesIO()
    film.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
    colour = bytes([128]) * (WIDTH * HEIGHT // 2)
    for code in codes:
        drawn = Image.fromarray(code.to_image(scale=3, add_quiet_zones=True))
        frame = Image.new("L", (WIDTH, HEIGHT), 255)
        drawn.thumbnail((WIDTH - 40, HEIGHT - 40))
        frame.paste(drawn, ((WIDTH - drawn.width) // 2, (HEIGHT - drawn.height) // 2))
        for _ in range(FRAMES):
            film.write(b"FRAME\n" + frame.tobytes() + colour)
    return film.getvalue()
