"""Coming in and going out: password, code, mailed keys."""

from __future__ import annotations

from datetime import datetime

import svcs
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from hoffice.accounts import passwords, queries, service, signing_in
from hoffice.accounts.access import (
    account_or_none,
    half_in,
    house_keys,
    open_to,
    owe_code_session,
    settings,
    sign_in_session,
    sign_out_session,
    visitor,
)
from hoffice.accounts.forms import CodeForm, ForgottenForm, NewPasswordForm, SignInForm
from hoffice.accounts.links import LinkBook
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Audience, Door
from hoffice.accounts.signing_in import Entry
from hoffice.accounts.views.blueprint import bp
from hoffice.errors import NotFound, Refused
from hoffice.web.formats import clock_time
from hoffice.web.language import remember_theme, safe_target
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside


@bp.route("/anmelden", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Sign in with address and password."""
    form = SignInForm(weiter=request.args.get("weiter", ""))
    if form.validate_on_submit():
        email, password = form.email.data or "", form.password.data or ""
        password_hash = queries.password_hash_of(email)
        with set_aside():
            proof = passwords.checked(password_hash, password)
        entry = signing_in.sign_in(email, proof, visitor=visitor())
        target = safe_target(form.weiter.data)
        if entry.account is None:
            say_failure(form, entry, _("E-mail and password do not belong together."))
        elif entry.owes_code:
            owe_code_session(entry.account, target)
            return redirect(url_for(".sign_in_code"))
        else:
            return _let_in(entry.account, target)
    return render_template(
        "accounts/sign_in.html",
        form=form,
        present=account_or_none(),
        target=safe_target(request.args.get("weiter")),
    )


@bp.route("/anmelden/code", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def sign_in_code() -> ResponseReturnValue:
    """The second step of the sign-in."""
    half = half_in()
    if half is None:
        return redirect(url_for(".sign_in"))
    account, target = half
    form = CodeForm()
    if form.validate_on_submit():
        entry = signing_in.enter_code(
            account.id, form.code.data or "", keys=house_keys(), visitor=visitor()
        )
        if entry.account is not None:
            return _let_in(entry.account, target)
        say_failure(form, entry, _("This code does not fit, or it was used already."))
    return render_template("accounts/sign_in_code.html", form=form)


def _let_in(account: Account, target: str) -> ResponseReturnValue:
    sign_in_session(account)
    response = redirect(target)
    remember_theme(response, account.theme)
    return response


@bp.post("/abmelden")
@open_to(Audience.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """Leave; whoever sits here next is a stranger."""
    sign_out_session()
    flash(_("You are signed out."))
    return redirect(url_for(".sign_in"))


@bp.route("/passwort-vergessen", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def forgotten() -> ResponseReturnValue:
    """Ask for a new password; the answer is the same for every address."""
    form = ForgottenForm()
    if form.validate_on_submit():
        until = signing_in.rests_until(visitor(), Door.RESET)
        if until is None:
            signing_in.note_failure(visitor(), Door.RESET)  # every mail asked for counts
            service.ask_for_password(form.email.data or "", company=settings().company)
            return redirect(url_for(".forgotten", gesendet=1))
        say_failure(form, Entry(rests_until=until), "")
    return render_template("accounts/forgotten.html", form=form, is_sent="gesendet" in request.args)


@bp.route("/schluessel/<token>", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def mailed_key(token: str) -> ResponseReturnValue:
    """Choose a password with a mailed key; only sending the form uses the key up."""
    book = svcs.flask.get(LinkBook)
    try:
        key = service.find_key(token, book=book)
    except NotFound:
        raise
    except Refused as refusal:
        return render_template("accounts/key_ended.html", reason=translated(refusal)), 410
    email, name, purpose = key.account.email, key.account.name, key.purpose
    form = NewPasswordForm(email)
    if form.validate_on_submit():
        with set_aside():
            password_hash = passwords.hashed(form.password.data or "")
        service.use_key(token, password_hash, book=book)
        flash(_("Your password is set. Sign in with it."))
        return redirect(url_for(".sign_in"))
    return render_template(
        "accounts/mailed_key.html", form=form, email=email, name=name, purpose=purpose.value
    )


def say_failure(form: FlaskForm, entry: Entry, otherwise: str) -> None:
    """Put on top of the form what did not fit, or until when the door stays closed."""
    form.form_errors.append(_resting(entry.rests_until) if entry.rests_until else otherwise)


def _resting(until: datetime) -> str:
    return str(_("Those were too many tries. Go on after %(time)s.", time=clock_time(until)))
