"""A stack of three people's papers files itself, asks about the rest and loses nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from PIL import Image

from hoffice import clock
from hoffice.agreements.exports.print_stack import Person, Printed, Words, print_stack
from hoffice.agreements.jobs import handlers
from hoffice.agreements.models import Pack, Paper, ScanBatch, ScanPage
from hoffice.agreements.queries import scans as queries
from hoffice.agreements.rules import Form, PaperState, ScanState, is_for_reading
from hoffice.agreements.scanning.isolated import pages_of
from hoffice.agreements.scanning.stack import ReadPage
from hoffice.agreements.service import load_samples, scans
from hoffice.audit.models import AuditLine, AuditPersonal
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.files.service import Store
from hoffice.jobs import service as jobs
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.jobs.worker import work_off
from hoffice.paper.page_code import house_letters
from hoffice.settings import Settings
from hoffice.units import Actor
from tests import dying, makers
from tests.agreements import desk
from tests.agreements.scene import HR, TERMS, book, sent
from tests.agreements.stacks import (
    blank,
    pdf_of,
    photos_of,
    prints,
    rendered,
    scanned,
    signed,
    torn,
)
from tests.conftest import Given

MB = 25


@dataclass
class Table:
    """What lies on HR's table: the printed papers of some people, by number of the paper."""

    folder: Path
    sheets: dict[int, list[Image.Image]] = field(default_factory=dict)
    whose: dict[int, int] = field(default_factory=dict)

    def lay(self, pack: Pack) -> list[int]:
        """Print all papers of a pack and sign them; gives back the numbers of the papers."""
        for paper in pack.papers:
            self.sheets[paper.id] = [signed(page) for page in prints(paper, self.folder)]
            self.whose[paper.id] = pack.employee_id
        return [paper.id for paper in pack.papers]

    def all_sheets(self) -> list[Image.Image]:
        """Everything, one person's papers after the other's."""
        return [sheet for sheets in self.sheets.values() for sheet in sheets]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def upload(files: list[bytes], folder: Path) -> int:
    stack = scans.looked_through(files, max_mb=MB)
    return scans.begin(stack, by=HR, store=Store(folder)).id


def work(app: Flask, folder: Path) -> None:
    with app.app_context():
        work_off(handlers(Store(folder), book()))


def pages(batch_id: int) -> dict[int, ScanPage]:
    return {page.number: page for page in queries.pages(batch_id)}


def states(batch_id: int) -> list[tuple[ScanState, str]]:
    return [(page.state, page.why) for page in queries.pages(batch_id)]


def state_of(paper_id: int) -> PaperState:
    return db.session.get_one(Paper, paper_id).state


FILED = (ScanState.FILED, "")


