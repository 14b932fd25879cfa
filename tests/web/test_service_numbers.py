"""Numbers and signs that no table can hold are answered as nonsense, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hoffice.accounts.rules import Role
from hoffice.web.language import safe_target
from hoffice.web.numbers import MOST, row_number
from tests.pageclient import PageClient

HUGE = "9" * 20


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (f"/personen/{HUGE}", 404),
        (f"/personen/{MOST}", 404),
        (f"/geraete/{HUGE}", 404),
        (f"/geraete/etiketten.pdf?kit={HUGE}", 409),
        (f"/fahrten/planen?schicht={HUGE}", 200),
        (f"/papiere/senden?ids={HUGE}", 200),
        ("/papiere/senden?ids=" + "9" * 4000, 200),
        ("/suche?q=%00", 200),
        ("/l/999999999999.abc", 302),
        ("/l/2999999999.abc", 302),
        ("/schluessel/999999999999.abc", 404),
        ("/anmelden?weiter=//[", 200),
    ],
)
def test_a_number_or_sign_that_no_row_can_have_breaks_nothing(
    signed_in: Callable[..., PageClient], address: str, code: int
) -> None:
    somebody = signed_in(Role.IT, Role.HR)

    assert somebody.client.get(address).status_code == code


def test_a_number_is_taken_only_as_large_as_a_row_can_have() -> None:
    assert row_number(str(MOST)) == MOST
    for text in (str(MOST + 1), "-1", "", "1.5", "²", HUGE):
        with pytest.raises(ValueError, match="number"):
            row_number(text)


def test_an_address_that_cannot_be_read_leads_to_the_start_page() -> None:
    assert safe_target("//[") == "/"
    assert safe_target("/personen/") == "/personen/"
