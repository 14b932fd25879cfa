"""The demo at the terminal."""

from __future__ import annotations

import click
import svcs
from flask import current_app
from flask.cli import AppGroup

from hoffice.accounts.access import demo_is_on, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import ROLE_LABELS, Role
from hoffice.db import unit_of_work
from hoffice.demo import service
from hoffice.files.service import Store
from hoffice.places.service.locating import HouseGeocoder

demo = AppGroup("demo", help="The demo: March 2020, with invented people.")


@demo.command()
def load() -> None:
    """Fill this house with March 2020; only an empty one, and only with HOFFICE_DEMO=1."""
    if not settings().demo:
        raise click.ClickException("HOFFICE_DEMO=1 is not set: this house is no demo")
    if not load_if_empty():
        raise click.ClickException("this house is not empty; the demo wants one of its own")


@demo.command("sign-ins")
def sign_ins() -> None:
    """Print one address per role that signs in with one click."""
    if not demo_is_on():
        raise click.ClickException("the demo is not on in this house")
    print_sign_ins()


def load_if_empty(*, only_first_morning: bool = False) -> bool:
    """Load the demo into an empty house; says whether it did."""
    if not service.is_empty():  # a look that takes no write lock; asked again behind the lock
        return False
    with svcs.Container(current_app.extensions["svcs_registry"]) as doors, unit_of_work():
        if not service.is_empty():
            return False
        service.load(
            book=doors.get(LinkBook),
            store=doors.get(Store),
            geocoder=HouseGeocoder(),  # nobody is asked online about people who are invented
            only_first_morning=only_first_morning,
        )
    return True


def print_sign_ins() -> None:
    """One line per role: its name, who shows it, and the address."""
    house = settings()
    for role in Role:
        account = service.host_of(role)
        if account is not None:
            key = service.sign_in_key(house.secret_key, role)
            label = f"{ROLE_LABELS[role]} ({account.name})"
            click.echo(f"  {label:<38} {house.url}/demo/anmelden/{role.value}/{key}")
