"""People of the staff at their windows: in houses of their own, signed in, with a hand scanner."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page

from hoffice import clock
from hoffice.accounts import passwords
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.db import db, unit_of_work
from hoffice.demo.models import DemoMark
from hoffice.factory import create_app
from tests import houses, makers
from tests.browser import live
from tests.browser.window import NARROW, PHONE, Window, barriers, opened, overflow

PASSWORD = "Zwei-Kartons-um-acht"


@contextmanager
def furnishing(folder: Path, template: Path) -> Iterator[Flask]:
    """An empty house in this folder, marked as a demo; what the block does is one deed."""
    shutil.copy(template, folder / live.DATABASE)
    app = create_app(houses.settings(f"sqlite:///{folder / live.DATABASE}", folder, demo=True))
    with app.app_context(), unit_of_work():
        db.session.add(DemoMark(id=1, made_at=clock.now(), day_three=clock.today()))
        yield app
    let_go(app)


def let_go(app: Flask) -> None:
    """Close the connections, so that the house can be served by a process of its own."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def account(role: Role, name: str, mail: str) -> Account:
    """Somebody of the staff who signs in with a password alone."""
    made = makers.account(role, name=name, email=f"{mail}@spreeruf.example")
    made.password_hash = passwords.hashed(PASSWORD)
    made.totp_secret = None  # the demo asks nobody for a second step
    db.session.flush()
    return made


@contextmanager
def signed_in(browser: Browser, url: str, mail: str, **kind: Any) -> Iterator[Window]:
    """The window of somebody of the staff."""
    with opened(browser, url, **kind) as window:
        page = window.page
        page.goto("/anmelden")
        page.get_by_label("E-Mail").fill(f"{mail}@spreeruf.example")
        page.get_by_label("Passwort", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Anmelden").click()
        page.wait_for_url("**/")
        yield window


@contextmanager
def phone(browser: Browser, house: live.House, **kind: Any) -> Iterator[Window]:
    """The phone of Jonas from IT, signed in."""
    with signed_in(
        browser, house.url, "jonas", **{"viewport": PHONE, "has_touch": True, **kind}
    ) as window:
        yield window


def scan(page: Page, code: str) -> None:
    """As a hand scanner does it: all signs at once, then Enter, wherever the focus is."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def looked_at(page: Page) -> None:
    """Nobody is shut out, and nothing sticks out on a small phone."""
    found = barriers(page)
    assert not found, "\n".join(found)
    before = page.viewport_size or PHONE
    page.set_viewport_size(NARROW)
    assert overflow(page) == []
    page.set_viewport_size(before)
