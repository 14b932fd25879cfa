"""How days, times, money and measures are written for people, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from flask import Flask
from flask_babel import get_locale, ngettext, pgettext
from flask_babel import gettext as _
from markupsafe import Markup

from hoffice import clock

NO_BREAK = "\N{NO-BREAK SPACE}"
"""Stands between a number and its unit, so that no line ends between them."""
FINE_KM_BELOW = 20
"""Below this many kilometres the hundreds of metres are shown: 8,4 km, but 31 km."""
METRES_PER_KM = 1000
MINUTES_PER_HOUR = 60
CENTS_PER_EURO = 100
DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12


def _locale() -> str:
    """The language of the page; German where nobody has asked."""
    return str(get_locale() or "de")


def _english() -> bool:
    return _locale().startswith("en")


def _berlin_day(when: date) -> date:
    """The Berlin day of a moment; a plain day is its own."""
    return when.astimezone(clock.BERLIN).date() if isinstance(when, datetime) else when


def _date(when: date, german: str, english: str) -> str:
    """A day in the pattern of the language; another year than this one is added."""
    on = _berlin_day(when)
    if on.year != clock.today().year:
        german, english = (
            german + ("yyyy" if german.endswith("MM.") else " yyyy"),
            english + " yyyy",
        )
    return format_date(on, english if _english() else german, locale=_locale())


def day(when: date | None) -> str:
    """'Di., 24.11.' · 'Tue, 24 Nov'."""
    return "" if when is None else _date(when, "EEE, dd.MM.", "EEE, d MMM")


def day_short(when: date | None) -> str:
    """'24.11.' for tables · '24 Nov'."""
    return "" if when is None else _date(when, "dd.MM.", "d MMM")


def day_long(when: date | None) -> str:
    """'Di., 24. November' for running text · 'Tue, 24 November'."""
    return "" if when is None else _date(when, "EEE, d. MMMM", "EEE, d MMMM")


def day_full(when: date | None) -> str:
    """'24.11.2026', always with its year: for papers and protocols · '24 Nov 2026'."""
    if when is None:
        return ""
    pattern = "d MMM yyyy" if _english() else "dd.MM.yyyy"
    return format_date(_berlin_day(when), pattern, locale=_locale())


def clock_time(moment: datetime | None) -> str:
    """'16:40', Berlin time."""
    if moment is None:
        return ""
    return format_time(moment.astimezone(clock.BERLIN), "HH:mm", locale=_locale())


def moment(when: datetime | None) -> str:
    """'Fr., 20.11., 16:40', Berlin time."""
    return "" if when is None else f"{day(when)}, {clock_time(when)}"


def moment_full(when: datetime | None) -> str:
    """'20.11.2026, 16:40', Berlin time, always with its year."""
    return "" if when is None else f"{day_full(when)}, {clock_time(when)}"


def clock_min(minute: int | None) -> str:
    """'08:30' from 510 minutes after midnight."""
    if minute is None:
        return ""
    return f"{minute // MINUTES_PER_HOUR:02d}:{minute % MINUTES_PER_HOUR:02d}"


def _hour(minute: int) -> str:
    """'8' or '8:30' in German, always '8:00' in English."""
    hours, minutes = divmod(minute, MINUTES_PER_HOUR)
    return f"{hours}:{minutes:02d}" if minutes or _english() else str(hours)


def window(start_min: int | None, end_min: int | None) -> str:
    """'8 bis 10 Uhr' from two times in minutes after midnight · '8:00 to 10:00'."""
    if start_min is None or end_min is None:
        return ""
    return str(
        pgettext("time of day", "%(start)s to %(end)s", start=_hour(start_min), end=_hour(end_min))
    )


def slot(on: date | None, start_min: int | None, end_min: int | None) -> str:
    """'Di., 24.11., 8 bis 10 Uhr'."""
    if on is None:
        return ""
    hours = window(start_min, end_min)
    return f"{day(on)}, {hours}" if hours else day(on)


def minutes(count: float | None) -> str:
    """'22 min', from an hour on '1:05 h'."""
    if count is None:
        return ""
    whole = round(count)
    if whole < MINUTES_PER_HOUR:
        return f"{whole}{NO_BREAK}min"
    return hours(whole)


def hours(count_min: float | None) -> str:
    """'29:46 h' from 1786 minutes."""
    if count_min is None:
        return ""
    whole = round(count_min)
    sign = "−" if whole < 0 else ""
    return f"{sign}{abs(whole) // MINUTES_PER_HOUR}:{abs(whole) % MINUTES_PER_HOUR:02d}{NO_BREAK}h"


def money(cents: int | None) -> str:
    """'1.162 €' or '72,60 €' from cents; whole euros carry no zeros."""
    if cents is None:
        return ""
    amount = Decimal(cents) / CENTS_PER_EURO
    digits = "" if cents % CENTS_PER_EURO == 0 else ".00"
    pattern = f"¤#,##0{digits}" if _english() else f"#,##0{digits}{NO_BREAK}¤"
    return format_currency(amount, "EUR", pattern, locale=_locale(), currency_digits=False)


def number(value: float | Decimal | None, digits: int = 0) -> str:
    """'1.162' or, with ``digits=1``, '8,4'; never more digits than asked for."""
    if value is None:
        return ""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, pattern, locale=_locale())


def km(metres: float | None) -> str:
    """'8,4 km' or '31 km' from metres."""
    if metres is None:
        return ""
    kilometres = metres / 1000
    return f"{number(kilometres, 1 if kilometres < FINE_KM_BELOW else 0)}{NO_BREAK}km"


def distance(metres: float | None) -> str:
    """'420 m', or as kilometres from 1,000 metres on."""
    if metres is None or metres >= METRES_PER_KM:
        return km(metres)
    return f"{number(metres)}{NO_BREAK}m"


def kg(grams: float | None) -> str:
    """'8,4 kg' or '31 kg' from grams."""
    if grams is None:
        return ""
    kilos = grams / 1000
    return f"{number(kilos, 1 if kilos < FINE_KM_BELOW else 0)}{NO_BREAK}kg"


def file_size(count: int | None) -> str:
    """'840 Byte', '29 kB', '1,2 MB' from bytes."""
    if count is None:
        return ""
    size, units = float(count), ["Byte", "kB", "MB", "GB"]
    while size >= 1000 and len(units) > 1:  # noqa: PLR2004  # SI units
        size, units = size / 1000, units[1:]
    fine = 1 if units[0] in {"MB", "GB"} and size < FINE_KM_BELOW else 0
    return f"{number(size, fine)}{NO_BREAK}{units[0]}"


def since(when: date | None) -> str:
    """'seit 3 Tagen' in words, from a moment or a day; a future one counts as just now."""
    if when is None:
        return ""
    if not isinstance(when, datetime):
        return _since_days((clock.today() - when).days)
    passed = max(clock.now() - when, timedelta())
    days = (clock.today() - _berlin_day(when)).days
    if days >= 1 and passed >= timedelta(hours=12):
        return _since_days(days)
    whole = int(passed.total_seconds() // 60)
    if whole < 1:
        return str(_("just now"))
    if whole < MINUTES_PER_HOUR:
        return str(ngettext("for %(num)s minute now", "for %(num)s minutes now", whole))
    return str(ngettext("for %(num)s hour now", "for %(num)s hours now", whole // MINUTES_PER_HOUR))


def _since_days(days: int) -> str:
    if days <= 0:
        return str(_("since today"))
    if days >= 2 * DAYS_PER_YEAR:
        return str(
            ngettext("for %(num)s year now", "for %(num)s years now", int(days / DAYS_PER_YEAR))
        )
    if days > 2 * DAYS_PER_MONTH:
        return str(
            ngettext("for %(num)s month now", "for %(num)s months now", int(days / DAYS_PER_MONTH))
        )
    return str(ngettext("for %(num)s day now", "for %(num)s days now", days))


def ago(when: date | None) -> Markup:
    """``since`` as a ``<time>`` that carries the exact date for machines and in its title."""
    if when is None:
        return Markup()
    exact = (
        when.astimezone(UTC).isoformat(timespec="seconds")
        if isinstance(when, datetime)
        else (when.isoformat())
    )
    title = moment_full(when) if isinstance(when, datetime) else day_full(when)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, title, since(when))


FILTERS: tuple[Callable[..., str], ...] = (
    *(day, day_short, day_long, day_full, clock_time, moment, moment_full, clock_min),
    *(window, slot, minutes, hours, money, number, distance, km, kg, file_size, since, ago),
)
"""Every format, under its own name in the templates."""


def init_app(app: Flask) -> None:
    """Make every format a filter of the templates."""
    for write in FILTERS:
        app.add_template_filter(write, write.__name__)
