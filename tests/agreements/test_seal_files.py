"""Sealed files: valid when fresh, for others too; refused when anything was changed."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from hoffice.agreements.sealing import keys, protocol
from hoffice.agreements.sealing.finishing import FROZEN_NAME, LOG_NAME, attached, finished
from hoffice.agreements.sealing.keys import SealKey
from hoffice.agreements.sealing.known import MOST_BYTES, Known
from hoffice.agreements.sealing.results import TimeStampDown, sha256
from hoffice.agreements.sealing.seal import sealed
from hoffice.agreements.sealing.verdict import FAULT_TEXTS, Fault, Verdict, read
from hoffice.agreements.sealing.verify import verified
from hoffice.audit.rules import Line, hash_of
from tests.agreements.sealed import (
    AT,
    byte_range,
    frozen,
    house_key,
    knowing_time,
    known,
    other_key,
    paper,
    sealed_paper,
    stamped,
    time_service,
)
from tests.agreements.sealed import protocol as log_of

FLIPS = 300
WIDE_FLIPS = 40


def _closed(content: bytes, key: SealKey | None = None) -> bytes:
    return sealed(content, key or house_key(), at=AT, reason="Siegel").content


# Fresh files


def test_a_fresh_file_is_valid_and_says_who_when_and_what() -> None:
    verdict = verified(sealed_paper(), known())

    assert verdict.is_valid
    assert (verdict.sealed_at, verdict.stamped_at) == (AT, None)
    assert verdict.sealed_by == "Siegel Spreeruf Kundendialog GmbH"
    assert verdict.fingerprint == house_key().fingerprint
    assert verdict.reference == "P000017"
    assert verdict.text_version == "zusatz_telearbeit v1"
    assert [(one.name, one.role) for one in verdict.signed_by] == [("Ayşe Kaya", "employee")]


def test_the_frozen_hash_is_recomputed_from_the_sealed_file_alone() -> None:
    with pikepdf.Pdf.open(BytesIO(sealed_paper())) as pdf:
        inside = pdf.attachments[FROZEN_NAME].get_file().read_bytes()
        relations = {str(spec.AFRelationship) for spec in pdf.Root.AF}

    assert inside == frozen()
    assert verified(sealed_paper(), known()).frozen_sha256 == sha256(frozen())
    assert relations == {"/Source", "/Data"}


def test_the_chain_of_the_log_is_recomputed_from_the_file_by_other_means() -> None:
    told = json.loads(attached(sealed_paper()).log)

    previous = protocol.chained(protocol.Subject(**told["paper"]), [])[0]
    for event in told["events"]:
        entry = [previous, event["at"], event["deed"], event["by"], event["facts"]]
        plain = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = sha256(plain.encode())
        assert event["hash"] == previous

    assert told["head"] == previous == verified(sealed_paper(), known()).log_head


def test_the_same_facts_give_the_same_file_before_the_seal() -> None:
    assert paper() == paper()


def test_qpdf_finds_nothing_wrong(tmp_path: Path) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealed_paper())

    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "No syntax or stream encoding errors" in done.stdout


def _pdfsig(file: Path, folder: Path) -> str:
    """What poppler says, with the house's authority among those it trusts."""
    (folder / "ca.pem").write_text(keys.pem(house_key().chain[0]))
    database = f"sql:{folder}"
    commands: tuple[list[str | Path], ...] = (
        ["certutil", "-N", "-d", database, "--empty-password"],
        ["certutil", "-A", "-d", database, "-n", "house", "-t", "C,C,C", "-i", folder / "ca.pem"],
    )
    for command in commands:
        subprocess.run(command, check=True, capture_output=True)
    done = subprocess.run(
        ["pdfsig", "-nssdir", folder, file], capture_output=True, text=True, check=False
    )
    return done.stdout


