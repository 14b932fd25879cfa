"""Where a personal link lands. Only a person who presses the button opens it."""

from __future__ import annotations

import svcs
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hoffice.accounts import links, signing_in
from hoffice.accounts.access import open_link_session, open_to, visitor
from hoffice.accounts.links import LinkBook
from hoffice.accounts.navigation import holds_link, is_for_client, portal_address
from hoffice.accounts.rules import Audience, Door
from hoffice.accounts.views.blueprint import bp
from hoffice.errors import NotFound, Refused
from hoffice.units import ActorKind
from hoffice.web.pages import error_page, translated
from hoffice.web.transaction import begin_anew

TOO_MANY = 429
GONE = 410


@bp.route("/l/<token>", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def personal_link(token: str) -> ResponseReturnValue:
    """Show the button; pressed, it turns the link into a cookie and a clean address.

    Opening the page changes nothing, so a mail program that looks ahead uses nothing up. Wrong
    tokens are counted, with either method.
    """
    if signing_in.rests_until(visitor(), Door.LINK) is not None:
        return error_page(TOO_MANY)
    book = svcs.flask.get(LinkBook)
    try:
        if request.method == "POST":
            open_link_session(links.open_link(token, book=book))
            return redirect(portal_address())
        found = links.find(token, book=book)
    except NotFound:
        begin_anew()  # counting is a write, whatever the method
        signing_in.note_failure(visitor(), Door.LINK)
        return redirect(url_for(".link_invalid"))
    except Refused as refusal:
        return render_template("accounts/link_ended.html", reason=translated(refusal)), GONE
    is_client = links.holder_actor(found.holder).kind is ActorKind.CLIENT
    return render_template("accounts/personal_link.html", is_client=is_client)


@bp.get("/link-ungueltig")
@open_to(Audience.PUBLIC)
def link_invalid() -> ResponseReturnValue:
    """A link that was not copied as a whole."""
    return render_template("accounts/link_invalid.html")


@bp.get("/link-fehlt")
@open_to(Audience.PUBLIC)
def link_needed() -> ResponseReturnValue:
    """What a personal link is, for somebody who came without one."""
    return render_template(
        "accounts/link_needed.html",
        portal=portal_address() if holds_link() else None,
        is_client=is_for_client(),
    )
