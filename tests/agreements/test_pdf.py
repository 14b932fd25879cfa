"""The papers of an agreement: frozen, then signed; and the sample texts they are made from."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.agreements import samples
from hoffice.agreements.pdf import (
    CertificateFacts,
    LogLine,
    PaperFacts,
    Proof,
    SignatureFacts,
    Signer,
    Way,
    paper,
    signed,
)
from hoffice.agreements.rules import CodeChannel, Terms
from hoffice.agreements.service.fields import longest
from hoffice.paper.sheet import Letterhead
from hoffice.wording.blocks import Heading, blocks, parsed, roles_of
from hoffice.wording.fields import Value, check, fields_of
from tests.paper import reading

AT = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
STROKES = (((0.1, 0.5), (0.5, 0.2), (0.9, 0.8)),)
TERMS = Terms(
    company="Nordlicht Kundenservice GmbH",
    company_address="Köpenicker Straße 99, 10179 Berlin",
    represented_by="Jürgen Weiß",
    hotline="030 5550 112",
    data_protection_contact="datenschutz@nordlicht.example",
)
VALUES: dict[str, Value] = longest(TERMS) | {
    "name": "Ayşe Şahin",
    "projekte": ["Havelkraft Energie", "Łódź Möbel"],
    "geraete": [
        {
            "art": "Rechner",
            "modell": "D7012",
            "inventarnummer": "HO-1",
            "seriennummer": "S1",
            "zustand": "neu",
            "wert": "400 Euro",
        }
    ],
}
TEXT = """# Vereinbarung

Ayşe Şahin arbeitet zu Hause.

[[signature:employee]]

