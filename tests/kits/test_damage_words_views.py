"""What HR writes about a person in a case is read by those whom it concerns, and nobody else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from hoffice.accounts.rules import Role
from hoffice.kits.rules import ItemKind, WhoPays
from hoffice.kits.service import damages, fate
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.pageclient import PageClient

BY = makers.IT
SECRETS = ("grob fahrlässig", "neue Aussage", "mittlere Fahrlässigkeit", "40,50", "25,25")
GERMAN = {"Accept-Language": "de"}
HIDDEN = "nur für IT und Personalabteilung"

Browser = Callable[..., PageClient]


@pytest.fixture
def decided(given: Given) -> int:
    """A loss that a person pays for, decided twice."""
    with given():
        kit = returning_scene.at_home("Ada Ott")
        case = fate.lose(scene.item_in(kit, ItemKind.MONITOR).id, by=BY)
        hr = makers.account(Role.HR, name="Mona Lenz")
        by = BY.staff(hr.id)
        damages.decide(case.id, WhoPays.PERSON, amount_cents=4_050, reason="grob fahrlässig", by=by)
        damages.reopen(case.id, "neue Aussage", by=by)
        damages.decide(
            case.id, WhoPays.PERSON, amount_cents=2_525, reason="mittlere Fahrlässigkeit", by=by
        )
        return case.id


def _pages(browser: PageClient, case_id: int) -> list[str]:
    """The page of the case, the list, and both as they are taken home."""
    listed = "/geraete/schaeden?state=all"
    return [
        browser.get(path, headers=GERMAN).text
        for path in (f"/geraete/schaeden/{case_id}", listed, f"{listed}&export=csv")
    ]


@pytest.mark.parametrize("role", [Role.IT, Role.HR])
def test_it_and_hr_read_why_somebody_pays_and_how_much(
    decided: int, signed_in: Browser, role: Role
) -> None:
    page, listed, table = _pages(signed_in(role), decided)

    assert [secret for secret in SECRETS if secret not in page] == []
    assert "25,25" in listed
    assert "25,25" in table


def test_an_auditor_sees_that_a_case_is_decided_and_not_what_hr_wrote(
    decided: int, signed_in: Browser
) -> None:
    auditor = signed_in(Role.AUDITOR)

    page, listed, table = _pages(auditor, decided)

    assert "Ada Ott" in page
    assert "die Person, ganz oder zum Teil" in page
    assert HIDDEN in page
    assert "die Person, ganz oder zum Teil" in listed
    assert HIDDEN in table
    assert [secret for secret in SECRETS if secret in page + listed + table] == []


def test_what_an_auditor_takes_home_keeps_it_back_too(decided: int, signed_in: Browser) -> None:
    auditor, it = signed_in(Role.AUDITOR), signed_in(Role.IT)

    def tables(browser: PageClient) -> list[str]:
        packed = zipfile.ZipFile(io.BytesIO(browser.get("/geraete/export/alles.zip").data))
        one = browser.get("/geraete/export/cases.csv", headers=GERMAN)
        return [one.text, *(packed.read(name).decode() for name in packed.namelist())]

    assert decided
    assert any("mittlere Fahrlässigkeit" in text for text in tables(it))
    kept_back = tables(auditor)
    assert HIDDEN in kept_back[0]
    assert not any("mittlere Fahrlässigkeit" in text for text in kept_back)
    assert "25,25" not in kept_back[0]
