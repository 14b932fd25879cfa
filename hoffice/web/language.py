"""Which language and which theme a page is shown in."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, g, has_request_context, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from werkzeug import Response

LANGUAGES = ("de", "en")
THEMES = ("light", "dark", "auto")
YEAR_S = 365 * 24 * 3600


def language() -> str:
    """The person's choice, else what the browser asks for, else German.

    Outside a request (a job, a command) it is German unless somebody forces another locale.
    """
    if not has_request_context():
        return LANGUAGES[0]
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    preferred: str | None = getattr(g, "preferred_language", None)
    if preferred in LANGUAGES:
        return str(preferred)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def theme() -> str:
    """The person's choice, else as the device has it."""
    if not has_request_context():
        return "auto"
    chosen = request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def safe_target(target: str | None) -> str:
    """A path of our own to go on to; anything that leads elsewhere becomes the start page."""
    if not target:
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:  # such as a bracket where a host would stand
        return "/"
    own = (
        not parts.scheme
        and not parts.netloc
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and all(sign.isprintable() for sign in target)
    )
    return target if own else "/"


def choose_language() -> ResponseReturnValue:
    """Remember the language of this browser: ``to`` is the choice, ``back`` where to go on."""
    wanted = request.form.get("to", "")
    if wanted in LANGUAGES:
        session["language"] = wanted
    return redirect(safe_target(request.form.get("back")))


def choose_theme() -> ResponseReturnValue:
    """Remember the theme of this browser: ``to`` is the choice, ``back`` where to go on."""
    wanted = request.form.get("to", "")
    response = redirect(safe_target(request.form.get("back")))
    remember_theme(response, wanted)
    return response


def remember_theme(response: Response, wanted: str | None) -> None:
    """Give the browser the theme to keep; anything that is none changes nothing."""
    if wanted in THEMES:
        response.set_cookie("theme", wanted, max_age=YEAR_S, samesite="Lax", httponly=True)


def init_app(app: Flask) -> None:
    """Dates in Berlin time, texts from the catalogues beside the package."""
    app.config.update(
        BABEL_DEFAULT_LOCALE="de",
        BABEL_DEFAULT_TIMEZONE="Europe/Berlin",
        BABEL_TRANSLATION_DIRECTORIES="../translations",
    )
    Babel(app, locale_selector=language)
