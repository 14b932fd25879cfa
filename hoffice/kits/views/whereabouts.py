"""Who has a device and where, in one sentence for every kind of holder."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from markupsafe import Markup, escape

from hoffice.errors import N_
from hoffice.kits.models import Holding, Item
from hoffice.kits.rules import HolderKind
from hoffice.people.models import Home

PARCEL = N_("It is on the way in a <b>parcel</b>")
LOST = N_("It is <b>lost</b>")
RETIRED = N_("It is <b>retired</b>")
SENTENCES: Mapping[HolderKind, tuple[str, str]] = {
    HolderKind.STOCK: (
        N_("It is in the store: <b>%(name)s</b>"),
        N_("It is in the <b>store</b>"),
    ),
    HolderKind.DESK: (
        N_("It is in the office, at desk <b>%(name)s</b>"),
        N_("It is at a <b>desk in the office</b>"),
    ),
    HolderKind.REPAIR: (
        N_("It is in repair: <b>%(name)s</b>"),
        N_("It is in <b>repair</b>"),
    ),
    HolderKind.EMPLOYEE: (N_("<b>%(name)s</b> has it at home"),) * 2,
    HolderKind.VAN: (N_("It is on the way with <b>%(name)s</b>"),) * 2,
    HolderKind.PARCEL: (PARCEL, PARCEL),
    HolderKind.LOST: (LOST, LOST),
    HolderKind.RETIRED: (RETIRED, RETIRED),
}
"""What is said of a device with each kind of holder: where the holder has a number, and where it
has none, such as a shelf or a desk that nobody named. None of them is taken for the store."""


def whereabouts(item: Item, holding: Holding, name: str, home: Home | None = None) -> Markup:
    """Who has it and where, without a full stop; ``name`` is that of the holder in the ledger."""
    named, nameless = SENTENCES[holding.holder_kind]
    said = _(named if holding.holder_id else nameless, name=escape(name))
    place = item.kit_item
    if holding.holder_kind is HolderKind.EMPLOYEE and home is not None:
        said += f" ({escape(home.postcode)} {escape(home.city)})"
    elif holding.holder_kind is HolderKind.PARCEL and place is not None:
        said += " " + _("to %(name)s", name=escape(place.kit.employee.name))
    elif holding.holder_kind is HolderKind.STOCK and place is not None and place.box is not None:
        said += ", " + _(
            "in <b>box %(number)s</b> for <b>%(name)s</b>",
            number=place.box.number,
            name=escape(place.kit.employee.name),
        )
    return Markup(said)  # noqa: S704  # every name in it was escaped
