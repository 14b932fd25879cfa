"""Handover records, and the ways home that need no van, in the browser."""

from hoffice.handover.views import choosing, counter, hours, parcels, swaps
from hoffice.handover.views.blueprint import ways
from hoffice.handover.views.records import bp

__all__ = ["bp", "choosing", "counter", "hours", "parcels", "swaps", "ways"]
