"""At the door: every item gets a word, and what was given is with the employee from then on."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.agreements.models import Paper
from hoffice.agreements.rules import PaperKind
from hoffice.agreements.service import void_pack
from hoffice.audit import queries as audit
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.files.service import Store
from hoffice.handover import queries, service
from hoffice.handover.models import Handover, Receipt
from hoffice.handover.rules import (
    MOST_POINTS,
    FailureReason,
    ItemOutcome,
    ReceiptAnswer,
    VisitOutcome,
)
from hoffice.handover.service import Confirmed, Said
from hoffice.kits import queries as kits
from hoffice.kits.models import Box, CustodyEntry
from hoffice.kits.queries import damage_cases, things_due
from hoffice.kits.rules import BoxState, DamageKind, HolderKind, ReturnReason
from hoffice.kits.rules.counting import BROKEN_AT_HOME, NOT_AT_HOME
from hoffice.kits.service import asking_back
from hoffice.notices.models import Notice
from hoffice.paper.words import speaks
from hoffice.runs import queries as runs
from hoffice.runs.models import Slot
from hoffice.runs.rules import RunState, StopState
from hoffice.runs.service import letters
from hoffice.tasks import queries as tasks
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.handover import scene
from tests.handover.scene import COMPANY, DRIVER
from tests.kits import scene as kit_scene
from tests.runs.scene import book

GIVEN, MISSING, DAMAGED = map(Said, ItemOutcome)


@pytest.fixture
def kit_id(given: Given) -> int:
    """A kit that is on its way to its person."""
    with given():
        kit_id = scene.ready().id
        scene.under_way([kits.kit(kit_id)])
    return kit_id


def words_of(visit: Handover, folder: Path) -> str:
    """What the record of a visit says."""
    assert visit.record_file is not None
    content = Store(folder).get(visit.record_file.sha256)
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def employee_of(kit_id: int) -> int:
    """Whose kit it is."""
    return kits.kit(kit_id).employee_id


def visit_of(kit_id: int) -> Handover:
    """What is written down about the visit."""
    found = queries.of_stop(scene.stop_id_of(kit_id))
    assert found is not None
    return queries.handover(found.id)


def test_what_was_given_is_with_the_employee_and_the_record_is_kept(
    app: Flask, given: Given, kit_id: int, tmp_path: Path
) -> None:
    with given():
        scene.deliver(kit_id, tmp_path)
    with app.app_context():
        visit = visit_of(kit_id)
        assert visit.outcome is VisitOutcome.DELIVERED
        assert set(scene.holders(kit_id)) == {(HolderKind.EMPLOYEE, employee_of(kit_id))}
        newest = db.session.scalars(select(CustodyEntry).order_by(CustodyEntry.id.desc())).first()
        assert newest is not None
        assert newest.because == f"handover:{visit.id}"
        assert set(db.session.scalars(select(Box.state))) == {BoxState.HANDED_OVER}
        stop = runs.stop(visit.stop_id)
        assert (stop.state, stop.run and stop.run.state) == (StopState.DONE, RunState.CLOSED)
        words = words_of(visit, tmp_path)
        assert all(line.item.asset_tag in words for line in visit.lines)
        assert "Can Demir" in words
        kit_scene.assert_order()
        assert audit.first_break() is None


def test_every_item_needs_a_word_and_no_other_gets_one(
    app: Flask, kit_id: int, tmp_path: Path
) -> None:
    with app.app_context():
        whole = scene.all_given(kit_id)
        last = max(whole)
        lacking = {item_id: said for item_id, said in whole.items() if item_id != last}
        for lines in (lacking, {**whole, 10**6: GIVEN}, {**lacking, 10**6: GIVEN}, {}):
            with pytest.raises(Refused, match="about every item"):
                scene.deliver(kit_id, tmp_path, lines)
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(Handover)) == 0
        assert {kind for kind, _ in scene.holders(kit_id)} == {HolderKind.VAN}


def test_a_visit_in_which_everything_is_missing_has_failed_and_is_sent_to_that_form(
    app: Flask, kit_id: int, tmp_path: Path
) -> None:
    with app.app_context(), pytest.raises(Refused, match="mark the visit as failed"):
        scene.deliver(kit_id, tmp_path, dict.fromkeys(scene.items_of(kit_id), MISSING))


def test_what_is_missing_stays_with_the_van_and_damage_is_written_down(
    app: Flask, given: Given, kit_id: int, tmp_path: Path
) -> None:
    with given():
        lost, scratched, *rest = scene.items_of(kit_id)
        lines = {lost: MISSING, scratched: Said(ItemOutcome.DAMAGED, "Riss")}
        scene.deliver(kit_id, tmp_path, lines | dict.fromkeys(rest, GIVEN))
    with app.app_context():
        visit = visit_of(kit_id)
        assert visit.outcome is VisitOutcome.PARTLY
        assert [kind for kind, _ in scene.holders(kit_id)] == [
            HolderKind.VAN,
            *[HolderKind.EMPLOYEE] * (len(rest) + 1),
        ]
        assert kits.item(scratched).condition == "damaged"
        assert {kits.item(item_id).condition for item_id in rest} != {"damaged"}
        assert runs.stop(visit.stop_id).state is StopState.PARTLY_DONE
        assert "beschädigt, Riss" in words_of(visit, tmp_path)
        assert queries.working_from_home_since([visit.employee_id]) == {}
        kit_scene.assert_order()


def test_a_visit_is_written_down_once(
    app: Flask, given: Given, kit_id: int, tmp_path: Path
) -> None:
    with given():
        scene.deliver(kit_id, tmp_path)
    with app.app_context():
        with pytest.raises(Refused, match="already written down"):
            scene.deliver(kit_id, tmp_path)
        with pytest.raises(Refused, match="already written down"):
            service.fail(
                scene.stop_id_of(kit_id), FailureReason.OTHER, note="", by=DRIVER, links=book()
            )


def test_nothing_is_handed_over_before_the_van_has_left(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        kit = scene.ready()
        kit_id = kit.id
        scene.load(kit_id, scene.run_of([kit]).id)
    with app.app_context(), pytest.raises(Refused, match="has not started"):
        scene.deliver(kit_id, tmp_path)


@pytest.mark.parametrize(
    ("received_by", "points"),
    [("   ", 3), ("Ayşe Kaya", MOST_POINTS + 1)],
    ids=["nobody", "endless signature"],
)
def test_somebody_has_to_take_the_boxes_and_a_signature_has_an_end(
    app: Flask, kit_id: int, received_by: str, points: int
) -> None:
    with app.app_context(), pytest.raises(Refused, match=r"who took the boxes|too large"):
        service.deliver(
            scene.stop_id_of(kit_id),
            scene.all_given(kit_id),
            received_by=received_by,
            strokes=[[[0.1, 0.1]] * points],
            note="",
            by=DRIVER,
            store=Store(Path(app.instance_path)),
            company=COMPANY,
        )


def test_after_a_failed_visit_the_boxes_are_packed_again_and_the_stop_is_proposed_anew(
    app: Flask, given: Given, kit_id: int
) -> None:
    with given():
        failed_id = scene.stop_id_of(kit_id)
        service.fail(
            failed_id, FailureReason.NOBODY_HOME, note="Zweimal geklingelt", by=DRIVER, links=book()
        )
    with app.app_context():
        boxes = list(db.session.scalars(select(Box)))
        assert [(box.state, box.release_id, box.loaded_at) for box in boxes] == [
            (BoxState.PACKED, None, None),
            (BoxState.PACKED, None, None),
        ]
        assert set(scene.holders(kit_id)) == {(HolderKind.STOCK, 0)}
        stop = runs.stop(failed_id)
        assert (stop.state, stop.failure) == (StopState.FAILED, "nobody_home")
        assert stop.run is not None
        assert stop.run.state is RunState.CLOSED
        slot = db.session.scalars(select(Slot).where(Slot.stop_id == failed_id)).one()
        assert slot.withdrawn_at is not None
        anew = runs.stop(scene.stop_id_of(kit_id))
        assert anew.id != failed_id
        assert (anew.state, anew.run_id) == (StopState.PROPOSED, None)
        line = db.session.scalars(
            select(AuditLine).where(AuditLine.action == "handover.failed")
        ).one()
        assert line.details == {"why": "nobody_home"}
        assert queries.open_receipt_of(stop.employee_id) is None
        kit_scene.assert_order()


@pytest.mark.parametrize("reason", FailureReason)
def test_whom_the_van_did_not_reach_gets_a_mail_that_says_so_in_her_language(
    app: Flask, given: Given, kit_id: int, reason: FailureReason
) -> None:
    with given():
        kits.kit(kit_id).employee.language = "de"
        service.fail(scene.stop_id_of(kit_id), reason, note="", by=DRIVER, links=book())
    with app.app_context():
        mail = db.session.scalars(select(Notice).where(Notice.template == "visit_failed")).one()
        assert mail.to == kits.kit(kit_id).employee.email
        assert mail.facts["what"] == speaks("de")(letters.NOT_HANDED_OVER[reason])
        assert mail.facts["what"] != letters.NOT_HANDED_OVER[reason]
        assert mail.link_id is not None


def test_the_second_try_needs_a_fresh_release_and_can_be_delivered(
    app: Flask, given: Given, kit_id: int, tmp_path: Path
) -> None:
    with given():
        service.fail(
            scene.stop_id_of(kit_id), FailureReason.NO_ACCESS, note="", by=DRIVER, links=book()
        )
    with given(), clock.frozen(clock.now() + timedelta(days=1)):
        scene.under_way([kits.kit(kit_id)])
    with given():
        scene.deliver(kit_id, tmp_path)
    with app.app_context():
        actions = list(db.session.scalars(select(AuditLine.action)))
        assert actions.count("kits.released") == 2
        outcomes = [visit.outcome for visit in queries.handovers_of(employee_of(kit_id))]
        assert outcomes == [VisitOutcome.DELIVERED, VisitOutcome.FAILED]
        kit_scene.assert_order()


@pytest.fixture
def visit_id(given: Given, kit_id: int, tmp_path: Path) -> int:
    """A visit that brought everything."""
    with given():
        return scene.deliver(kit_id, tmp_path).id


def confirm(
    visit_id: int, folder: Path, answers: dict[int, Confirmed], *, employee_id: int
) -> Receipt:
    """The employee's word on the phone."""
    return service.confirm_receipt(
        visit_id,
        answers,
        employee_id=employee_id,
        by=Actor.employee(employee_id),
        store=Store(folder),
        company=COMPANY,
    )


