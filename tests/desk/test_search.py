"""What the one search field finds for whom."""

from __future__ import annotations

from collections.abc import Callable

from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.desk.queries import FOUND_AT_MOST
from hoffice.people.models import Team
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient


def test_a_lead_finds_her_own_people_among_many_of_the_same_name(
    given: Given, signed_in: Callable[..., PageClient]
) -> None:
    lead = signed_in(Role.LEAD)
    with given():
        for _ in range(FOUND_AT_MOST):
            makers.employee("Aaron Meier")
        own = makers.employee("Zoe Meier")
        [account] = db.session.query(Account).all()
        own.team = Team(name="Team Nord", lead_account_id=account.id)
        own_id = own.id

    answer = lead.get("/suche?q=meier")

    assert answer.location == f"/personen/{own_id}"
