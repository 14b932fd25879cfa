"""Texts are written, looked through and approved; what must not happen is refused."""

from __future__ import annotations

import pytest
from flask import Flask

from hoffice.agreements import queries, service
from hoffice.agreements.models import TextVersion
from hoffice.agreements.queries import versions
from hoffice.agreements.rules import PAPER_LABELS, Form, PaperKind
from hoffice.agreements.samples import SAMPLES
from hoffice.agreements.service import texts
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.units import Actor
from hoffice.wording.fields import SOURCE_CHARS
from hoffice.wording.lint import Severity, errors
from tests.agreements.scene import HR, TERMS
from tests.conftest import Given

COLLEAGUE = Actor.staff(8)
KIND = PaperKind.ADDENDUM


def written(source: str, language: str = "de", **changes: object) -> TextVersion:
    """One more version, as HR would write it."""
    facts: dict[str, object] = {"form": Form.TEXTFORM, "valid_months": None, "note": "", "by": HR}
    return texts.write_text(KIND, language, source, **{**facts, **changes})  # type: ignore[arg-type]  # facts by name


def sample(language: str = "de") -> str:
    """The words of the addendum that is shipped."""
    return next(one for one in SAMPLES if one.key == KIND).source(language)


@pytest.mark.parametrize("one", SAMPLES, ids=lambda one: one.key)
@pytest.mark.parametrize("language", ["de", "en"])
def test_nothing_is_wrong_with_the_samples(one: object, language: str) -> None:
    assert isinstance(one, type(SAMPLES[0]))
    binding = one.source("de") if language != "de" else None

    found = texts.findings(
        one.source(language), PaperKind(one.key), language, form=one.form, binding=binding
    )

    assert found == ()


def test_a_new_version_is_a_draft_and_the_old_one_stays_as_it_was(given: Given) -> None:
    with given():
        service.load_samples(by=HR)
        first = queries.current_text(KIND, only_approved=False)
        assert first is not None
        service.approve_text(first.id, by=COLLEAGUE)
        words = first.source

        second = written(sample().replace("Personalnummer", "Nummer"), note=" Kürzer \n gesagt ")

        assert (second.number, second.note, second.approved_at) == (2, "Kürzer gesagt", None)
        assert first.source == words
        assert queries.current_text(KIND, only_approved=True) is first
        service.approve_text(second.id, by=COLLEAGUE)
        assert queries.current_text(KIND, only_approved=True) is second


def test_the_log_says_who_wrote_and_who_approved(app: Flask, given: Given) -> None:
    with given():
        service.approve_text(written(sample()).id, by=COLLEAGUE)

    with app.app_context():
        lines = db.session.query(AuditLine).filter(AuditLine.action.like("agreements.text_%"))
        assert [(line.action, line.actor) for line in lines] == [
            ("agreements.text_written", str(HR)),
            ("agreements.text_approved", str(COLLEAGUE)),
        ]


def test_line_ends_of_browsers_and_signs_that_no_table_holds_are_taken_out(given: Given) -> None:
    with given():
        made = written("# A  \r\n\r\nText\x00\r\n\r\n")

        assert made.source == "# A\n\nText\n"


@pytest.mark.parametrize(
    ("source", "changes", "said"),
    [
        (" \n ", {}, "is empty"),
        ("x" * (SOURCE_CHARS + 1), {}, "longer than it may be"),
        ("# A", {"valid_months": 0}, "1 to 120 months"),
        ("# A", {"valid_months": 121}, "1 to 120 months"),
        ("# A", {"language": "fr"}, "in German and in English"),
        ("# A", {"language": "en"}, "German text first"),
        ("# A", {"based_on": 3}, "in the meantime"),
    ],
    ids=["empty", "megabyte", "no month", "ten years", "French", "English first", "overtaken"],
)
def test_what_cannot_be_a_version_is_refused(
    app: Flask, source: str, changes: dict[str, object], said: str
) -> None:
    with app.app_context(), pytest.raises(Refused, match=said):
        written(source, **changes)  # type: ignore[arg-type]  # facts by name


def test_nothing_is_written_when_nothing_has_changed(given: Given) -> None:
    with given():
        written("# A")

        with pytest.raises(Refused, match="Nothing has changed since version 1"):
            written("# A\n\n")
        assert written("# A", valid_months=12).number == 2


def test_two_authors_do_not_overwrite_each_other(given: Given) -> None:
    with given():
        written("# A", based_on=0)
        written("# B", based_on=1)

        with pytest.raises(Refused, match="Version 2 was written in the meantime"):
            written("# C", based_on=1)


