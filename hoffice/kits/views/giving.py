"""Giving kits to many people at once."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import N_
from hoffice.kits import queries, service
from hoffice.kits.models import KitType
from hoffice.kits.rules import ItemKind, enough_for
from hoffice.kits.views.blueprint import bp
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated


@bp.route("/kits/vergeben", methods=["GET", "POST"])
@open_to(Role.IT)
def give() -> ResponseReturnValue:
    """People without a kit; those selected get one of the type chosen, each for herself."""
    if request.method == "POST":
        return _given()
    teams = [(str(number), name) for number, name in people.team_names()]
    listing = lists.listed(
        queries.people_without_kit(),
        name=N_("People without a kit"),
        columns=(
            lists.Column[Employee](
                "name",
                N_("Name"),
                (Employee.last_name, Employee.first_name),
                lambda row: row.name,
            ),
            lists.Column(
                "number", N_("Personnel number"), Employee.personnel_number, _personnel_number
            ),
            lists.Column("team", N_("Team"), text=_team),
            lists.Column("town", N_("Lives in"), text=_town),
        ),
        key=Employee.id,
        search=people.search,
        filters=(
            lists.Filter(
                "team",
                N_("Team"),
                teams,
                lambda word: people.in_team(int(word)),
            ),
        ),
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    stock = queries.stock()
    return render_template(
        "kits/give.html",
        listing=listing,
        types=[(one, _enough_for(one, stock)) for one in queries.kit_types()],
        town=_town,
    )


def _personnel_number(employee: Employee) -> str:
    return employee.personnel_number


def _team(employee: Employee) -> str:
    return employee.team.name if employee.team is not None else ""


def _town(employee: Employee) -> str:
    home = employee.home
    return f"{home.postcode} {home.city}".strip() if home is not None else ""


def _enough_for(kit_type: KitType, stock: dict[ItemKind, int]) -> int:
    """How many kits of this type the free items would make."""
    return enough_for(service.wanted_of(kit_type), stock)


def _given() -> ResponseReturnValue:
    chosen = request.form.getlist("ids", type=row_number)
    kit_type = queries.kit_type(request.form.get("kit_type", 0, type=row_number))
    result = service.give_kits(chosen, kit_type.id, by=current_actor())
    names = queries.names_of(chosen)
    return render_template(
        "kits/given.html",
        kit_type=kit_type,
        kits=[(kit, names[kit.employee_id]) for kit in result.kits],
        refused=[(names.get(one, ""), translated(why)) for one, why in result.refused],
    )
