"""The list of mails says in words what each of them is about."""

from __future__ import annotations

from hoffice.desk.mails import ABOUT
from tests.browser.live import ROOT


def test_every_mail_has_words() -> None:
    templates = {path.stem for path in ROOT.glob("templates/mail/*.txt")}
    assert templates == ABOUT.keys()
