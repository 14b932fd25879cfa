"""Online providers through geopy: off by default, asked for a house when the admin wants it.

``words`` says what leaves the house and what comes back, ``readers`` reads each provider's own
format, ``providers`` is the table of all of them, ``judging`` decides what may be believed, and
``asking`` is the door itself. What each provider is allowed to hear: docs/places-online.md.
"""
