"""One paper outside of the usual pack: carried along, taken back, sent to many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from hoffice import clock
from hoffice.agreements import pdf, queries, service
from hoffice.agreements.chasing import Group
from hoffice.agreements.queries import desk
from hoffice.agreements.rules import PaperKind, PaperState
from hoffice.agreements.service import (
    bulk,
    council,
    receipts,
    resending,
    signing,
    single,
    superseding,
)
from hoffice.agreements.service.bulk import Deed, Order
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.units import Actor
from tests import makers
from tests.agreements.desk import new_version
from tests.agreements.desk import sign as sign_all
from tests.agreements.scene import HR, TERMS, book, short_texts
from tests.agreements.single_scene import (
    BERKE,
    LAST_DAY,
    MONDAY,
    RETURN,
    add,
    consent,
    deeds,
    group,
    mails,
    present,
    somebody,
)
from tests.conftest import Given


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """A Monday without holidays around it."""
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


# Newer versions, moves, taking back


def test_new_versions_lose_no_added_paper_and_send_none_again(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        asked, back = add(employee, BERKE, folder), add(employee, RETURN, folder)
        files = [asked.frozen_file_id, back.frozen_file_id]
        for kind in (PaperKind.ADDENDUM, PaperKind.HOUSEHOLD, PaperKind.BACK_TO_OFFICE):
            new_version(kind)

        newer = superseding.supersede(
            employee.id,
            store=Store(folder),
            book=book(),
            by=HR,
            signer_name="Svenja Adler",
            only=[PaperKind.ADDENDUM],
            allow_unapproved=True,
        )

        kinds = [one.kind for one in present(employee).papers]
        assert sorted(kinds) == sorted(
            [PaperKind.ADDENDUM, PaperKind.HOUSEHOLD, PaperKind.BACK_TO_OFFICE]
        )
        assert (asked.pack_id, back.pack_id) == (newer.id, newer.id)
        assert [asked.frozen_file_id, back.frozen_file_id] == files
        assert {asked.state, back.state} == {PaperState.SENT}


def test_what_a_household_or_a_return_waits_for_is_in_the_way_of_no_new_version(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        back = add(employee, RETURN, folder)
        signing.decline(back.id, "Zu früh", employee_id=employee.id, by=HR)
        add(employee, BERKE, folder)
        assert group(employee) is Group.DECLINED
        new_version(PaperKind.ADDENDUM)

        [renewal] = superseding.renewals([employee.id], allow_unapproved=True)

        assert renewal.why_not is None
        assert set(renewal.kinds) & {PaperKind.HOUSEHOLD, PaperKind.BACK_TO_OFFICE} == set()


def test_a_move_takes_the_old_consent_back_and_keeps_the_return(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        asked, back = add(employee, BERKE, folder), add(employee, RETURN, folder)
        assert employee.home is not None
        employee.home.street = "Müllerstraße"

        superseding.supersede(
            employee.id,
            store=Store(folder),
            book=book(),
            by=HR,
            signer_name="Svenja Adler",
            only=(PaperKind.ADDENDUM,),
            allow_unapproved=True,
        )

        assert present(employee).id != pack.id
        assert (asked.state, asked.reason) == (PaperState.VOID, "Neue Anschrift")
        assert back.state is PaperState.SENT
        assert back.pack_id == present(employee).id


def test_a_consent_is_revoked_with_a_reason_and_the_rest_stays(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        consent(paper, folder)

        with pytest.raises(Refused, match="Say why"):
            single.withdraw(paper.id, "  ", by=HR)
        single.withdraw(paper.id, "Anruf von Berke Yıldız", by=HR)

        assert paper.state is PaperState.VOID
        assert paper.signed_file is not None
        assert pack.ended_at is None
        with pytest.raises(Refused, match="by itself"):
            single.withdraw(paper.id, "noch einmal", by=HR)
        with pytest.raises(Refused, match="by itself"):
            single.withdraw(pack.papers[0].id, "der Zusatz", by=HR)


def test_a_revoked_consent_does_not_come_back_with_its_pack(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        revoked, refused = (
            add(employee, BERKE, folder),
            add(employee, replace(BERKE, person="Nuray Yıldız"), folder),
        )
        back = add(employee, RETURN, folder)
        consent(revoked, folder)
        single.withdraw(revoked.id, "Anruf", by=HR)
        single.decline_for_household(refused.id, employee_id=employee.id, by=HR)
        service.void_pack(employee.id, "Irrtum", by=HR)
        db.session.flush()

        resending.restore_pack(employee.id, by=HR)

        assert (revoked.state, refused.state) == (PaperState.VOID, PaperState.VOID)
        assert revoked.reason == "Anruf"
        assert back.state is PaperState.SENT


def test_the_last_paper_of_a_pack_ends_it_when_it_is_taken_back(given: Given, folder: Path) -> None:
    with given():
        somebody(folder)
        marek = makers.employee("Marek Kowalczyk")
        paper = add(marek, RETURN, folder)

        single.withdraw(paper.id, "Irrtum", by=HR)

        assert queries.pack_of(marek.id) is None
        assert group(marek) is Group.NONE


def test_a_signed_return_is_replaced_by_a_later_one(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        first = add(employee, RETURN, folder)
        sign_all(present(employee), folder)
        second = add(employee, replace(RETURN, last_day=date(2027, 4, 30)), folder)
        assert first.state is PaperState.SIGNED

        sign_all(present(employee), folder)

        assert (first.state, second.state) == (PaperState.SUPERSEDED, PaperState.SIGNED)

        service.void_pack(employee.id, "Irrtum", by=HR)
        resending.restore_pack(employee.id, by=HR)
        assert (first.state, second.state) == (PaperState.SUPERSEDED, PaperState.SIGNED)


def test_a_return_that_is_signed_later_asks_for_a_receipt_of_its_own(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        receipts.confirm(employee.id, by=Actor.employee(employee.id))
        add(employee, RETURN, folder)
        assert not receipts.is_asked(present(employee))

        sign_all(present(employee), folder)

        assert receipts.is_asked(present(employee))
    with given():
        assert len(deeds("agreements.receipt_confirmed")) == 1


def test_an_ended_consent_closes_no_gate_and_stands_on_no_list(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        paper = add(employee, BERKE, folder)
        consent(paper, folder)
        paper.expires_on = clock.today() + timedelta(days=3)
        assert desk.ending(clock.today()) == []

        paper.state = PaperState.EXPIRED

        assert group(employee) is Group.SIGNED


# Many at once, and the council


def test_many_return_on_one_day_and_who_cannot_is_named(given: Given, folder: Path) -> None:
    with given():
        aylin, _pack = somebody(folder)
        marek = makers.employee("Marek Kowalczyk")
        add(marek, RETURN, folder)
        order = Order(
            deed=Deed.BACK_TO_OFFICE,
            last_day=LAST_DAY,
            signer="Svenja Adler",
            allow_unapproved=True,
        )

        left = bulk.do_now(
            [aylin.id, marek.id],
            Order.read(order.as_args()),
            store=Store(folder),
            book=book(),
            by=HR,
        )

        assert [one.id for one in left] == [marek.id]
        assert PaperKind.BACK_TO_OFFICE in {one.kind for one in present(aylin).papers}


def test_a_day_that_is_over_orders_no_job(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        order = Order(deed=Deed.BACK_TO_OFFICE, last_day=date(2027, 1, 1), signer="Svenja Adler")

        with pytest.raises(Refused, match="is over"):
            bulk.prepare([employee.id], order, by=HR)


def test_an_order_from_before_has_no_last_day(given: Given) -> None:
    with given():
        said = Order(deed=Deed.REMIND).as_args()
        del said["last_day"]

        assert Order.read(said).last_day is None


def test_the_council_reads_whom_a_measure_is_about(app: Flask, given: Given, folder: Path) -> None:
    with given():
        service.load_samples(by=HR)
        late = makers.employee("Marek Kowalczyk")
        late.starts_on = date(2027, 6, 1)
        early = makers.employee("Aylin Yıldız")
        early.weekly_hours = 38.5
        terms = replace(TERMS, starts_on="2027-03-01", works_council="Betriebsrat")

        made = council.put_together(
            [late.id, early.id], terms=terms, store=Store(folder), allow_unapproved=True
        )
        content = pdf.paper(made.facts)
        council.note(made, content, by=HR)

        words = str(made.facts.blocks)
        assert content.startswith(b"%PDF-")
        for said in (
            "Aylin Yıldız",
            "1. März 2027",
            "1. Juni 2027",
            "38,5",
            early.personnel_number,
        ):
            assert said in words
        assert mails("pack") == 0
    with app.app_context():
        [line] = deeds("agreements.council_notice")
        assert line.details["employees"] == list(made.people)


def test_the_council_gets_no_text_that_nobody_approved(given: Given, folder: Path) -> None:
    with given():
        short_texts()
        employee = makers.employee("Aylin Yıldız")

        with pytest.raises(Refused, match="not approved yet"):
            council.put_together([employee.id], terms=TERMS, store=Store(folder))
        with pytest.raises(Refused, match="Nobody is selected"):
            council.put_together([], terms=TERMS, store=Store(folder), allow_unapproved=True)


def test_no_notice_makes_up_a_first_day(given: Given, folder: Path) -> None:
    with given():
        service.load_samples(by=HR)
        employee = makers.employee("Aylin Yıldız")
        terms = replace(TERMS, starts_on="")

        with pytest.raises(Refused, match="on which day the measure begins"):
            council.put_together(
                [employee.id], terms=terms, store=Store(folder), allow_unapproved=True
            )
