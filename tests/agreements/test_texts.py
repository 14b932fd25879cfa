"""Texts in the browser: reading, writing, comparing, approving, and what is typed to break them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import pytest
from flask import Flask

from hoffice.accounts.rules import Role
from hoffice.agreements import queries, service
from hoffice.agreements.rules import Form, PaperKind
from hoffice.agreements.samples import SAMPLES
from hoffice.agreements.service import texts
from hoffice.agreements.views import writing
from hoffice.db import db
from hoffice.jobs.models import Job
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import HR, TERMS
from tests.conftest import Given
from tests.pageclient import PageClient

WRITE = "/papiere/texte/zusatz_telearbeit/de/schreiben"
CHECK = "/papiere/texte/zusatz_telearbeit/de/pruefen"
SHOW = "/papiere/texte/zusatz_telearbeit/de/ansicht"
BROKEN = "# Titel\n\n{{ unbekannt }}"
BOMBS = {
    "loops": "{% for a in projekte %}{% for b in projekte %}x{% endfor %}{% endfor %}",
    "range": "{% for i in range(10**9) %}x{% endfor %}",
    "format": "{{ '%999999999d'|format(1) }}",
    "product": "{{ 'x' * 10**10 }}",
    "depth": "{% if ende %}" * 2_000 + "{% endif %}" * 2_000,
    "brackets": "{{ " + "(" * 5_000 + "name" + ")" * 5_000 + " }}",
    "fields": "{% for p in projekte %}" + "{{ p }}{{ p }}{{ p }}" * 6_000 + "{% endfor %}",
    "megabyte": "x" * 1_000_000,
    "lists": "- " * 5_000 + "x",
}


@pytest.fixture
def ids(given: Given) -> dict[tuple[str, str], int]:
    """The samples as the first versions, written by somebody who is not here now."""
    with given():
        service.load_samples(by=HR)
        return {(text.kind.value, text.language): text.id for text in queries.texts()}


def addendum() -> str:
    """The words of the addendum that is shipped."""
    return next(one for one in SAMPLES if one.key == PaperKind.ADDENDUM).source("de")


def form(source: str, **changes: object) -> dict[str, object]:
    """What the editor sends."""
    return {"source": source, "form": "textform", "based_on": "1", "note": "", **changes}


def test_all_texts_are_listed_with_what_waits(
    hr: PageClient, ids: dict[tuple[str, str], int]
) -> None:
    page = hr.get("/papiere/texte").text

    assert f"<b>{len(ids)} Entwürfe</b> warten auf Freigabe" in page
    assert page.count("Muster, nicht freigegeben") == 2 * len(SAMPLES)
    assert "hoffice" in page


def test_a_sample_is_read_and_printed(hr: PageClient, ids: dict[tuple[str, str], int]) -> None:
    for language in ("de", "en"):
        text_id = ids["zusatz_telearbeit", language]
        page = hr.get(f"/papiere/texte/{text_id}").text
        assert "Schwarzenbergen" in page
        assert "Nichts gefunden." in page
        assert hr.get(f"/papiere/texte/{text_id}.pdf").data.startswith(b"%PDF")


def test_samples_are_taken_and_approved_by_a_second_person(
    app: Flask, hr: PageClient, signed_in: Callable[..., PageClient]
) -> None:
    assert "Es gibt noch keinen Text." in hr.get("/papiere/texte").text
    hr.post("/papiere/texte/muster")
    with app.app_context():
        text_id = queries.texts()[0].id
    own = hr.get(f"/papiere/texte/{text_id}").text
    assert "Freigeben muss jemand anderes aus HR" in own
    assert f"/papiere/texte/{text_id}/freigeben" not in own
    assert hr.post(f"/papiere/texte/{text_id}/freigeben").status_code == 409

    colleague = signed_in(Role.HR)
    assert f"/papiere/texte/{text_id}/freigeben" in colleague.get(f"/papiere/texte/{text_id}").text
    colleague.post(f"/papiere/texte/{text_id}/freigeben")

    with app.app_context():
        assert queries.text(text_id).approved_at is not None
    assert "freigegeben von" in hr.get(f"/papiere/texte/{text_id}").text


def test_a_text_is_written_compared_and_approved(
    app: Flask,
    hr: PageClient,
    signed_in: Callable[..., PageClient],
    ids: dict[tuple[str, str], int],
) -> None:
    assert "Zusatzvereinbarung über das Arbeiten zu Hause" in hr.get(WRITE).text
    changed = addendum().replace("elf Stunden", "zwölf Stunden")

    answer = hr.post(WRITE, form(changed, note="Ruhezeit", valid_months="24"))

    new_id = int(answer.location.rsplit("/", 1)[1])
    page = hr.get(answer.location).text
    assert "Version 2 ist geschrieben." in page
    assert "nach 24 Monaten" in page
    compared = hr.get(f"/papiere/texte/{new_id}/vergleich").text
    assert '<del><span class="unseen">[herausgenommen: </span>elf<span' in compared
    assert '<ins><span class="unseen">[eingefügt: </span>zwölf<span' in compared
    assert "Neu unterschreiben nach Monaten: –, jetzt 24" in compared
    old = ids["zusatz_telearbeit", "de"]
    assert "zwölf" in hr.get(f"/papiere/texte/{old}/vergleich?mit={new_id}").text

    signed_in(Role.HR).post(f"/papiere/texte/{new_id}/freigeben")

    with app.app_context():
        counts = queries.current_text(PaperKind.ADDENDUM, only_approved=True)
        assert counts is not None
        assert (counts.id, counts.number, counts.note) == (new_id, 2, "Ruhezeit")


@pytest.mark.usefixtures("ids")
def test_a_version_with_faults_does_not_wait_for_approval(hr: PageClient) -> None:
    faulty = hr.get(hr.post(WRITE, form(BROKEN)).location).text
    sound = hr.get(hr.post(WRITE, form(addendum(), based_on="2")).location).text

    assert "Sie kann erst freigegeben werden, wenn ihre Fehler behoben sind." in faulty
    assert "Sie wartet auf Freigabe." not in faulty
    assert "Version 3 ist geschrieben. Sie wartet auf Freigabe." in sound


def test_the_only_version_is_compared_with_itself(
    hr: PageClient, ids: dict[tuple[str, str], int]
) -> None:
    for text_id in list(ids.values())[:1]:
        assert "nur diese Version" in hr.get(f"/papiere/texte/{text_id}/vergleich?mit=77").text


@pytest.mark.usefixtures("ids")
def test_what_was_typed_is_not_lost_when_somebody_was_faster(hr: PageClient) -> None:
    hr.post(WRITE, form("# Andere"))

    answer = hr.post(WRITE, form("# Meine Worte"))

    assert answer.status_code == 422
    assert "Inzwischen hat jemand Version 2 geschrieben." in answer.text
    assert "# Meine Worte" in answer.text


@pytest.mark.usefixtures("ids")
def test_bad_numbers_are_asked_about_and_nothing_is_written(app: Flask, hr: PageClient) -> None:
    for changes in ({"valid_months": "0"}, {"valid_months": "viele"}, {"note": "x" * 2001}):
        answer = hr.post(WRITE, form("# Neu", **changes))
        assert answer.status_code == 422
        assert "# Neu" in answer.text

    with app.app_context():
        newest = queries.current_text(PaperKind.ADDENDUM, only_approved=False)
        assert newest is not None
        assert newest.number == 1


@pytest.mark.usefixtures("ids")
def test_the_editor_says_what_it_finds_while_somebody_types(hr: PageClient) -> None:
    told = hr.post(CHECK, form(BROKEN)).json
    assert told is not None
    assert told["errors"] > 3
    assert "Zeile 3: Dieser Text hat kein Feld „unbekannt“." in told["html"]
    assert 'data-line="3"' in told["html"]
    assert "Es fehlt: die Wochenstunden." in told["html"]

    fine = hr.post(CHECK, form(addendum())).json
    assert fine is not None
    assert fine["errors"] == 0
    assert "Nichts gefunden." in fine["html"]


@pytest.mark.usefixtures("ids")
def test_the_employment_itself_is_only_limited_with_ink(hr: PageClient) -> None:
    limited = addendum() + "\nDas Arbeitsverhältnis wird um ein Jahr verlängert.\n"

    digital, ink = (hr.post(CHECK, form(limited, form=one)).json for one in ("textform", "paper"))

    assert digital is not None
    assert ink is not None
    assert "§ 14 Abs. 4 TzBfG" in digital["html"]
    assert ink["errors"] == 0


@pytest.mark.usefixtures("ids")
def test_what_was_typed_is_shown_on_a_page_and_on_paper(hr: PageClient) -> None:
    told = hr.post(SHOW, form("# Probe\n\n{{ name }} & <script>alert(1)</script>")).json
    assert told is not None
    assert "Schwarzenbergen &amp; &lt;script&gt;" in told["html"]
    assert hr.post(f"{SHOW}.pdf", form("# Probe\n\n{{ name }}")).data.startswith(b"%PDF")

    page = hr.post(WRITE, form("# Probe\n\n{{ name }}", deed="show"))

    assert page.status_code == 200
    assert "Schwarzenbergen" in page.text
    assert page.text.count("# Probe") == 1


@pytest.mark.usefixtures("ids")
def test_a_text_without_a_script_is_shown_or_refused_on_the_same_page(hr: PageClient) -> None:
    page = hr.post(WRITE, form(BROKEN, deed="show")).text

    assert "hat kein Feld „unbekannt“" in page
    assert "keinen Wert" in page or "unbekannt" in page


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.usefixtures("ids")
def test_no_text_breaks_the_house(app: Flask, hr: PageClient, bomb: str) -> None:
    source = BOMBS[bomb]

    checked = hr.post(CHECK, form(source)).json
    shown = hr.post(SHOW, form(source)).json

    assert checked is not None
    assert checked["errors"] > 0
    assert shown is not None
    assert bool(shown["error"]) != bool(shown["html"])
    printed = hr.post(f"{SHOW}.pdf", form(source))
    assert printed.status_code == 409 or printed.data.startswith(b"%PDF")
    with app.app_context():
        assert db.session.query(Job).count() == 0


def test_a_broken_draft_has_a_page_that_says_so_and_cannot_be_approved(
    given: Given, hr: PageClient
) -> None:
    with given():
        made = texts.write_text(
            PaperKind.ADDENDUM,
            "de",
            BOMBS["loops"],
            form=Form.TEXTFORM,
            valid_months=None,
            note="",
            by=HR,
        )
        text_id = made.id

    page = hr.get(f"/papiere/texte/{text_id}").text

    assert "Dieser Text lässt sich nicht zeigen." in page
    assert f"/papiere/texte/{text_id}/freigeben" not in page
    assert hr.post(f"/papiere/texte/{text_id}/freigeben").status_code == 409
    assert hr.get(f"/papiere/texte/{text_id}.pdf").status_code == 409


@pytest.mark.usefixtures("ids")
def test_a_reading_version_is_written_beside_its_text(hr: PageClient) -> None:
    english = WRITE.replace("/de/", "/en/")
    page = hr.get(english).text
    assert "Eine Lesefassung hat die Form des deutschen Textes." in page
    assert "Unterschrift: " not in page

    told = hr.post(CHECK.replace("/de/", "/en/"), form("# Addendum\n\n## § 1 Place")).json

    assert told is not None
    assert "Der Lesefassung fehlt ein Abschnitt" in told["html"]
    assert hr.post(english, form("# Addendum\n\n## § 1 Place")).status_code == 302


def test_a_kind_without_a_text_can_be_written_from_nothing(hr: PageClient) -> None:
    page = hr.get(WRITE).text

    assert "die erste Version" in page
    assert hr.post(WRITE, form("# Neu", based_on="0")).status_code == 302
    assert "Noch nicht geschrieben" in hr.get("/papiere/texte").text


@pytest.mark.parametrize("path", ["x/de", "zusatz_telearbeit/fr", "x/x"])
def test_there_are_no_other_texts(hr: PageClient, path: str) -> None:
    assert hr.get(f"/papiere/texte/{path}/schreiben").status_code == 404
    for word in ("schreiben", "pruefen", "ansicht", "ansicht.pdf"):
        assert hr.post(f"/papiere/texte/{path}/{word}", form("# A")).status_code == 404


def test_the_works_council_reads_but_writes_nothing(
    signed_in: Callable[..., PageClient], ids: dict[tuple[str, str], int]
) -> None:
    council = signed_in(Role.WORKS_COUNCIL)
    text_id = ids["datenschutz", "de"]

    assert "schreiben" not in council.get(f"/papiere/texte/{text_id}").text
    assert council.get(f"/papiere/texte/{text_id}/vergleich").status_code == 200
    assert 'href="/papiere/"' not in council.get("/papiere/texte").text
    assert 'href="/papiere/texte"' in council.get("/").text
    assert council.get(WRITE).status_code == 403
    assert council.post(f"/papiere/texte/{text_id}/freigeben").status_code == 403


def test_outside_the_demo_a_newer_draft_does_not_replace_what_counts(
    app: Flask, given: Given, hr: PageClient
) -> None:
    with given():
        service.load_samples(by=HR)
        for text in queries.texts():
            service.approve_text(text.id, by=Actor.staff(99))
        makers.employee("Marek Kowalczyk")
    hr.post(WRITE, form(addendum() + "\nNeu.\n"))

    with app.app_context():
        sent = service.texts_to_send(allow_unapproved=False)

        assert sent[PaperKind.ADDENDUM].number == 1


def test_a_preview_passes_over_words_that_terms_no_longer_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = {**asdict(TERMS), "said_by_an_older_version": "ja"}
    monkeypatch.setattr(queries, "last_terms", lambda: said)

    assert writing.preview_terms() == TERMS
