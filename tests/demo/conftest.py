"""A house in demo mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoffice.settings import Settings
from tests import houses


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """As ``make run`` asks for it."""
    return houses.settings(database, tmp_path / "instance", demo=True)
