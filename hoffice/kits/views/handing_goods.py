"""Giving small parts to a person beside her kit, and taking them back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import Refused
from hoffice.kits import queries
from hoffice.kits.models import Item
from hoffice.kits.queries import bulk as counted
from hoffice.kits.queries.bulk import goods_with
from hoffice.kits.service.bulk import MOST_AT_ONCE
from hoffice.kits.service.handing_goods import hand_goods
from hoffice.kits.views.blueprint import bp
from hoffice.kits.views.choosing import Meant, meant
from hoffice.web.deeds import tried
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated

NOTE_CHARS = 500
GOOD_NUMBER = re.compile(r"[0-9]{1,9}")
"""Of a field that was sent; any other names no small part."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a person has beside her kit."""

    items: Sequence[Item]
    goods: Mapping[str, int]

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.items or self.goods)


@bp.app_template_global()
def beside_kit(employee_id: int) -> Beside:
    """Devices and small parts that somebody has and that belong to no kit."""
    return Beside(queries.items_beside_kit(employee_id), counted.beside_kit(employee_id))


@bp.get("/kleinteile/ausgeben")
@open_to(Role.IT)
def goods_for_whom() -> ResponseReturnValue:
    """Ask to whom small parts are given; a name that fits one person leads on."""
    typed = request.args.get("person", "").replace("\0", "").strip()[:80]
    found: Meant | None = None
    if "person" in request.args:
        found = meant(typed, request.args.get("welche", type=row_number))
        if found.person is not None:
            return redirect(url_for(".goods_of", employee_id=found.person.id))
    return render_template("kits/goods_for_whom.html", typed=typed, found=found)


@bp.route("/kleinteile/bei/<int:employee_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def goods_of(employee_id: int) -> ResponseReturnValue:
    """What a person has in small parts; give her more, or take some back."""
    if employee_id not in queries.names_of([employee_id]):
        abort(HTTPStatus.NOT_FOUND)
    if request.method == "GET":
        return _page(employee_id)
    given, back = _numbers("gives"), _numbers("back")
    wrong = frozenset(key for key, count in {**given, **back}.items() if count is None)
    if wrong:
        said = _("Give whole numbers from 0 to %(most)s.", most=MOST_AT_ONCE)
        return _page(employee_id, refused=said, wrong=wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    told = tried(
        partial(
            hand_goods,
            employee_id,
            {_id_in(key): count or 0 for key, count in given.items()},
            {_id_in(key): count or 0 for key, count in back.items()},
            note=request.form.get("note", "").strip()[:NOTE_CHARS],
            by=current_actor(),
        )
    )
    if isinstance(told, Refused):
        return _page(employee_id, refused=translated(told)), HTTPStatus.CONFLICT
    flash(
        ngettext(
            "Written down: one small part changed hands.",
            "Written down: %(num)s small parts changed hands.",
            told,
        )
    )
    return redirect(url_for(".goods_of", employee_id=employee_id), HTTPStatus.SEE_OTHER)


def _numbers(prefix: str) -> dict[str, int | None]:
    """What was typed into the fields of this name, by field; None for what is no number."""
    found: dict[str, int | None] = {}
    for key, text in request.form.items():
        word, _dash, number = key.partition("-")
        if word != prefix or not GOOD_NUMBER.fullmatch(number):
            continue
        typed = text.strip()
        is_number = typed.isdecimal() and len(typed) < len(str(MOST_AT_ONCE * 10))
        count = int(typed) if is_number else None
        found[key] = (
            0 if not typed else count if count is not None and count <= MOST_AT_ONCE else None
        )
    return found


def _named(fields: frozenset[str]) -> str:
    """The labels of these fields."""
    names = {good.id: good.name for good in counted.goods_in_use(also=map(_id_in, fields))}
    known = sorted(key for key in fields if _id_in(key) in names)
    return "; ".join(
        _("Give: %(name)s", name=names[_id_in(key)])
        if key.startswith("gives")
        else _("Take back: %(name)s", name=names[_id_in(key)])
        for key in known
    )


def _id_in(key: str) -> int:
    return int(key.partition("-")[2])


def _page(employee_id: int, *, refused: str = "", wrong: frozenset[str] = frozenset()) -> str:
    held = {one.good_id: one.count for one in goods_with(employee_id)}
    return render_template(
        "kits/goods_of.html",
        employee_id=employee_id,
        name=queries.names_of([employee_id])[employee_id],
        goods=counted.goods_in_use(also=held),
        held=held,
        free=counted.free_goods(),
        typed=request.form,
        refused=refused,
        wrong=wrong,
        named=_named(wrong),
    )
