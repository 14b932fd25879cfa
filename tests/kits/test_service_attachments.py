"""Photos that were removed: gone for good after a week, unless somebody wanted them back."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.audit.models import AuditLine, AuditPersonal
from hoffice.audit.service import flush
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files import service as files
from hoffice.files.models import StoredFile
from hoffice.files.service import Store
from hoffice.kits.models import Attachment, HomeCheckLine
from hoffice.kits.rules import AttachmentKind, HomeAnswer, ItemKind
from hoffice.kits.service import attachments, home_checks
from hoffice.kits.service.daily import do_erasing
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.kits.photos import photo
from tests.kits.test_service_home_checks import ask, at_home
from tests.races import at_once

BY = Actor.staff(1)
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


class Steps:
    """A worker without a job table: every step is done at once."""

    def step(self, **_words: Any) -> AbstractContextManager[None]:
        """One step."""
        return nullcontext()


def kept(store: Store, *, note: str = "", width: int = 300) -> Attachment:
    """A photo of the wiring of a new device."""
    [item] = scene.in_stock(ItemKind.MONITOR)
    return attachments.attach(
        f"item:{item.id}", AttachmentKind.WIRING, photo(width), store=store, by=BY, note=note
    )


def erase_what_is_due(store: Store) -> int:
    """The job of one night; gives back how much it erased."""
    return int(do_erasing(Steps(), store=store)["erased"])  # type: ignore[arg-type]


def test_a_removed_photo_is_erased_after_a_week_and_not_before(
    given: Given, tmp_path: Path
) -> None:
    with given():
        store = Store(tmp_path)
        with clock.frozen(MONDAY):
            gone, wanted = kept(store, note="bei Frau Kaya", width=300), kept(store, width=310)
            bytes_of = {one.id: store.path_of(one.file.sha256) for one in (gone, wanted)}
            gone_id, file_id = gone.id, gone.file_id
            for one in (gone, wanted):
                attachments.remove(one.id, by=BY)
        with clock.frozen(MONDAY + WEEK - timedelta(minutes=1)):
            assert erase_what_is_due(store) == 0
            attachments.bring_back(wanted.id, by=BY)

        with clock.frozen(MONDAY + WEEK):
            with pytest.raises(Refused, match="is being erased"):
                attachments.bring_back(gone_id, by=BY)
            assert erase_what_is_due(store) == 1
            assert erase_what_is_due(store) == 0

        assert not bytes_of[gone_id].exists()
        assert bytes_of[wanted.id].exists()
        assert db.session.get(Attachment, gone_id) is None
        assert db.session.get(StoredFile, file_id) is None
        flush(db.session())
        line = db.session.scalars(
            select(AuditLine).where(AuditLine.action == "kits.attachment_erased")
        ).one()
        assert (line.subject, line.details["to"]) == (f"attachment:{gone_id}", gone.subject)
        assert db.session.get(AuditPersonal, line.seq) is None


def test_bytes_that_another_photo_shares_stay_until_that_one_goes_too(
    given: Given, tmp_path: Path
) -> None:
    with given():
        store = Store(tmp_path)
        with clock.frozen(MONDAY):
            first, second = kept(store), kept(store)
            path = store.path_of(first.file.sha256)
            assert first.file.sha256 == second.file.sha256
            attachments.remove(first.id, by=BY)
        with clock.frozen(MONDAY + WEEK):
            assert erase_what_is_due(store) == 1
            assert path.exists()
            attachments.remove(second.id, by=BY)
        with clock.frozen(MONDAY + 2 * WEEK):
            assert erase_what_is_due(store) == 1

        assert not path.exists()


def test_a_photo_that_a_paper_of_the_house_is_stays(given: Given, tmp_path: Path) -> None:
    with given():
        store = Store(tmp_path)
        with clock.frozen(MONDAY):
            first = kept(store)
            again = Attachment(
                subject="kit:1", kind=AttachmentKind.OTHER, file_id=first.file_id,
                at=clock.now(), by=str(BY),
            )  # fmt: skip
            db.session.add(again)
            attachments.remove(first.id, by=BY)
        with clock.frozen(MONDAY + WEEK):
            assert erase_what_is_due(store) == 1

        assert store.get(again.file.sha256)


def test_a_photo_from_home_leaves_the_answer_it_came_with(given: Given, tmp_path: Path) -> None:
    with given():
        store = Store(tmp_path)
        owner_id = makers.account(Role.IT).id
        ayse, [item] = at_home(count=1)
        ask(ayse, owner_id=owner_id, photo=True)
        home_checks.say(ayse, item.id, HomeAnswer.YES)
        sent = attachments.looked_at(photo(), AttachmentKind.SERIAL)
        assert not isinstance(sent, bytes)
        with clock.frozen(MONDAY):
            line = home_checks.photograph(ayse, item.id, sent, store=store)
            made = db.session.scalars(select(Attachment)).one()
            attachments.remove(made.id, by=BY)

        with clock.frozen(MONDAY + WEEK):
            assert erase_what_is_due(store) == 1

        line = db.session.scalars(select(HomeCheckLine)).one()
        assert (line.answer, line.photo_file_id) == (HomeAnswer.YES, None)
        assert db.session.scalar(select(StoredFile)) is None


def test_bytes_kept_anew_in_the_moment_of_erasing_are_there(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    with given():
        gone = [files.keep(store, b"Rechnung", name="r.pdf", media_type="x").id for _ in "1234"]

    deeds = [
        deed
        for number in gone
        for deed in (
            lambda number=number: files.erase(store, number),
            lambda: files.keep(store, b"Rechnung", name="r.pdf", media_type="x"),
        )
    ]
    assert at_once(app, *deeds) == ["done"] * len(deeds)

    with app.app_context():
        assert len(db.session.scalars(select(StoredFile)).all()) == len(gone)
        assert store.get(db.session.scalars(select(StoredFile.sha256)).first() or "") == b"Rechnung"
