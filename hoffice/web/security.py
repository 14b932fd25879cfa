"""What every answer carries so that a browser protects the reader, and what may come in."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from hoffice.settings import Settings


def content_security_policy(tiles_origin: str = "") -> str:
    """Nothing inline, nothing from elsewhere; images also from a canvas (signature, photo).

    Where the house is told to take the tiles of its maps from another host, images may come from
    that host as well, and nothing else.
    """
    images = " ".join(filter(None, ("'self' data: blob:", tiles_origin)))
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self'; img-src {images}; "
        "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"

csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings) -> None:
    """Secure cookies, limits, headers, CSRF; proxies are believed only as far as configured."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        SESSION_COOKIE_NAME="__Host-hoffice" if settings.is_secure else "hoffice",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=settings.link_valid_days * 24 * 3600,
        MAX_CONTENT_LENGTH=settings.upload_max_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open overnight still works
        # our pages send no referrer, so it cannot be asked for; the token and SameSite stand guard
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's documented way to wrap

    policy = content_security_policy(settings.tiles_origin)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.is_secure:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
