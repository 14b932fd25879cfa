"""The pages of accounts in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts import links, passwords, queries, second_factor, service
from hoffice.accounts.links import LinkBook
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role, TokenKind
from hoffice.db import db
from hoffice.units import Actor
from hoffice.web import language
from tests import houses, makers
from tests.conftest import Given
from tests.pageclient import PageClient

PASSWORD = "vier kleine Worte"
EMAIL = "ines@spreeruf.example"
BOOK = LinkBook(houses.SECRET, (), "http://localhost", timedelta(days=30))
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SignedIn = Callable[..., PageClient]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that asks for nothing reads English here: the ids themselves, compiled or not."""
    monkeypatch.setattr(language, "LANGUAGES", ("en", "de"))


@pytest.fixture(scope="module")
def password_hash() -> str:
    """One slow hash for the whole file."""
    return passwords.hashed(PASSWORD)


@pytest.fixture
def ines(given: Given, password_hash: str) -> int:
    """Ines in IT, who signs in with a password."""
    with given():
        account = makers.account(Role.IT, name="Ines Wolf", email=EMAIL)
        account.password_hash = password_hash
        return account.id


@pytest.fixture
def ines_with_code(given: Given, ines: int) -> int:
    """Ines, who types a code too."""
    with given():
        stored = second_factor.sealed(SECRET, (houses.SECRET,))
        queries.account(ines).totp_secret = stored
    return ines


def _sign_in(browser: PageClient, password: str = PASSWORD, weiter: str = "") -> str:
    answer = browser.post("/anmelden", {"email": EMAIL, "password": password, "weiter": weiter})
    return answer.location or answer.text


def _stored(app: Flask, account_id: int) -> Account:
    with app.app_context():
        account = queries.account(account_id)
        db.session.expunge(account)
        return account


def test_the_right_password_leads_to_where_one_wanted_to_go(
    app: Flask, stranger: PageClient, ines: int
) -> None:
    asked = stranger.get("/konto?tab=1")
    assert asked.location == "/anmelden?weiter=/konto?tab%3D1"

    assert _sign_in(stranger, weiter="/konto") == "/konto"

    assert "Ines Wolf" in stranger.get("/konto").text
    assert _stored(app, ines).last_sign_in_at is not None


@pytest.mark.parametrize("weiter", ["https://evil.example/", "//evil.example", "/\\evil.example"])
@pytest.mark.usefixtures("ines")
def test_the_sign_in_leads_nowhere_else(stranger: PageClient, weiter: str) -> None:
    assert _sign_in(stranger, weiter=weiter) == "/"


def test_wrong_passwords_are_counted_although_the_page_says_no(
    app: Flask, stranger: PageClient, ines: int
) -> None:
    for _ in range(4):
        assert "do not belong together" in _sign_in(stranger, "falsch, ganz falsch")
    assert _stored(app, ines).failures == 4

    assert "Those were too many tries" in _sign_in(stranger, "falsch, ganz falsch")
    assert "Those were too many tries" in _sign_in(stranger)


@pytest.mark.usefixtures("ines")
def test_an_unknown_address_gets_the_same_answer(stranger: PageClient) -> None:
    known = _sign_in(stranger, "falsch, ganz falsch")
    unknown = stranger.post(
        "/anmelden", {"email": "nobody@spreeruf.example", "password": "falsch, ganz falsch"}
    ).text

    strip = re.compile(r'value="[^"]*"|content="[^"]*"')
    assert strip.sub("", known) == strip.sub("", unknown)


