"""A run as files for other programs, and links that hand one place over to them.

Facts in, bytes or addresses out. Calendars and tracks end up on foreign phones and servers: they
name a stop by its number and postcode, never by its person.
"""

from hoffice.runs.exports.calendar import calendar_file
from hoffice.runs.exports.labels import stop_label
from hoffice.runs.exports.navigation import NavigationLink, links_to, whole_trip
from hoffice.runs.exports.table import stops_table
from hoffice.runs.exports.track import track_file

__all__ = [
    "NavigationLink",
    "calendar_file",
    "links_to",
    "stop_label",
    "stops_table",
    "track_file",
    "whole_trip",
]
