"""Asking the online provider for one address, to see whether it answers."""

from __future__ import annotations

import sys
from typing import Final

import click

from hoffice.accounts.access import settings
from hoffice.places.cli.group import NO, places
from hoffice.places.rules import PRECISION_LABELS, Finding
from hoffice.places.service import online
from hoffice.places.service.online import Came

_CAME: Final = {
    Came.KEPT: "kept from an earlier time",
    Came.ASKED: "asked just now",
    Came.NOT_ASKED: "nobody was asked",
}


@places.command("ask-online")
@click.argument("street")
@click.argument("number")
@click.argument("postcode")
@click.argument("city")
def ask_online(street: str, number: str, postcode: str, city: str) -> None:
    """Ask the online provider where STREET NUMBER POSTCODE CITY is.

    Uses what is kept from an earlier time. Ends with 1 when there is no provider, when it
    does not answer, and when such an address is asked of nobody.
    """
    geocoder = online.online_of(settings())
    if geocoder is None:
        click.echo("HOFFICE_GEOCODER is not set: nobody is asked online.", err=True)
        sys.exit(NO)
    answer = geocoder.answer(street, number, postcode, city)
    located = answer.located
    click.echo(f"{geocoder.label}: {PRECISION_LABELS[located.precision]} {located.matched}".strip())
    if located.lat is not None:
        click.echo(f"  {located.lat:.6f}, {located.lon:.6f} (about {located.radius_m} m)")
    for remark in located.remarks:
        click.echo(f"  {remark.said(str)}")
    for candidate in located.candidates:
        click.echo(f"  ? {candidate.line}")
    click.echo(f"  {_CAME[answer.came]}")
    if answer.came is Came.NOT_ASKED:
        sys.exit(NO)
    click.echo(f"  {geocoder.credit}")
    if any(remark.finding is Finding.PROVIDER_FAILED for remark in located.remarks):
        sys.exit(NO)
