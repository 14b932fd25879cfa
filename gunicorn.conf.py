"""How gunicorn serves hoffice: two processes with four threads, and a log that knows no secret.

Settings: ``HOFFICE_BIND`` (default 127.0.0.1 and ``PORT`` or 8000), ``HOFFICE_WEB_PROCESSES``,
``HOFFICE_ACCESS_LOG`` (a file, ``-`` for the standard output, which is the default).
"""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

LONGEST_PLAIN_PART = 20
"""A longer part of a path is taken for a token; our own addresses are shorter words."""

TOKENS_FOLLOW = frozenset({"l", "schluessel"})
"""``/l/…`` is a personal link, ``/schluessel/…`` an invitation or a new password."""

TOKEN = re.compile(r"(?=.*[0-9A-Z_=%])[A-Za-z0-9_\-.~=%:]+")
"""What chance writes; a long word of our own addresses has small letters only."""


def masked(address: str) -> str:
    """A path or URL fit for a log: no query, no personal link, nothing that looks like a token."""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    if "/static/" in path:
        return path
    parts = path.split("/")
    shown: list[str] = []
    for number, part in enumerate(parts):
        follows_link = number > 0 and parts[number - 1] in TOKENS_FOLLOW
        is_long = len(part) > LONGEST_PLAIN_PART and TOKEN.fullmatch(part) is not None
        is_host = number == 2 and parts[0].endswith(":")  # noqa: PLR2004  # scheme, "", host
        hide = part and (follows_link or (is_long and not is_host))
        shown.append("***" if hide else part)
    return "/".join(shown)


def client_address(remote: str, forwarded_for: str, proxies: int) -> str:
    """Who asked: what the outermost proxy of ours has seen; without proxies nobody is believed."""
    seen = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    return seen[-proxies] if 0 < proxies <= len(seen) else remote


class QuietLogger(Logger):
    """Gunicorn's logger, with every secret taken out before a line is made."""

    def atoms(
        self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any
    ) -> dict[str, Any]:
        """The parts of an access line: no query, no token, no other header than these."""
        every = super().atoms(resp, req, environ, request_time)
        proxies = os.environ.get("HOFFICE_TRUSTED_PROXIES", "")
        path = masked(environ.get("RAW_URI", "-"))
        return {
            **{name: every[name] for name in "lutsmHbBaTDMLp"},
            "h": client_address(
                environ.get("REMOTE_ADDR", "-"),
                environ.get("HTTP_X_FORWARDED_FOR", ""),
                int(proxies) if proxies.isdecimal() else 0,
            ),
            "r": f"{environ['REQUEST_METHOD']} {path} {environ['SERVER_PROTOCOL']}",
            "U": path,
            "q": "-",
            "f": masked(environ.get("HTTP_REFERER", "-")),
        }


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def on_starting(server: Arbiter) -> None:
    """The demo opens every door by one click, so it may only stand on this computer."""
    if os.environ.get("HOFFICE_DEMO", "").strip().lower() not in {"1", "true", "yes", "on"}:
        return
    for address in server.address:
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            msg = f"HOFFICE_DEMO=1 listens on this computer only, not on {address[0]}"
            raise SystemExit(msg)


bind = os.environ.get("HOFFICE_BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
proc_name = "hoffice"

worker_class = "gthread"
workers = int(os.environ.get("HOFFICE_WEB_PROCESSES") or 2)
threads = 4
preload_app = False  # each process opens its own database connections
timeout = 60
graceful_timeout = 20
keepalive = 15
max_requests = 5000  # whatever leaks does not add up
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # heartbeats in memory
control_socket_disable = True  # nobody steers us from outside

# Forwarded headers are the application's business (HOFFICE_TRUSTED_PROXIES says how many proxies
# may write them); gunicorn itself believes none.
forwarded_allow_ips = ""
forwarder_headers = ""
limit_request_line = 4094
limit_request_fields = 60

logger_class = QuietLogger
errorlog = "-"
accesslog = os.environ.get("HOFFICE_ACCESS_LOG") or "-"
access_log_format = '%(h)s %(t)s "%(r)s" %(s)s %(b)s %(M)sms "%(f)s" "%(a)s"'
