"""One-time codes that HR reads out, prints into a letter, or has mailed to another address."""

from __future__ import annotations

import svcs
from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.agreements import queries
from hoffice.agreements.rules import CodeChannel
from hoffice.agreements.service import codes
from hoffice.agreements.views.blueprint import bp
from hoffice.errors import NotFound, Refused
from hoffice.people import queries as people
from hoffice.web.pages import translated


@bp.get("/mappen/<int:employee_id>/code")
@open_to(Role.HR)
def sign_code(employee_id: int) -> ResponseReturnValue:
    """On which way this person shall get a code."""
    return _page(employee_id)


@bp.post("/mappen/<int:employee_id>/code")
@open_to(Role.HR)
def make_code(employee_id: int) -> ResponseReturnValue:
    """Make a code; one for a call or a letter is shown on this page, and never again."""
    wanted = request.form.get("channel", "")
    by = current_actor()
    try:
        if wanted == CodeChannel.OTHER_MAIL:
            codes.send_to(employee_id, request.form.get("address", ""), by=by)
            flash(_("The code is on its way to the other address."))
            return redirect(url_for(".pack", employee_id=employee_id))
        channel = CodeChannel.LETTER if wanted == CodeChannel.LETTER else CodeChannel.CALL
        digits = codes.hand_out(employee_id, channel, book=svcs.flask.get(LinkBook), by=by)
    except NotFound:
        raise
    except Refused as refusal:
        return _page(employee_id, error=translated(refusal))
    return _page(employee_id, digits=digits, channel=channel)


def _page(
    employee_id: int, *, digits: str = "", channel: CodeChannel | None = None, error: str = ""
) -> ResponseReturnValue:
    pack = queries.pack_of(employee_id)
    page = render_template(
        "agreements/sign_code.html",
        employee=people.employee(employee_id),
        is_asked=pack is not None and codes.is_asked(pack),
        digits=digits,
        channel=channel,
        error=error,
    )
    response = make_response(page)
    response.headers.set("Cache-Control", "no-store")
    return response