def test_a_reading_version_belongs_to_the_newest_binding_one(given: Given) -> None:
    with given():
        service.load_samples(by=HR)
        german = written(sample() + "\nNeu.\n", form=Form.PAPER, valid_months=24)
        old = queries.current_text(KIND, "en", only_approved=False)
        assert old is not None
        assert queries.reading_text(german, "en") is None

        english = written(sample("en") + "\nNew.\n", "en", form=Form.TEXTFORM)

        assert (english.form, english.valid_months) == (Form.PAPER, 24)
        assert versions.binding_of(english) is german
        assert queries.reading_text(german, "en") is english
        assert old.reads_id != german.id


def test_beside_a_text_that_counts_nobody_reads_a_draft(given: Given) -> None:
    with given():
        service.load_samples(by=HR)
        german = queries.current_text(KIND, only_approved=False)
        english = queries.current_text(KIND, "en", only_approved=False)
        assert german is not None
        assert english is not None
        service.approve_text(german.id, by=COLLEAGUE)
        assert queries.reading_text(german, "en") is None

        service.approve_text(english.id, by=COLLEAGUE)

        assert queries.reading_text(german, "en") is english


def test_a_text_with_errors_is_not_approved(given: Given) -> None:
    with given():
        made = written(sample().replace("{{ wochenstunden }}", "{{ wochenstuden }}"))

        with pytest.raises(Refused, match="cannot be approved yet") as refusal:
            service.approve_text(made.id, by=COLLEAGUE)

        assert refusal.value.facts == {"count": 2}  # the unknown field, and the hours are missing
        assert made.approved_at is None


def test_a_text_that_prolongs_the_employment_is_only_approved_for_ink(given: Given) -> None:
    limited = sample().replace(
        "## § 2", "Das Arbeitsverhältnis wird bis zum 31. Dezember 2028 verlängert.\n\n## § 2", 1
    )
    with given():
        digital = written(limited)
        with pytest.raises(Refused, match="cannot be approved yet"):
            service.approve_text(digital.id, by=COLLEAGUE)

        on_paper = written(limited, form=Form.PAPER)

        assert service.approve_text(on_paper.id, by=COLLEAGUE).approved_at is not None


def test_an_overtaken_draft_is_not_approved_any_more(given: Given) -> None:
    with given():
        first = written(sample())
        second = written(sample() + "\nNeu.\n")
        service.approve_text(second.id, by=COLLEAGUE)

        with pytest.raises(Refused, match="Version 2 is approved already"):
            service.approve_text(first.id, by=COLLEAGUE)


def test_the_shelves_say_what_counts_and_what_waits(given: Given, queries: list[str]) -> None:
    with given():
        service.load_samples(by=HR)
        first = next(one for one in versions.shelves() if one.kind is KIND).newest
        service.approve_text(first.id, by=COLLEAGUE)
        written(sample() + "\nNeu.\n")
        db.session.expire_all()
        queries.clear()

        shelves = versions.shelves()

        assert len(queries) == 1
        assert not any("text_version.source" in one for one in queries)
        shelf = next(one for one in shelves if (one.kind, one.language) == (KIND, "de"))
        assert shelf.counts is not None
        assert shelf.waiting is not None
        assert (shelf.counts.number, shelf.waiting.number, shelf.versions) == (1, 2, 2)


def test_every_kind_says_what_its_texts_must_have() -> None:
    for kind in PaperKind:
        found = errors(texts.findings("# Titel\n\nText", kind, "de", form=Form.TEXTFORM))

        assert len(found) >= 3, PAPER_LABELS[kind]
        assert all(one.severity is Severity.ERROR for one in found)


def test_a_field_of_another_kind_is_unknown() -> None:
    assert "auftraggeber" not in texts.names_for(KIND)
    assert {"name", "firma", "datum", "ende"} <= texts.names_for(KIND)


def test_what_is_typed_is_shown_with_the_longest_names(app: Flask) -> None:
    with app.app_context():
        draft = texts.typed("# {{ name }}\r\n", KIND, "de", form=Form.TEXTFORM, terms=TERMS, by=HR)

        assert draft.source == "# {{ name }}\n"
        assert "Hohenstein" in str(draft.values["name"])
        with pytest.raises(Refused, match="longer"):
            texts.typed("x" * 1_000_000, KIND, "de", form=Form.TEXTFORM, terms=TERMS, by=HR)
