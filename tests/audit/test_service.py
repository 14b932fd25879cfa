"""Writing the log on a real database."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, InternalError

from hoffice.audit import queries, service
from hoffice.audit.models import AuditLine, AuditPersonal
from hoffice.db import db, unit_of_work
from hoffice.errors import Refused
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given

IT = Actor.staff(1)


def test_a_deed_and_its_line_are_stored_together(app: Flask, given: Given) -> None:
    with given():
        service.record(IT, "people.added", "employee:1", employee_id=1, personal={"name": "Ayşe"})

    with app.app_context():
        [line] = db.session.scalars(sa.select(AuditLine)).all()
        assert (line.seq, line.actor, line.employee_id) == (1, "staff:1", 1)
        assert "Ayşe" not in str(line.details)
        assert queries.first_break() is None


def test_a_deed_that_is_undone_leaves_no_line(app: Flask) -> None:
    def refused() -> None:
        with unit_of_work():
            service.record(IT, "people.added", "employee:1")
            raise Refused("no")

    with app.app_context():
        with pytest.raises(Refused):
            refused()
        with unit_of_work():
            service.record(IT, "people.added", "employee:2")

        assert [line.subject for line in db.session.scalars(sa.select(AuditLine))] == ["employee:2"]
        assert queries.first_break() is None


def test_the_subject_of_a_line_may_be_made_in_the_same_transaction(
    app: Flask, given: Given
) -> None:
    with given():
        employee = makers.employee()
        service.record(IT, "people.added", employee, employee_id=employee.id)

    with app.app_context():
        [line] = db.session.scalars(sa.select(AuditLine)).all()
        assert line.subject == f"employee:{line.employee_id}"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_line SET actor = 'staff:9'",
        "DELETE FROM audit_line",
        "UPDATE audit_personal SET salt = 'x'",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(
    app: Flask, given: Given, change: str
) -> None:
    with given():
        service.record(IT, "people.added", "employee:1", personal={"name": "Ayşe"})

    with app.app_context(), pytest.raises((IntegrityError, InternalError), match="append only"):
        db.session.execute(sa.text(change))


def test_erasing_a_person_keeps_the_chain_whole(app: Flask, given: Given) -> None:
    with given():
        service.record(IT, "a.b", "employee:1", employee_id=1, personal={"name": "Ayşe"})
        service.record(IT, "a.b", "employee:2", employee_id=2, personal={"name": "Linh"})

    with given():
        assert service.erase_personal(1, by=IT, reason="art17") == 1

    with app.app_context():
        left = db.session.scalars(sa.select(AuditPersonal)).all()
        assert [row.seq for row in left] == [2]
        assert queries.first_break() is None


def test_a_side_row_that_vanishes_without_a_line_is_found(app: Flask, given: Given) -> None:
    with given():
        service.record(IT, "a.b", "employee:1", employee_id=1, personal={"name": "Ayşe"})
    with given():
        db.session.execute(sa.delete(AuditPersonal))

    with app.app_context():
        fault = queries.first_break()
        assert fault is not None
        assert fault.seq == 1


def test_many_writers_at_once_make_one_unbroken_chain(app: Flask) -> None:
    writers, lines_each = 6, 8
    errors: list[BaseException] = []

    def write(number: int) -> None:
        try:
            with app.app_context():
                for turn in range(lines_each):
                    with unit_of_work():
                        service.record(IT, "a.b", f"employee:{number}", turn=turn)
                db.session.remove()
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not errors
    with app.app_context():
        assert queries.head()[0] == writers * lines_each
        assert queries.first_break() is None
