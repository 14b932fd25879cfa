"""Which device somebody means by what was scanned or typed; a sentence where it is none."""

from __future__ import annotations

from collections.abc import Mapping

from hoffice.errors import N_, Refused
from hoffice.kits import queries
from hoffice.kits.models import Item
from hoffice.kits.rules.reading import Reading, What

NO_DEVICE: Mapping[What, str] = {
    What.NOTHING: N_("Scan or type the tag of a device."),
    What.BOX: N_("%(tag)s is the number of a box. Take the tag of the device."),
    What.PLACE: N_("%(tag)s is the label of a place. Take the tag of the device."),
    What.MODEL: N_("%(tag)s is the article number on the carton. Take the tag of the device."),
    What.GOOD: N_("%(tag)s is the article number of a counted good: type how many came."),
    What.ARTICLE: N_("%(tag)s is the article number on the carton. Take the tag of the device."),
    What.ADDRESS: N_("This is a web address, not one of our labels."),
    What.SERIAL: N_("Several devices have the serial number %(tag)s. Scan the tag instead."),
    What.NEW_SERIAL: N_("No device has the serial number %(tag)s. Scan the tag instead."),
    What.UNKNOWN: N_("There is no device with the tag or serial number %(tag)s."),
}
TAG_CHARS = 40


def item_meant(said: Reading) -> Item:
    """The device of this tag, or of this serial number when only one has it."""
    if said.what in {What.ITEM, What.SERIAL} and said.id is not None:
        return queries.item(said.id)
    reason = NO_DEVICE[said.what]
    if "%(" not in reason:
        raise Refused(reason)
    raise Refused(reason, tag=said.text[:TAG_CHARS])
