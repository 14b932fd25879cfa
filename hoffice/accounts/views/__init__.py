"""Signing in, the own account, the accounts of staff, and where personal links land."""

from hoffice.accounts.views import administration, entrance, house, landing, own
from hoffice.accounts.views.blueprint import bp

__all__ = ["administration", "bp", "entrance", "house", "landing", "own"]
