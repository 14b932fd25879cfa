"""What a text must say, what it must not, and in which line it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.wording.fields import NEVER_ENDS, SOURCE_CHARS
from hoffice.wording.limits import limits_of_employment
from hoffice.wording.lint import Brief, Clause, Finding, Severity, errors, lint

HOURS = Clause("the hours", frozenset({"wochenstunden"}))
RECEIPT = Clause(
    "the receipt", words={"de": r"Empfang[^.]{0,40}bestätig", "en": r"confirm[^.]{0,40}receipt"}
)
BRIEF = Brief(
    language="de",
    fields={"name", "beginn", "ende", "wochenstunden", "geraete.art", "geraete.nummer"},
    optional={"ende", "geraete.nummer"},
    roles=("employee", "employer"),
    clauses=(HOURS, RECEIPT),
)
GOOD = """# Vereinbarung

{{ name }} arbeitet ab {{ beginn }} zu Hause, {{ wochenstunden }} Stunden in der Woche.

## § 1 Dauer

{% if ende %}
Das Arbeiten zu Hause endet am {{ ende }}. Befristet ist nur diese Vereinbarung, nicht das
Arbeitsverhältnis.
{% endif %}

## § 2 Empfang

Der Empfang wird bestätigt.

[[signature:employee]]

[[signature:employer]]
"""
ENGLISH = """# Agreement

{{ name }} works at home from {{ beginn }}, {{ wochenstunden }} hours a week.

## § 1 Time

Nothing.

## § 2 Receipt

