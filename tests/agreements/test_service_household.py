"""What the other adults of a household say to a paper: signed, refused, in ink."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hoffice import clock
from hoffice.agreements import pdf
from hoffice.agreements.chasing import Group
from hoffice.agreements.rules import Form, PaperState, SignatureMethod, SignerRole
from hoffice.agreements.service import contents, proofs, signing, single, uploads
from hoffice.agreements.service.uploads import Looked
from hoffice.errors import NotFound, Refused
from hoffice.files.service import Store
from hoffice.units import Actor
from tests import makers
from tests.agreements.desk import sign as sign_all
from tests.agreements.scene import HR
from tests.agreements.single_scene import BERKE, MONDAY, add, consent, deeds, group, somebody
from tests.conftest import Given
from tests.paper.reading import text


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """A Monday without holidays around it."""
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


def test_an_adult_of_the_household_signs_and_the_certificate_says_on_whose_link(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        paper = add(employee, BERKE, folder)

        consent(paper, folder)

        assert paper.state is PaperState.SIGNED
        assert [(one.role, one.name) for one in paper.signatures] == [
            (SignerRole.HOUSEHOLD, "Berke Yıldız")
        ]
        told = contents.signature_facts(paper.signatures[0])
        assert told.link_of == "Aylin Yıldız"
        assert told.proofs == (pdf.Proof.LINK,)
        protocol = proofs.protocol_of(paper, completed_at=MONDAY)
        assert [one.facts.get("on_link_of") for one in protocol.signatures] == ["Aylin Yıldız"]
        assert paper.signed_file is not None
        signed = text(Store(folder).get(paper.signed_file.sha256))
        assert "Link von Aylin Yıldız" in signed
        assert {one.state for one in pack.papers if one is not paper} == {PaperState.SENT}
        assert pack.receipt_asked_at is None


def test_the_employee_does_not_sign_for_the_other(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        sign_all(pack, folder)

        assert paper.signatures == []
        with pytest.raises(Refused, match="whoever lives with you"):
            consent(paper, folder, name="aylin yıldız")


def test_a_consent_is_signed_once_and_only_on_the_link_it_belongs_to(
    given: Given, folder: Path
) -> None:
    with given():
        employee, _pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        stranger = makers.employee("Marek Kowalczyk")

        with pytest.raises(NotFound):
            single.decline_for_household(paper.id, employee_id=stranger.id, by=HR)
        consent(paper, folder)
        with pytest.raises(Refused, match="no longer waits"):
            consent(paper, folder)
        with pytest.raises(Refused, match="no longer waits"):
            single.decline_for_household(paper.id, employee_id=employee.id, by=HR)


def test_a_dot_is_no_signature_of_a_household_either(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        paper = add(employee, BERKE, folder)

        with pytest.raises(Refused, match="too little"):
            single.sign_for_household(
                paper.id,
                employee_id=employee.id,
                name="Berke Yıldız",
                method=SignatureMethod.DRAWN,
                strokes=[[[0.5, 0.5]]],
                by=HR,
                store=Store(folder),
            )


def test_a_consent_about_a_former_home_is_not_signed(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        assert employee.home is not None
        employee.home.street = "Müllerstraße"

        with pytest.raises(Refused, match="address has changed"):
            consent(paper, folder)


def test_a_no_of_the_household_ends_the_question_and_starts_no_talk(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        paper = add(employee, BERKE, folder)

        single.decline_for_household(paper.id, employee_id=employee.id, by=HR)

        assert (paper.state, paper.declined_at) == (PaperState.VOID, MONDAY)
        assert group(employee) is Group.SIGNED
        assert len(deeds("agreements.household_declined")) == 1
        assert add(employee, BERKE, folder).id  # it may be asked once more


def test_ink_closes_a_consent_and_asks_the_employee_for_no_receipt(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        looked = Looked(b"%PDF-1.7 gescannt", pages=2, signatures=0)

        signing.want_paper(paper.id, employee_id=employee.id, by=Actor.employee(employee.id))
        uploads.bring(
            paper.id, looked, Form.PAPER, employee_id=employee.id, by=HR, store=Store(folder)
        )
        uploads.accept(paper.id, file_id=paper.uploaded_file_id, by=HR)

        assert paper.state is PaperState.SIGNED
        assert pack.receipt_asked_at is None