[[signature:employer]]
"""
FACTS = PaperFacts(
    title="Vereinbarung",
    language="de",
    letterhead=Letterhead("Nordlicht Kundenservice GmbH", ("10179 Berlin",)),
    blocks=parsed(TEXT),
    signers=(
        Signer("employee", "Ayşe Şahin", "beschäftigte Person"),
        Signer("employer", "Jürgen Weiß", "Arbeitgeber"),
    ),
    made_at=AT,
    reference="NK-1002",
    text_version="Fassung 3",
)
SIGNATURES = (
    SignatureFacts(
        "employee",
        "Ayşe Şahin",
        AT + timedelta(minutes=9),
        Way.DRAWN,
        STROKES,
        proofs=(Proof.LINK, Proof.CODE),
    ),
    SignatureFacts("employer", "Jürgen Weiß", AT, Way.TYPED, typed="J. Weiß"),
)
CERTIFICATE = CertificateFacts(
    frozen_sha256=hashlib.sha256(paper(FACTS)).hexdigest(),
    log=(LogLine(AT, "Ayşe Şahin", "Papier geöffnet"),),
    log_head="ab" * 32,
    completed_at=AT,
    check_url="https://hoffice.example/pruefen/1",
)


def test_a_frozen_paper_never_changes() -> None:
    assert paper(FACTS) == paper(FACTS)
    assert paper(FACTS) != paper(replace(FACTS, text_version="Fassung 4"))


def test_a_frozen_paper_has_a_place_for_each_signer() -> None:
    text = reading.text(paper(FACTS))

    assert "Ayşe Şahin · beschäftigte Person" in text
    assert "Jürgen Weiß · Arbeitgeber" in text
    assert text.count("Ort, Datum, Unterschrift") == 2
    assert "Nachweis" not in text


def test_a_signed_paper_shows_hash_names_and_ways() -> None:
    text = reading.text(signed(FACTS, SIGNATURES, CERTIFICATE))

    digest = CERTIFICATE.frozen_sha256
    assert " ".join(digest[at : at + 8] for at in range(0, 64, 8)) in text
    for words in ("von Hand gezeichnet", "Name getippt", "J. Weiß", "Papier geöffnet"):
        assert words in text
    assert "persönlicher Link, Einmalcode auf einem zweiten Weg" in text
    assert text.count("21.11.2026, 19:14:00 MEZ") == 1


def test_a_signed_paper_begins_with_the_very_pages_that_were_shown() -> None:
    frozen = paper(FACTS)
    shown = reading.reader(frozen).pages
    after = reading.reader(signed(FACTS, SIGNATURES, CERTIFICATE, frozen=frozen)).pages

    assert len(after) > len(shown)
    for before, page in zip(shown, after, strict=False):
        assert reading.code(before) == reading.code(page)
    assert "Unterschriftenblatt: Seite 1 von" in after[len(shown)].extract_text()


def test_a_signed_paper_is_the_same_with_and_without_the_frozen_file() -> None:
    kept = signed(FACTS, SIGNATURES, CERTIFICATE, frozen=paper(FACTS))

    assert kept == signed(FACTS, SIGNATURES, CERTIFICATE)


def test_a_signed_paper_can_be_read_aloud_to_its_end() -> None:
    pdf = signed(FACTS, SIGNATURES, CERTIFICATE)

    for seen, known in reading.marks(pdf):
        assert seen == list(range(known))
    headings = [str(entry["/Title"]) for entry in reading.outline(pdf)]
    assert headings == ["Vereinbarung", "Unterschriften und Nachweis"]
    assert reading.roles(pdf)["H1"] == 2


def test_a_code_that_came_the_links_way_is_named() -> None:
    by_mail = replace(SIGNATURES[0], code_channel=CodeChannel.SAME_MAIL)
    by_sms = replace(SIGNATURES[0], code_channel=CodeChannel.SMS)

    same = reading.text(signed(FACTS, (by_mail, SIGNATURES[1]), CERTIFICATE))
    other = reading.text(signed(FACTS, (by_sms, SIGNATURES[1]), CERTIFICATE))

    assert "Einmalcode an dieselbe Adresse wie der Link" in same
    assert "Link und Code kamen auf demselben Weg" in same
    assert "Einmalcode per SMS" in other
    assert "demselben Weg" not in other


def test_a_paper_that_nobody_signs_says_when_it_was_handed_over() -> None:
    notice = replace(FACTS, signers=(), blocks=parsed("# Hinweise\n\nNur zum Lesen."))

    text = reading.text(signed(notice, (), CERTIFICATE))

    assert "Diese Unterlage muss niemand unterschreiben." in text
    assert "Papier geöffnet" in text
    assert "einfache elektronische Signatur" not in text


def test_a_paper_for_ink_does_not_speak_of_a_screen() -> None:
    assert "am Bildschirm" in reading.text(paper(FACTS))
    assert "am Bildschirm" not in reading.text(paper(replace(FACTS, is_signed_outside=True)))


def test_a_sign_that_no_typeface_has_is_explained() -> None:
    chinese = replace(FACTS, signers=(Signer("employee", "张伟 Zhang", "beschäftigte Person"),))

    text = reading.text(paper(chinese))

    assert "[U+5F20][U+4F1F] Zhang" in text
    assert "Nummer in Unicode" in text
    assert "Unicode" not in reading.text(paper(FACTS))


def test_a_signed_paper_never_claims_to_be_more_than_it_is() -> None:
    text = reading.text(signed(FACTS, SIGNATURES, CERTIFICATE))
    unsealed = signed(FACTS, SIGNATURES, replace(CERTIFICATE, will_be_sealed=False))

    assert "einfache elektronische Signaturen" in text
    assert "Sie sind keine qualifizierten elektronischen Signaturen" in text
    assert "Siegel" in text
    assert "Siegel" not in reading.text(unsealed)


def test_a_drawn_signature_is_told_to_those_who_do_not_see_it() -> None:
    pdf = signed(FACTS, SIGNATURES, CERTIFICATE)

    alts = [str(e["/Alt"]) for e in reading.elements(pdf) if "/Alt" in e]

    assert alts.count("Unterschrift von Ayşe Şahin") == 1
    assert reading.is_balanced(pdf)
    assert all(reading.fonts(pdf).values())


def test_a_paper_without_a_heading_gets_its_title() -> None:
    facts = replace(FACTS, blocks=parsed("Nur ein Satz."))

    assert reading.roles(paper(facts))["H1"] == 1


def test_a_place_of_nobody_is_not_drawn() -> None:
    facts = replace(FACTS, signers=FACTS.signers[:1])

    assert "Jürgen Weiß" not in reading.text(paper(facts))


def test_a_reading_version_says_so_and_has_no_place_to_sign() -> None:
    text = reading.text(paper(replace(FACTS, is_reading_version=True)))

    assert "Verbindlich ist nur die deutsche Fassung." in text
    assert "Unterschrift" not in text


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1), st.text())
def test_any_name_can_sign(name: str, typed: str) -> None:
    facts = replace(FACTS, signers=(Signer("employee", name, name),), title=name)
    signature = SignatureFacts("employee", name, AT, Way.TYPED, typed=typed)

    assert signed(facts, (signature,), replace(CERTIFICATE, check_url=name)).startswith(b"%PDF")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: sample.key)
def test_a_sample_uses_exactly_its_declared_fields(sample: samples.Sample, language: str) -> None:
    source = sample.source(language)

    assert check(source, sample.fields) == ()
    assert fields_of(source) == sample.fields
    heading = blocks(source, VALUES)[0]
    assert isinstance(heading, Heading)
    assert heading.runs[0].text == sample.titles[language]


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: sample.key)
def test_only_the_german_text_is_signed(sample: samples.Sample) -> None:
    assert roles_of(sample.source("de")) == sample.roles
    assert roles_of(sample.source("en")) == ()
    with pytest.raises(KeyError):
        sample.source("fr")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: sample.key)
@pytest.mark.parametrize("is_full", [True, False])
def test_a_sample_becomes_a_paper_with_and_without_optional_fields(
    sample: samples.Sample, language: str, *, is_full: bool
) -> None:
    values: dict[str, Value] = dict(VALUES)
    if not is_full:
        values |= dict.fromkeys(sample.optional)
        values |= {"geraete": [], "projekte": []}
    facts = replace(
        FACTS,
        language=language,
        title=sample.titles[language],
        blocks=blocks(sample.source(language), values),
        is_sample=True,
    )

    text = reading.text(paper(facts))

    assert ("lawyer" if language == "en" else "Mustertext") in text
    assert ("Ayşe Şahin" in text) == ("name" in sample.fields)
    assert "{" not in text
    assert ("Łódź Möbel" in text) == (is_full and sample.key == "datenschutz")


def test_a_sample_never_ends_or_prolongs_the_employment() -> None:
    german = samples.SAMPLES[0].source("de")

    assert "wird durch diese Vereinbarung weder befristet noch verlängert" in german