@pytest.mark.usefixtures("ines")
def test_the_write_lock_is_free_while_a_password_is_compared(
    stranger: PageClient, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = passwords.checked
    wrote = []

    def compare_while_others_write(password_hash: str | None, password: str) -> passwords.Proof:
        with given():
            wrote.append(makers.account(Role.IT).id)
        return compare(password_hash, password)

    monkeypatch.setattr(passwords, "checked", compare_while_others_write)

    assert _sign_in(stranger, weiter="/konto") == "/konto"
    assert len(wrote) == 1


@pytest.mark.usefixtures("ines_with_code")
def test_the_second_step_asks_for_a_code_that_works_once(app: Flask) -> None:
    browser, thief = PageClient(app), PageClient(app)
    moment = clock.now()
    with clock.frozen(moment):
        assert _sign_in(browser, weiter="/konto") == "/anmelden/code"
        assert browser.get("/konto").location == "/anmelden?weiter=/konto"
        code = pyotp.TOTP(SECRET).at(moment)

        assert "does not fit" in browser.post("/anmelden/code", {"code": "000000"}).text
        assert browser.post("/anmelden/code", {"code": code}).location == "/konto"

        _sign_in(thief)
        assert "does not fit" in thief.post("/anmelden/code", {"code": code}).text
    assert browser.get("/konto").status_code == 200


@pytest.mark.usefixtures("ines_with_code")
def test_between_password_and_code_lie_ten_minutes_at_most(stranger: PageClient) -> None:
    _sign_in(stranger)

    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert stranger.get("/anmelden/code").location == "/anmelden"


def test_nobody_without_a_password_reaches_the_code(stranger: PageClient) -> None:
    assert stranger.get("/anmelden/code").location == "/anmelden"


@pytest.mark.usefixtures("ines")
def test_signing_out_ends_this_browser(stranger: PageClient) -> None:
    _sign_in(stranger)

    assert stranger.post("/abmelden").location == "/anmelden"

    assert stranger.get("/konto").location == "/anmelden?weiter=/konto"


@pytest.mark.usefixtures("ines")
def test_signing_out_everywhere_leaves_this_browser_in(app: Flask) -> None:
    here, there = PageClient(app), PageClient(app)
    _sign_in(here)
    _sign_in(there)

    here.post("/konto/ueberall-abmelden")

    assert here.get("/konto").status_code == 200
    assert there.get("/konto").status_code == 302


@pytest.mark.usefixtures("ines")
def test_a_session_ends_after_its_hours(stranger: PageClient) -> None:
    _sign_in(stranger)

    with clock.frozen(clock.now() + timedelta(hours=12, minutes=1)):
        assert stranger.get("/konto").status_code == 302


def test_an_invitation_is_only_used_up_by_sending_the_form(
    stranger: PageClient, given: Given
) -> None:
    with given():
        key = service.invite(
            EMAIL, "Ines Wolf", [Role.IT], language="de", company="S", by=Actor.system()
        )
        path = "/schluessel/" + BOOK.token(TokenKind.MAILED_KEY, key.id, key.nonce)

    for _ in range(3):
        assert "Ines Wolf" in stranger.get(path).text
    short = stranger.post(path, {"password": "kurz", "again": "kurz"})
    assert "12 characters or more" in short.text
    other = stranger.post(path, {"password": PASSWORD, "again": PASSWORD + "!"})
    assert "differ" in other.text
    assert stranger.post(path, {"password": PASSWORD, "again": PASSWORD}).location == "/anmelden"

    assert stranger.get(path).status_code == 410
    assert stranger.post(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    assert _sign_in(stranger, weiter="/konto") == "/konto"


def test_a_made_up_key_is_not_there(stranger: PageClient) -> None:
    assert stranger.get("/schluessel/1.xyz").status_code == 404


@pytest.mark.usefixtures("ines")
def test_the_page_for_a_new_password_never_says_who_has_an_account(app: Flask) -> None:
    answers = [
        PageClient(app).post("/passwort-vergessen", {"email": email}, follow_redirects=True)
        for email in (EMAIL, "nobody@spreeruf.example")
    ]

    strip = re.compile(r'value="[^"]*"|content="[^"]*"')
    assert strip.sub("", answers[0].text) == strip.sub("", answers[1].text)
    assert "on its way" in answers[0].text


def test_the_own_password_is_changed_with_the_present_one(
    app: Flask, stranger: PageClient, ines: int
) -> None:
    _sign_in(stranger)
    fresh = "fünf ganz neue kleine Worte"
    fields = {"new-password": fresh, "new-again": fresh}

    wrong = stranger.post("/konto/passwort", {**fields, "new-present": "falsch"})
    assert "is another one" in wrong.text
    assert stranger.post("/konto/passwort", {**fields, "new-present": PASSWORD}).status_code == 302

    assert stranger.get("/konto").status_code == 200
    assert passwords.checked(_stored(app, ines).password_hash, fresh).matches


def test_name_language_and_theme_are_the_accounts_own(
    app: Flask, stranger: PageClient, ines: int
) -> None:
    _sign_in(stranger)

    stranger.post("/konto", {"name": "Ines Wolf-Ayan", "language": "en", "theme": "dark"})

    account = _stored(app, ines)
    assert (account.name, account.language, account.theme) == ("Ines Wolf-Ayan", "en", "dark")
    page = stranger.get("/konto").text
    assert '<html lang="en" data-bs-theme="dark">' in page
    elsewhere = PageClient(app)
    _sign_in(elsewhere)
    assert '<html lang="en" data-bs-theme="dark">' in elsewhere.get("/konto").text


def test_a_stranger_chooses_language_and_theme_for_this_browser(stranger: PageClient) -> None:
    answer = stranger.post("/sprache", {"to": "en", "back": "/datenschutz"})
    stranger.post("/thema", {"to": "dark", "back": "/datenschutz"})

    assert answer.location == "/datenschutz"
    page = stranger.get("/datenschutz").text
    assert '<html lang="en" data-bs-theme="dark">' in page
    assert stranger.post("/sprache", {"to": "de", "back": "//evil.example"}).location == "/"


def test_a_choice_made_while_signed_in_is_stored(
    app: Flask, stranger: PageClient, ines: int
) -> None:
    _sign_in(stranger)

    stranger.post("/sprache", {"to": "en", "back": "/konto"})
    stranger.post("/thema", {"to": "light", "back": "/konto"})
    stranger.post("/thema", {"to": "pink", "back": "/konto"})

    account = _stored(app, ines)
    assert (account.language, account.theme) == ("en", "light")


def test_an_employee_reads_in_her_own_language(app: Flask, given: Given) -> None:
    with given():
        employee = makers.employee(language="en")
        link = links.new_link(
            f"employee:{employee.id}", book=BOOK, by=Actor.system(), employee_id=employee.id
        )
        link_id = link.id
    browser = PageClient(app)
    browser.be_holder(link_id)

    page = browser.get("/link-fehlt", headers={"Accept-Language": "de"})

    assert '<html lang="en"' in page.text


def test_hr_sets_up_the_second_step_before_anything_else(
    app: Flask, stranger: PageClient, given: Given, ines: int
) -> None:
    with given():
        service.set_roles(ines, [Role.HR], by=Actor.system())
    _sign_in(stranger)
    assert stranger.get("/konto").location == "/konto/zweiter-schritt"
    page = stranger.get("/konto/zweiter-schritt").text
    assert 'src="data:image/svg+xml' in page
    found = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    secret = found[1].replace(" ", "")

    wrong = stranger.post("/konto/zweiter-schritt", {"code": "000000"})
    assert "does not fit" in wrong.text
    code = pyotp.TOTP(secret).at(clock.now())
    assert stranger.post("/konto/zweiter-schritt", {"code": code}).location == "/"

    assert stranger.get("/konto").status_code == 200
    stored = _stored(app, ines).totp_secret
    assert stored is not None
    assert secret not in stored


def test_another_app_takes_the_place_of_the_first_one(
    app: Flask, stranger: PageClient, ines_with_code: int
) -> None:
    moment = clock.now()
    with clock.frozen(moment):
        _sign_in(stranger)
        stranger.post("/anmelden/code", {"code": pyotp.TOTP(SECRET).at(moment)})

        wrong = stranger.post("/konto/zweiter-schritt/entfernen", {"confirm-password": "falsch"})
        assert "is another one" in wrong.text
        stranger.post("/konto/zweiter-schritt/entfernen", {"confirm-password": PASSWORD})

    assert _stored(app, ines_with_code).totp_secret is None
    assert stranger.get("/konto").status_code == 200


def test_the_administration_invites_and_finds_people(signed_in: SignedIn) -> None:
    admin = signed_in(Role.ADMIN)

    admin.post(
        "/konten/einladen",
        {"name": "Ines Wolf", "email": EMAIL, "language": "de", "roles": ["it", "driver"]},
    )

    found = admin.get("/konten?q=ines+wolf&role=driver&state=invited").text
    assert EMAIL in found
    assert EMAIL not in admin.get("/konten?state=disabled").text
    assert EMAIL in admin.get("/konten?export=csv").text


@pytest.mark.usefixtures("ines")
def test_an_invitation_without_a_role_or_twice_is_refused_at_the_form(signed_in: SignedIn) -> None:
    admin = signed_in(Role.ADMIN)
    fields = {"name": "Ines Wolf", "email": EMAIL, "language": "de"}

    assert "at least one role" in admin.post("/konten/einladen", fields).text
    twice = admin.post("/konten/einladen", {**fields, "roles": ["it"]})
    assert "already" in twice.text


def test_the_administration_changes_closes_and_opens_an_account(
    app: Flask, signed_in: SignedIn, stranger: PageClient, ines: int
) -> None:
    admin = signed_in(Role.ADMIN)
    _sign_in(stranger)
    page = f"/konten/{ines}"

    admin.post(page, {"roles": ["driver", "lead"]})
    assert _stored(app, ines).roles == {Role.DRIVER, Role.LEAD}
    assert "at least one role" in admin.post(page, {}).text

    admin.post(f"{page}/abmelden")
    assert stranger.get("/konto").status_code == 302
    admin.post(f"{page}/sperren")
    assert "do not belong together" in _sign_in(stranger)
    assert "disabled" in admin.get(page).text
    admin.post(f"{page}/freigeben")
    assert _sign_in(stranger, weiter="/konto") == "/konto"


def test_the_administration_resets_a_second_step(
    app: Flask, signed_in: SignedIn, ines_with_code: int
) -> None:
    signed_in(Role.ADMIN).post(f"/konten/{ines_with_code}/zweiter-schritt")

    assert _stored(app, ines_with_code).totp_secret is None


def test_the_last_admin_stays_and_the_page_says_why(
    app: Flask, signed_in: SignedIn, given: Given, ines: int
) -> None:
    with given():
        service.set_roles(ines, [Role.ADMIN], by=Actor.system())
    admin = signed_in(Role.ADMIN)  # made without a password: could not come back

    refused = admin.post(f"/konten/{ines}/sperren")
    at_the_form = admin.post(f"/konten/{ines}", {"roles": ["it"]})

    assert refused.status_code == 409
    assert "last account" in at_the_form.text
    assert _stored(app, ines).roles == {Role.ADMIN}


def test_somebody_invited_can_be_invited_again(signed_in: SignedIn, given: Given) -> None:
    with given():
        account_id = makers.account(Role.IT).id
    admin = signed_in(Role.ADMIN)

    assert admin.post(f"/konten/{account_id}/einladung").status_code == 302


def test_a_personal_link_opens_by_its_button_only(app: Flask, given: Given) -> None:
    with given():
        employee_id = makers.employee(language="en").id
        link = links.new_link(
            f"employee:{employee_id}", book=BOOK, by=Actor.system(), employee_id=employee_id
        )
        link_id = link.id
        path = "/l/" + BOOK.token(TokenKind.PERSONAL, link.id, link.nonce)
    robot, employee = PageClient(app), PageClient(app)

    page = robot.get(path)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in page.text
    with app.app_context():
        stored = queries.personal_link(link_id)
        assert stored is not None
        assert stored.first_opened_at is None

    opened = employee.post(path)
    assert opened.status_code == 302
    assert "/l/" not in opened.headers["Location"]
    assert "This device knows your link" in employee.get("/link-fehlt").text


def test_an_ended_link_says_so(stranger: PageClient, given: Given) -> None:
    with given():
        link = links.new_link("employee:17", book=BOOK, by=Actor.system(), employee_id=17)
        path = "/l/" + BOOK.token(TokenKind.PERSONAL, link.id, link.nonce)
        links.revoke_all("employee:17", by=Actor.system(), employee_id=17)

    for answer in (stranger.get(path), stranger.post(path)):
        assert answer.status_code == 410
        assert "has ended" in answer.text


def test_guessing_links_comes_to_an_end(stranger: PageClient, given: Given) -> None:
    with given():
        link = links.new_link("employee:17", book=BOOK, by=Actor.system(), employee_id=17)
        right = "/l/" + BOOK.token(TokenKind.PERSONAL, link.id, link.nonce)
    for number in range(21):
        assert stranger.get(f"/l/{number}.guess").location == "/link-ungueltig"
    assert "does not open" in stranger.get("/link-ungueltig").text

    assert stranger.get(right).status_code == 429
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        assert stranger.get(right).status_code == 200


def test_the_house_says_how_it_is(stranger: PageClient) -> None:
    answer = stranger.get("/gesund")

    assert (answer.status_code, answer.mimetype, answer.text) == (200, "text/plain", "ok\n")


def test_the_house_says_when_its_database_is_gone(
    stranger: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> bool:
        raise db.exc.OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(queries, "is_answering", gone)

    assert stranger.get("/gesund").status_code == 503


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        (Role.ADMIN, {"/konten"}, {"/papiere/"}),
        (Role.IT, {"/fahrten/"}, {"/konten", "/fahrten/fenster"}),
        (Role.HR, {"/fahrten/fenster"}, {"/konten", "/fahrten/"}),
        (Role.DRIVER, set(), {"/konten", "/papiere/", "/fahrten/fenster"}),
    ],
)
def test_the_menu_offers_what_the_role_may_open(
    signed_in: SignedIn, role: Role, seen: set[str], unseen: set[str]
) -> None:
    browser = signed_in(role)
    page = browser.get("/konto").text
    menu = re.search(r'<ul class="bar-nav">(.*?)</ul>', page, re.DOTALL)
    offered = set(re.findall(r'<a href="([^"]+)"', menu[1])) if menu else set()

    assert seen <= offered
    assert not unseen & offered
    for path in offered:
        assert browser.get(path).status_code in {200, 302}, path


def test_the_page_on_data_protection_is_public(stranger: PageClient) -> None:
    assert "30 days at most" in stranger.get("/datenschutz").text
