"""What the doctor looks at: each check gives one finding, and none of them raises."""

from __future__ import annotations

import shutil
import smtplib
import ssl
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.rules import Role
from hoffice.agreements import queries as agreements
from hoffice.agreements.queries import seals as seal_queries
from hoffice.agreements.rules import WorkModel, packs_of
from hoffice.agreements.sealing.keys import KeyFolder, NoKey
from hoffice.audit import queries as audit
from hoffice.db import db
from hoffice.demo import service as demo
from hoffice.jobs import queries as jobs
from hoffice.jobs.rules import JobState
from hoffice.notices import queries as notices
from hoffice.paper import fonts
from hoffice.places import queries as places
from hoffice.places.service.online import online_of
from hoffice.places.travel.answers import RoadsDown
from hoffice.places.travel.choice import ask_once, engine_of
from hoffice.runs import queries as runs
from hoffice.settings import UNNAMED, Settings

LEAST_FREE_MB = 500
LATE = timedelta(minutes=2)
"""A due job that waits longer than this finds no worker."""
SMTP_TIMEOUT_S = 5
SEAL_IS_LATE = timedelta(minutes=15)
"""A paper that waits longer for its seal has met a fault."""
SEAL_ENDS_SOON = timedelta(days=90)


class Verdict(StrEnum):
    """How it stands."""

    OK = "ok"
    HINT = "hint"
    """It works, and something is left to be done."""
    FAULT = "fault"
    """Something will fail."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check has found."""

    name: str
    verdict: Verdict
    text: str


def findings(settings: Settings, *, present: str, newest: str) -> Iterator[Finding]:
    """All checks, one after the other; without a database only those that need none."""
    yield _address(settings)
    yield _instance(settings)
    yield _disk(settings)
    yield _fonts()
    yield _clock()
    yield _mail(settings)
    yield _geocoder(settings)
    yield _roads(settings)
    yield _migrations(settings, present, newest)
    if present != newest:
        return
    asked: tuple[Callable[[Settings], Finding], ...] = (
        *(_demo, _admin, _log, _worker, _outbox),
        *(_register, _depot, _company, _texts, _seal),
    )
    for check in asked:
        try:
            yield check(settings)
        except SQLAlchemyError as error:
            db.session.rollback()
            yield Finding(check.__name__.strip("_"), Verdict.FAULT, type(error).__name__)


def _ok(name: str, text: str) -> Finding:
    return Finding(name, Verdict.OK, text)


def _hint(name: str, text: str) -> Finding:
    return Finding(name, Verdict.HINT, text)


def _fault(name: str, text: str) -> Finding:
    return Finding(name, Verdict.FAULT, text)


def _address(settings: Settings) -> Finding:
    if settings.is_secure:
        proxies = settings.trusted_proxies
        if not proxies:
            return _hint("address", f"{settings.url}; HOFFICE_TRUSTED_PROXIES is 0: no proxy?")
        return _ok("address", f"{settings.url}, behind {proxies} proxy")
    return _ok("address", f"{settings.url}, on this computer only")


def _instance(settings: Settings) -> Finding:
    folder = settings.instance
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
        (folder / "files").mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder / "files"):
            pass
    except OSError as error:
        return _fault("folder", f"{folder} cannot be written: {error.strerror}")
    if folder.stat().st_mode & 0o007:
        return _hint("folder", f"{folder} can be read by everybody here: chmod 700")
    return _ok("folder", str(folder))


def _disk(settings: Settings) -> Finding:
    free_mb = shutil.disk_usage(settings.instance).free // (1024 * 1024)
    text = f"{free_mb} MB free"
    return _ok("disk", text) if free_mb >= LEAST_FREE_MB else _fault("disk", text)


def _fonts() -> Finding:
    missing = [
        name
        for name in (fonts.REGULAR, fonts.BOLD, fonts.ITALIC, fonts.BOLD_ITALIC)
        if not (Path(fonts.FOLDER) / f"{name}.ttf").is_file()
    ]
    return _fault("fonts", f"missing: {missing}") if missing else _ok("fonts", "Source Sans 3")


def _clock() -> Finding:
    wall = clock.now().astimezone(clock.BERLIN)
    if wall.year < 2026:  # noqa: PLR2004  # before this program was written
        return _fault("clock", f"{wall:%d.%m.%Y %H:%M} cannot be: set the clock")
    return _ok("clock", f"{wall:%d.%m.%Y %H:%M} in Berlin")


def _mail(settings: Settings) -> Finding:
    server = settings.smtp
    if server is None:
        if settings.demo and demo.mark() is not None:
            return _ok("mail", "the demo shows its mails and sends none")
        return _hint("mail", "HOFFICE_SMTP_URL is not set: mails wait in the outbox")
    where = f"{server.host}:{server.port}"
    try:
        context = ssl.create_default_context()
        smtp = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=SMTP_TIMEOUT_S, context=context)
            if server.implicit_tls
            else smtplib.SMTP(server.host, server.port, timeout=SMTP_TIMEOUT_S)
        )
        with smtp:
            smtp.ehlo()
            if server.starttls:
                smtp.starttls(context=context)
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError:
        return _fault("mail", f"{where} does not take the user and password")
    except (smtplib.SMTPException, OSError) as error:
        return _fault("mail", f"{where} does not answer as it should: {type(error).__name__}")
    return _ok("mail", f"{where} answers")


def _geocoder(settings: Settings) -> Finding:
    """Who is asked online; nobody is asked here: that is ``flask places ask-online``."""
    geocoder = online_of(settings)
    if settings.geocoder is None or geocoder is None:
        return _ok("geocoder", "nobody is asked online: no address leaves the house")
    if geocoder.is_public:
        return _hint("geocoder", f"{geocoder.label}, the public server: one by one, never lists")
    where = settings.geocoder.url or "by its key"
    return _ok("geocoder", f"{geocoder.label}, {where}; try: flask places ask-online")


