"""What people may write into a text, and what they may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.errors import Refused
from hoffice.wording.fields import LIST_ENTRIES, check, fields_of, filled
from hoffice.wording.plain import FIELD_CHARS, one_line

DEVICES = """{% if devices %}
| Tag | Art |
|---|---|
{% for device in devices %}
| {{ device.tag }} | {{ device.kind }} |
{% endfor %}
{% endif %}
{% for rule in rules %}
- {{ rule }}
{% endfor %}
"""


def test_the_fields_of_a_text_are_named_as_they_are_declared() -> None:
    assert fields_of("Hallo {{ name }}, {% if ende %}bis {{ ende }}{% endif %}") == {"name", "ende"}
    assert fields_of(DEVICES) == {"devices.tag", "devices.kind", "rules[]"}


def test_a_text_of_declared_fields_has_no_problem() -> None:
    assert check(DEVICES, {"devices.tag", "devices.kind", "rules[]"}) == ()


def test_an_unknown_field_is_named_with_its_line() -> None:
    (problem,) = check("Hallo {{ name }},\n\nab {{ begin }}.", {"name"})

    assert (problem.line, problem.name) == (3, "begin")
    assert "line" in str(problem.refused()).lower()


def test_a_long_list_is_shown_as_a_whole_or_refused_but_never_cut() -> None:
    source = "{% for name in names %}\n- {{ name }}\n{% endfor %}\n"
    names = [f"N{number}" for number in range(LIST_ENTRIES)]

    assert filled(source, {"names": names}).splitlines()[-1] == f"- N{LIST_ENTRIES - 1}"
    with pytest.raises(Refused, match="longer than it may be"):
        filled(source, {"names": [*names, "one more"]})


@pytest.mark.parametrize(
    "source",
    [
        "{{ name|upper }}",
        "{{ name() }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ name.__class__ }}",
        "{{ name['x'] }}",
        "{{ 'x' * 10**10 }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ _secret }}",
        "{{ self }}",
        "{{ loop }}",
        "{% set name = 1 %}",
        "{% include 'name' %}",
        "{% import 'name' as name %}",
        "{% macro name() %}{% endmacro %}",
        "{% if name == 'x' %}{% endif %}",
        "{% for x in range(9) %}{% endfor %}",
        "{% for x in name if x %}{% endfor %}",
        "{% for x, y in name %}{% endfor %}",
        "{% for x in name recursive %}{% endfor %}",
        "{% for x in name %}{% for y in name %}{% endfor %}{% endfor %}",
        "{% for x in name %}{{ loop.index }}{% endfor %}",
        "{% if name %}" * 30 + "{% endif %}" * 30,
        "{{ " + "(" * 20_000,
        "{{ " + "9" * 9_000 + " }}",
        "{{ name",
        "{% if name %}",
        "x" * 200_000,
    ],
)
def test_everything_else_is_refused_before_it_runs(source: str) -> None:
    assert check(source, {"name", "name[]"})
    with pytest.raises(Refused):
        filled(source, {"name": "x"})


def test_a_field_without_a_value_is_refused_when_printed_and_false_when_asked() -> None:
    with pytest.raises(Refused, match="ende"):
        filled("bis {{ ende }}", {"ende": None})
    with pytest.raises(Refused, match="ende"):
        filled("bis {{ ende }}", {})

    assert filled("{% if ende %}bis{% else %}offen{% endif %}", {"ende": None}) == "offen"
    assert filled("{% if ende %}bis{% endif %}", {"ende": True}) == "bis"


def test_a_list_is_never_printed_as_a_whole() -> None:
    with pytest.raises(Refused):
        filled("{{ devices }}", {"devices": [{"tag": "A1"}]})
    with pytest.raises(Refused):
        filled("{% for x in devices %}{{ x }}{% endfor %}", {"devices": [{"tag": "A1"}]})


def test_a_field_may_bear_the_name_of_something_in_python() -> None:
    source = "{% for x in items %}{{ x.items }}{{ x.get }}{% endfor %}"

    assert filled(source, {"items": [{"items": "a", "get": "b"}]}) == "ab"


def test_a_tag_in_a_sentence_does_not_glue_words_together() -> None:
    assert filled("eins {% if a %}zwei{% endif %}\ndrei", {"a": "x"}) == "eins zwei\ndrei"


def test_a_tag_on_its_own_line_leaves_no_empty_line_in_a_table() -> None:
    text = filled(DEVICES, {"devices": [{"tag": "A1", "kind": "PC"}], "rules": []})

    assert text == "| Tag | Art |\n|---|---|\n| A1 | PC |\n"


@given(st.text())
def test_typed_text_becomes_one_harmless_line(text: str) -> None:
    line = one_line(text)

    assert len(line) <= FIELD_CHARS
    assert line == one_line(line)
    assert all(len(word) <= 60 for word in line.split())
    assert not set(line) & set("\n\r\t\u200b\u202e\u00ad\x00")


def test_an_endless_word_costs_no_time() -> None:
    """Each letter looked at anew for each before it would take hours: nobody needs a watch."""
    assert one_line("x" * 1_000_000).startswith("x" * 60 + " x")
