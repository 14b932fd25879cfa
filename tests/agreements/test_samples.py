"""The sample texts: complete, of one voice in both languages, and fifteen pages at most."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from hoffice.agreements import pdf, rules
from hoffice.agreements.rules import PaperKind, WorkModel
from hoffice.agreements.samples import SAMPLES, Sample
from hoffice.agreements.service import fields, texts
from hoffice.agreements.service.contents import SIGNER_TITLES
from hoffice.agreements.service.fields import longest
from hoffice.paper.sheet import Letterhead
from hoffice.paper.words import speaks
from hoffice.wording.blocks import Heading, blocks, roles_of
from hoffice.wording.fields import Value, fields_of
from tests.agreements.scene import TERMS
from tests.paper import reading

BY_KIND = {PaperKind(sample.key): sample for sample in SAMPLES}
TELEWORK = rules.packs_of(WorkModel.TELEWORK)
DEVICES: Value = [
    {
        "art": kind,
        "modell": model,
        "inventarnummer": f"HW-{number:05d}",
        "seriennummer": f"5CD{number:07d}",
        "zustand": "gut",
        "wert": "249,00 €",
    }
    for number, (kind, model) in enumerate(
        (
            ("PC", "ThinkCentre M70q"),
            ("Monitor", "P2422H"),
            ("Monitor", "P2422H"),
            ("Tastatur", "KC 1000"),
            ("Maus", "B100"),
            ("Headset", "Evolve 20"),
            ("Telefon", "D735"),
        ),
        start=1,
    )
]
USUAL: dict[str, Value] = longest(TERMS) | {
    "name": "Ayşe Kaya",
    "personalnummer": "P00000017",
    "anschrift": "Müllerstraße 12, 13353 Berlin",
    "firma_vertreten_durch": "Svenja Adler",
    "unterweiser": "Svenja Adler",
    "it_hotline": TERMS.hotline,
    "pauschale": "30 Euro",
    "ende": None,
    "berufsgeheimnis": None,
    "telekommunikation": None,
    "projekte": ["Kundendienst (Havelkraft AG)", "Bestellannahme (Möbel Łódź)"],
    "geraete": DEVICES,
}
"""A person as there are many: seven devices, two projects, no clause that only some firms need."""

BOASTS = ("rechtssicher", "qualifiziert signiert", "rechtsverbindlich signiert", "gerichtsfest")
SLIPS = ("todo", "xxx", "fixme", "lorem", "tbd")


def paper(sample: Sample, language: str, values: dict[str, Value]) -> bytes:
    """The sample as it would be frozen."""
    names = {"employee": str(values["name"])}
    return pdf.paper(
        pdf.PaperFacts(
            title=sample.titles[language],
            language=language,
            letterhead=Letterhead(TERMS.company, (TERMS.company_address, TERMS.hotline)),
            blocks=blocks(sample.source(language), values),
            signers=tuple(
                pdf.Signer(role, names.get(role, "Svenja Adler"), _title(role, language))
                for role in rules.SIGNERS[PaperKind(sample.key)]
            ),
            made_at=datetime(2026, 11, 22, 8, tzinfo=UTC),
            reference="P000017",
            text_version=f"{sample.key} v1",
            is_sample=True,
            is_reading_version=language != rules.BINDING_LANGUAGE,
        )
    )


def _title(role: rules.SignerRole, language: str) -> str:
    return speaks(language)(SIGNER_TITLES[role])


def pages(sample: Sample, values: dict[str, Value]) -> int:
    """How many sheets the German text fills."""
    return len(reading.reader(paper(sample, "de", values)).pages)


def headings(sample: Sample, language: str) -> list[int]:
    """The levels of all headings, in order."""
    parts = blocks(sample.source(language), longest(TERMS))
    return [part.level for part in parts if isinstance(part, Heading)]


def each(of: Any) -> Any:
    """One test for each sample."""
    return pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.key)(of)


@each
def test_a_sample_is_signed_by_those_whom_the_rules_name(sample: Sample) -> None:
    signers = tuple(rules.SIGNERS[PaperKind(sample.key)])

    assert sample.roles == signers
    assert roles_of(sample.source("de")) == signers
    assert roles_of(sample.source("en")) == ()


@each
def test_both_languages_have_the_same_sections_points_and_fields(sample: Sample) -> None:
    german, english = sample.source("de"), sample.source("en")

    assert headings(sample, "de") == headings(sample, "en")
    assert fields_of(german) == fields_of(english) == sample.fields
    for mark in (r"^\d+\. ", r"^ *- ", r"^\| ", r"\{% (?:if|for) "):
        found = [len(re.findall(mark, text, re.MULTILINE)) for text in (german, english)]
        assert found[0] == found[1], mark


@each
def test_a_sample_uses_only_fields_that_have_a_source(sample: Sample) -> None:
    assert sample.fields <= fields.NAMES
    assert sample.optional <= sample.fields


@each
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_linter_finds_no_fault_in_a_sample(sample: Sample, language: str) -> None:
    found = texts.findings(
        sample.source(language),
        PaperKind(sample.key),
        language,
        form=sample.form,
        binding=sample.source("de"),
    )

    assert [(one.line, one.reason, one.name) for one in found] == []


@each
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_sample_takes_the_longest_names(sample: Sample, language: str) -> None:
    text = reading.text(paper(sample, language, longest(TERMS)))

    assert "{" not in text
    assert "[[" not in text
    note = "A lawyer has to approve" if language == "en" else "Mustertext."
    assert note in text


@each
def test_a_sample_says_every_law_in_both_languages(sample: Sample) -> None:
    german, english = (
        sorted(set(re.findall(r"§+ (\d+[a-z]?)", sample.source(language))))
        for language in ("de", "en")
    )

    assert german == english


@each
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_sample_boasts_of_nothing_and_leaves_nothing_open(sample: Sample, language: str) -> None:
    words = sample.source(language).lower()

    assert [word for word in (*BOASTS, *SLIPS) if re.search(rf"\b{word}\b", words)] == []
    assert not re.search(r"\b(qes|qualifizierte\w* (?:elektronische\w* )?signatur)\b", words)


def test_the_papers_of_telework_fill_ten_to_fifteen_pages() -> None:
    counts = {kind: pages(BY_KIND[kind], USUAL) for kind in TELEWORK}

    assert 10 <= sum(counts.values()) <= 15, counts
    assert all(2 <= count <= 4 for count in counts.values()), counts


def test_a_pack_of_six_papers_fills_about_twelve_pages() -> None:
    six = [kind for kind in TELEWORK if kind is not PaperKind.PRIVACY_NOTICE]

    assert len(six) == 6
    assert 11 <= sum(pages(BY_KIND[kind], USUAL) for kind in six) <= 13


def test_mobile_work_asks_for_no_fixed_place() -> None:
    mobile = BY_KIND[PaperKind.MOBILE]

    assert "anschrift" not in mobile.fields
    assert not any(name.startswith("geraete") for name in mobile.fields)
    assert "ein Telearbeitsplatz nach § 2 Abs. 7 Arbeitsstättenverordnung entsteht nicht" in (
        mobile.source("de")
    )


def test_the_addendum_counts_as_set_up_only_from_the_later_of_two_days() -> None:
    german = BY_KIND[PaperKind.ADDENDUM].source("de")

    assert "sobald diese Vereinbarung geschlossen ist" in german
    assert "vollständig bereitgestellt und installiert" in german
    assert "Der spätere der beiden Tage zählt" in german


def test_liability_follows_the_degrees_of_fault() -> None:
    german = BY_KIND[PaperKind.LOAN].source("de")

    assert "bei leichtester Fahrlässigkeit: keine Haftung" in german
    assert "§ 619a BGB" in german


def test_what_has_to_be_repeated_every_year_says_for_how_long_it_counts() -> None:
    yearly = {sample.key for sample in SAMPLES if sample.valid_months == 12}

    assert yearly >= {"unterweisung", "verhaltensregeln"}
    assert all("zwölf Monate" in BY_KIND[PaperKind(key)].source("de") for key in yearly)


def test_the_instruction_asks_ten_questions_of_which_eight_have_to_be_right() -> None:
    german = BY_KIND[PaperKind.INSTRUCTION].source("de")

    assert len(re.findall(r"^\| \d+ \| .* \| ☐ \| ☐ \|$", german, re.MULTILINE)) == 10
    assert "acht richtige Antworten" in german


def test_the_tick_boxes_are_letters_of_the_embedded_font() -> None:
    assert "☐" in reading.text(paper(BY_KIND[PaperKind.WORKPLACE], "de", USUAL))


def test_every_field_has_a_label_and_a_value_for_previews() -> None:
    assert len({one.name for one in fields.FIELDS}) == len(fields.FIELDS)
    assert all(one.label for one in fields.FIELDS)
    assert [name for name, value in longest(TERMS).items() if not value] == []
    assert set(fields.TERMS_OF) <= {one.name for one in fields.FIELDS}