def _register(_settings: Settings) -> Finding:
    """Whether addresses can be found to the house."""
    editions = [places.current_edition(source.id) for source in places.sources()]
    current = [edition for edition in editions if edition is not None]
    houses = sum(edition.houses for edition in current)
    points = sum(edition.points for edition in current)
    if not houses:
        return _hint(
            "register",
            "no addresses: homes are found by postcode only; see flask places import-register",
        )
    return _ok("register", f"{houses:,} addresses, {points:,} with a point")


def _roads(settings: Settings) -> Finding:
    """A silent road engine stops nobody: its times are estimated then, and pages say so."""
    engine = engine_of(settings.roads)
    if engine is None or settings.roads is None:
        return _ok("roads", "travel times by the embedded model")
    where = f"{engine.name} at {settings.roads.place}"
    try:
        ask_once(engine)
    except RoadsDown as down:
        return _hint("roads", f"{where} did not answer ({down.reason}): times are estimated")
    return _ok("roads", f"{where} answers")


def _migrations(settings: Settings, present: str, newest: str) -> Finding:
    kind = "SQLite" if settings.is_embedded else "PostgreSQL"
    if not present:
        return _fault("database", f"{kind}: no tables, or no answer; run: flask db upgrade")
    if present != newest:
        return _fault("database", f"{kind} at {present}, newest {newest}; run: flask db upgrade")
    return _ok("database", f"{kind} at {present}")


def _demo(settings: Settings) -> Finding:
    marked = demo.mark() is not None
    if settings.demo and not marked:
        return _hint("demo", "HOFFICE_DEMO=1, but the demo did not fill this database: it is off")
    if marked and not settings.demo:
        return _hint("demo", "the demo has filled this database; production wants one of its own")
    return _ok("demo", "on" if marked else "off")


def _admin(_settings: Settings) -> Finding:
    if not accounts.with_role(Role.ADMIN):
        return _hint("accounts", "nobody administers: flask accounts invite EMAIL --role admin")
    return _ok("accounts", f"{accounts.count()}")


def _log(_settings: Settings) -> Finding:
    seq, digest = audit.head()
    return _ok("log", f"{seq} lines, the last one {digest[:12] or '-'}")


def _worker(_settings: Settings) -> Finding:
    """Alive when nothing due waits for long; a quiet queue says nothing about it."""
    now = clock.now()
    counts = jobs.count_by_state()
    failed = counts.get(JobState.FAILED, 0)
    oldest = jobs.oldest_waiting(now)
    if oldest is not None and now - oldest > LATE:
        running = counts.get(JobState.RUNNING, 0)
        text = f"a job has been waiting since {oldest.astimezone(clock.BERLIN):%d.%m. %H:%M}"
        if running:
            return _hint("worker", f"{text}; {running} running")
        return _fault("worker", f"{text}, and none is running: flask jobs work")
    if failed:
        return _hint("worker", f"{failed} jobs have failed: see /auftraege/")
    return _ok("worker", f"nothing waits; {counts.get(JobState.DONE, 0)} jobs done")


def _outbox(_settings: Settings) -> Finding:
    failed = notices.count_failed()
    if failed:
        return _hint("outbox", f"{failed} mails did not arrive: see /post/")
    return _ok("outbox", "every mail was taken, or is on its way")


def _depot(_settings: Settings) -> Finding:
    lacking = [word for word, there in (("depot", runs.depot()), ("van", runs.vans())) if not there]
    if lacking:
        return _hint("runs", f"no {' and no '.join(lacking)} yet: runs cannot be planned")
    vans = len(runs.vans())
    return _ok("runs", f"{vans} {'van' if vans == 1 else 'vans'}")


def _seal(settings: Settings) -> Finding:
    """Whether papers are sealed, and whether any waits for it; no time-stamp service is asked."""
    current = seal_queries.current_certificate()
    if current is None:
        left = seal_queries.count_without_seal()
        return _hint("seal", f"no key: papers stay unsealed ({left}); agreements seal-key make")
    try:
        key = KeyFolder(settings.instance / "seal", settings.seal_password).get(current.fingerprint)
    except NoKey as fault:
        return _fault("seal", fault.reason)
    ends = key.certificate.not_valid_after_utc
    if ends < clock.now() + SEAL_ENDS_SOON:
        return _fault("seal", f"the certificate ends on {ends:%d.%m.%Y}: agreements seal-key make")
    count, since, why = seal_queries.pending_since()
    if count and since is not None and since < clock.now() - SEAL_IS_LATE:
        return _fault("seal", f"{count} papers wait since {since:%d.%m.%Y %H:%M} UTC. {why}")
    level = "with a time stamp" if settings.tsa_urls else "without a time stamp"
    return _ok("seal", f"{current.fingerprint[:16]}…, {level}")


def _company(settings: Settings) -> Finding:
    if settings.company == UNNAMED:
        return _hint("company", "HOFFICE_COMPANY is not set: papers cannot be sent")
    return _ok("company", settings.company)


def _texts(_settings: Settings) -> Finding:
    lacking = [
        kind.value
        for kind in packs_of(WorkModel.TELEWORK)
        if agreements.current_text(kind, only_approved=True) is None
    ]
    if lacking and demo.mark() is None:
        return _hint("texts", f"not approved yet: {', '.join(lacking)}; papers cannot be sent")
    return _ok("texts", "approved" if not lacking else "samples, as the demo may use them")
