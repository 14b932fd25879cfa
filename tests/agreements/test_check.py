"""Anybody who holds a sealed file can have it checked: on a public page, and at the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from flask import Flask

from hoffice.agreements.access import Turnstile
from hoffice.agreements.models import SealCertificate
from hoffice.agreements.queries import seals as queries
from hoffice.agreements.rules import CertificateUse
from hoffice.agreements.views import check
from hoffice.audit.models import AuditLine
from hoffice.clock import frozen as at_moment
from hoffice.db import db
from hoffice.factory import create_app
from hoffice.jobs.models import Job
from hoffice.settings import Settings
from tests.agreements.sealed import AT, PASSWORD, house_key, other_key, paper, sealed_paper
from tests.agreements.sealed import frozen as shown
from tests.conftest import Given
from tests.pageclient import PageClient

CUT_OR_LONGER = "The file was changed after it was sealed, or something was added to it."


@pytest.fixture
def stranger(app: Flask) -> PageClient:
    """Somebody whom the house does not know."""
    return PageClient(app)


@pytest.fixture
def house(given: Given) -> None:
    """A house that knows the certificate its papers are sealed with."""
    with given():
        db.session.add(
            SealCertificate(
                use=CertificateUse.SEAL,
                fingerprint=house_key().fingerprint,
                pem=house_key().pem,
                check_url="http://localhost/pruefen",
                is_current=True,
                created_at=AT,
                created_by="system",
            )
        )


@pytest.fixture
def sealing_app(settings: Settings) -> Iterator[Flask]:
    """A house that has a password for its seal key."""
    made = create_app(replace(settings, seal_password=PASSWORD))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def dropped(stranger: PageClient, content: bytes, *, language: str = "en") -> str:
    """What the page says when this file is dropped on it."""
    stranger.post("/sprache", {"to": language, "back": "/pruefen"})
    answer = stranger.post("/pruefen", {"file": (BytesIO(content), "unterlage.pdf")})
    assert answer.status_code == 200
    return answer.text


# The page


@pytest.mark.usefixtures("house")
def test_a_sealed_file_is_said_to_be_ours_unchanged_and_by_whom(stranger: PageClient) -> None:
    page = dropped(stranger, sealed_paper())

    assert "This file was sealed by this house and is unchanged." in page
    assert "Ayşe Kaya" in page
    assert "Home-office addendum · version 1" in page
    assert "zusatz_telearbeit" not in page
    assert house_key().fingerprint in page
    assert "qualified electronic signature" in page


@pytest.mark.usefixtures("house")
def test_the_page_speaks_german(stranger: PageClient) -> None:
    page = dropped(stranger, sealed_paper(), language="de")

    assert "Diese Datei wurde von diesem Haus gesiegelt und ist unverändert." in page
    assert "· Version 1" in page


@pytest.mark.usefixtures("house")
def test_of_a_changed_file_nothing_is_told_but_why(stranger: PageClient) -> None:
    changed = bytearray(sealed_paper())
    changed[changed.find(b"stream") + 12] ^= 1

    page = dropped(stranger, bytes(changed))

    assert "Not valid" in page
    assert "Ayşe Kaya" not in page
    assert "P000017" not in page


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello", "This is not a PDF file."),
        (shown(), "The file carries no seal."),
        (paper(), "The file carries no seal."),
        (sealed_paper() + b"\n", CUT_OR_LONGER),
        (sealed_paper()[:-1], CUT_OR_LONGER),
    ],
    ids=["text", "frozen", "unsealed", "appended", "cut"],
)
def test_what_is_wrong_is_said_in_a_sentence(
    stranger: PageClient, content: bytes, words: str
) -> None:
    assert words in dropped(stranger, content)


def test_a_house_that_does_not_know_the_seal_says_so(stranger: PageClient) -> None:
    assert "The file was not sealed by this house." in dropped(stranger, sealed_paper())


@pytest.mark.usefixtures("house")
def test_a_form_without_a_file_is_shown_again(stranger: PageClient) -> None:
    answer = stranger.post("/pruefen", {})

    assert answer.status_code == 422


@pytest.mark.usefixtures("house")
def test_a_huge_upload_is_refused_before_it_is_read(stranger: PageClient) -> None:
    answer = stranger.client.post(
        "/pruefen",
        input_stream=BytesIO(b"--x"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )

    assert answer.status_code == 413
    assert "Es gehen höchstens 25 MB auf einmal durch." in answer.text
    assert 'href="/pruefen"' in answer.text


@pytest.mark.usefixtures("house")
def test_a_check_leaves_no_trace(app: Flask, stranger: PageClient) -> None:
    with app.app_context():
        before = db.session.query(AuditLine).count()

    dropped(stranger, sealed_paper())

    with app.app_context():
        assert db.session.query(AuditLine).count() == before


@pytest.mark.usefixtures("house")
def test_somebody_who_asks_too_often_has_to_wait(app: Flask, stranger: PageClient) -> None:
    app.extensions["hoffice.checks"] = Turnstile(2, check.PAUSE)
    said = [
        stranger.post("/pruefen", {"file": (BytesIO(b"hello"), "a.pdf")}).status_code
        for _ in range(3)
    ]

    assert said == [200, 200, 429]


def test_a_turnstile_opens_again_and_counts_each_source_for_itself() -> None:
    turnstile = Turnstile(2, check.PAUSE)

    with at_moment(AT):
        assert [turnstile.passes("one") for _ in range(3)] == [True, True, False]
        assert turnstile.passes("two")
    with at_moment(AT + check.PAUSE):
        assert turnstile.passes("one")


def test_a_turnstile_forgets_the_quietest_when_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hoffice.agreements.access.MOST_SOURCES", 2)
    turnstile = Turnstile(1, check.PAUSE)

    assert [turnstile.passes(source) for source in ("a", "b", "c", "a")] == [True] * 4


@pytest.mark.usefixtures("house")
def test_the_public_certificate_can_be_loaded(stranger: PageClient) -> None:
    answer = stranger.client.get("/pruefen/siegel.pem")

    first, *above = x509.load_pem_x509_certificates(answer.data)
    assert first == house_key().certificate
    assert tuple(above) == house_key().chain
    assert b"PRIVATE" not in answer.data


def test_a_house_without_a_key_has_no_certificate(stranger: PageClient) -> None:
    assert stranger.get("/pruefen/siegel.pem").status_code == 404
    assert "siegel.pem" not in stranger.get("/pruefen").text


# The terminal

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(app: Flask) -> Run:
    def command(*args: str | Path, **options: str) -> tuple[int, str]:
        runner = app.test_cli_runner()
        answer = runner.invoke(args=["agreements", *map(str, args)], env=dict(options))
        return answer.exit_code, answer.output

    return command


@pytest.mark.usefixtures("house")
def test_verify_answers_with_one_object_and_an_exit_code(run: Run, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(sealed_paper())
    bad.write_bytes(sealed_paper() + b"x")

    code, said = run("verify", good)
    bad_code, bad_said = run("verify", bad)

    assert (code, bad_code) == (0, 1)
    assert json.loads(said)["valid"] is True
    assert json.loads(said)["signed_by"][0]["name"] == "Ayşe Kaya"
    assert json.loads(bad_said)["fault"] == "appended"


@pytest.mark.usefixtures("house")
def test_verify_does_not_read_200_megabytes(run: Run, tmp_path: Path) -> None:
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as out:
        out.truncate(200 * 1024 * 1024)

    code, said = run("verify", huge)

    assert (code, json.loads(said)["fault"]) == (1, "too_large")


def test_without_a_password_no_key_is_made(app: Flask, run: Run) -> None:
    code, said = run("seal-key", "make")

    assert code == 1
    assert "HOFFICE_SEAL_PASSWORD is not set" in said
    assert run("seal-key", "show")[0] == 1
    assert run("seal-key", "certificate")[0] == 1
    assert not list(Path(app.instance_path).glob("seal/*"))


def _exported(password: bytes | None) -> bytes:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password)
    key = other_key()
    return pkcs12.serialize_key_and_certificates(
        b"seal", key.key, key.certificate, list(key.chain), encryption
    )


def test_an_unencrypted_key_is_refused_at_the_terminal(sealing_app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "key.p12"
    file.write_bytes(_exported(None))

    answer = sealing_app.test_cli_runner().invoke(
        args=["agreements", "seal-key", "import", str(file), "--password", "anything"]
    )

    assert answer.exit_code == 1
    assert "A key without a password is not taken" in answer.output


def test_a_key_is_taken_in_and_used_from_then_on(sealing_app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "key.p12"
    file.write_bytes(_exported(b"from elsewhere"))
    runner = sealing_app.test_cli_runner()
    made = json.loads(runner.invoke(args=["agreements", "seal-key", "make"]).output)

    taken = runner.invoke(
        args=["agreements", "seal-key", "import", str(file)],
        env={"HOFFICE_IMPORT_PASSWORD": "from elsewhere"},
    )
    shown_keys = runner.invoke(args=["agreements", "seal-key", "show"])
    printed = runner.invoke(args=["agreements", "seal-key", "certificate"])

    assert taken.exit_code == shown_keys.exit_code == printed.exit_code == 0
    assert json.loads(taken.output) == {"fingerprint": other_key().fingerprint}
    told = json.loads(shown_keys.output)["seal"]
    assert [(one["fingerprint"], one["current"]) for one in told] == [
        (other_key().fingerprint, True),
        (made["fingerprint"], False),
    ]
    assert printed.output == other_key().pem
    with sealing_app.app_context():
        current = queries.current_certificate()
        assert current is not None
        assert current.check_url == "http://localhost/pruefen"
    again = runner.invoke(
        args=["agreements", "seal-key", "import", str(file), "--password", "from elsewhere"]
    )
    assert "This house knows this key already." in again.output


def test_what_waits_is_tried_again_on_demand(sealing_app: Flask) -> None:
    answer = sealing_app.test_cli_runner().invoke(args=["agreements", "seal"])

    assert json.loads(answer.output) == {"waiting": 0}
    with sealing_app.app_context():
        assert db.session.query(Job).filter_by(kind="agreements.seal").count() == 1