def test_a_shuffled_stack_of_three_people_files_itself_and_asks_about_the_rest(
    app: Flask, given: Given, table: Table
) -> None:
    with given():
        load_samples(by=HR)
        for name in ("Ayşe Kaya", "Marek Kowalczyk", "Jule Brandt"):
            table.lay(sent(makers.employee(name), table.folder))
    ids = list(table.sheets)
    pile: list[tuple[tuple[int, int] | None, Image.Image]] = [
        ((paper_id, number), sheet)
        for paper_id, sheets in table.sheets.items()
        for number, sheet in enumerate(sheets, start=1)
    ]
    pile = pile[1::2] + pile[0::2]  # shuffled, always the same way
    (torn_name, torn_sheet), (other_name, other_sheet) = pile[2], pile[5]
    pile[2], pile[5] = (None, torn(torn_sheet)), (None, torn(other_sheet))
    pile.insert(4, (None, blank()))
    pile.append(pile[0])
    turns = (-3, 90, 2, 183, 0, 270)
    stack = pdf_of([scanned(page, turn=turns[n % 6]) for n, (_, page) in enumerate(pile)])
    with given():
        batch_id = upload([stack], table.folder)

    work(app, table.folder)

    with given():
        found = pages(batch_id)
        assert len(found) == len(pile)
        for number, (sheet_of, _page) in enumerate(pile[1:], start=2):
            if sheet_of is not None:
                assert (found[number].paper_id, found[number].sheet) == sheet_of
                assert found[number].state is ScanState.FILED
        assert (found[1].state, found[1].why) == (ScanState.DROPPED, scans.TWICE)
        assert found[1].why_facts == {"page": len(pile), "stack": batch_id}
        assert [n for n, one in found.items() if one.state is ScanState.OPEN] == [3, 7]
        assert {one.why for one in found.values() if one.state is ScanState.OPEN} == {scans.NO_CODE}
        assert (found[5].state, found[5].why) == (ScanState.DROPPED, scans.BLANK)
        assert torn_name is not None
        assert other_name is not None
        lacking = {torn_name[0], other_name[0]}
        for paper_id in ids:
            whole = PaperState.SENT if paper_id in lacking else PaperState.SIGNED
            assert state_of(paper_id) is whole
        paper = db.session.get_one(Paper, torn_name[0])
        assert torn_name[1] in scans.missing_sheets(paper, Store(table.folder))

    with given():
        for (paper_id, sheet), number in ((torn_name, 3), (other_name, 7)):
            scans.assign(
                batch_id, number, paper_id=paper_id, sheet=sheet, by=HR, store=Store(table.folder)
            )

    with given():
        assert {state_of(paper_id) for paper_id in ids} == {PaperState.SIGNED}
        assert not queries.open_pages(batch_id)
        for paper_id in ids:
            paper = db.session.get_one(Paper, paper_id)
            assert paper.uploaded_form is Form.PAPER
            assert paper.uploaded_file is not None
            made = Store(table.folder).get(paper.uploaded_file.sha256)
            again = [scan.codes[0] for scan in read_again(made, table.folder)]
            count = len(table.sheets[paper_id])
            if paper_id not in lacking:
                name = f"P{paper_id:06}{paper.facts['house']}"
                wanted = [f"HO1:{name}:{n}/{count}" for n in range(1, count + 1)]
                assert again == wanted
        kept = db.session.get_one(ScanBatch, batch_id).file
        assert Store(table.folder).get(kept.sha256) == stack


def read_again(pdf: bytes, folder: Path) -> list[ReadPage]:
    kept = folder / "again"
    kept.write_bytes(pdf)
    found = list(pages_of(kept, range(1, len(rendered(pdf, dpi=20)) + 1)))
    return [one for one in found if one.codes]


def test_the_log_knows_numbers_and_no_names(app: Flask, given: Given, table: Table) -> None:
    with given():
        table.lay(sent(makers.employee("Ayşe Kaya"), table.folder))
    with given():
        upload([pdf_of(table.all_sheets())], table.folder)
    work(app, table.folder)

    with given():
        lines = db.session.query(AuditLine).filter(AuditLine.action.startswith("agreements.")).all()
        mine = {"agreements.scan_taken", "agreements.scan_whole", "agreements.uploaded"}
        assert mine <= {line.action for line in lines}
        assert all(line.employee_id for line in lines if line.action == "agreements.scan_whole")
        told = " ".join(f"{line.actor} {line.details}" for line in lines if line.action in mine)
        assert "Kaya" not in told
        seqs = [line.seq for line in lines if line.action in mine]
        assert not db.session.query(AuditPersonal).filter(AuditPersonal.seq.in_(seqs)).count()


def test_sheets_in_two_stacks_make_one_paper(app: Flask, given: Given, table: Table) -> None:
    with given():
        load_samples(by=HR)
        paper_id = table.lay(sent(makers.employee(), table.folder))[0]
    first, *others = table.sheets[paper_id]
    with given():
        one = upload(photos_of([first]), table.folder)
    work(app, table.folder)
    with given():
        paper = db.session.get_one(Paper, paper_id)
        lacking = scans.missing_sheets(paper, Store(table.folder))
        assert lacking == list(range(2, len(others) + 2))
        assert states(one) == [FILED]

    with given():
        upload(photos_of(scanned(page, turn=182) for page in others), table.folder)
    work(app, table.folder)

    with given():
        assert state_of(paper_id) is PaperState.SIGNED


