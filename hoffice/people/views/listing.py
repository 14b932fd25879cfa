"""The list of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_account, open_to
from hoffice.accounts.models import Account
from hoffice.errors import N_
from hoffice.people import queries
from hoffice.people.access import SEES_PEOPLE, may_change, within
from hoffice.people.models import Employee
from hoffice.people.queries import PersonRow
from hoffice.people.rules import PRECISION_LABELS, Precision
from hoffice.people.views.blueprint import bp
from hoffice.web import lists
from hoffice.web.lists import Column, Filter, Listing

ON_PAGE: Sequence[Column[PersonRow]] = (
    Column(
        "name",
        N_("Person"),
        sort=(Employee.last_name, Employee.first_name),
        text=lambda row: row.name,
    ),
    Column("team", N_("Team"), sort=queries.TEAM_NAME, text=lambda row: row.team),
)
CLIENTS: Column[PersonRow] = Column("clients", N_("Clients"), text=lambda row: row.clients)
LANGUAGE: Column[PersonRow] = Column(
    "language", N_("Language"), sort=Employee.language, text=lambda row: row.language
)
ADDRESS: Sequence[Column[PersonRow]] = (
    Column("address", N_("Address"), sort=queries.TOWN),
    Column("precision", N_("Located"), text=lambda row: str(_(PRECISION_LABELS[row.precision]))),
)
NUMBER: Column[PersonRow] = Column(
    "number",
    N_("Personnel number"),
    sort=Employee.personnel_number,
    text=lambda row: row.number,
    hidden=True,
)
ADDRESS_IN_FILE: Sequence[Column[PersonRow]] = (
    Column("email", N_("E-mail"), text=lambda row: row.email, hidden=True),
    Column("phone", N_("Phone"), text=lambda row: row.phone, hidden=True),
    Column("street", N_("Street"), text=lambda row: row.street, hidden=True),
    Column("housenumber", N_("House number"), text=lambda row: row.housenumber, hidden=True),
    Column("postcode", N_("Postcode"), text=lambda row: row.postcode, hidden=True),
    Column("city", N_("City"), text=lambda row: row.city, hidden=True),
    Column("confirmed", N_("Confirmed"), text=lambda row: row.confirmed_at, hidden=True),
)


@bp.route("/")
@open_to(*SEES_PEOPLE)
def index() -> ResponseReturnValue:
    """Everybody this account may see; addresses only for those who must get there."""
    account = current_account()
    shows_addresses = may_change(account)
    listing = _listing(account, shows_addresses=shows_addresses)
    if listing.export:
        return lists.exported(listing, listing.export)
    counts = queries.address_counts(within(account)) if shows_addresses else None
    return render_template(
        "people/index.html",
        listing=listing,
        counts=counts,
        shows_addresses=shows_addresses,
        person_path=url_for("desk.person", employee_id=0).removesuffix("0"),
    )


def _listing(account: Account, *, shows_addresses: bool) -> Listing[PersonRow]:
    """The page of people that the request asks for: ids first, then one line for each."""
    statement = queries.ids()
    own = within(account)
    if own is not None:
        statement = statement.where(own)
    filters = [
        Filter(
            "team", N_("Team"), _choices(queries.team_names()), lambda v: queries.in_team(int(v))
        ),
        Filter(
            "client",
            N_("Client"),
            _choices(queries.client_names()),
            lambda value: queries.working_for(int(value)),
        ),
    ]
    columns = [*ON_PAGE, CLIENTS, LANGUAGE, NUMBER]
    if shows_addresses:
        columns = [*ON_PAGE, *ADDRESS, CLIENTS, LANGUAGE, NUMBER, *ADDRESS_IN_FILE]
        filters.append(
            Filter(
                "precision",
                N_("Located"),
                [(str(one), str(_(text))) for one, text in PRECISION_LABELS.items()],
                lambda value: queries.with_precision(Precision(value)),
            )
        )
    page: Listing[int] = lists.listed(
        statement,
        name=N_("People"),
        columns=columns,  # type: ignore[arg-type]  # the ids become lines below
        key=Employee.id,
        search=queries.search if shows_addresses else queries.search_names,
        filters=filters,
        sort="name",
    )
    return replace(page, rows=queries.rows_of(page.rows))  # type: ignore[arg-type,return-value]  # as above


def _choices(pairs: Sequence[tuple[int, str]]) -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in pairs]