def test_pdfsig_calls_a_fresh_file_valid_and_a_changed_one_not(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(sealed_paper())
    changed = bytearray(sealed_paper())
    changed[changed.find(b"stream") + 12] ^= 1
    bad.write_bytes(changed)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()

    fresh = _pdfsig(good, tmp_path / "one")

    assert "Signature is Valid" in fresh
    assert "Certificate is Trusted" in fresh
    assert "Total document signed" in fresh
    assert "Signature is Valid" not in _pdfsig(bad, tmp_path / "two")


def test_pyhankos_own_validator_trusts_a_fresh_file() -> None:
    reader = PdfFileReader(BytesIO(sealed_paper()))
    root = asn1_x509.Certificate.load(house_key().chain[0].public_bytes(serialization.Encoding.DER))

    status = validate_pdf_signature(
        reader.embedded_signatures[0],
        ValidationContext(trust_roots=[root], allow_fetching=False, moment=AT),
    )

    assert status.bottom_line
    assert "UNTOUCHED" in status.summary()


def test_what_the_file_says_of_itself_stays_as_it_was_before_the_seal() -> None:
    before, after = paper(), sealed_paper()

    assert after.startswith(before)
    with pikepdf.Pdf.open(BytesIO(before)) as one, pikepdf.Pdf.open(BytesIO(after)) as two:
        assert dict(one.docinfo.items()) == dict(two.docinfo.items())


# Changed files


def test_no_random_bit_flip_in_the_signed_ranges_is_accepted() -> None:
    content, dice = sealed_paper(), random.Random(20261122)  # noqa: S311  # the same each time
    _, until, after, rest = byte_range(content)
    accepted = []
    for _ in range(FLIPS):
        place = dice.choice((dice.randrange(until), dice.randrange(after, after + rest)))
        changed = bytearray(content)
        changed[place] ^= 1 << dice.randrange(8)
        if verified(bytes(changed), known()).is_valid:
            accepted.append(place)

    assert not accepted


def test_no_random_bit_flip_in_the_place_of_the_seal_is_accepted() -> None:
    content, dice = sealed_paper(), random.Random(7)  # noqa: S311  # the same each time
    _, until, after, _ = byte_range(content)
    accepted = []
    for _ in range(WIDE_FLIPS):
        place = dice.randrange(until, after)
        changed = bytearray(content)
        changed[place] ^= 1 << dice.randrange(8)
        if verified(bytes(changed), known()).is_valid:
            accepted.append(place)

    assert not accepted


def test_bytes_in_the_zero_padding_are_refused_though_others_let_them_pass() -> None:
    changed = bytearray(sealed_paper())
    _, _, after, _ = byte_range(bytes(changed))
    assert changed[after - 20 : after - 1] == b"0" * 19
    changed[after - 20 : after - 4] = b"DEADBEEFDEADBEEF"

    status = validate_pdf_signature(
        PdfFileReader(BytesIO(bytes(changed))).embedded_signatures[0],
        ValidationContext(
            trust_roots=[
                asn1_x509.Certificate.load(
                    house_key().chain[0].public_bytes(serialization.Encoding.DER)
                )
            ],
            allow_fetching=False,
            moment=AT,
        ),
    )

    assert status.bottom_line
    assert verified(bytes(changed), known()).fault is Fault.CONTAINER


def test_the_same_seal_in_small_letters_is_another_file_and_refused() -> None:
    content = sealed_paper()
    _, until, after, _ = byte_range(content)

    changed = content[:until] + content[until:after].lower() + content[after:]

    assert verified(changed, known()).fault is Fault.CONTAINER


def test_a_length_in_the_seal_that_no_hash_covers_is_refused() -> None:
    content = sealed_paper()
    _, until, _, _ = byte_range(content)
    version = content.find(b"020101", until)

    changed = content[:version] + b"020103" + content[version + 6 :]

    assert not verified(changed, known()).is_valid


def test_an_appended_update_is_refused() -> None:
    writer = IncrementalPdfFileWriter(BytesIO(sealed_paper()))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Rotate"] = generic.NumberObject(90)
    writer.update_container(page)
    target = BytesIO()
    writer.write(target)

    assert verified(target.getvalue(), known()).fault is Fault.APPENDED


@pytest.mark.parametrize("tail", [b"\n", b" ", b"%%EOF\n", b"\0" * 100], ids=repr)
def test_bytes_behind_the_end_are_refused(tail: bytes) -> None:
    verdict = verified(sealed_paper() + tail, known())

    assert verdict.fault in {Fault.APPENDED, Fault.UNREADABLE}


def test_a_cut_file_is_refused() -> None:
    content = sealed_paper()

    assert not any(
        verified(content[: len(content) - cut], known()).is_valid for cut in (1, 7, 500, 20_000)
    )


def test_a_second_signature_is_refused() -> None:
    with pikepdf.Pdf.open(BytesIO(paper())) as pdf:
        target = BytesIO()
        pdf.save(target)
    first = sealed(target.getvalue(), house_key(), at=AT, reason="Siegel").content
    writer = IncrementalPdfFileWriter(BytesIO(first))
    form = writer.root["/AcroForm"]
    field = form["/Fields"][0].get_object()
    twin = generic.DictionaryObject(field)
    twin[generic.pdf_name("/T")] = generic.pdf_string("Zweites")
    form["/Fields"].append(writer.add_object(twin))
    writer.update_container(form["/Fields"])
    update = BytesIO()
    writer.write(update)

    assert verified(update.getvalue(), known()).fault is Fault.MORE_SEALS


def test_a_seal_of_somebody_else_is_not_ours_though_it_is_well_formed() -> None:
    verdict = verified(_closed(paper(), other_key()), known())

    assert verdict == Verdict(fault=Fault.FOREIGN)


def test_a_house_without_a_key_knows_no_file() -> None:
    assert verified(sealed_paper(), Known(())).fault is Fault.FOREIGN


def test_a_seal_from_before_the_certificate_was_valid_is_refused() -> None:
    early = sealed(paper(), house_key(), at=AT - timedelta(days=30), reason="Siegel").content

    assert not verified(early, known()).is_valid


def test_a_seal_is_still_valid_when_its_certificate_has_long_ended() -> None:
    """The time of sealing counts, not the time of the check: papers are checked years later."""
    old = AT - timedelta(days=12 * 365)
    authority = keys.make_authority("Alt GmbH", at=old)
    key = keys.make_seal("Alt GmbH", authority=authority, at=old)
    content = sealed(paper(), key, at=old + timedelta(days=1), reason="Siegel").content

    assert key.certificate.not_valid_after_utc < AT
    assert verified(content, Known((key.pem,))).is_valid


# Files that were sealed, but hold something else than a paper


def test_a_broken_chain_in_the_log_is_refused() -> None:
    told = json.loads(log_of(frozen()).written())
    told["events"][0]["by"] = "Somebody Else"

    verdict = verified(_closed(paper(json.dumps(told).encode())), known())

    assert verdict.fault is Fault.PROTOCOL


def test_a_changed_line_of_the_houses_log_is_refused() -> None:
    line = Line(4, AT.isoformat(), "staff:7", "agreements.sent", "paper:17", 3, {}, None, "0" * 64)
    honest = replace(log_of(frozen()), house_log=((line, hash_of(line)),))
    forged = replace(log_of(frozen()), house_log=((replace(line, employee_id=4), hash_of(line)),))

    assert verified(_closed(paper(honest.written())), known()).is_valid
    assert verified(_closed(paper(forged.written())), known()).fault is Fault.PROTOCOL


@pytest.mark.parametrize(
    "log", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000], ids=lambda log: repr(log[:6])
)
def test_a_log_that_is_none_is_refused(log: bytes) -> None:
    assert verified(_closed(paper(log)), known()).fault is Fault.PROTOCOL


