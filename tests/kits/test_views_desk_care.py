"""At the desk a damaged device is named at once, and stays marked in the list of the desk."""

from __future__ import annotations

from collections.abc import Callable

from hoffice.accounts.rules import Role
from hoffice.kits.rules import ItemKind
from hoffice.kits.rules.returning import DAMAGED
from hoffice.kits.service import teardown
from tests import makers
from tests.conftest import Given
from tests.kits.test_service_teardown import at_desk
from tests.kits.test_views_teardown import scan
from tests.pageclient import PageClient


def test_a_damaged_device_is_said_and_marked_and_the_next_scan_goes_on(
    given: Given, signed_in: Callable[..., PageClient]
) -> None:
    it = signed_in(Role.IT)
    with given():
        made = teardown.begin(makers.employee("Ayşe Kaya").id, makers.kit_type().id, by=makers.IT)
        at_desk("MN-0001", ItemKind.MONITOR).condition = DAMAGED
        at_desk("MO-0001", ItemKind.MOUSE)
        desk = f"/geraete/abbau/{made.id}"

    status, told = scan(it, desk, "MN-0001")

    assert (status, told["tone"]) == (200, "care")
    assert "Es ist als beschädigt vermerkt: Nimm den Scan zurück" in told["say"]
    assert "is-waiting" in it.get(desk).text
    assert it.get(desk).text.count("als beschädigt vermerkt</span>") == 1
    status, told = scan(it, desk, "MO-0001")
    assert (status, told["tone"]) == (200, "good")
    assert it.get(desk).text.count("als beschädigt vermerkt</span>") == 1
