"""The list of people."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from threading import Lock

from flask import current_app, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from hoffice.accounts.access import current_account, open_to
from hoffice.accounts.models import Account
from hoffice.accounts.navigation import may_open
from hoffice.errors import N_
from hoffice.people import queries
from hoffice.people.access import SEES_PEOPLE, may_change, within
from hoffice.people.models import Employee
from hoffice.people.queries import PersonRow
from hoffice.people.views.blueprint import bp
from hoffice.places.rules import PRECISION_LABELS, Precision
from hoffice.web import lists
from hoffice.web.language import language, theme
from hoffice.web.lists import Column, Filter, Listing

ASKING, OPEN = "asking", "open"
"""The filter of people of whose address a human has to say which one is meant."""
SHELF = "hoffice.people.shelf"
MOST_KEPT = 64
"""Some 50 kB each, in every web process."""

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
    if "export" in request.args:
        listing = _listing(account, shows_addresses=may_change(account))
        if listing.export:
            return lists.exported(listing, listing.export)
    shelf: Shelf = current_app.extensions.setdefault(SHELF, Shelf())
    if "_flashes" in session:  # what has just happened is said once, on a page of its own
        return _page(account)
    key = (queries.version(), account.id, account.roles, language(), theme(), request.full_path)
    token: str = generate_csrf()
    parts = shelf.get(key)
    if parts is None:
        parts = shelf.keep(key, _page(account).split(token))
    return token.join(parts)


class Shelf:
    """The last pages drawn, by all that they were drawn from; the oldest gives way.

    Every deed writes a line in the log, so the log's head says whether anything was changed since:
    a page that was drawn under another head is never shown again. The form token is taken out of
    a page before it is kept and put in anew; nothing of a session stays here.
    """

    def __init__(self) -> None:
        self._drawn: OrderedDict[Hashable, list[str]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> list[str] | None:
        """What was drawn for this key."""
        return self._drawn.get(key)

    def keep(self, key: Hashable, parts: list[str]) -> list[str]:
        """Remember what was drawn."""
        with self._lock:
            self._drawn[key] = parts
            while len(self._drawn) > MOST_KEPT:
                self._drawn.popitem(last=False)
        return parts


def _page(account: Account) -> str:
    """Draw the page."""
    shows_addresses = may_change(account)
    return render_template(
        "people/index.html",
        listing=_listing(account, shows_addresses=shows_addresses),
        counts=queries.address_counts() if shows_addresses else None,
        shows_addresses=shows_addresses,
        person_path=(
            url_for("desk.person", employee_id=0).removesuffix("0")
            if may_open("desk.person", account)
            else ""
        ),
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
        filters.append(
            Filter(
                ASKING,
                N_("Which address"),
                [(OPEN, str(_("question open")))],
                lambda _value: queries.with_open_question(),
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
