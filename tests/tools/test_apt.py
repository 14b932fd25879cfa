"""Debian packages for the tests: installed where we may, else one message names all."""

from __future__ import annotations

import pytest

from tools import apt

LIST = """
# comment
python-of-ours  {python}  the very program that runs this
shells          sh        a program on the path
not-there-1     /nonexistent/font.ttf    text in pictures
not-there-2     no-such-program-here     pages of PDFs
"""


@pytest.fixture
def wanted() -> list[apt.Package]:
    """Two packages that are here and two that are not."""
    return apt.packages(LIST.format(python=__file__))


def refuse(_names: list[str]) -> bool:
    """Nobody may call this."""
    pytest.fail("nothing may be installed here")


def test_one_message_names_all_that_are_missing(
    wanted: list[apt.Package], capsys: pytest.CaptureFixture[str]
) -> None:
    assert apt.ensure(wanted, may_install=False, by=refuse) == 1

    said = capsys.readouterr().err
    assert "Please run: apt-get install not-there-1 not-there-2\n" in said
    assert "pages of PDFs" in said
    assert "shells" not in said


def test_only_what_is_missing_is_installed(
    wanted: list[apt.Package], capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []

    def install(names: list[str]) -> bool:
        asked.append(names)
        return True

    assert apt.ensure(wanted, may_install=True, by=install) == 1, "still missing: say so"
    assert asked == [["not-there-1", "not-there-2"]]
    assert "Please run" in capsys.readouterr().err


def test_when_all_is_there_nothing_is_said(
    wanted: list[apt.Package], capsys: pytest.CaptureFixture[str]
) -> None:
    assert apt.ensure(wanted[:2], may_install=True, by=refuse) == 0
    assert capsys.readouterr() == ("", "")


def test_every_line_of_the_real_list_has_a_proof_and_a_reason() -> None:
    packages = apt.packages(apt.LIST.read_text(encoding="utf-8"))

    assert {"chromium", "poppler-utils"} <= {package.name for package in packages}
    assert all(package.proof and package.why for package in packages)
