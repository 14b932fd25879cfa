"""Every list finds, filters, sorts, pages and goes into a file in the same way."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import Babel
from openpyxl import load_workbook
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

from hoffice import clock
from hoffice.db import db
from hoffice.web import lists
from hoffice.web.lists import Column, Filter, Listing

NOVEMBER = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Base(DeclarativeBase):
    """Tables of this test only, apart from those of the house."""


class Crew(Base):
    """What people belong to."""

    __tablename__ = "crew"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Member(Base):
    """A person in a list."""

    __tablename__ = "member"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    boxes: Mapped[int | None]
    crew_id: Mapped[int] = mapped_column(sa.ForeignKey("crew.id"))
    crew: Mapped[Crew] = relationship()
    joined_at: Mapped[datetime] = mapped_column(sa.DateTime)


def matching(words: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(*(Member.name.icontains(word, autoescape=True) for word in words))


def in_crew(value: str) -> sa.ColumnElement[bool]:
    return Member.crew_id == int(value)


COLUMNS: tuple[Column[Member], ...] = (
    Column("name", "Name", sort=Member.name, text=lambda row: row.name),
    Column("boxes", "Boxes", sort=(Member.boxes,), text=lambda row: row.boxes, end=True),
    Column("actions", ""),
    Column("joined", "Joined", text=lambda row: row.joined_at.replace(tzinfo=UTC), hidden=True),
)
CREWS = Filter("crew", "Crew", [("1", "Nord"), ("2", "Süd")], in_crew)


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """An application with one table of 120 people in two crews."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    Babel(app)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.session.add_all([Crew(id=1, name="Nord"), Crew(id=2, name="Süd")])
        db.session.add_all(
            Member(
                id=number,
                name=f"Person {number:03d}" if number > 1 else "Ayşe 100% =1+1",
                boxes=number % 4 or None,
                crew_id=1 + number % 2,
                joined_at=NOVEMBER.replace(tzinfo=None),
            )
            for number in range(1, 121)
        )
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def asked(app: Flask, query: str = "") -> Iterator[Listing[Member]]:
    """The listing that a request with this query string gets."""
    with app.test_request_context(f"/people?{query}"), clock.frozen(NOVEMBER):
        yield lists.listed(
            sa.select(Member).options(joinedload(Member.crew)),
            name="People & boxes",
            columns=COLUMNS,
            key=Member.id,
            search=matching,
            filters=(CREWS,),
            sort="name",
        )


def ids(listing: Listing[Member]) -> list[int]:
    return [row.id for row in listing]


def test_a_list_starts_with_its_first_fifty_in_its_own_order(app: Flask) -> None:
    with asked(app) as listing:
        assert listing.total == 120
        assert listing.pages == 3
        assert ids(listing) == list(range(1, 51))
        assert (listing.first, listing.last) == (1, 50)
        assert not listing.is_narrowed


def test_a_list_costs_two_statements(app: Flask) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        statements.append(text)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    with asked(app, "q=person&crew=1&sort=boxes&page=2&per=25") as listing:
        assert {row.crew.name for row in listing} == {"Nord"}
    with app.app_context():
        event.remove(db.engine, "before_cursor_execute", note)

    assert len(statements) == 2


def test_pages_never_overlap_although_many_rows_sort_alike(app: Flask) -> None:
    seen: list[int] = []
    for page in range(1, 6):
        with asked(app, f"sort=boxes&dir=down&per=25&page={page}") as listing:
            seen += ids(listing)

    assert sorted(seen) == list(range(1, 121))
    assert seen[0] == 3
    assert seen[-1] == 120


def test_empty_values_come_last_in_both_directions(app: Flask) -> None:
    for direction in ("up", "down"):
        with asked(app, f"sort=boxes&dir={direction}&per=200") as listing:
            boxes = [row.boxes for row in listing]
        assert boxes[-30:] == [None] * 30
        assert None not in boxes[:90]


def test_all_words_must_be_found_and_percent_signs_are_letters(app: Flask) -> None:
    with asked(app, "q=100%25+ay") as listing:
        assert ids(listing) == [1]
    with asked(app, "q=%25%25") as listing:
        assert listing.total == 0
        assert listing.is_narrowed


def test_a_filter_takes_only_what_it_offers(app: Flask) -> None:
    with asked(app, "crew=2") as listing:
        assert listing.total == 60
        assert listing.choices[0].value == "2"
    with asked(app, "crew=3%20or%201=1") as listing:
        assert listing.total == 120
        assert listing.choices[0].value == ""


