"""Lists of papers: in constant statements, with the same states as the rules."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice import clock
from hoffice.agreements import queries, service
from hoffice.agreements.models import Paper
from hoffice.agreements.rules import PaperState
from hoffice.db import db
from hoffice.errors import NotFound
from hoffice.people.models import Employee
from tests import makers
from tests.agreements.scene import sent
from tests.conftest import Given


@pytest.mark.parametrize(
    ("first", "second", "is_without"),
    [
        (PaperState.SENT, PaperState.SENT, False),
        (PaperState.OPENED, PaperState.DECLINED, False),
        (PaperState.VOID, PaperState.SIGNED, False),
        (PaperState.VOID, PaperState.DECLINED, False),
        (PaperState.VOID, PaperState.VOID, True),
    ],
)
def test_a_pack_counts_while_one_of_its_papers_does(  # the states and the house
    app: Flask,
    given: Given,
    tmp_path: Path,
    first: PaperState,
    second: PaperState,
    *,
    is_without: bool,
) -> None:
    with given():
        pack = sent(makers.employee(), tmp_path)
        employee_id = pack.employee_id
        for paper, state in zip(pack.papers, (first, second), strict=True):
            paper.state, paper.signed_at = state, clock.now()

    with app.app_context():
        assert (employee_id in queries.without_pack(clock.today())) is is_without


def test_people_who_have_left_are_not_listed(app: Flask, given: Given) -> None:
    with given():
        makers.employee().ends_on = makers.MONDAY_ON

    with app.app_context():
        assert queries.without_pack(clock.today()) == []


def test_packs_cost_the_same_for_one_and_for_many(
    app: Flask, given: Given, tmp_path: Path, queries: list[str]
) -> None:
    from hoffice.agreements.queries import packs_of  # noqa: PLC0415  # the fixture has the name

    with given():
        ids = [sent(makers.employee(), tmp_path).employee_id for _number in range(4)]
    counted = []
    for some in (ids[:1], ids):
        with app.app_context():
            queries.clear()
            for pack in packs_of(some).values():
                for paper in pack.papers:
                    assert paper.frozen_file is not None
                    assert paper.text_version.number == 1
                    assert len(paper.signatures) <= 1
            counted.append(len(queries))

    assert counted[0] == counted[1] <= 4


def _papers() -> sa.Select[Paper]:
    return sa.select(Paper).join(Paper.employee).order_by(Paper.id)


def test_papers_are_found_by_person_and_by_the_number_at_their_foot(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        sent(makers.employee("Aylin Yıldız"), tmp_path)
        sent(makers.employee("Marek Kowalczyk"), tmp_path)

    with app.app_context():
        first = db.session.scalars(_papers()).first()
        assert first is not None
        number = service.contents.reference(first)
        found = db.session.scalars(_papers().where(queries.search_papers(number))).all()
        assert [paper.id for paper in found] == [first.id]
        marek = db.session.scalars(_papers().where(queries.search_papers("marek"))).all()
        assert {paper.employee.name for paper in marek} == {"Marek Kowalczyk"}
        assert len(marek) == 2


def test_a_paper_is_only_there_for_its_owner(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        pack = sent(makers.employee(), tmp_path)
        employee_id, paper_id = pack.employee_id, pack.papers[0].id

    with app.app_context():
        assert queries.own_paper(paper_id, employee_id=employee_id).id == paper_id
        with pytest.raises(NotFound):
            queries.own_paper(paper_id, employee_id=employee_id + 1)
        with pytest.raises(NotFound):
            queries.paper(paper_id + 1000)
        with pytest.raises(NotFound):
            queries.text(1000)


def test_the_last_terms_start_the_next_sending(app: Flask, given: Given, tmp_path: Path) -> None:
    with app.app_context():
        assert queries.last_terms() == {}
    with given():
        sent(makers.employee(), tmp_path)

    with app.app_context():
        assert queries.last_terms()["company_address"] == "Spittelmarkt 7, 10117 Berlin"


def test_people_come_with_home_and_team_by_name(app: Flask, given: Given) -> None:
    with given():
        ids = [makers.employee(name).id for name in ("Zoe Abel", "Anna Zorn")]

    with app.app_context():
        found: list[Employee] = list(queries.people_with(ids))
        assert [one.name for one in found] == ["Zoe Abel", "Anna Zorn"]