def test_the_employee_answers_item_by_item_and_the_record_is_made_anew(
    app: Flask, given: Given, kit_id: int, visit_id: int, tmp_path: Path
) -> None:
    with app.app_context():
        before = queries.handover(visit_id).record_file_id
        employee_id = employee_of(kit_id)
        waiting = queries.open_receipt_of(employee_id)
        assert waiting is not None
        assert waiting.id == visit_id
    with given():
        broken, *rest = scene.items_of(kit_id)
        answers = {broken: Confirmed(ReceiptAnswer.BROKEN, "klemmt")}
        answers |= dict.fromkeys(rest, Confirmed(ReceiptAnswer.YES))
        confirm(visit_id, tmp_path, answers, employee_id=employee_id)
    with app.app_context():
        visit = queries.handover(visit_id)
        assert visit.receipt is not None
        assert [line.answer for line in visit.receipt.lines] == [
            ReceiptAnswer.BROKEN,
            *[ReceiptAnswer.YES] * len(rest),
        ]
        assert visit.record_file_id != before
        assert "klemmt" in words_of(visit, tmp_path)
        assert queries.open_receipt_of(employee_id) is None
        line = db.session.scalars(
            select(AuditLine).where(AuditLine.action == "handover.received")
        ).one()
        assert line.details == {"yes": len(rest), "items": len(rest) + 1}
        with pytest.raises(Refused, match="already confirmed"):
            confirm(visit_id, tmp_path, answers, employee_id=employee_id)