@pytest.mark.parametrize(
    "state",
    [PaperState.VOID, PaperState.SUPERSEDED, PaperState.DECLINED, PaperState.EXPIRED],
    ids=str,
)
def test_a_page_of_a_paper_that_no_longer_waits_says_why(
    app: Flask, given: Given, table: Table, state: PaperState
) -> None:
    with given():
        paper_id = table.lay(sent(makers.employee(), table.folder))[0]
    with given():
        db.session.get_one(Paper, paper_id).state = state
        batch_id = upload([pdf_of(table.sheets[paper_id][:1])], table.folder)
    work(app, table.folder)

    with given():
        assert states(batch_id) == [(ScanState.OPEN, scans.NO_LONGER[state])]
        with pytest.raises(Refused, match=scans.NO_LONGER[state].split(";")[0]):
            scans.assign(batch_id, 1, paper_id=paper_id, sheet=1, by=HR, store=Store(table.folder))


def test_a_paper_scanned_again_after_it_was_filed_says_so(
    app: Flask, given: Given, table: Table
) -> None:
    with given():
        paper_id = table.lay(sent(makers.employee(), table.folder))[0]
    for _time in range(2):
        with given():
            batch_id = upload([pdf_of(table.sheets[paper_id])], table.folder)
        work(app, table.folder)

    with given():
        assert {one.why for one in pages(batch_id).values()} == {scans.NO_LONGER[PaperState.SIGNED]}


def other_house(folder: Path, given: Given) -> list[Image.Image]:
    """A page whose paper has another number of sheets, and a code that is nobody's."""
    with given():
        paper = sent(makers.employee(), folder).papers[0]
        page = prints(paper, folder)[0]
        paper.pages = 99
    cover = print_stack(
        [Person("Ayşe Kaya", "4101", "A000004", [])],
        Words("de", "Deckblatt", "", ("Papier", "Nummer", "Seiten")),
        company="Nordlicht GmbH",
        made_at=clock.now(),
        read=lambda _sha: b"",
    )
    return [page, *rendered(cover)]


def test_codes_of_another_house_and_of_other_things_are_asked_about(
    app: Flask, given: Given, table: Table
) -> None:
    strange = other_house(table.folder, given)
    two = Image.new("RGB", (strange[0].width * 2, strange[0].height), "white")
    two.paste(strange[0], (0, 0))
    two.paste(strange[1], (strange[0].width, 0))
    with given():
        batch_id = upload(photos_of([*strange, two]), table.folder)
    work(app, table.folder)

    with given():
        assert [why for _state, why in states(batch_id)] == [
            scans.NOT_OURS,
            scans.OTHER_KIND,
            scans.TWO_SHEETS,
        ]


def test_a_page_of_another_house_is_refused_by_name_though_the_number_is_known_here(
    app: Flask, given: Given, table: Table
) -> None:
    with given():
        ours = sent(makers.employee("Ayşe Kaya"), table.folder).papers[0]
        stranger = signed(prints(ours, table.folder)[0])
        ours.facts = {**ours.facts, "house": house_letters("ein anderes Haus")}
        paper_id = ours.id
        batch_id = upload(photos_of([stranger]), table.folder)
    work(app, table.folder)

    with given():
        assert states(batch_id) == [(ScanState.OPEN, scans.OTHER_HOUSE)]
        assert db.session.get_one(Paper, paper_id).state is PaperState.SENT


def test_two_houses_print_different_codes_on_papers_of_the_same_number(
    given: Given, table: Table
) -> None:
    with given():
        paper = sent(makers.employee("Ayşe Kaya"), table.folder).papers[0]
        elsewhere = replace(TERMS, company="Nordlicht GmbH")
        other = sent(makers.employee("Ayşe Kaya"), table.folder, terms=elsewhere).papers[0]

        assert len({paper.facts["house"], other.facts["house"], ""}) == 3


