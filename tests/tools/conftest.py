"""What the tests of the tools share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import ports


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Give a port that nobody listens on at the moment."""
    return ports.free_port
