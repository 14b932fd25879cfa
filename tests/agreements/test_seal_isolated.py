"""A file may be anything: a process of its own reads it, and costs nobody else anything."""

from __future__ import annotations

import os
import threading
import zlib

import pytest

from hoffice.agreements.sealing import isolated
from hoffice.agreements.sealing.isolated import Limits, verified_apart
from hoffice.agreements.sealing.known import MOST_BYTES
from hoffice.agreements.sealing.verdict import Fault
from hoffice.agreements.sealing.verify import verified
from hoffice.errors import Refused
from tests.agreements.sealed import known, sealed_paper

HOLLOW = b"%PDF-1.7\n"
READ = "import sys; sys.stdin.buffer.read(); "


def test_the_process_of_its_own_says_the_same() -> None:
    assert verified_apart(sealed_paper(), known()) == verified(sealed_paper(), known())


def test_a_changed_file_is_refused_there_too() -> None:
    changed = bytearray(sealed_paper())
    changed[len(changed) // 3] ^= 4

    assert not verified_apart(bytes(changed), known()).is_valid


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        (READ + "import os; os.abort()", Fault.TOO_LONG),
        (READ + "raise SystemExit(3)", Fault.TOO_LONG),
        (READ + "print('nonsense')", Fault.UNREADABLE),
        (READ + "print('{\"fault\": null}')", Fault.UNREADABLE),
        ("", Fault.UNREADABLE),
    ],
    ids=["crashes", "ends", "babbles", "half", "silent"],
)
def test_a_reader_that_crashes_or_babbles_means_not_valid(program: str, fault: Fault) -> None:
    verdict = verified_apart(HOLLOW, known(), Limits(wall_s=300), program=program)

    assert verdict.fault is fault


def test_a_reader_that_hangs_means_not_valid() -> None:
    verdict = verified_apart(
        HOLLOW, known(), Limits(wall_s=1), program=READ + "import time; time.sleep(600)"
    )

    assert verdict.fault is Fault.TOO_LONG


def _bounded(then: str) -> str:
    return (
        "import sys; from hoffice.agreements.sealing.child import _bound; "
        "sys.stdin.buffer.read(); _bound(cpu_s=1, memory_bytes=300_000_000)\n" + then
    )


def test_a_reader_that_eats_memory_is_stopped() -> None:
    program = _bounded("bytearray(2_000_000_000)")

    assert verified_apart(HOLLOW, known(), program=program).fault is Fault.TOO_LONG


def test_a_reader_that_spins_is_stopped() -> None:
    program = _bounded("while True: pass")

    assert verified_apart(HOLLOW, known(), program=program).fault is Fault.TOO_LONG


def test_a_reader_can_write_no_file() -> None:
    program = _bounded("import tempfile\ntempfile.TemporaryFile().write(b'x' * 100_000)")

    assert verified_apart(HOLLOW, known(), program=program).fault is Fault.TOO_LONG


def test_a_stream_that_swells_up_is_not_valid() -> None:
    bomb = zlib.compress(bytes(200_000_000), 9)
    table = (
        b"7 0 obj\n<</Type/XRef/W[1 4 1]/Size 9/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n"
    )
    content = HOLLOW + table % len(bomb) + bomb + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"

    assert not verified_apart(content, known()).is_valid


def test_what_is_too_large_or_no_pdf_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_asked", None)

    assert verified_apart(bytes(MOST_BYTES + 1), known()).fault is Fault.TOO_LARGE
    assert verified_apart(b"hello", known()).fault is Fault.NO_PDF


def test_the_reader_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOFFICE_SECRET_KEY", "nobody may see this")
    names = "[name for name in os.environ if name.startswith('HOFFICE')]"
    program = READ + f"import os; raise SystemExit(3 if {names} else 0)"
    assert os.environ["HOFFICE_SECRET_KEY"]

    assert verified_apart(HOLLOW, known(), program=program).fault is Fault.UNREADABLE


def test_when_too_many_files_are_checked_the_next_is_asked_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(isolated, "_turn", threading.BoundedSemaphore(1))
    monkeypatch.setattr(isolated, "MOST_WAIT_S", 0)
    with isolated._turn, pytest.raises(Refused, match="being checked just now"):  # noqa: SLF001
        verified_apart(HOLLOW, known())
