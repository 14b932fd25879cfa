"""Ports for servers that are told where to listen, and begin to listen a while later."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path
from typing import Final

LOWEST: Final = 20_000
HIGHEST: Final = 32_000


def free_port() -> int:
    """A port that nobody listens on, and that nobody is given who asks the system for any port.

    The system gives out higher ones. Chance chooses, and a chance of our own: two processes of
    tests have the same seed.
    """
    while True:
        port = LOWEST + secrets.randbelow(_highest() - LOWEST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _highest() -> int:
    """Where the system's own ports begin, if that is where they usually do."""
    told = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(told.read_text("ascii").split()[0]) if told.exists() else HIGHEST
    return lowest if lowest > LOWEST + 1_000 else HIGHEST
