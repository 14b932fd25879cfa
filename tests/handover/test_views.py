"""The list of visits and their records: for those who keep the books."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hoffice.accounts.rules import Role
from hoffice.handover import service
from hoffice.handover.rules import FailureReason
from hoffice.settings import Settings
from tests.conftest import Given
from tests.handover import scene
from tests.pageclient import PageClient
from tests.runs.scene import book

EN = {"Accept-Language": "en"}
READERS = {Role.IT, Role.HR, Role.AUDITOR}


@pytest.fixture
def visits(given: Given, settings: Settings) -> tuple[int, int]:
    """A visit that brought everything, and one that failed."""
    with given():
        good, bad = scene.ready("Ayşe Kaya"), scene.ready("Emre <b>Kaplan</b>")
        scene.under_way([good, bad])
        done = scene.deliver(good.id, settings.instance / "files")
        failed = service.fail(
            scene.stop_id_of(bad.id),
            FailureReason.NOBODY_HOME,
            note="",
            by=scene.DRIVER,
            links=book(),
        )
        return done.id, failed.id


def test_the_visits_are_listed_with_their_outcome_and_exported(
    hr: PageClient, visits: tuple[int, int]
) -> None:
    page = hr.get("/uebergaben/", headers=EN).text
    assert "Ayşe Kaya" in page
    assert "not delivered" in page
    assert "<b>Kaplan</b>" not in page
    assert f"/uebergaben/{visits[0]}.pdf" in page
    assert f"/uebergaben/{visits[1]}.pdf" not in page
    assert "Emre" not in hr.get("/uebergaben/?q=Kaya", headers=EN).text
    assert "Kaya" in hr.get("/uebergaben/?export=csv").text


def test_a_record_is_read_by_those_who_keep_the_books_and_a_failed_visit_has_none(
    signed_in: Callable[..., PageClient], visits: tuple[int, int]
) -> None:
    done, failed = visits
    for role in Role:
        client = signed_in(role)
        allowed = role in READERS
        assert client.get("/uebergaben/").status_code == (200 if allowed else 403), role
        record = client.get(f"/uebergaben/{done}.pdf")
        assert record.status_code == (200 if allowed else 403), role
        assert record.data.startswith(b"%PDF") == allowed
        assert client.get(f"/uebergaben/{failed}.pdf").status_code == (404 if allowed else 403)
