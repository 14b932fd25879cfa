"""create_app: settings in, doors opened, pages registered; the one file that knows everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import svcs
from flask import Flask, g, session
from flask_migrate import Migrate

from hoffice.accounts.access import account_or_none, link_or_none
from hoffice.accounts.cli import accounts as accounts_cli
from hoffice.accounts.links import LinkBook, holder_actor
from hoffice.accounts.navigation import frame
from hoffice.accounts.views import bp as accounts
from hoffice.agreements.cli import agreements as agreements_cli
from hoffice.agreements.jobs import DAILIES as AGREEMENTS_DAILIES
from hoffice.agreements.jobs import handlers as agreements_jobs
from hoffice.agreements.jobs import secret_of
from hoffice.agreements.queries import approvals as approval_queries
from hoffice.agreements.sealing.keys import KeyFolder
from hoffice.agreements.service.sealing import handlers as agreements_seals
from hoffice.agreements.service.seals import Sealer
from hoffice.agreements.views import bp as agreements
from hoffice.agreements.views.check import bp as check
from hoffice.audit import service as audit_service
from hoffice.audit.cli import audit as audit_cli
from hoffice.db import db, prepare_engine
from hoffice.demo import service as demo_service
from hoffice.demo.cli import demo as demo_cli
from hoffice.demo.jobs import handlers as demo_jobs
from hoffice.demo.views import bp as demo
from hoffice.desk.register import bp as register
from hoffice.desk.views import bp as desk
from hoffice.doctor.cli import backup, doctor, house, restore
from hoffice.doorstep.counter import bp as counter
from hoffice.doorstep.views import bp as doorstep
from hoffice.files.service import Store
from hoffice.handover.views import bp as handover
from hoffice.handover.views import ways
from hoffice.jobs.cli import DAILY
from hoffice.jobs.cli import EXTENSION as JOBS
from hoffice.jobs.cli import jobs as jobs_cli
from hoffice.kits.cli import kits as kits_cli
from hoffice.kits.jobs import handlers as kits_jobs
from hoffice.kits.rules import VanNames
from hoffice.kits.service.daily import DAILIES as KITS_DAILIES
from hoffice.kits.service.daily import handlers as kits_daily
from hoffice.kits.views import bp as kits
from hoffice.notices.jobs import deliver
from hoffice.notices.mail import MailboxOnly, NoServer, SmtpMailer
from hoffice.notices.rules import Mailer, TextMessages
from hoffice.notices.service import DELIVER
from hoffice.notices.texts import HttpGateway, NoGateway, ToFile
from hoffice.people import queries as people_queries
from hoffice.people.cli import people as people_cli
from hoffice.people.jobs import handlers as people_jobs
from hoffice.people.views import bp as people
from hoffice.places.cli import places as places_cli
from hoffice.places.rules import Geocoder
from hoffice.places.service.legs import travel_times
from hoffice.places.service.locating import HouseGeocoder
from hoffice.places.service.online import online_of
from hoffice.places.travel.answers import Engine, TravelTimes
from hoffice.places.travel.choice import engine_of
from hoffice.places.views import bp as places
from hoffice.portal.check import bp as belongings
from hoffice.portal.client import bp as client
from hoffice.portal.devices import bp as my_devices
from hoffice.portal.household import bp as household
from hoffice.portal.papers import bp as papers
from hoffice.portal.pickup import bp as pickup
from hoffice.portal.slots import bp as slots
from hoffice.portal.transfer import bp as transfer
from hoffice.portal.views import bp as portal
from hoffice.runs.cli import runs as runs_cli
from hoffice.runs.jobs import handlers as runs_jobs
from hoffice.runs.planning.engine import Solver
from hoffice.runs.queries import van_names
from hoffice.runs.views import bp as runs
from hoffice.settings import Settings
from hoffice.tasks.views import bp as tasks
from hoffice.units import ActorKind
from hoffice.web import formats, language, numbers, pages, security, static_files, transaction
from hoffice.web.routing import LateRule

ROOT = Path(__file__).parent
TEXTS_FILE = "text-messages.jsonl"
"""In the instance folder of the demo: the text messages that go nowhere."""


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from its settings (read from the environment when none are given).

    Raises :class:`~hoffice.settings.SettingsError` when the house must not start like this.
    """
    settings = settings or Settings.from_env()
    app = Flask(
        __name__,
        template_folder=str(ROOT.parent / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.instance),
    )
    app.url_rule_class = LateRule
    app.testing = settings.testing
    app.extensions["hoffice.settings"] = settings
    settings.instance.mkdir(parents=True, exist_ok=True)
    _open_database(app, settings)
    security.init_app(app, settings)
    transaction.init_app(app)
    numbers.init_app(app)
    language.init_app(app)
    formats.init_app(app)
    pages.init_app(app, settings)
    _open_doors(app, settings)
    _register_pages(app)
    _register_commands(app)
    static_files.init_app(app)
    return app