def test_a_printed_stack_leaves_covers_and_empty_backs_out_by_itself(
    app: Flask, given: Given, table: Table
) -> None:
    with given():
        pack = sent(makers.employee("Ayşe Kaya"), table.folder)
        printed = [
            Printed("Papier", f"P{paper.id:06}", paper.frozen_file.sha256, 1)
            for paper in pack.papers
            if paper.frozen_file is not None
        ]
        person = Person(pack.employee.name, "4101", f"D{pack.employee_id:06}", printed)
        ids = [paper.id for paper in pack.papers]
    made = print_stack(
        [person, person],
        Words("de", "Deckblatt", "Alles unterschreiben.", ("Papier", "Nummer", "Seiten")),
        company="Nordlicht GmbH",
        made_at=clock.now(),
        read=Store(table.folder).get,
    )
    with given():
        batch_id = upload([made], table.folder)
    work(app, table.folder)

    with given():
        found = pages(batch_id)
        covers = [number for number, page in found.items() if page.why == scans.COVER]
        assert len(covers) == 2
        assert all(number % 2 for number in covers)
        firsts = [number for number, page in found.items() if page.sheet == 1]
        assert len(firsts) == 2 * len(printed)
        assert all(number % 2 for number in firsts)
        assert not queries.open_pages(batch_id)
        assert {state_of(paper_id) for paper_id in ids} == {PaperState.SIGNED}


def test_sheets_of_a_paper_that_nobody_signs_are_left_out(
    app: Flask, given: Given, table: Table
) -> None:
    with given():
        pack = desk.sent(makers.employee(), table.folder)
        notice = next(paper for paper in pack.papers if is_for_reading(paper.kind))
        batch_id = upload([pdf_of(prints(notice, table.folder))], table.folder)
        paper_id = notice.id
    work(app, table.folder)

    with given():
        assert set(states(batch_id)) == {(ScanState.DROPPED, scans.READING)}
        with pytest.raises(Refused, match="Nobody signs"):
            scans.assign(batch_id, 1, paper_id=paper_id, sheet=1, by=HR, store=Store(table.folder))


def test_a_stack_whose_reading_was_stopped_goes_on_where_it_stood(
    app: Flask, given: Given, table: Table
) -> None:
    with given():
        paper_id = table.lay(sent(makers.employee(), table.folder))[0]
    pile = [*table.sheets[paper_id], *[blank()] * 9]
    with given():
        batch_id = upload([pdf_of(pile)], table.folder)

    note = scans._note  # noqa: SLF001  # in whose middle somebody presses stop

    def stopped(batch: int, read: ReadPage, *, by: Actor, store: Store) -> None:
        note(batch, read, by=by, store=store)
        if read.number == 1:
            jobs.cancel(the_job().id, by=HR)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scans, "_note", stopped)
        work(app, table.folder)
    with given():
        assert (the_job().state, the_job().done) == (JobState.CANCELLED, scans.AT_ONCE)
        assert sorted(pages(batch_id)) == list(range(1, scans.AT_ONCE + 1))
        assert state_of(paper_id) is PaperState.SENT
        jobs.retry(the_job().id, by=HR)

    work(app, table.folder)

    with given():
        assert sorted(pages(batch_id)) == list(range(1, len(pile) + 1))
        assert state_of(paper_id) is PaperState.SIGNED


# By hand


