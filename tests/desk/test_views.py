"""The start page for each role, one field that finds anything, jobs, mails and the log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy import text as text_of

from hoffice.accounts.links import LinkBook, new_link
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.audit.models import AuditLine
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.desk.views import JOB_TITLES
from hoffice.jobs import service as jobs
from hoffice.jobs.cli import handlers
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.kits.models import Item
from hoffice.notices import service as notices
from hoffice.notices.models import Notice
from hoffice.notices.rules import LinkKind, NoticeState
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import book
from tests.conftest import Given
from tests.desk import scene
from tests.handover import scene as handovers
from tests.pageclient import PageClient

EN = {"Accept-Language": "en"}
SignedIn = Callable[..., PageClient]


def text(client: PageClient, path: str) -> str:
    """A page in English."""
    response = client.get(path, headers=EN)
    assert response.status_code == 200, path
    return response.text


@pytest.fixture
def person(given: Given) -> scene.Person:
    """Ayşe Kaya, with a kit, papers and a history."""
    with given():
        return scene.person()


# --- today ----------------------------------------------------------------------------------------


def test_an_empty_house_begins_with_the_staff_list(it: PageClient, signed_in: SignedIn) -> None:
    assert "/personen/import" in text(it, "/")
    assert "/personen/import" not in text(signed_in(Role.AUDITOR), "/")


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        (
            Role.IT,
            ["In stock", "has no kit yet", "Ayşe Kaya"],
            ["has no papers yet", "was declined"],
        ),
        (Role.HR, ["1 paper was declined", "has no papers yet", "Ayşe Kaya"], ["In stock"]),
        (Role.ADMIN, ["1 mail did not arrive"], ["In stock", "Ayşe Kaya", "was declined"]),
        (Role.LEAD, ["0 of 2"], ["In stock", "Ayşe Kaya", "mail did not arrive"]),
        (Role.WORKS_COUNCIL, ["0 of 2"], ["In stock", "Ayşe Kaya", "mail did not arrive"]),
        (Role.AUDITOR, ["0 of 2", "Ayşe Kaya"], ["In stock", "mail did not arrive"]),
        (Role.DPO, ["0 of 2", "Ayşe Kaya"], ["In stock", "mail did not arrive"]),
    ],
)
def test_the_start_page_says_what_waits_for_whom(
    given: Given, signed_in: SignedIn, role: Role, seen: list[str], unseen: list[str]
) -> None:
    with given():
        makers.employee("Emre Kaplan")
        makers.item()
        notice = notices.send("reset", to="a@b.example", language="de", by=makers.IT)
        notices.failed(notice.id, "550")
    page = text(signed_in(role), "/")
    for words in seen:
        assert words in page, words
    for words in unseen:
        assert words not in page, words
    assert scene.STREET not in page


def test_a_driver_goes_straight_to_the_road(signed_in: SignedIn) -> None:
    assert signed_in(Role.DRIVER).get("/").location == "/unterwegs/"
    assert signed_in(Role.DRIVER, Role.IT).get("/").status_code == 200


def test_what_happened_lately_stands_beside_the_right_name(given: Given, it: PageClient) -> None:
    with given():
        first, second = makers.employee("Ayşe Kaya").id, makers.employee("Emre Kaplan").id
    for action, employee_id in (
        ("people.home_confirmed", first),
        ("notices.sent", None),
        ("handover.received", second),
        ("notices.failed", None),
    ):
        with given():
            record(Actor.system(), action, "thing:1", employee_id=employee_id, yes=5, items=5)

    page = text(it, "/")
    lately = page[page.index("Lately") :]

    first_at, second_at = lately.index("Emre Kaplan"), lately.index("Ayşe Kaya")
    assert first_at < lately.index("Receipt confirmed: 5 of 5 items") < second_at
    assert second_at < lately.index("Address confirmed")
    assert "Mail" not in lately[: lately.index("Address confirmed")]


@pytest.mark.usefixtures("person")
def test_the_start_page_costs_the_same_however_many_people_there_are(
    given: Given, it: PageClient, queries: list[str]
) -> None:
    def cost() -> int:
        queries.clear()
        text(it, "/")
        return len(queries)

    few = cost()
    with given():
        for number in range(5):
            scene.person(f"Person {number}")
    assert cost() == few


# --- search ---------------------------------------------------------------------------------------


def where(client: PageClient, words: str) -> str:
    """Where a search leads when it has one hit; nothing when it stays on its page."""
    response = client.get("/suche", query_string={"q": words})
    return str(response.location or "")


def test_one_hit_opens_at_once(it: PageClient, hr: PageClient, person: scene.Person) -> None:
    assert where(it, "ayşe kaya") == where(it, person.number) == person.path
    assert where(it, person.serial) == where(it, person.tag.lower())
    assert where(it, person.tag).startswith("/geraete/")
    assert where(it, person.code) == f"/geraete/karton/{person.code}"
    assert where(hr, f"P{person.paper_id:05d}") == f"/papiere/{person.paper_id}.pdf"


@pytest.mark.parametrize(
    ("role", "tag", "paper", "street"),
    [
        (Role.IT, True, False, True),
        (Role.HR, False, True, True),
        (Role.AUDITOR, True, False, False),
        (Role.DPO, False, False, False),
    ],
)
def test_each_role_finds_what_it_may_read(
    signed_in: SignedIn, person: scene.Person, role: Role, *, tag: bool, paper: bool, street: bool
) -> None:
    client = signed_in(role)
    assert where(client, "Kaya") == person.path
    assert bool(where(client, person.tag)) == tag
    assert bool(where(client, person.code)) == tag
    assert bool(where(client, f"{person.paper_id:05d}")) == paper
    assert bool(where(client, scene.STREET)) == street


@pytest.mark.parametrize("role", [Role.DRIVER, Role.WORKS_COUNCIL, Role.ADMIN])
def test_others_search_nothing(signed_in: SignedIn, role: Role) -> None:
    assert signed_in(role).get("/suche?q=Kaya").status_code == 403


def test_a_lead_finds_the_own_people_however_many_others_have_that_name(
    app: Flask, given: Given
) -> None:
    with given():
        account = makers.account(Role.LEAD)
        for number in range(10):
            makers.employee(f"Anna{number} Kaya")
        mine = makers.employee("Zoe Kaya")
        mine.team = scene.led_team("Team Nord", account.id)
        path, client = f"/personen/{mine.id}", PageClient(app)
        client.be_account(account.id, account.session_epoch)
    assert where(client, "Kaya") == path
    assert "Nothing found" in text(client, "/suche?q=Anna1")


def test_many_hits_are_listed_and_none_is_said_kindly(given: Given, it: PageClient) -> None:
    with given():
        for name in ("Ayşe Kaya", "Mert Kaya"):
            makers.employee(name)
    page = text(it, "/suche?q=Kaya")
    assert "Ayşe Kaya" in page
    assert "Mert Kaya" in page
    for words in ("Zzyzx", "%", "_", "' OR 1=1 --", "9" * 30, "K" * 500):
        page = it.get("/suche", query_string={"q": words}, headers=EN).text
        assert "Nothing found" in page, words
    assert "What are you looking for?" in text(it, "/suche?q=%20")


# --- jobs -----------------------------------------------------------------------------------------


@pytest.fixture
def job(app: Flask, given: Given) -> tuple[int, PageClient]:
    """A job that somebody in HR has asked for, and her browser."""
    with given():
        account = makers.account(Role.HR)
        made = jobs.enqueue(
            "agreements.send_pack", {}, by=Actor.staff(account.id), key="pack:1", total=4
        )
        owner = PageClient(app)
        owner.be_account(account.id, account.session_epoch)
        return made.id, owner


def set_job(given: Given, job_id: int, **values: object) -> None:
    """The worker has written this."""
    with given():
        db.session.execute(update(Job).where(Job.id == job_id).values(**values))


def test_every_kind_of_job_has_a_name_that_people_understand(app: Flask) -> None:
    with app.app_context():
        assert set(handlers()) <= set(JOB_TITLES)


def test_a_job_is_followed_by_its_owner_and_by_those_who_keep_the_house_running(
    job: tuple[int, PageClient], it: PageClient, hr: PageClient, signed_in: SignedIn
) -> None:
    job_id, owner = job
    for client in (owner, it, signed_in(Role.ADMIN)):
        assert "Sending the papers" in text(client, f"/auftraege/{job_id}")
    for path in ("", "/stand"):
        assert hr.get(f"/auftraege/{job_id}{path}").status_code == 404
    for path in ("/abbrechen", "/wiederholen"):
        assert hr.post(f"/auftraege/{job_id}{path}").status_code == 404
    assert signed_in(Role.AUDITOR).get(f"/auftraege/{job_id}").status_code == 403
    assert it.get("/auftraege/99999").status_code == 404
    assert "Sending the papers" in text(it, "/auftraege/")
    assert hr.get("/auftraege/").status_code == 403


def test_a_running_job_says_how_far_it_is_and_a_done_one_where_to_go(
    given: Given, job: tuple[int, PageClient]
) -> None:
    job_id, owner = job
    set_job(given, job_id, state=JobState.RUNNING, done=1)
    assert owner.get(f"/auftraege/{job_id}/stand").json == {
        "state": "running",
        "done": 1,
        "total": 4,
        "result": None,
        "error": None,
        "words": None,
    }
    set_job(given, job_id, state=JobState.DONE, done=4, result={"url": "/papiere/"})
    assert '"result":"/papiere/"' in owner.get(f"/auftraege/{job_id}/stand").text
    assert "/papiere/" in text(owner, f"/auftraege/{job_id}")
    set_job(given, job_id, result={"url": "https://elsewhere.example/"})
    assert "elsewhere" not in text(owner, f"/auftraege/{job_id}")


def test_a_failed_job_says_why_and_can_be_repeated(
    app: Flask, given: Given, job: tuple[int, PageClient]
) -> None:
    job_id, owner = job
    assert owner.post(f"/auftraege/{job_id}/wiederholen").status_code == 409
    set_job(
        given,
        job_id,
        state=JobState.FAILED,
        error="%(name)s has no e-mail address yet.",
        error_facts={"name": "Ayşe <b>Kaya</b>"},
    )
    page = text(owner, f"/auftraege/{job_id}")
    assert "Ayşe &lt;b&gt;Kaya&lt;/b&gt; has no e-mail address yet." in page
    assert "Try again" in page
    assert owner.post(f"/auftraege/{job_id}/wiederholen").status_code == 303
    assert "Try again" not in text(owner, f"/auftraege/{job_id}")
    with app.app_context():
        assert db.session.get_one(Job, job_id).state is JobState.QUEUED


def test_a_waiting_job_is_cancelled_at_once_and_only_once(
    app: Flask, job: tuple[int, PageClient]
) -> None:
    job_id, owner = job
    assert owner.post(f"/auftraege/{job_id}/abbrechen").status_code == 303
    assert owner.post(f"/auftraege/{job_id}/abbrechen").status_code == 409
    with app.app_context():
        assert db.session.get_one(Job, job_id).state is JobState.CANCELLED


# --- mails and the log ----------------------------------------------------------------------------


def test_the_mails_are_listed_without_their_links_and_sent_again(
    app: Flask, given: Given, it: PageClient, person: scene.Person
) -> None:
    links: LinkBook = book()
    with given():
        link = new_link(f"employee:{person.id}", book=links, by=makers.IT, employee_id=person.id)
        notice = notices.send(
            "link",
            to=person.email,
            language="de",
            by=makers.IT,
            employee_id=person.id,
            facts={"first_name": "Ayşe"},
            link=(LinkKind.PERSONAL, link.id),
        )
        notices.failed(notice.id, "550 <b>unknown</b>")
        notice_id = notice.id
    page = text(it, "/post")
    assert person.email in page
    assert "personal link" in page
    assert "personal link" in text(it, "/post?export=csv")
    assert "550 &lt;b&gt;unknown&lt;/b&gt;" in page
    for export in ("", "?export=csv", "?export=xlsx"):
        assert b"/l/" not in it.get(f"/post{export}").data
    assert it.post(f"/post/{notice_id}/nochmal").status_code == 303
    assert it.post(f"/post/{notice_id}/nochmal").status_code == 409
    assert it.post("/post/99999/nochmal").status_code == 404
    with app.app_context():
        assert db.session.get_one(Notice, notice_id).state is NoticeState.QUEUED


def test_only_who_keeps_the_house_sees_the_mails_and_only_who_audits_sees_the_log(
    signed_in: SignedIn,
) -> None:
    readers = {
        "/post": {Role.ADMIN, Role.HR, Role.IT},
        "/protokoll": {Role.ADMIN, Role.DPO, Role.AUDITOR},
    }
    for role in Role:
        client = signed_in(role)
        for path, allowed in readers.items():
            assert client.get(path).status_code == (200 if role in allowed else 403), (role, path)


@pytest.mark.usefixtures("person")
def test_the_log_is_listed_without_personal_values(app: Flask, signed_in: SignedIn) -> None:
    auditor = signed_in(Role.AUDITOR)
    page = text(auditor, "/protokoll")
    assert "kits.given" in page
    for unseen in (scene.REASON, scene.NOTE, "Kaya", scene.STREET):
        assert unseen not in page, unseen
    assert "kits.packed" not in text(auditor, "/protokoll?q=kits.given")
    with app.app_context():
        assert f"Last line: {db.session.scalar(select(func.max(AuditLine.seq)))}" in page


@pytest.mark.usefixtures("person")
def test_the_chain_is_checked_on_request_and_a_changed_line_is_named(
    app: Flask, given: Given, signed_in: SignedIn
) -> None:
    dpo = signed_in(Role.DPO)
    answer = dpo.post("/protokoll/pruefen", headers=EN, follow_redirects=True)
    assert "The log is whole" in answer.text
    with app.app_context():
        seqs = list(db.session.scalars(select(AuditLine.seq).order_by(AuditLine.seq)))
    with given():
        db.session.execute(text_of("DROP TRIGGER audit_line_refuses_update"))
        db.session.execute(
            update(AuditLine).where(AuditLine.seq == seqs[2]).values(action="kits.stolen")
        )
    answer = dpo.post("/protokoll/pruefen", headers=EN, follow_redirects=True)
    assert f"The log breaks at line {seqs[2]}." in answer.text


def test_the_keys_are_explained_to_anybody(stranger: PageClient) -> None:
    assert stranger.get("/tastenkuerzel").status_code == 200


def test_a_run_of_today_is_seen_by_it_with_its_next_door(given: Given, it: PageClient) -> None:
    with given():
        driver: Account = makers.account(Role.DRIVER, name="Can Demir")
        handovers.run_of([handovers.ready("Emre Kaplan")], driver=driver)
        assert db.session.scalar(select(func.count()).select_from(Item)) == 5
    page = text(it, "/")
    assert "Can Demir" in page
    assert "Next: Emre Kaplan" in page
    assert "0 of 1" in page
