"""The accounts of staff, for those who administer the house."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts import queries, service
from hoffice.accounts.access import current_account, current_actor, open_to, settings
from hoffice.accounts.forms import InviteForm, RolesForm
from hoffice.accounts.models import Account
from hoffice.accounts.navigation import role_labels
from hoffice.accounts.rules import (
    ROLE_LABELS,
    STATE_LABELS,
    AccountState,
    Role,
    needs_second_factor,
    state_of,
)
from hoffice.accounts.views.blueprint import bp
from hoffice.errors import N_, Refused
from hoffice.web import lists
from hoffice.web.pages import translated


@bp.get("/konten")
@open_to(Role.ADMIN)
def index() -> ResponseReturnValue:
    """Everybody with an account."""
    now = clock.now()
    listing = lists.listed(
        queries.accounts(),
        name=N_("Accounts"),
        columns=(
            lists.Column[Account]("name", N_("Name"), sort=Account.name, text=lambda row: row.name),
            lists.Column("email", N_("E-mail"), sort=Account.email, text=lambda row: row.email),
            lists.Column("roles", N_("Roles"), text=lambda row: ", ".join(role_labels(row.roles))),
            lists.Column("state", N_("State"), text=lambda row: _(STATE_LABELS[standing(row)])),
            lists.Column(
                "last",
                N_("Last here"),
                sort=Account.last_sign_in_at,
                text=lambda row: row.last_sign_in_at,
            ),
        ),
        key=Account.id,
        search=queries.search,
        filters=(
            lists.Filter(
                "role",
                N_("Role"),
                [(role.value, _(ROLE_LABELS[role])) for role in Role],
                lambda word: queries.has_role(Role(word)),
            ),
            lists.Filter(
                "state",
                N_("State"),
                [(state.value, _(STATE_LABELS[state])) for state in AccountState],
                lambda word: queries.is_in_state(AccountState(word), now),
            ),
        ),
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "accounts/index.html", listing=listing, standing=standing, role_labels=role_labels
    )


def standing(account: Account) -> AccountState:
    """Where an account stands now."""
    return state_of(
        has_password=account.password_hash is not None,
        locked_until=account.locked_until,
        disabled_at=account.disabled_at,
        now=clock.now(),
    )


@bp.route("/konten/einladen", methods=["GET", "POST"])
@open_to(Role.ADMIN)
def invite() -> ResponseReturnValue:
    """Give somebody an account."""
    form = InviteForm()
    if form.validate_on_submit():
        try:
            service.invite(
                form.email.data or "",
                form.name.data or "",
                form.roles.roles,
                language=form.language.data or "de",
                company=settings().company,
                by=current_actor(),
            )
        except Refused as refusal:
            form.form_errors.append(translated(refusal))
        else:
            flash(_("The invitation is on its way."))
            return redirect(url_for(".index"))
    return render_template("accounts/invite.html", form=form)


@bp.route("/konten/<int:account_id>", methods=["GET", "POST"])
@open_to(Role.ADMIN)
def account(account_id: int) -> ResponseReturnValue:
    """One account; the form sets its roles."""
    found = queries.account(account_id)
    form = RolesForm(roles=[role.value for role in found.roles])
    if form.validate_on_submit():
        try:
            service.set_roles(account_id, form.roles.roles, by=current_actor())
        except Refused as refusal:
            form.form_errors.append(translated(refusal))
        else:
            flash(_("The roles are changed."))
            return redirect(url_for(".account", account_id=account_id))
    return render_template(
        "accounts/account.html",
        form=form,
        account=found,
        state=standing(found),
        is_own=found.id == current_account().id,
        needs_second_factor=needs_second_factor(found.roles, demo=False),
    )


@bp.post("/konten/<int:account_id>/einladung")
@open_to(Role.ADMIN)
def invite_again(account_id: int) -> ResponseReturnValue:
    """Send another invitation."""
    service.invite_again(account_id, company=settings().company, by=current_actor())
    flash(_("The invitation is on its way."))
    return redirect(url_for(".account", account_id=account_id))


@bp.post("/konten/<int:account_id>/sperren")
@open_to(Role.ADMIN)
def disable(account_id: int) -> ResponseReturnValue:
    """Close an account at once."""
    service.disable(account_id, by=current_actor())
    flash(_("The account is disabled."))
    return redirect(url_for(".account", account_id=account_id))


@bp.post("/konten/<int:account_id>/freigeben")
@open_to(Role.ADMIN)
def enable(account_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    service.enable(account_id, by=current_actor())
    flash(_("The account is enabled."))
    return redirect(url_for(".account", account_id=account_id))


@bp.post("/konten/<int:account_id>/zweiter-schritt")
@open_to(Role.ADMIN)
def reset_second_factor(account_id: int) -> ResponseReturnValue:
    """Take the second step away from somebody who lost the phone."""
    service.reset_second_factor(account_id, by=current_actor())
    flash(_("The second step is reset. It is set up anew at the next sign-in."))
    return redirect(url_for(".account", account_id=account_id))


@bp.post("/konten/<int:account_id>/abmelden")
@open_to(Role.ADMIN)
def sign_out_account(account_id: int) -> ResponseReturnValue:
    """End every session of somebody."""
    service.sign_out_everywhere(account_id, by=current_actor())
    flash(_("All browsers of this account are signed out."))
    return redirect(url_for(".account", account_id=account_id))