def test_another_frozen_file_than_the_signed_one_is_refused() -> None:
    other = frozen().replace(b"ReportLab", b"reportlab")
    assert other != frozen()

    assert verified(_closed(paper(of=other)), known()).fault is Fault.FROZEN


def test_a_file_without_its_attachments_is_refused() -> None:
    with pikepdf.Pdf.open(BytesIO(paper())) as pdf:
        del pdf.attachments[LOG_NAME]
        target = BytesIO()
        pdf.save(target)

    assert verified(_closed(target.getvalue()), known()).fault is Fault.PARTS


# Anything else


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.NO_PDF),
        (b"hello", Fault.NO_PDF),
        (b"PK\x03\x04 a workbook", Fault.NO_PDF),
        (b"%PDF-1.7\n", Fault.UNREADABLE),
        (b"%PDF-1.7\n" + b"\0" * 1000, Fault.UNREADABLE),
        (frozen(), Fault.NO_SEAL),
        (paper(), Fault.NO_SEAL),
    ],
    ids=["empty", "text", "workbook", "head", "zeros", "frozen", "unsealed"],
)
def test_what_is_no_sealed_paper_is_said_to_be_none(content: bytes, fault: Fault) -> None:
    assert verified(content, known()) == Verdict(fault=fault)


def test_a_far_too_large_file_is_not_read() -> None:
    assert verified(b"%PDF-" + bytes(MOST_BYTES), known()).fault is Fault.TOO_LARGE