def _open_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    # an error about a statement names no values: they may be names and addresses
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT.parent / "migrations"))
    with app.app_context():
        prepare_engine(db.engine)
    audit_service.init_session()


def mailer_of(settings: Settings, *, demo_is_on: Callable[[], bool]) -> Mailer:
    """The door for mails that these settings ask for."""
    if settings.smtp is not None:
        return SmtpMailer(settings.smtp, sender=settings.mail_from, name=settings.company)
    return MailboxOnly(demo_is_on) if settings.demo else NoServer()


def texts_of(settings: Settings, *, demo_is_on: Callable[[], bool]) -> TextMessages:
    """The door for text messages that these settings ask for."""
    if settings.sms_url:
        return HttpGateway(settings.sms_url, token=settings.sms_token)
    return ToFile(settings.instance / TEXTS_FILE, demo_is_on) if settings.demo else NoGateway()


def _solver(model: str, engine: Engine | None) -> Solver:
    """The planning engine; imported when the first plan is asked for, for it is heavy.

    It knows the embedded model and the road engine of the settings, if there is one.
    """
    from hoffice.runs.solver import PyvrpSolver  # noqa: PLC0415

    return PyvrpSolver(travel_times(None), {model: travel_times(engine)})


def _open_doors(app: Flask, settings: Settings) -> None:
    registry = svcs.flask.init_app(app).extensions["svcs_registry"]
    book = LinkBook(
        secret_key=settings.secret_key,
        old_secret_keys=settings.old_secret_keys,
        url=settings.url,
        valid=timedelta(days=settings.link_valid_days),
    )
    store = Store(settings.instance / "files")
    switch = demo_service.Switch(asked=settings.demo)
    demo_is_on = switch.is_on
    mailer = mailer_of(settings, demo_is_on=demo_is_on)
    registry.register_value(Settings, settings)
    registry.register_value(LinkBook, book)
    registry.register_value(Store, store)
    sealer = Sealer(
        KeyFolder(settings.instance / "seal", settings.seal_password), settings.tsa_urls
    )
    registry.register_value(Sealer, sealer)
    registry.register_value(Mailer, mailer)
    texts = texts_of(settings, demo_is_on=demo_is_on)
    registry.register_value(TextMessages, texts)
    online = online_of(settings)
    registry.register_factory(Geocoder, lambda: HouseGeocoder(online))
    registry.register_value(VanNames, van_names)
    engine = engine_of(settings.roads)
    registry.register_factory(TravelTimes, lambda: travel_times(engine))
    app.extensions[JOBS] = {
        DELIVER: deliver(mailer, secret_of(book)),
        **people_jobs(lambda: HouseGeocoder(online).for_lists()),
        **agreements_jobs(store, book, texts),
        **agreements_seals(sealer, store),
        **runs_jobs(lambda: _solver(settings.travel_model, engine), lambda: travel_times(engine)),
        **demo_jobs(store, book),
        **kits_daily(book, store),
        **kits_jobs(),
    }
    # the demo's people are written to when a visitor says so, not when morning comes
    app.extensions[DAILY] = () if settings.demo else (*AGREEMENTS_DAILIES, *KITS_DAILIES)
    app.extensions["hoffice.demo_is_on"] = demo_is_on
    app.extensions["hoffice.demo_untold"] = switch.untold


def _register_pages(app: Flask) -> None:
    for blueprint in (
        accounts,
        agreements,
        belongings,
        check,
        client,
        counter,
        demo,
        desk,
        doorstep,
        handover,
        kits,
        papers,
        household,
        my_devices,
        people,
        pickup,
        places,
        portal,
        register,
        runs,
        slots,
        tasks,
        transfer,
        ways,
    ):
        app.register_blueprint(blueprint)

    app.context_processor(frame)

    @app.before_request
    def know_the_reader() -> None:
        if "language" not in session:  # an own choice in this browser needs no question
            g.preferred_language = _language_of_reader()


def _language_of_reader() -> str | None:
    """The language in which the account, or whoever is behind the personal link, is written to."""
    account = account_or_none()
    if account is not None:
        return account.language
    link = link_or_none()
    if link is None:
        return None
    holder = holder_actor(link.holder)
    if holder.kind is ActorKind.CLIENT:
        return approval_queries.language_of(link.id)
    if holder.kind is not ActorKind.EMPLOYEE:
        return None
    return people_queries.employee(holder.id).language


def _register_commands(app: Flask) -> None:
    for command in (
        accounts_cli,
        agreements_cli,
        audit_cli,
        backup,
        demo_cli,
        doctor,
        house,
        jobs_cli,
        kits_cli,
        people_cli,
        places_cli,
        restore,
        runs_cli,
    ):
        app.cli.add_command(command)
