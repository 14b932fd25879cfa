"""What every answer carries so that a browser protects the reader, and what may come in."""

from __future__ import annotations

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from hoffice.settings import Settings


def content_security_policy(tiles_origin: str = "", *, reads_codes: bool = False) -> str:
    """Nothing inline, nothing from elsewhere; images also from a canvas (signature, photo).

    Where the house is told to take the tiles of its maps from another host, images may come from
    that host as well, and nothing else. Pages that read bar codes with the camera may also run
    WebAssembly, which has to come from this house like every script.
    """
    images = " ".join(filter(None, ("'self' data: blob:", tiles_origin)))
    scripts = "'self' 'wasm-unsafe-eval'" if reads_codes else "'self'"
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self'; img-src {images}; "
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


def let_read_codes() -> str:
    """Let the page that is being made read bar codes; said by the macro that draws the field."""
    g.reads_codes = True
    return ""


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

    app.add_template_global(let_read_codes)
    policy = content_security_policy(settings.tiles_origin)
    policy_of_scanners = content_security_policy(settings.tiles_origin, reads_codes=True)

    @app.after_request
    def protect(response: Response) -> Response:
        reads_codes = g.get("reads_codes", False)
        response.headers.setdefault(
            "Content-Security-Policy", policy_of_scanners if reads_codes else policy
        )
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.is_secure:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