@pytest.mark.parametrize(
    "nonsense",
    [
        "sort=password",
        "sort=actions",
        "page=0",
        "page=-3",
        "page=x",
        "per=3",
        "per=100000",
        "dir=sideways",
        "export=exe",
        "q=%00",
    ],
)
def test_what_makes_no_sense_is_ignored(app: Flask, nonsense: str) -> None:
    with asked(app, nonsense) as listing:
        assert ids(listing)[0] == 1
        assert len(listing) == 50
        assert listing.export is None


@pytest.mark.parametrize("page", ["99", "9" * 400])
def test_a_page_behind_the_last_is_the_last(app: Flask, page: str) -> None:
    with asked(app, f"page={page}") as listing:
        assert listing.page == 3
        assert ids(listing) == list(range(101, 121))


def test_links_keep_everything_but_what_they_change(app: Flask) -> None:
    with asked(app, "q=person&crew=1&sort=boxes&per=25&tab=open&page=2") as listing:
        head = listing.heads[1]
        assert head.direction == "ascending"
        turned = parse_qs((head.url or "").lstrip("?"))
        paged = parse_qs(listing.page_link(3).lstrip("?"))

    same = {"q": ["person"], "crew": ["1"], "per": ["25"], "tab": ["open"]}
    assert turned == {**same, "sort": ["boxes"], "dir": ["down"]}
    assert paged == {**same, "sort": ["boxes"], "page": ["3"]}


def test_the_second_click_turns_the_order_and_the_third_turns_it_back(app: Flask) -> None:
    with asked(app) as listing:
        assert listing.heads[0].direction == "ascending"
        second = listing.heads[0].url
    with asked(app, (second or "").lstrip("?")) as listing:
        assert ids(listing)[0] == 120
        assert listing.heads[0].direction == "descending"
        assert "dir" not in parse_qs((listing.heads[0].url or "").lstrip("?"))


def test_hidden_columns_and_those_without_order_have_no_link(app: Flask) -> None:
    with asked(app) as listing:
        assert [head.key for head in listing.heads] == ["name", "boxes", "actions"]
        assert listing.heads[2].url is None


@pytest.mark.parametrize(
    ("page", "numbers"),
    [
        (1, (1, 2, 3, None, 20)),
        (4, (1, 2, 3, 4, 5, 6, None, 20)),
        (10, (1, None, 8, 9, 10, 11, 12, None, 20)),
        (20, (1, None, 18, 19, 20)),
    ],
)
def test_the_pager_offers_the_ends_and_the_neighbours(
    app: Flask, page: int, numbers: tuple[int | None, ...]
) -> None:
    with asked(app) as listing:
        long = replace(listing, total=1000, asked=replace(listing.asked, page=page))

    assert long.page_numbers == numbers


def test_a_file_holds_the_whole_filtered_list(app: Flask) -> None:
    with asked(app, "export=xlsx&crew=1&page=2") as listing:
        assert listing.export == "xlsx"
        response = lists.exported(listing, "xlsx")

    sheet = load_workbook(io.BytesIO(response.data)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0] == ("Name", "Boxes", "Joined")
    assert len(lines) == 61
    assert lines[1] == ("Person 002", 2, datetime(2026, 11, 21, 10, 0))  # noqa: DTZ001
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=people-boxes-2026-11-21.xlsx"
    )


def test_a_csv_file_opens_in_a_spreadsheet(app: Flask) -> None:
    with asked(app, "export=csv&q=ay") as listing:
        response = lists.exported(listing, "csv")

    assert response.mimetype == "text/csv"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Ayşe 100% =1+1" in response.data.decode("utf-8-sig")


def test_rows_of_several_things_work_as_well(app: Flask) -> None:
    with app.test_request_context("/people?q=006"):
        listing = lists.listed_rows(
            sa.select(Member.id, Member.name, Crew.name.label("crew")).join(Member.crew),
            name="People",
            columns=(Column("name", "Name", sort=Member.name, text=lambda row: row.name),),
            key=Member.id,
            search=matching,
        )

    assert [(row.id, row.crew) for row in listing] == [(6, "Nord")]
    assert listing.total == 1


def test_an_empty_list_has_one_page_and_no_rows(app: Flask) -> None:
    with asked(app, "q=nobody") as listing:
        assert (listing.total, listing.pages, listing.first, listing.last) == (0, 1, 0, 0)
        assert listing.page_numbers == (1,)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Geräte & Kartons", "geraete-kartons"),
        ("Großmaß/../../etc", "grossmass-etc"),
        ("Şahin", "sahin"),
        ("…", "liste"),
    ],
)
def test_file_names_are_plain(title: str, name: str) -> None:
    assert lists.safe_name(title) == name
