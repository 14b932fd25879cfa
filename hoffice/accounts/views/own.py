"""The own account."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts import passwords, rules, second_factor, service, signing_in
from hoffice.accounts.access import (
    current_account,
    current_actor,
    demo_is_on,
    house_keys,
    open_to,
    owes_second_factor,
    settings,
    sign_in_session,
    visitor,
)
from hoffice.accounts.forms import ChangePasswordForm, ConfirmForm, ProfileForm, SecondFactorForm
from hoffice.accounts.models import Account
from hoffice.accounts.navigation import role_labels
from hoffice.accounts.rules import Audience
from hoffice.accounts.views.blueprint import bp
from hoffice.accounts.views.entrance import say_failure
from hoffice.errors import Refused
from hoffice.web.language import remember_theme
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

SETUP = "second_factor"
"""Where the session keeps a new secret, sealed, until its first code has come."""


@bp.route("/konto", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
def own() -> ResponseReturnValue:
    """Everything about the own account; the form at the top changes name, language and theme."""
    account = current_account()
    form = _profile_of(account)
    if form.validate_on_submit():
        theme = form.theme.data or "auto"
        service.change_profile(
            account.id,
            name=form.name.data or "",
            language=form.language.data or None,
            theme=theme,
            by=current_actor(),
        )
        session.pop("language", None)  # the account's choice holds from here on
        flash(_("Saved."))
        response = redirect(url_for(".own"))
        remember_theme(response, theme)
        return response
    return _page(account, profile=form)


@bp.post("/konto/passwort")
@open_to(Audience.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Choose another password; other browsers are signed out, this one stays."""
    account = current_account()
    account_id, present_hash = account.id, account.password_hash
    form = ChangePasswordForm(account.email, prefix="new-")
    if not form.validate_on_submit():
        return _page(account, password=form)
    with set_aside():
        proof = passwords.checked(present_hash, form.present.data or "")
        password_hash = passwords.hashed(form.password.data or "")
    entry = signing_in.confirm(account_id, proof, visitor=visitor())
    if entry.account is None:
        say_failure(form, entry, _("The present password is another one."))
        return _page(current_account(), password=form)
    sign_in_session(service.change_password(account_id, password_hash, by=current_actor()))
    flash(_("Your password is changed. Other browsers are signed out."))
    return redirect(url_for(".own"))


@bp.route("/konto/zweiter-schritt", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
def second_factor_setup() -> ResponseReturnValue:
    """Set up the second step: scan, then prove it with a code."""
    account = current_account()
    if account.totp_secret is not None:
        return redirect(url_for(".own"))
    if SETUP not in session:
        session[SETUP] = second_factor.sealed(second_factor.new_secret(), house_keys())
    form = SecondFactorForm()
    if form.validate_on_submit():
        try:
            signing_in.set_second_factor(
                account.id, session[SETUP], form.code.data or "", keys=house_keys()
            )
        except Refused as refusal:
            form.form_errors.append(translated(refusal))
        else:
            sign_in_session(account)
            flash(_("The second step is set up. From now on a code belongs to your sign-in."))
            return redirect("/")
    secret = second_factor.opened(session[SETUP], house_keys())
    return render_template(
        "accounts/second_factor.html",
        form=form,
        picture=second_factor.picture(secret, email=account.email, house=settings().company),
        secret=second_factor.in_groups(secret),
        is_owed=owes_second_factor(account),
    )


@bp.post("/konto/zweiter-schritt/entfernen")
@open_to(Audience.SIGNED_IN)
def remove_second_factor() -> ResponseReturnValue:
    """Do without the second step, or make room for another app where a role asks for one."""
    account = current_account()
    account_id, present_hash = account.id, account.password_hash
    form = ConfirmForm(prefix="confirm-")
    if not form.validate_on_submit():
        return _page(account, confirm=form)
    with set_aside():
        proof = passwords.checked(present_hash, form.password.data or "")
    entry = signing_in.confirm(account_id, proof, visitor=visitor())
    if entry.account is None:
        say_failure(form, entry, _("The password is another one."))
        return _page(current_account(), confirm=form)
    account = signing_in.remove_second_factor(account_id)
    sign_in_session(account)
    if owes_second_factor(account):
        return redirect(url_for(".second_factor_setup"))
    flash(_("The second step is removed."))
    return redirect(url_for(".own"))


@bp.post("/konto/ueberall-abmelden")
@open_to(Audience.SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of mine but this one."""
    account = service.sign_out_everywhere(current_account().id, by=current_actor())
    sign_in_session(account)
    flash(_("All other browsers are signed out."))
    return redirect(url_for(".own"))


def _profile_of(account: Account, **kwargs: Any) -> ProfileForm:
    return ProfileForm(
        name=account.name, language=account.language or "", theme=account.theme or "auto", **kwargs
    )


def _page(
    account: Account,
    *,
    profile: ProfileForm | None = None,
    password: ChangePasswordForm | None = None,
    confirm: ConfirmForm | None = None,
) -> str:
    """The account page; a form that was sent shows what is wrong with it, the others are fresh."""
    return render_template(
        "accounts/own.html",
        account=account,
        roles=role_labels(account.roles),
        profile=profile or _profile_of(account, formdata=None),
        password=password or ChangePasswordForm(account.email, prefix="new-", formdata=None),
        confirm=confirm or ConfirmForm(prefix="confirm-", formdata=None),
        needs_second_factor=rules.needs_second_factor(account.roles, demo=demo_is_on()),
    )