Please confirm the receipt.
"""
READING = replace(BRIEF, language="en", binding=GOOD)


def said(source: str, brief: Brief = BRIEF) -> list[tuple[int, str, str]]:
    """What is found, in short: line, severity, and the sentence with its name filled in."""
    return [
        (one.line, one.severity, one.reason % {"line": one.line, "name": one.name})
        for one in lint(source, brief)
    ]


def test_a_good_text_gives_nothing_to_say() -> None:
    assert lint(GOOD, BRIEF) == ()
    assert lint(ENGLISH, READING) == ()


def test_an_unknown_field_is_an_error_in_its_line() -> None:
    ((line, severity, text),) = said(GOOD.replace("{{ beginn }}", "{{ begin }}"))

    assert (line, severity) == (3, Severity.ERROR)
    assert "begin" in text


def test_a_condition_without_an_end_is_the_only_thing_said() -> None:
    found = lint(f"{GOOD}\n{{% if ende %}} offen\n", BRIEF)

    assert [(one.severity, one.reason) for one in found] == [(Severity.ERROR, NEVER_ENDS)]


def test_a_clause_that_is_missing_is_named() -> None:
    without_hours = GOOD.replace("{{ wochenstunden }}", "einige")
    without_receipt = GOOD.replace("Der Empfang wird bestätigt.", "Ende.")

    assert said(without_hours) == [(0, Severity.ERROR, "A clause is missing: the hours.")]
    assert said(without_receipt) == [(0, Severity.ERROR, "A clause is missing: the receipt.")]


def test_a_field_that_only_a_condition_asks_for_says_its_clause_too() -> None:
    asked = GOOD.replace("{{ wochenstunden }}", "{% if wochenstunden %}einige{% endif %}")

    assert lint(asked, BRIEF) == ()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("# A\n\nbis {{ ende }}", 3),
        ("# A\n\n{% if name %}bis {{ ende }}{% endif %}", 3),
        ("# A\n{% if ende %}x{% else %}\nbis {{ ende }}{% endif %}", 3),
        ("# A\n{% for g in geraete %}\n\n{{ g.nummer }}{% endfor %}", 4),
    ],
    ids=["plain", "other condition", "else", "in a loop"],
)
def test_a_field_without_a_value_needs_a_condition(source: str, line: int) -> None:
    found = lint(source, replace(BRIEF, roles=(), clauses=()))

    assert [(one.line, one.severity) for one in found] == [(line, Severity.ERROR)]


def test_the_condition_may_be_the_second_of_several() -> None:
    source = "# A\n{% if name %}x{% elif ende %}{{ ende }}{% endif %}"
    entry = "# A\n{% for g in geraete %}{% if g.nummer %}{{ g.nummer }}{% endif %}{% endfor %}"

    assert lint(source, replace(BRIEF, roles=(), clauses=())) == ()
    assert lint(entry, replace(BRIEF, roles=(), clauses=())) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[[signature:employer]]\n", "", "no place to sign for this role: employer"),
        ("[[signature:employer]]", "[[signature:driver]]", "“driver” does not sign"),
        ("[[signature:employer]]", "[[signature:employee]]", "place to sign already"),
        ("\n[[signature:employer]]", "[[signature:employer]]", "stands alone"),
        ("[[signature:employer]]", "Hier: [[signature:employer]]", "stands alone"),
        ("[[signature:employer]]", "[signature:employer]", "stands alone"),
        (
            "[[signature:employer]]",
            "{% if ende %}\n\n[[signature:employer]]\n\n{% endif %}",
            "must not depend on a condition",
        ),
    ],
)
def test_signers_and_their_places_belong_together(old: str, new: str, expected: str) -> None:
    found = lint(GOOD.replace(old, new), BRIEF)

    assert any(expected in text for _line, _severity, text in said(GOOD.replace(old, new)))
    assert all(one.severity is Severity.ERROR for one in found)


LIMITED = (
    "Das Arbeitsverhältnis ist bis zum 31. Dezember 2027 befristet.",
    "Der Arbeitsvertrag wird um sechs Monate verlängert.",
    "Mit dieser Vereinbarung wird das Arbeitsverhältnis bis zum {{ beginn }} verlängert.",
    "Das **Arbeitsverhältnis** endet am {{ beginn }}, ohne dass es einer Kündigung bedarf.",
    "Das Arbeitsverhältnis endet, ohne dass es einer Kündigung bedarf, mit Ablauf des Jahres.",
    "Die Befristung des Arbeitsverhältnisses dauert an.",
    "Es besteht ein befristetes Arbeitsverhältnis.",
    "Das Arbeitsverhältnis ist bis zum 31. Dezember befristet und nicht verlängerbar.",
    "Das\nArbeitsverhältnis ist\nbefristet.",
    "The employment contract is extended by six months.",
    "The employment ends on {{ beginn }}.",
    "This is a fixed-term employment contract.",
)
HARMLESS = (
    "Befristet ist nur diese Vereinbarung, nicht das Arbeitsverhältnis.",
    "Das Arbeitsverhältnis selbst wird durch diese Vereinbarung weder befristet noch verlängert.",
    "The addendum neither limits the employment in time nor prolongs it.",
    "Das Arbeiten zu Hause beginnt am {{ beginn }} und endet am {{ beginn }}.",
    "Die Pflicht zur Verschwiegenheit gilt auch, wenn das Arbeitsverhältnis endet.",
    "Das Arbeiten zu Hause endet spätestens mit dem Arbeitsverhältnis.",
    "Diese Pflichten gelten nach dem Ende des Arbeitsverhältnisses fort.",
    "Diese Vereinbarung ist bis zum {{ beginn }} befristet.",
    "Das Arbeitsverhältnis besteht unbefristet fort.",
    "Die Befristung dieser Vereinbarung lässt das Arbeitsverhältnis unberührt.",
    "Endet das Arbeitsverhältnis, sind die Geräte zurückzugeben.",
    "Die Verlängerungsschnur gehört zum Arbeitsvertrag.",
)


@pytest.mark.parametrize("sentence", LIMITED)
def test_a_limit_of_the_employment_needs_ink(sentence: str) -> None:
    source = GOOD.replace("Der Empfang", f"{sentence} Der Empfang")

    found = errors(lint(source, BRIEF))

    assert [one.line for one in found] == [14]
    assert "§ 14 Abs. 4 TzBfG" in found[0].reason
    assert lint(source, replace(BRIEF, may_limit_employment=True)) == ()


@pytest.mark.parametrize("sentence", HARMLESS)
def test_a_limit_of_the_addendum_alone_needs_none(sentence: str) -> None:
    assert lint(GOOD.replace("Der Empfang", f"{sentence} Der Empfang"), BRIEF) == ()


def test_a_sentence_that_could_mean_either_is_a_warning() -> None:
    either = "Diese Regelung ergänzt den Arbeitsvertrag vom Mai, und sie ist bis Juni befristet."

    (found,) = lint(GOOD.replace("Der Empfang", f"{either} Der Empfang"), BRIEF)

    assert (found.severity, found.line) == (Severity.WARNING, 14)


@pytest.mark.parametrize(
    "word", ["befristet ", "Arbeitsverhältnis ", "das Arbeitsverhältnis endet "]
)
def test_a_sentence_that_goes_on_and_on_is_read_to_its_end(word: str) -> None:
    endless = f"{word * 3_000} und das Arbeitsverhältnis wird verlängert"

    assert any(one.is_sure for one in limits_of_employment(endless))


def test_a_reading_version_has_the_sections_of_the_binding_text() -> None:
    shorter = ENGLISH.replace("## § 1 Time\n\nNothing.\n", "")
    longer = ENGLISH.replace("## § 2", "## § 1a More\n\nText.\n\n## § 2")

    assert said(shorter, READING) == [
        (0, "error", "The reading version lacks a section of the binding text: § 1 Dauer.")
    ]
    assert said(longer, READING) == [
        (9, "warning", "Line 9: the binding text has no section “§ 1a More”.")
    ]


def test_sections_without_numbers_are_counted() -> None:
    binding = "# Titel\n\n## Zweck\n\n## Dauer\n"
    brief = Brief(language="en", fields=(), binding=binding)

    assert lint("# Title\n\n## Purpose\n\n## Time\n", brief) == ()
    assert len(errors(lint("# Title\n\n## Purpose\n", brief))) == 1


def test_a_reading_version_needs_no_place_to_sign_and_loses_one() -> None:
    ((line, severity, _text),) = said(f"{ENGLISH}\n[[signature:employee]]\n", READING)

    assert (line, severity) == (13, Severity.WARNING)


@pytest.mark.parametrize(
    "markup", ["![Logo](logo.png)", "[hier](https://example.org)", "<b>fett</b>"]
)
def test_what_is_printed_as_it_stands_is_a_warning(markup: str) -> None:
    found = lint(GOOD.replace("Der Empfang", f"{markup} Der Empfang"), BRIEF)

    assert [(one.line, one.severity) for one in found] == [(14, Severity.WARNING)]


def test_an_empty_text_and_one_without_a_heading_are_told() -> None:
    assert [one.severity for one in lint("  \n", BRIEF)] == [Severity.ERROR]
    found = lint(GOOD.replace("# Vereinbarung", "Vereinbarung", 1), BRIEF)
    assert [(one.line, one.severity) for one in found] == [(0, Severity.WARNING)]


def test_errors_come_before_warnings_and_lines_in_order() -> None:
    source = GOOD.replace("## § 1", "<b>x</b>\n\n## § 1") + "\n{{ unknown }}\n\n{{ other }}\n"

    found = lint(source, BRIEF)

    assert [one.severity for one in found] == ["error", "error", "warning"]
    assert found[0].line < found[1].line


@given(st.text(alphabet="#§ 1aA.\n[]{}%|-*befristetarbeitsverhältnis:_", max_size=300))
def test_any_text_can_be_linted(source: str) -> None:
    for one in lint(source, replace(BRIEF, binding=source)):
        assert isinstance(one, Finding)
        assert 0 <= one.line <= len(source.splitlines()) + 1
        assert one.reason % {"line": one.line, "name": one.name}


@pytest.mark.parametrize("word", ["[", "]]", "{%", "# # ", "<a", "x", "befristet ", "[signature "])
def test_an_odd_text_of_full_length_is_looked_through(word: str) -> None:
    source = word * (SOURCE_CHARS // len(word))

    assert lint(source, replace(BRIEF, binding=source)) != ()


def test_of_a_text_that_is_too_long_only_that_is_said() -> None:
    (found,) = lint("[[" * SOURCE_CHARS, BRIEF)

    assert "longer than it may be" in found.reason