def test_every_fault_has_its_sentence() -> None:
    assert set(FAULT_TEXTS) == set(Fault)
    assert all(text.endswith(".") for text in FAULT_TEXTS.values())


def test_a_verdict_survives_the_way_through_a_pipe() -> None:
    verdict = verified(sealed_paper(), known())

    assert read(verdict.written()) == verdict
    assert read(Verdict(fault=Fault.CHANGED).written()) == Verdict(fault=Fault.CHANGED)


# Time stamps


def test_a_time_stamp_is_asked_for_and_told() -> None:
    with time_service() as service:
        result = stamped(service)

    verdict = verified(result.content, knowing_time(result))
    assert len(service.asked) == 1
    assert verdict.is_valid
    assert verdict.stamped_at == result.stamped_at is not None
    assert verdict.stamped_by == "Zeitstempel auf diesem Rechner"


def test_only_a_hash_goes_to_the_time_stamp_service() -> None:
    with time_service() as service:
        stamped(service)

    assert len(service.asked[0]) < 100


def test_the_next_service_is_asked_when_the_first_is_silent() -> None:
    with time_service() as silent, time_service() as service:
        silent.mood = "broken"
        result = sealed(
            paper(has_time_stamp=True),
            house_key(),
            at=AT,
            reason="Siegel",
            time_services=("http://127.0.0.1:9/tsr", silent.url, service.url),
        )

    assert verified(result.content, knowing_time(result)).stamped_at is not None


@pytest.mark.parametrize("mood", ["broken", "rude", "mixed_up"])
def test_no_good_answer_means_no_seal_at_all(mood: str) -> None:
    with time_service() as service:
        service.mood = mood
        with pytest.raises(TimeStampDown):
            stamped(service)


def test_a_stamp_of_a_service_that_nobody_knows_is_refused() -> None:
    with time_service() as service:
        result = stamped(service)

    assert verified(result.content, known()).fault is not None


def test_a_file_that_lost_its_time_stamp_is_refused() -> None:
    """A seal without the stamp it was made with is a good seal to others; the log knows better."""
    without = _closed(paper(has_time_stamp=True))

    assert verified(without, known()).fault is Fault.TIME_STAMP


def test_pdfsig_calls_a_stamped_file_valid(tmp_path: Path) -> None:
    with time_service() as service:
        (tmp_path / "stamped.pdf").write_bytes(stamped(service).content)
    (tmp_path / "nss").mkdir()

    assert "Signature is Valid" in _pdfsig(tmp_path / "stamped.pdf", tmp_path / "nss")


def test_the_programs_that_check_with_us_are_there() -> None:
    assert all(shutil.which(name) for name in ("qpdf", "pdfsig", "certutil"))


def test_the_finished_file_keeps_line_ends_before_endstream() -> None:
    """PDF/A wants one; ReportLab writes none."""
    content = finished(frozen(), frozen=frozen(), log=b"{}", at=AT)

    assert not re.search(rb"[^\r\n]endstream", content)


def test_the_seal_leaves_the_version_of_the_file_alone() -> None:
    """PDF/A-3 goes up to 1.7; pyHanko would raise it to 2.0 for the curve."""
    reader = PdfFileReader(BytesIO(sealed_paper()))

    assert "/Version" not in reader.root
    assert "/Extensions" not in reader.root