def test_what_arrives_broken_is_a_case_a_task_and_due_back(
    given: Given, kit_id: int, tmp_path: Path
) -> None:
    with given():
        it = makers.account(Role.IT)
        owner_id, items = it.id, scene.items_of(kit_id)
        at_the_door, at_home, absent, *rest = items
        said = dict.fromkeys(items, GIVEN)
        said[at_the_door] = Said(ItemOutcome.DAMAGED, "Ecke eingedrückt")
        visit_id = scene.deliver(kit_id, tmp_path, said).id
    with given():
        employee_id = employee_of(kit_id)
        answers = {
            at_the_door: Confirmed(ReceiptAnswer.BROKEN, "geht nicht an"),
            at_home: Confirmed(ReceiptAnswer.BROKEN, "klemmt"),
            absent: Confirmed(ReceiptAnswer.NO),
            **dict.fromkeys(rest, Confirmed(ReceiptAnswer.YES)),
        }
        confirm(visit_id, tmp_path, answers, employee_id=employee_id)
    with given():
        broken = {at_the_door: "Ecke eingedrückt", at_home: "klemmt"}
        for item_id, note in broken.items():
            [case] = damage_cases.cases_of(item_id)
            assert (case.kind, case.employee_id, case.note) == (DamageKind.DAMAGE, None, note)
            assert kits.item(item_id).condition == "damaged"
        subjects = [f"item:{item_id}" for item_id in items]
        open_tasks = tasks.open_tasks_about(subjects, (BROKEN_AT_HOME, NOT_AT_HOME))
        assert {(one.subject, one.kind, one.owner_id) for one in open_tasks.values()} == {
            (f"item:{at_the_door}", BROKEN_AT_HOME, owner_id),
            (f"item:{at_home}", BROKEN_AT_HOME, owner_id),
            (f"item:{absent}", NOT_AT_HOME, owner_id),
        }
        assert db.session.scalars(
            things_due.people_with_things().where(things_due.says_broken())
        ).all()
        begun = asking_back.begin_many([employee_id], ReturnReason.DEFECT, by=makers.IT)
        [made] = begun.returns
        assert {line.item_id for line in made.lines} == set(broken)


