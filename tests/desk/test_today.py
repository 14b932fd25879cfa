"""What HR finds on the start page about papers: what waits, how many, and the way there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.agreements.models import Pack, ScanBatch, ScanPage
from hoffice.agreements.rules import PaperState, ScanState, SealState
from hoffice.agreements.service import questions, signing
from hoffice.db import db
from hoffice.files.service import Store, keep
from hoffice.units import Actor
from tests import makers
from tests.agreements.desk import for_house, sent, sign
from tests.agreements.scene import HR
from tests.conftest import Given
from tests.pageclient import PageClient

EN = {"Accept-Language": "en"}


def today(client: PageClient) -> str:
    """The start page in English."""
    response = client.get("/", headers=EN)
    assert response.status_code == 200
    return response.text


def asked(pack: Pack, _folder: Path) -> None:
    """She does not understand one of her papers."""
    questions.ask(
        pack.employee_id,
        pack.papers[0].id,
        "Gilt das auch samstags?",
        contact=None,
        by=Actor.employee(pack.employee_id),
    )


def brought(pack: Pack, folder: Path) -> None:
    """A file came back that nobody has looked at."""
    paper = pack.papers[0]
    signing.want_paper(paper.id, employee_id=pack.employee_id, by=HR)
    paper.uploaded_file = keep(
        Store(folder), b"%PDF-1.7", name="gebracht.pdf", media_type="application/pdf"
    )


def wanted(pack: Pack, _folder: Path) -> None:
    """She would like ink."""
    signing.want_paper(pack.papers[0].id, employee_id=pack.employee_id, by=HR)


def silent(pack: Pack, _folder: Path) -> None:
    """Three reminders went out, the last one the day before."""
    pack.reminders, pack.reminded_at = 3, clock.now() - timedelta(days=1)


def house_lacks(pack: Pack, folder: Path) -> None:
    """Only the trainer is missing."""
    sign(pack, folder)


def ended(pack: Pack, folder: Path) -> None:
    """A paper's last day is over."""
    sign(pack, folder)
    for_house(pack, folder)
    pack.papers[0].state = PaperState.EXPIRED


def ends(pack: Pack, folder: Path) -> None:
    """A paper ends in a week."""
    sign(pack, folder)
    for_house(pack, folder)
    for paper in pack.papers:
        paper.expires_on = None
    pack.papers[0].expires_on = clock.today() + timedelta(days=7)


def unsealed(pack: Pack, folder: Path) -> None:
    """The seal waits for its time service."""
    sign(pack, folder)
    for_house(pack, folder)
    pack.papers[0].seal_state = SealState.PENDING


def unreadable(_pack: Pack, folder: Path) -> None:
    """A scanned page whose code could not be read."""
    file = keep(Store(folder), b"%PDF-1.7", name="stapel.pdf", media_type="application/pdf")
    batch = ScanBatch(file=file, created_at=clock.now(), created_by=str(HR))
    db.session.add(batch)
    db.session.flush()
    db.session.add(ScanPage(batch_id=batch.id, number=1, state=ScanState.OPEN))


CASES = [
    (asked, "1 question about a paper is open", "/papiere/fragen"),
    (brought, "1 signed file waits to be looked at", "/papiere/mit-tinte"),
    (wanted, "1 paper is wanted with ink", "/papiere/mit-tinte"),
    (silent, "1 person is to be called", "/papiere/anrufe"),
    (house_lacks, "1 paper waits for the signature of the house", "/papiere/unterschreiben"),
    (ended, "1 paper has ended", "/papiere/?state=expired"),
    (ends, "1 paper ends within 30 days", "/papiere/?ends=30"),
    (unsealed, "1 paper waits for its seal", "/papiere/?state=seal_pending"),
    (unreadable, "1 scanned page is to be filed", "/papiere/stapel"),
]


@pytest.mark.parametrize(
    ("happens", "words", "path"), CASES, ids=[case[0].__name__ for case in CASES]
)
def test_hr_reads_what_waits_and_goes_there(
    given: Given,
    hr: PageClient,
    it: PageClient,
    tmp_path: Path,
    *,
    happens: Callable[[Pack, Path], None],
    words: str,
    path: str,
) -> None:
    with given():
        happens(sent(makers.employee("Ayşe Kaya"), tmp_path), tmp_path)

    page = today(hr)

    assert words in page
    assert f'href="{path}' in page
    assert hr.get(path).status_code == 200
    assert words not in today(it)


def test_an_open_question_forces_nobody_and_forbids_nothing(
    given: Given, hr: PageClient, tmp_path: Path
) -> None:
    with given():
        asked(sent(makers.employee("Ayşe Kaya"), tmp_path), tmp_path)

    page = today(hr)

    assert "Until it is answered nobody has to sign." in page
    assert "Nobody signs" not in page
    german = hr.get("/", headers={"Accept-Language": "de"}).text
    assert "Bis zur Antwort muss niemand unterschreiben." in german


def test_what_nobody_waits_for_is_not_on_the_page(
    given: Given, hr: PageClient, tmp_path: Path
) -> None:
    with given():
        pack = sent(makers.employee("Ayşe Kaya"), tmp_path)
        sign(pack, tmp_path)
        for_house(pack, tmp_path)
        for paper in pack.papers:
            paper.expires_on = None

    page = today(hr)

    for _happens, words, _path in CASES:
        assert words.removeprefix("1 ") not in page
    assert "has not signed yet" not in page


def test_whoever_has_signed_does_not_wait_for_a_reminder(
    given: Given, hr: PageClient, tmp_path: Path
) -> None:
    with given():
        pack = sent(makers.employee("Ayşe Kaya"), tmp_path)
    assert "1 person has not signed yet" in today(hr)

    with given():
        db.session.add(pack)
        sign(pack, tmp_path)

    page = today(hr)
    assert "has not signed yet" not in page
    assert "waits for the signature of the house" in page


def test_hr_pays_the_same_for_one_paper_and_for_many(
    given: Given,
    signed_in: Callable[..., PageClient],
    tmp_path: Path,
    queries: list[str],
) -> None:
    client = signed_in(Role.HR)

    def cost() -> int:
        queries.clear()
        today(client)
        return len(queries)

    with given():
        sent(makers.employee(), tmp_path)
    today(client)
    few = cost()
    with given():
        for happens in (asked, brought, wanted, silent, house_lacks, ended, unsealed):
            happens(sent(makers.employee(), tmp_path), tmp_path)

    assert cost() == few
    assert few <= 12


def test_the_desk_of_papers_says_how_many_questions_are_open(
    given: Given, hr: PageClient, tmp_path: Path
) -> None:
    with given():
        pack = sent(makers.employee("Ayşe Kaya"), tmp_path)
    assert "Questions (" not in hr.get("/papiere/", headers=EN).text

    with given():
        db.session.add(pack)
        asked(pack, tmp_path)

    assert "Questions (1)" in hr.get("/papiere/", headers=EN).text
