"""Signatures of invented people: a drawn line that looks like one, always the same for a name.

Pure: standard library only.
"""

from __future__ import annotations

import math
from hashlib import sha256

POINTS = 60


def drawn(name: str) -> list[list[list[float]]]:
    """A wavy line and a stroke below it, as lines of points between 0 and 1."""
    draw = sha256(name.encode()).digest()
    waves = 3 + draw[0] % 4
    height = 0.16 + draw[1] / 255 * 0.16
    lean = draw[2] / 255 * math.pi
    line = []
    for step in range(POINTS):
        part = step / (POINTS - 1)
        swing = height * (1 - 0.6 * part)
        across = 0.08 + 0.7 * part + 0.025 * math.cos(part * waves * 2 * math.pi + lean)
        down = 0.5 + swing * math.sin(part * waves * 2 * math.pi) + 0.05 * math.sin(part * 17)
        line.append([round(across, 4), round(down, 4)])
    below = [
        [round(0.1 + 0.6 * step / 8, 4), round(0.83 - 0.04 * step / 8, 4)] for step in range(9)
    ]
    return [line, below] if draw[3] % 2 else [line]
