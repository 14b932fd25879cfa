"""Days, times, money and measures as people read them, in both languages."""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from hoffice import clock
from hoffice.web import formats

NOVEMBER = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CATALOGUE = Path(__file__).resolve().parents[2] / "translations" / "de" / "ui.po"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that knows nothing but formats and their German words."""
    folder = tmp_path_factory.mktemp("translations")
    target = folder / "de" / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with CATALOGUE.open("rb") as source:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(source))
    target.write_bytes(compiled.getvalue())
    assert gettext.GNUTranslations(io.BytesIO(compiled.getvalue())).gettext("All") == "Alle"
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    Babel(app)
    formats.init_app(app)
    return app


@pytest.fixture
def german(app: Flask) -> Iterator[None]:
    with app.test_request_context(), clock.frozen(NOVEMBER), force_locale("de"):
        yield


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), clock.frozen(NOVEMBER), force_locale("en"):
        yield


def whole(text: str) -> str:
    """A number and its unit that no line end may part."""
    return text.replace(" ", formats.NO_BREAK)


@pytest.mark.usefixtures("german")
def test_germans_read_days_and_times_as_in_a_letter() -> None:
    on = date(2026, 11, 24)

    assert formats.day(on) == "Di., 24.11."
    assert formats.day_short(on) == "24.11."
    assert formats.day_long(on) == "Di., 24. November"
    assert formats.day_full(on) == "24.11.2026"
    assert formats.moment(datetime(2026, 11, 20, 15, 40, tzinfo=UTC)) == "Fr., 20.11., 16:40"
    assert formats.slot(on, 480, 600) == "Di., 24.11., 8 bis 10 Uhr"


@pytest.mark.usefixtures("english")
def test_english_readers_get_their_own_order() -> None:
    on = date(2026, 11, 24)

    assert formats.day(on) == "Tue, 24 Nov"
    assert formats.day_long(on) == "Tue, 24 November"
    assert formats.day_full(on) == "24 Nov 2026"
    assert formats.slot(on, 480, 600) == "Tue, 24 Nov, 8:00 to 10:00"
    assert formats.money(116_200) == "€1,162"
    assert formats.money(7_260) == "€72.60"
    assert formats.km(8_400) == whole("8.4 km")


@pytest.mark.usefixtures("german")
def test_another_year_is_named() -> None:
    assert formats.day(date(2025, 3, 16)) == "So., 16.03.2025"
    assert formats.day_short(date(2027, 1, 4)) == "04.01.2027"
    assert formats.day_long(date(2025, 3, 16)) == "So., 16. März 2025"


@pytest.mark.usefixtures("german")
def test_a_moment_late_in_the_evening_belongs_to_the_berlin_day() -> None:
    late = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)

    assert formats.day_short(late) == "02.07."
    assert formats.clock_time(late) == "00:30"


@pytest.mark.usefixtures("german")
def test_half_hours_show_in_a_window() -> None:
    assert formats.window(480, 630) == "8 bis 10:30 Uhr"
    assert formats.clock_min(510) == "08:30"


@pytest.mark.usefixtures("german")
def test_whole_euros_carry_no_zeros() -> None:
    assert formats.money(116_200) == whole("1.162 €")
    assert formats.money(7_260) == whole("72,60 €")
    assert formats.money(0) == whole("0 €")
    assert formats.money(-505) == whole("-5,05 €")


@pytest.mark.usefixtures("german")
def test_measures_are_as_exact_as_they_are_useful() -> None:
    assert formats.km(8_412) == whole("8,4 km")
    assert formats.km(31_400) == whole("31 km")
    assert formats.hours(1_786) == whole("29:46 h")
    assert formats.hours(-190) == whole("−3:10 h")
    assert formats.minutes(21.6) == whole("22 min")
    assert formats.minutes(65) == whole("1:05 h")
    assert formats.number(1_162) == "1.162"
    assert formats.number(Decimal("8.45"), 1) == "8,4"
    assert formats.file_size(840) == whole("840 Byte")
    assert formats.file_size(29_400) == whole("29 kB")
    assert formats.file_size(1_234_567) == whole("1,2 MB")


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "gerade eben"),
        (timedelta(minutes=1), "seit 1 Minute"),
        (timedelta(minutes=59), "seit 59 Minuten"),
        (timedelta(hours=5), "seit 5 Stunden"),
        (timedelta(hours=11), "seit 11 Stunden"),
        (timedelta(hours=24), "seit 1 Tag"),
        (timedelta(days=3), "seit 3 Tagen"),
        (timedelta(days=60), "seit 60 Tagen"),
        (timedelta(days=62), "seit 2 Monaten"),
        (timedelta(days=700), "seit 22 Monaten"),
        (timedelta(days=1432), "seit 3 Jahren"),
        (timedelta(minutes=-5), "gerade eben"),
    ],
)
def test_waiting_is_told_in_words(passed: timedelta, words: str) -> None:
    assert formats.since(NOVEMBER - passed) == words


@pytest.mark.usefixtures("german")
def test_a_day_without_a_time_waits_in_days() -> None:
    assert formats.since(date(2026, 11, 21)) == "seit heute"
    assert formats.since(date(2026, 11, 18)) == "seit 3 Tagen"


@pytest.mark.usefixtures("german")
def test_the_exact_moment_stands_behind_the_words() -> None:
    assert formats.ago(NOVEMBER - timedelta(days=3)) == (
        '<time datetime="2026-11-18T09:00:00+00:00" title="18.11.2026, 10:00">seit 3 Tagen</time>'
    )
    assert 'datetime="2026-11-18" title="18.11.2026"' in formats.ago(date(2026, 11, 18))


@pytest.mark.usefixtures("german")
def test_nothing_is_written_for_what_is_not_there() -> None:
    more = {formats.window: (None,), formats.slot: (None, None)}

    assert {write(None, *more.get(write, ())) for write in formats.FILTERS} == {""}


@pytest.mark.usefixtures("german")
def test_templates_know_every_format_by_its_name() -> None:
    text = "{{ 480|window(600) }} · {{ 116200|money }} · {{ 8412|km }}"

    assert render_template_string(text) == f"8 bis 10 Uhr · {whole('1.162 €')} · {whole('8,4 km')}"


@given(minute=st.integers(0, 24 * 60 - 1))
def test_a_clock_time_can_be_read_back(minute: int) -> None:
    hours, minutes = formats.clock_min(minute).split(":")

    assert int(hours) * 60 + int(minutes) == minute