def test_a_receipt_needs_an_answer_for_every_item(
    app: Flask, kit_id: int, visit_id: int, tmp_path: Path
) -> None:
    with app.app_context():
        answers = dict.fromkeys(scene.items_of(kit_id)[1:], Confirmed(ReceiptAnswer.YES))
        with pytest.raises(Refused, match="Answer for every item"):
            confirm(visit_id, tmp_path, answers, employee_id=employee_of(kit_id))


def test_another_persons_handover_does_not_exist(
    app: Flask, given: Given, kit_id: int, visit_id: int, tmp_path: Path
) -> None:
    with given():
        other_id = makers.employee("Emre Kaplan").id
    with app.app_context():
        answers = dict.fromkeys(scene.items_of(kit_id), Confirmed(ReceiptAnswer.YES))
        with pytest.raises(NotFound):
            confirm(visit_id, tmp_path, answers, employee_id=other_id)
        with pytest.raises(NotFound):
            confirm(10**6, tmp_path, answers, employee_id=employee_of(kit_id))


def test_a_visit_that_failed_has_no_receipt(
    app: Flask, given: Given, kit_id: int, tmp_path: Path
) -> None:
    with given():
        stop_id = scene.stop_id_of(kit_id)
        visit_id = service.fail(stop_id, FailureReason.REFUSED, note="", by=DRIVER, links=book()).id
    with app.app_context(), pytest.raises(NotFound):
        confirm(visit_id, tmp_path, {}, employee_id=employee_of(kit_id))


@pytest.mark.parametrize("signed_later", [False, True], ids=["handed over later", "signed later"])
def test_somebody_works_from_home_since_the_later_of_signature_and_handover(
    app: Flask, given: Given, kit_id: int, visit_id: int, *, signed_later: bool
) -> None:
    with given():
        visit = queries.handover(visit_id)
        employee_id, at = visit.employee_id, visit.at
        signed_at = at + timedelta(days=2) if signed_later else makers.MONDAY
        for paper in db.session.scalars(
            select(Paper).where(Paper.kind == PaperKind.ADDENDUM, Paper.employee_id == employee_id)
        ):
            paper.signed_at = signed_at
    with app.app_context():
        assert queries.working_from_home_since([employee_id]) == {employee_id: max(at, signed_at)}
        assert kit_id
    with given():
        void_pack(employee_id, "Neue Fassung", by=makers.IT)
    with app.app_context():
        assert queries.working_from_home_since([employee_id]) == {}