def test_dropping_and_putting_back_loses_no_page(app: Flask, given: Given, table: Table) -> None:
    with given():
        load_samples(by=HR)
        paper_id = table.lay(sent(makers.employee(), table.folder))[0]
    sheets = table.sheets[paper_id]
    with given():
        batch_id = upload([pdf_of([torn(sheets[0]), *sheets[1:]])], table.folder)
    work(app, table.folder)

    with given():
        assert scans.drop(batch_id, [1, 1], by=HR) == 1
        assert scans.drop(batch_id, [1], by=HR) == 0
    with given():
        assert not queries.open_pages(batch_id)
        scans.put_back(batch_id, 1, by=HR)
        scans.put_back(batch_id, 2, by=HR)
    with given():
        assert [page.number for page in queries.open_pages(batch_id)] == [1, 2]
        assert 2 in scans.missing_sheets(db.session.get_one(Paper, paper_id), Store(table.folder))

    store = Store(table.folder)
    with given():
        with pytest.raises(Refused, match="no such sheet"):
            scans.assign(batch_id, 1, paper_id=paper_id, sheet=99, by=HR, store=store)
        assert not scans.assign(batch_id, 1, paper_id=paper_id, sheet=1, by=HR, store=store)
        assert scans.assign(batch_id, 2, paper_id=paper_id, sheet=2, by=HR, store=store)
    with given():
        assert state_of(paper_id) is PaperState.SIGNED
        with pytest.raises(Refused, match="filed already"):
            scans.put_back(batch_id, 1, by=HR)
        with pytest.raises(Refused, match="filed already"):
            scans.drop(batch_id, [1], by=HR)
        with pytest.raises(NotFound):
            scans.drop(batch_id, [999], by=HR)


# What is refused at once


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([], "Choose"),
        ([b""], "Choose"),
        ([b"GIF89a"], "neither"),
        ([b"%PDF-" + b"0" * 1_000_001], "larger than 1 MB"),
        ([b"%PDF-"] * 201, "At most"),
    ],
    ids=["nothing", "empty", "gif", "large", "many"],
)
def test_what_cannot_be_a_stack_is_refused_before_it_is_kept(files: list[bytes], why: str) -> None:
    with pytest.raises(Refused, match=why):
        scans.looked_through(files, max_mb=1)


# A worker that dies


WORKER = """
import sys
from pathlib import Path
from hoffice.agreements.jobs import handlers
from hoffice.factory import create_app
from hoffice.files.service import Store
from hoffice.jobs.worker import work_off
from tests import dying, houses
from tests.agreements.scene import book
app = create_app(houses.settings(sys.argv[1], Path(sys.argv[2])))
dying.die(step=3)  # the first one only begins, the second one stores eight pages
with app.app_context():
    work_off(handlers(Store(Path(sys.argv[2]) / "files"), book()))
"""


def the_job() -> Job:
    return db.session.query(Job).filter_by(kind=scans.FILE_SCAN).one()


def test_a_worker_killed_in_the_middle_of_a_stack_loses_no_page(
    app: Flask, given: Given, settings: Settings
) -> None:
    folder = settings.instance / "files"
    table = Table(folder)
    with given():
        for _person in range(2):
            table.lay(sent(makers.employee(), folder))
    sheets = table.all_sheets()
    pile = sheets + [blank()] * 24
    with given():
        batch_id = upload([pdf_of(pile)], folder)

    dying.killed(WORKER, settings.database_url, str(settings.instance))

    with app.app_context():
        job = the_job()
        assert (job.done, job.state) == (8, JobState.RUNNING)
        assert len(queries.pages(batch_id)) == 8
        dying.let_go(job.id)

    with clock.frozen(clock.now() + timedelta(minutes=2)):
        work(app, folder)

    with app.app_context():
        assert (the_job().state, the_job().done) == (JobState.DONE, len(pile))
        assert sorted(pages(batch_id)) == list(range(1, len(pile) + 1))
        assert {state_of(paper_id) for paper_id in table.sheets} == {PaperState.SIGNED}


def test_an_upload_is_a_stack_of_its_own_even_when_it_comes_twice(
    given: Given, table: Table
) -> None:
    content = pdf_of([blank()])
    with given():
        first, second = upload([content], table.folder), upload([content], table.folder)

    with given():
        assert first != second
        assert [one.batch.id for one in queries.batches(limit=10)] == [second, first]
        assert io.BytesIO(content).getbuffer().nbytes == queries.batch(first).file.size
        assert len(pikepdf.open(io.BytesIO(content)).pages) == 1
