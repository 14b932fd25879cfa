"""Chasing, renewing and ending papers, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck
from hypothesis import given as for_any
from hypothesis import settings as tuned
from hypothesis import strategies as st

from hoffice import clock
from hoffice.accounts.models import PersonalLink
from hoffice.agreements import queries, service
from hoffice.agreements.chasing import Anew, Group
from hoffice.agreements.jobs import handlers
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries import desk
from hoffice.agreements.rules import IN_FORCE, PAPER_LABELS, PaperKind, PaperState, SealState
from hoffice.agreements.service import (
    bulk,
    expiry,
    reminders,
    resending,
    signing,
    superseding,
)
from hoffice.agreements.service.bulk import Deed, Order
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.jobs.models import Job
from hoffice.jobs.worker import work_off
from hoffice.notices.models import Notice
from hoffice.people.models import Employee
from hoffice.units import Actor
from tests import makers
from tests.agreements import scene
from tests.agreements.desk import DAY, approve_all, for_house, morning, new_version, sent, sign
from tests.agreements.scene import HR, TERMS, book, in_force
from tests.conftest import Given

MONDAY = datetime(2027, 2, 1, 10, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """A Monday without holidays around it."""
    with clock.frozen(MONDAY):
        yield


def mails(template: str) -> int:
    return db.session.query(Notice).filter_by(template=template).count()


def group(employee_id: int) -> Group:
    return desk.group_of(employee_id, clock.today())


# Groups


def test_each_person_is_in_the_group_of_what_is_missing(given: Given, tmp_path: Path) -> None:
    with given():
        nothing = makers.employee("Nina Nichts")
        silent = makers.employee("Sil Still")
        silent.email = ""
        service.load_samples(by=HR)
        packs = {
            name: sent(makers.employee(f"P {name}"), tmp_path)
            for name in set(Group) - {Group.NONE, Group.UNREACHABLE}
        }
        opened = packs[Group.OPENED]
        signing.open_paper(opened.papers[0].id, employee_id=opened.employee_id)
        declined = packs[Group.DECLINED]
        signing.decline(declined.papers[0].id, "Nein", employee_id=declined.employee_id, by=HR)
        wants = packs[Group.WANTS_PAPER]
        signing.want_paper(wants.papers[0].id, employee_id=wants.employee_id, by=HR)
        moved = packs[Group.OUTDATED]
        assert moved.employee.home is not None
        moved.employee.home.street = "Müllerstraße"
        sign(packs[Group.COUNTERSIGN], tmp_path)
        for name in (Group.SIGNED, Group.SEAL_PENDING, Group.EXPIRED):
            sign(packs[name], tmp_path)
            for_house(packs[name], tmp_path)
        packs[Group.SEAL_PENDING].papers[0].seal_state = SealState.PENDING
        packs[Group.EXPIRED].papers[0].state = PaperState.EXPIRED
        ids = {name: pack.employee_id for name, pack in packs.items()}
        ids |= {Group.NONE: nothing.id, Group.UNREACHABLE: silent.id}

    with given():
        for name, employee_id in ids.items():
            assert group(employee_id) is name
        counted = desk.counts(clock.today())
        assert set(counted.values()) == {1}
        for name in Group:
            assert list(desk.ids_in_group(name, clock.today())) == [ids[name]]


TEXTS = st.sampled_from(["", "Sonnenallee", "Straße der Pariser Kommune"])


@tuned(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@for_any(
    street=TEXTS,
    housenumber=st.sampled_from(["", "9", "9 a"]),
    postcode=st.sampled_from(["", "12045"]),
    city=st.sampled_from(["", "Berlin"]),
)
def test_the_database_writes_an_address_as_the_house_does(
    given: Given, street: str, housenumber: str, postcode: str, city: str
) -> None:
    with given():
        home = makers.employee().home
        assert home is not None
        home.street, home.housenumber = street, housenumber
        home.postcode, home.city = postcode, city
        db.session.flush()

        assert db.session.scalars(desk.lines_of([home.employee_id])).one() == home.line


# Reminders


def test_reminders_go_out_on_days_2_and_4_and_after_the_weekend_and_then_somebody_calls(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        pack = sent(makers.employee(), tmp_path)
        employee_id = pack.employee_id

    written = []
    with app.app_context():
        for number in range(12):
            with clock.frozen(MONDAY + number * DAY):
                if morning(tmp_path)["reminded"]:
                    written.append(clock.today().day)

    assert written == [3, 5, 8]
    with given():
        assert mails("reminder") == 3
    with clock.frozen(MONDAY + 7 * DAY), given():
        assert not desk.count_to_call(clock.today(), reminders.last_reminder_before(clock.today()))
    with clock.frozen(MONDAY + 8 * DAY), given():
        before = reminders.last_reminder_before(clock.today())
        assert desk.count_to_call(clock.today(), before) == 1
        reminders.note_call(employee_id, "unterschreibt heute Abend", by=HR)
    with clock.frozen(MONDAY + 8 * DAY), given():
        assert desk.count_to_call(clock.today(), before) == 0
        [line] = db.session.query(AuditLine).filter_by(action="agreements.called")
        assert "unterschreibt" not in str(line.details)


def test_a_morning_that_comes_twice_reminds_once(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        sent(makers.employee(), tmp_path)

    with app.app_context(), clock.frozen(MONDAY + 2 * DAY):
        assert morning(tmp_path)["reminded"] == 1
        assert morning(tmp_path, minute=12 * 60)["reminded"] == 0


def test_nobody_is_reminded_at_night_or_on_a_quiet_day(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        sent(makers.employee(), tmp_path)

    with app.app_context(), clock.frozen(MONDAY + 2 * DAY):
        assert morning(tmp_path, minute=22 * 60)["reminded"] == 0
    with app.app_context(), clock.frozen(MONDAY + 5 * DAY):  # a Saturday
        assert morning(tmp_path)["reminded"] == 0
    with app.app_context(), clock.frozen(MONDAY + 7 * DAY):
        assert morning(tmp_path)["reminded"] == 1


def test_only_who_just_has_not_signed_is_reminded_by_itself(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        declined, signed, wants = (sent(makers.employee(), tmp_path) for _number in range(3))
        signing.decline(declined.papers[0].id, "Nein", employee_id=declined.employee_id, by=HR)
        sign(signed, tmp_path)
        signing.want_paper(wants.papers[0].id, employee_id=wants.employee_id, by=HR)

    with app.app_context(), clock.frozen(MONDAY + 2 * DAY):
        assert morning(tmp_path)["reminded"] == 0


def test_a_reminder_names_and_counts_only_what_the_person_has_to_sign(
    given: Given, tmp_path: Path
) -> None:
    with given():
        pack = sent(makers.employee(), tmp_path)
        missing = [paper for paper in pack.papers if queries.lacks_signature(paper)]
        signing.want_paper(missing[0].id, employee_id=pack.employee_id, by=HR)
        service.remind(pack.employee_id, book=book(), by=HR)

        [mail] = db.session.query(Notice).filter_by(template="reminder")
        assert mail.facts["papers"] == [PAPER_LABELS[paper.kind] for paper in missing[1:]]
        whole = render_template("mail/reminder.txt", **mail.facts, link="", locale="de")

    subject = whole.splitlines()[0]
    assert subject == f"Unter {len(missing) - 1} Papieren fehlt noch deine Unterschrift"


def test_a_call_needs_a_word_and_three_reminders(given: Given, tmp_path: Path) -> None:
    with given():
        pack = sent(makers.employee(), tmp_path)
        with pytest.raises(Refused, match="after the third"):
            reminders.note_call(pack.employee_id, "ja", by=HR)
        pack.reminders = 3
        with pytest.raises(Refused, match="few words"):
            reminders.note_call(pack.employee_id, " ", by=HR)


# Ends


def test_a_yearly_paper_ends_by_itself_and_is_announced_before(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        approve_all()
        for text in queries.texts():
            text.valid_months = 12 if text.kind is PaperKind.DATA_PROTECTION else None
        pack = sent(makers.employee(), tmp_path)
        sign(pack, tmp_path)
        for_house(pack, tmp_path)
        employee_id = pack.employee_id
        [paper] = [one for one in pack.papers if one.kind is PaperKind.DATA_PROTECTION]
        ends = paper.expires_on
        assert ends is not None
        paper_id = paper.id

    last = clock.at(ends - DAY, 9 * 60)
    for days, seen in ((31, 0), (30, 1), (7, 1)):
        with clock.frozen(clock.at(ends - days * DAY, 9 * 60)), given():
            assert len(desk.ending(clock.today())) == seen
    with app.app_context(), clock.frozen(last):
        assert morning(tmp_path)["expired"] == 0
        assert group(employee_id) is Group.SIGNED
    with app.app_context(), clock.frozen(last + DAY):
        assert morning(tmp_path)["expired"] == 1
        assert db.session.get_one(Paper, paper_id).state is PaperState.EXPIRED
        assert group(employee_id) is Group.EXPIRED
        assert morning(tmp_path)["expired"] == 0


# Renewing


def signed_pack(folder: Path) -> Pack:
    """A pack in which everything counts."""
    pack = sent(makers.employee(), folder)
    sign(pack, folder)
    for_house(pack, folder)
    assert {paper.state for paper in pack.papers} <= IN_FORCE
    return pack


def superseded(
    employee_id: int, folder: Path, *only: PaperKind, ends_on: date | None = None
) -> Pack:
    return superseding.supersede(
        employee_id,
        store=Store(folder),
        book=book(),
        by=HR,
        signer_name="Svenja Adler",
        only=only,
        ends_on=ends_on,
        allow_unapproved=False,
    )


def test_only_what_changed_is_signed_anew_and_the_old_counts_until_then(
    given: Given, tmp_path: Path
) -> None:
    with given():
        approve_all()
        former = signed_pack(tmp_path)
        new_version(PaperKind.CONDUCT)
        new = superseded(former.employee_id, tmp_path)

        assert [paper.kind for paper in new.papers] == [PaperKind.CONDUCT]
        assert former.ended_at is not None
        assert {paper.state for paper in former.papers} <= IN_FORCE
        assert PaperKind.CONDUCT in in_force(former.employee_id)
        assert mails("renewal") == 1
        old = {paper.kind: paper for paper in former.papers}[PaperKind.CONDUCT]
        assert new.papers[0].supersedes_id == old.id
        sign(new, tmp_path)

        assert old.state is PaperState.SUPERSEDED
        assert old.signed_file is not None
        assert Store(tmp_path).get(old.signed_file.sha256).startswith(b"%PDF")


def test_what_was_still_open_comes_along_in_its_new_version(given: Given, tmp_path: Path) -> None:
    with given():
        approve_all()
        former = sent(makers.employee(), tmp_path)
        count = len(former.papers)
        new_version(PaperKind.CONDUCT)
        [renewal] = superseding.renewals([former.employee_id])
        new = superseded(former.employee_id, tmp_path)

        assert len(new.papers) == count
        assert renewal.kinds[PaperKind.CONDUCT] is Anew.TEXT
        assert set(renewal.kinds.values()) == {Anew.TEXT, Anew.OPEN}
        assert {paper.state for paper in former.papers} == {PaperState.VOID}


def test_a_move_makes_the_addendum_new_and_leaves_the_rest(given: Given, tmp_path: Path) -> None:
    with given():
        approve_all()
        former = signed_pack(tmp_path)
        assert former.employee.home is not None
        former.employee.home.street = "Müllerstraße"
        db.session.flush()
        assert group(former.employee_id) is Group.OUTDATED
        new = superseded(former.employee_id, tmp_path)

        assert [paper.kind for paper in new.papers] == [PaperKind.ADDENDUM]
        assert group(former.employee_id) is Group.SENT


def test_an_addendum_whose_agreed_end_has_come_is_renewed_with_a_new_end_only(
    given: Given, tmp_path: Path
) -> None:
    end = MONDAY.date() + 7 * DAY
    with given():
        approve_all()
        pack = scene.sent(makers.employee(), tmp_path, terms=replace(TERMS, ends_on=str(end)))
        sign(pack, tmp_path)
        employee_id = pack.employee_id

    with clock.frozen(MONDAY + 10 * DAY), given():
        expiry.expire_due(clock.today())
        with pytest.raises(Refused, match="agreed end"):
            superseded(employee_id, tmp_path, PaperKind.ADDENDUM)
        said = Order(deed=Deed.SUPERSEDE, signer="Svenja Adler", ends_on=end)
        with pytest.raises(Refused, match="lie ahead"):
            bulk.prepare([employee_id], said, by=HR)

        new = superseded(employee_id, tmp_path, PaperKind.ADDENDUM, ends_on=end + 365 * DAY)
        sign(new, tmp_path)

        assert [one.kind for one in new.papers] == [PaperKind.ADDENDUM]
        assert new.papers[0].expires_on == end + 366 * DAY


def test_a_new_end_limits_no_addendum_that_had_none(given: Given, tmp_path: Path) -> None:
    with given():
        approve_all()
        former = signed_pack(tmp_path)
        new_version(PaperKind.ADDENDUM)

        new = superseded(former.employee_id, tmp_path, ends_on=MONDAY.date() + 365 * DAY)

        assert new.papers[0].facts["terms"]["ends_on"] == ""


def test_nothing_new_is_refused_and_so_is_what_somebody_has_to_settle_first(
    given: Given, tmp_path: Path
) -> None:
    with given():
        approve_all()
        done = signed_pack(tmp_path)
        declined, half = (sent(makers.employee(), tmp_path) for _number in range(2))
        signing.decline(declined.papers[0].id, "Nein", employee_id=declined.employee_id, by=HR)
        sign(half, tmp_path)
        nobody = makers.employee()
        for employee_id, why in (
            (done.employee_id, "Nothing has changed"),
            (declined.employee_id, "was declined"),
            (half.employee_id, "signature of the house"),
            (nobody.id, "send the pack"),
        ):
            with pytest.raises(Refused, match=why):
                superseded(employee_id, tmp_path)
        assert done.ended_at is None


def test_selected_kinds_alone_are_renewed(given: Given, tmp_path: Path) -> None:
    with given():
        approve_all()
        former = signed_pack(tmp_path)
        new_version(PaperKind.CONDUCT)
        new_version(PaperKind.DATA_PROTECTION)
        new = superseded(former.employee_id, tmp_path, PaperKind.DATA_PROTECTION)

        assert [paper.kind for paper in new.papers] == [PaperKind.DATA_PROTECTION]
        [rest] = superseding.renewals([former.employee_id])
        assert rest.kinds == {PaperKind.CONDUCT: Anew.TEXT, PaperKind.DATA_PROTECTION: Anew.OPEN}


def test_a_text_nobody_approved_renews_nothing(given: Given, tmp_path: Path) -> None:
    with given():
        approve_all()
        former = signed_pack(tmp_path)
        text = new_version(PaperKind.CONDUCT)
        text.approved_at = text.approved_by = None

        with pytest.raises(Refused, match="Nothing has changed"):
            superseded(former.employee_id, tmp_path)


# A new link, and undoing


def test_a_new_link_ends_the_old_one_and_reminders_begin_anew(given: Given, tmp_path: Path) -> None:
    with given():
        pack = sent(makers.employee(), tmp_path)
        pack.reminders = 2
        with pytest.raises(Refused, match="just gone out"):
            resending.resend(pack.employee_id, book=book(), by=HR)
        employee_id = pack.employee_id
    with clock.frozen(MONDAY + DAY), given():
        resending.resend(employee_id, book=book(), by=HR)

    with given():
        first, second = db.session.query(PersonalLink).order_by(PersonalLink.id)
        assert first.revoked_at is not None
        assert second.revoked_at is None
        [again] = db.session.query(Pack)
        assert (again.reminders, again.reminded_at) == (0, None)
        assert mails("pack") == 2


def test_papers_taken_back_by_mistake_stand_where_they_stood(given: Given, tmp_path: Path) -> None:
    with given():
        done, half, open_ = (sent(makers.employee(), tmp_path) for _number in range(3))
        sign(done, tmp_path)
        signing.open_paper(half.papers[0].id, employee_id=half.employee_id)
        signing.decline(half.papers[1].id, "Zu lang", employee_id=half.employee_id, by=HR)
        before = {p.id: p.state for pack in (done, half, open_) for p in pack.papers}
        for pack in (done, half, open_):
            service.void_pack(pack.employee_id, "Irrtum", by=HR)
        ids = [pack.employee_id for pack in (done, half, open_)]

    with given():
        for employee_id in ids:
            resending.restore_pack(employee_id, by=HR)

    with given():
        after = {paper.id: paper.state for paper in db.session.query(Paper)}
        assert after == before
        [declined] = db.session.query(Paper).filter_by(state=PaperState.DECLINED)
        assert declined.reason == "Zu lang"
        assert db.session.query(Paper).filter(Paper.reason == "Irrtum").count() == 0


def test_after_a_day_or_with_new_papers_nothing_is_undone(given: Given, tmp_path: Path) -> None:
    with given():
        late, again = (sent(makers.employee(), tmp_path) for _number in range(2))
        for pack in (late, again):
            service.void_pack(pack.employee_id, "Irrtum", by=HR)
        sent(again.employee, tmp_path)
        with pytest.raises(Refused, match="no longer be undone"):
            resending.restore_pack(again.employee_id, by=HR)
        late_id = late.employee_id
    with (
        clock.frozen(MONDAY + DAY + timedelta(minutes=1)),
        given(),
        pytest.raises(Refused, match="no longer be undone"),
    ):
        resending.restore_pack(late_id, by=HR)


# Many at once


def test_a_job_does_it_for_all_and_says_for_whom_it_did_not_work_and_why(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        ids = [sent(makers.employee(), tmp_path).employee_id for _number in range(3)]
        ids.append(makers.employee("Marek Ohne").id)
    with given():
        bulk.prepare(ids, Order(deed=Deed.VOID, reason="Falscher Text"), by=HR)

    with app.app_context():
        work_off(handlers(Store(tmp_path), book()))

    with given():
        [job] = db.session.query(Job).filter_by(kind=bulk.BULK)
        assert job.result is not None
        assert job.result["done"] == 3
        [left] = bulk.left_of(job)
        assert left.id == ids[3]
        assert left.why == "No papers of this person are out."
        assert job.result["url"] == f"/papiere/ergebnis/{job.id}"
        states = {paper.state for paper in db.session.query(Paper)}
        assert states == {PaperState.VOID}


def test_a_job_that_dies_in_the_middle_forgets_nobody(
    app: Flask, given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        ids = [makers.employee().id, *(sent(makers.employee(), tmp_path).employee_id for _ in "ab")]
    with given():
        bulk.prepare(ids, Order(deed=Deed.VOID, reason="Falscher Text"), by=HR)
    void = service.void_pack
    calls: list[int] = []

    def dying(employee_id: int, reason: str, *, by: Actor) -> Pack:
        calls.append(employee_id)
        if len(calls) == 2:
            raise ConnectionError
        return void(employee_id, reason, by=by)

    monkeypatch.setattr(service, "void_pack", dying)
    with app.app_context():
        work_off(handlers(Store(tmp_path), book()))
    with clock.frozen(MONDAY + timedelta(minutes=5)), app.app_context():
        work_off(handlers(Store(tmp_path), book()))

    with given():
        [job] = db.session.query(Job).filter_by(kind=bulk.BULK)
        assert job.result is not None
        assert (job.result["done"], [one.id for one in bulk.left_of(job)]) == (2, [ids[0]])


def test_what_cannot_succeed_is_refused_before_a_job_is_made(given: Given) -> None:
    with given():
        someone = makers.employee().id
        for ids, order, why in (
            ([], Order(deed=Deed.REMIND), "Nobody"),
            ([someone], Order(deed=Deed.VOID, reason=" "), "Say why"),
            ([someone], Order(deed=Deed.SUPERSEDE, signer="x"), "full name"),
        ):
            with pytest.raises(Refused, match=why):
                bulk.prepare(ids, order, by=HR)
        assert db.session.query(Job).filter_by(kind=bulk.BULK).count() == 0


def test_the_house_signs_many_papers_at_once_and_each_only_once(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        packs = [sent(makers.employee(), tmp_path) for _number in range(3)]
        for pack in packs[:2]:
            sign(pack, tmp_path)
        ids = [
            paper.id
            for pack in packs
            for paper in pack.papers
            if paper.kind is PaperKind.INSTRUCTION
        ]
        assert desk.count_for_house() == 2
    for _twice in range(2):
        with given():
            bulk.prepare(ids, Order(deed=Deed.COUNTERSIGN, signer="Svenja Adler"), by=HR)
        with app.app_context():
            work_off(handlers(Store(tmp_path), book()))

    with given():
        first, second = db.session.query(Job).filter_by(kind=bulk.BULK).order_by(Job.id)
        assert first.result is not None
        assert second.result is not None
        assert (first.result["done"], second.result["done"]) == (2, 0)
        assert desk.count_for_house() == 0


def test_the_list_costs_the_same_for_one_and_for_many(
    app: Flask, given: Given, tmp_path: Path, queries: list[str]
) -> None:
    with given():
        approve_all()
        ids = [sent(makers.employee(), tmp_path).employee_id for _number in range(4)]
    counted = []
    for some in (ids[:1], ids):
        with app.app_context():
            queries.clear()
            superseding.renewals(some)
            counted.append(len(queries))

    assert counted[0] == counted[1] <= 6
    with app.app_context():
        assert db.session.query(Employee).count() == 4
