"""HR's page for the letterhead."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from hoffice.agreements.queries import letterhead as queries
from hoffice.audit.models import AuditLine
from hoffice.db import db
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.paper import reading

PAGE = "/papiere/briefkopf"


def picture() -> BytesIO:
    target = BytesIO()
    Image.new("RGB", (300, 100), "navy").save(target, "PNG")
    return BytesIO(target.getvalue())


def send(hr: PageClient, lines: str, **more: object) -> str:
    answer = hr.post(PAGE, data={"lines": lines, **more}, content_type="multipart/form-data")
    return answer.text


def test_hr_writes_a_letterhead_and_sees_it_as_pdf(hr: PageClient, given: Given) -> None:
    assert hr.get("/papiere/briefkopf/logo.png").status_code == 404

    send(hr, "Köpenicker Straße 99\n\n10179 Berlin", logo=(picture(), "../../logo.png"))

    page = hr.get(PAGE)
    pdf = hr.get("/papiere/briefkopf.pdf").data
    kept = Image.open(BytesIO(hr.get("/papiere/briefkopf/logo.png").data))
    assert "10179 Berlin" in page.text
    assert "Köpenicker Straße 99 10179 Berlin" in reading.text(pdf)
    assert reading.roles(pdf)["Figure"] == 1
    assert (kept.format, kept.size) == ("PNG", (300, 100))
    with given():
        deeds = [line.action for line in db.session.scalars(db.select(AuditLine))]
    assert "agreements.letterhead_written" in deeds


@pytest.mark.parametrize(
    ("lines", "upload", "reason"),
    [
        ("eins\nzwei\ndrei\nvier", b"", "höchstens drei Zeilen"),
        ("eins", b"GIF89a", "kein lesbares Bild"),
        ("eins", b"<svg/>", "kein lesbares Bild"),
    ],
    ids=["lines", "gif", "svg"],
)
def test_what_does_not_fit_is_said_on_the_page(
    hr: PageClient, given: Given, lines: str, upload: bytes, reason: str
) -> None:
    more = {"logo": (BytesIO(upload), "logo.png")} if upload else {}

    told = send(hr, lines, **more)

    assert reason in told
    with given():
        assert queries.current() is None


def test_a_logo_is_taken_off_again(hr: PageClient, given: Given) -> None:
    send(hr, "eins", logo=(picture(), "logo.png"))
    send(hr, "zwei")
    with given():
        now = queries.current()
        assert now is not None
        assert now.logo_file is not None

    send(hr, "zwei", without_logo="y")

    with given():
        last = queries.current()
        assert last is not None
        assert last.logo_file is None
