"""What stands where geopy keeps its HTTP client, for geocoders that ask nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geopy.adapters import BaseSyncAdapter


class NoNetwork(BaseSyncAdapter):  # type: ignore[misc]  # geopy is untyped
    """An address can never leave the house through this."""

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """Refuse."""
        raise NotImplementedError(url, timeout, headers)

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Refuse."""
        raise NotImplementedError(url, timeout, headers)
