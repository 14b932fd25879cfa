"""Losses and damages: what they are worth, and who bears them. IT sees them, HR decides."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import account_or_none, current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.errors import N_, NotFound, Refused
from hoffice.kits import rules, words
from hoffice.kits.models import Attachment, DamageCase
from hoffice.kits.queries import damage_cases, due_lines
from hoffice.kits.rules import DamageKind, ItemState, WhoPays
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.service import damages as service
from hoffice.kits.views.attachments import attached
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.kits.views.return_words import staff_name, views_of
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.deeds import tried
from hoffice.web.lists import Column, Filter
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated

CENTS = 100
MOST_CENTS = 10_000_000
WAITING, DECIDED, ALL = "waiting", "decided", "all"
SEES_DECISIONS: Final = frozenset({Role.IT, Role.HR})
"""Who reads why HR has decided so, and what a person pays; an auditor sees that it is decided."""
NOT_FOR_YOU: Final = N_("only for IT and HR")


def is_found(case: DamageCase) -> bool:
    """Whether a lost thing is there again."""
    if case.item is None:
        is_closed = case.reason == returning_rules.FOUND_AGAIN
        return is_closed or damage_cases.found_since(case) == case.count
    return case.kind is DamageKind.LOSS and case.item.state is not ItemState.LOST


def decision(case: DamageCase) -> str:
    """Who bears a case, in words; empty while nobody has said so."""
    if case.who_pays is None:
        return ""
    if case.reason == returning_rules.FOUND_AGAIN:
        return str(_("found again"))
    return str(_(rules.WHO_PAYS_LABELS[case.who_pays]))


def sees_decisions() -> bool:
    """Whether who is here may read what HR wrote about a person, and how much she pays."""
    account = account_or_none()
    return account is not None and not SEES_DECISIONS.isdisjoint(account.roles)


def amount_said(case: DamageCase, *, sees: bool) -> Decimal | str | None:
    """What the person pays, in euros, for who may know; None while nothing is decided."""
    if case.decided_at is None:
        return None
    if case.amount_cents and not sees:
        return str(_(NOT_FOR_YOU))
    return Decimal(case.amount_cents) / CENTS


def reason_said(case: DamageCase, *, sees: bool) -> str:
    """Why it was decided so, for who may know; the house says itself what it has closed."""
    if case.reason == returning_rules.FOUND_AGAIN:
        if case.item_id is None:
            return str(_("All of it was found again; nobody has to bear anything."))
        return str(_("The device was found again; nobody has to bear anything."))
    return case.reason if sees or not case.reason else str(_(NOT_FOR_YOU))


def cents_of(text: str) -> int | None:
    """An amount as people type it, ``1.162,50`` or ``1162.5``; None where it is none."""
    plain = text.strip().removesuffix("€").strip().replace(" ", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        cents = Decimal(plain or "0") * CENTS
        whole = int(cents)
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return whole if cents == whole and 0 <= whole <= MOST_CENTS else None


def may_decide() -> bool:
    """Whether who is here says who pays."""
    account = account_or_none()
    return account is not None and Role.HR in account.roles


@bp.get("/schaeden")
@open_to(*READERS, Role.HR)
def damages() -> ResponseReturnValue:
    """Every loss and damage: whose it was, what it was worth, who bears it."""
    photos: dict[int, list[Attachment]] = {}
    sees = sees_decisions()
    listing = lists.listed(
        damage_cases.damages(),
        name=N_("Losses and damages"),
        columns=(
            Column[DamageCase](
                "tag", N_("What it is about"), damage_cases.case_name(), lambda row: row.name
            ),
            Column(
                "what",
                N_("What happened"),
                DamageCase.kind,
                lambda row: str(_(rules.DAMAGE_LABELS[row.kind])),
            ),
            Column(
                "name",
                N_("Who had it"),
                (Employee.last_name, Employee.first_name),
                lambda row: row.employee.name if row.employee else "",
            ),
            Column("found", N_("Found on"), DamageCase.found_at, lambda row: row.found_at),
            Column(
                "value",
                N_("Value"),
                DamageCase.value_cents,
                lambda row: Decimal(row.value_cents) / CENTS,
                end=True,
            ),
            Column("photos", N_("Photos"), text=lambda row: len(photos.get(row.id, ()))),
            Column("decision", N_("Who bears it"), DamageCase.who_pays, decision),
            Column(
                "amount",
                N_("The person pays"),
                text=lambda row: amount_said(row, sees=sees),
                hidden=True,
            ),
        ),
        key=DamageCase.id,
        search=damage_cases.search_damages,
        filters=(
            Filter(
                "state",
                N_("State"),
                [(WAITING, _("to be decided")), (DECIDED, _("decided")), (ALL, _("all of them"))],
                {WAITING: damage_cases.is_undecided(), DECIDED: ~damage_cases.is_undecided()}.get,
                default=WAITING,
            ),
            Filter(
                "kind",
                N_("What happened"),
                [(kind.value, _(label)) for kind, label in rules.DAMAGE_LABELS.items()],
                lambda word: damage_cases.of_case_kind(DamageKind(word)),
            ),
        ),
        sort="found",
    )
    photos.update(damage_cases.damage_photos(listing))
    if listing.export:
        return lists.exported(listing, listing.export)
    account = account_or_none()
    sees_returns = account is not None and bool(account.roles & set(READERS))
    return render_template(
        "kits/damages.html",
        listing=listing,
        photos=photos,
        waiting=damage_cases.undecided_count(),
        views=views_of("damages") if sees_returns else [],
        decision=decision,
        labels=rules.DAMAGE_LABELS,
        sees_items=sees_returns,
        sees_decisions=sees,
        may_decide=may_decide(),
    )


@bp.get("/schaeden/<int:case_id>")
@open_to(*READERS, Role.HR)
def damage(case_id: int) -> ResponseReturnValue:
    """One loss or damage, and the decision about it."""
    return _page(case_id)


def _page(case_id: int, *, wrong: str = "") -> str:
    case = damage_cases.damage_case(case_id)
    account = account_or_none()
    photos = damage_cases.damage_photos([case]).get(case.id, [])
    since = damage_cases.found_since(case)
    is_closed, sees = case.reason == returning_rules.FOUND_AGAIN, sees_decisions()
    return render_template(
        "kits/damage.html",
        case=case,
        label=rules.DAMAGE_LABELS[case.kind],
        decision=decision(case),
        reason=reason_said(case, sees=sees),
        sees_decisions=sees,
        not_for_you=_(NOT_FOR_YOU),
        is_found=is_found(case),
        found_since=since,
        to_find=0 if case.good is None or is_closed else case.count - since,
        photos=[
            (one, url_for(".damage_photo", case_id=case.id, photo_id=one.id)) for one in photos
        ],
        return_id=due_lines.return_of_line(case.return_line_id or 0),
        found_by=staff_name(case.found_by),
        decided_by=staff_name(case.decided_by),
        kind=words.kind(case.item.kind) if case.item is not None else "",
        who=[(one.value, _(label)) for one, label in rules.WHO_PAYS_LABELS.items()],
        who_labels=rules.WHO_PAYS_LABELS,
        sent=request.form,
        may_decide=may_decide(),
        may_reopen=may_decide() and not is_closed,
        sees_items=account is not None and bool(account.roles & set(READERS)),
        wrong=wrong,
    )


@bp.get("/schaeden/<int:case_id>/foto/<int:photo_id>")
@open_to(*READERS, Role.HR)
def damage_photo(case_id: int, photo_id: int) -> ResponseReturnValue:
    """A photo of this damage, for whoever decides about it; no other photo is shown here."""
    case = damage_cases.damage_case(case_id)
    found = damage_cases.damage_photos([case]).get(case.id, [])
    photo = next((one for one in found if one.id == photo_id), None)
    if photo is None:
        raise NotFound(N_("There is no such photo of this case."))
    return attached(photo)


def _done(case_id: int, deed: Callable[[], object], done: str) -> ResponseReturnValue:
    """Do one deed with a case; a refusal stands on its page, with what was typed."""
    told = tried(deed)
    if isinstance(told, Refused):
        return _page(case_id, wrong=translated(told)), HTTPStatus.CONFLICT
    flash(done)
    return redirect(url_for(".damage", case_id=case_id), HTTPStatus.SEE_OTHER)


@bp.post("/schaeden/<int:case_id>/wert")
@open_to(Role.IT)
def value_damage(case_id: int) -> ResponseReturnValue:
    """What the thing was worth when it happened."""
    cents = cents_of(request.form.get("value", ""))
    if cents is None:
        return _page(case_id, wrong=_("Type the value as an amount, such as 120,50.")), 422
    return _done(case_id, lambda: service.value_is(case_id, cents, by=current_actor()), _("Noted."))


@bp.post("/schaeden/<int:case_id>/entscheiden")
@open_to(Role.HR)
def decide_damage(case_id: int) -> ResponseReturnValue:
    """Say who bears it. Nothing is taken from anybody by it."""
    word = request.form.get("who", "")
    cents = cents_of(request.form.get("amount", ""))
    if word not in set(WhoPays):
        return _page(case_id, wrong=_("Choose who bears it.")), 422
    if cents is None:
        return _page(case_id, wrong=_("Type the amount as a number, such as 120,50.")), 422

    def deed() -> None:
        reason = request.form.get("reason", "")
        service.decide(
            case_id, WhoPays(word), amount_cents=cents, reason=reason, by=current_actor()
        )

    return _done(case_id, deed, _("It is decided."))


@bp.post("/schaeden/<int:case_id>/wieder-oeffnen")
@open_to(Role.HR)
def reopen_damage(case_id: int) -> ResponseReturnValue:
    """Decide anew; what was decided before stays to be read."""
    because = request.form.get("because", "")
    return _done(
        case_id,
        lambda: service.reopen(case_id, because, by=current_actor()),
        _("The case is open again."),
    )


@bp.post("/schaeden/<int:case_id>/gefunden")
@open_to(Role.IT)
def find_goods(case_id: int) -> ResponseReturnValue:
    """So many missing small parts have turned up."""
    count = request.form.get("count", 0, type=row_number)
    return _done(
        case_id,
        lambda: service.goods_found(case_id, count, by=current_actor()),
        _("They lie in the store again."),
    )
