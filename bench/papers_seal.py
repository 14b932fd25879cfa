"""How fast papers are sealed and checked, and what gets past the check: nothing.

CPU time of one paper of twelve pages, from the signed file to the sealed one; 300 random one-bit
flips in the signed ranges, appended updates, and bytes in the zero padding of the seal.
"""

from __future__ import annotations

import logging
import random
import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from bench.papers_scene import AT, PAGES, facts, long_paper, signatures
from hoffice.agreements import pdf
from hoffice.agreements.sealing import keys
from hoffice.agreements.sealing.finishing import finished
from hoffice.agreements.sealing.isolated import verified_apart
from hoffice.agreements.sealing.keys import SealKey
from hoffice.agreements.sealing.known import Known
from hoffice.agreements.sealing.protocol import COMPLETED, SIGNED, Event, Protocol, Subject
from hoffice.agreements.sealing.results import sha256
from hoffice.agreements.sealing.seal import sealed
from hoffice.agreements.sealing.verify import verified
from tests.agreements.sealed import byte_range, time_service

TIMES: Final = 15
SEALED_MS: Final = 50
FLIPS: Final = 300
PADDINGS: Final = 50
COMPANY: Final = "Spreeruf Kundendialog GmbH"
REASON: Final = "Siegel des Arbeitgebers"


def thread_ms(work: Callable[[], object]) -> float:
    """The median of some runs, in milliseconds of CPU time of this thread; the first is left out.

    (Of this thread, for the time-stamp service of the test works in another one.)
    """
    work()
    spent = []
    for _ in range(TIMES):
        begin = time.thread_time()
        work()
        spent.append((time.thread_time() - begin) * 1000)
    return statistics.median(spent)


def parts(*, has_time_stamp: bool) -> tuple[bytes, bytes, bytes]:
    """The signed file of one paper of twelve pages, the frozen one, and the log."""
    paper = facts(long_paper(), 1)
    frozen = pdf.paper(paper)
    moment = AT.isoformat(timespec="seconds")
    log = Protocol(
        Subject(
            reference=paper.reference,
            title=paper.title,
            kind="paper",
            text_version=paper.text_version,
            text_sha256="0" * 64,
            language="de",
            made_at=moment,
            frozen_sha256=sha256(frozen),
        ),
        (
            Event(moment, "made", COMPANY),
            Event(moment, SIGNED, "Ayşe Şahin", {"frozen_sha256": sha256(frozen)}),
            Event(moment, COMPLETED, COMPANY),
        ),
        has_time_stamp=has_time_stamp,
    )
    certificate = pdf.CertificateFacts(frozen_sha256=sha256(frozen), log_head=log.head)
    return pdf.signed(paper, signatures(), certificate, frozen=frozen), frozen, log.written()


def finish(signed: bytes, frozen: bytes, log: bytes) -> bytes:
    """The file that is sealed."""
    return finished(signed, frozen=frozen, log=log, at=AT)


def _said(what: str, value: float, most: float | None = None) -> bool:
    promise = "" if most is None else f" (at most {most:g})"
    is_kept = most is None or value <= most
    print(f"  {what:56} {value:7.1f} ms{promise}{'' if is_kept else '  NOT KEPT'}")
    return is_kept


def speed(key: SealKey) -> bool:
    """One paper, step by step, at both levels."""
    signed, frozen, log = parts(has_time_stamp=False)
    ready = finish(signed, frozen, log)
    content = sealed(ready, key, at=AT, reason=REASON).content
    known = Known((key.pem,))
    print(f"One paper of {PAGES} pages: CPU time from the signed file to the sealed one")
    _said("finished: log and frozen file attached", thread_ms(lambda: finish(signed, frozen, log)))
    _said("sealed, level B", thread_ms(lambda: sealed(ready, key, at=AT, reason=REASON)))
    kept = _said(
        "finished and sealed, level B",
        thread_ms(lambda: sealed(finish(signed, frozen, log), key, at=AT, reason=REASON)),
        SEALED_MS,
    )
    _said("checked (the house does so with each file it seals)", _check_ms(content, known))
    print(f"  signed {len(signed) / 1000:.0f} kB, sealed {len(content) / 1000:.0f} kB")
    with time_service() as service:
        stamped_ready = finish(*parts(has_time_stamp=True))
        _said(
            "sealed, level T, time stamp from a service on loopback",
            thread_ms(
                lambda: sealed(
                    stamped_ready, key, at=AT, reason=REASON, time_services=(service.url,)
                )
            ),
        )
    begin = time.perf_counter()
    verified_apart(content, known)
    _said("checked in a process of its own, wall time", (time.perf_counter() - begin) * 1000)
    return kept


def _check_ms(content: bytes, known: Known) -> float:
    return thread_ms(lambda: verified(content, known))


def tampering(key: SealKey) -> bool:
    """How many altered copies pass; the promise is none."""
    content = sealed(finish(*parts(has_time_stamp=False)), key, at=AT, reason=REASON).content
    known = Known((key.pem,))
    if not verified(content, known).is_valid:
        print("  the fresh file is not valid  NOT KEPT")
        return False
    dice = random.Random(20261122)  # noqa: S311  # the same each time
    _, until, after, rest = byte_range(content)
    flipped = padded = 0
    for _ in range(FLIPS):
        place = dice.choice((dice.randrange(until), dice.randrange(after, after + rest)))
        flipped += verified(_flipped(content, place, 1 << dice.randrange(8)), known).is_valid
    for _ in range(PADDINGS):
        place = after - 2 - dice.randrange(400)
        padded += verified(_flipped(content, place, dice.randrange(1, 10)), known).is_valid
    updates = (content + b"\n", content + b"%%EOF\n", _turned(content))
    appended = sum(verified(one, known).is_valid for one in updates)
    print("Altered copies that were accepted")
    print(f"  {FLIPS} one-bit flips in the signed ranges: {flipped}")
    print(f"  {PADDINGS} digits in the zero padding of the seal: {padded}")
    print(f"  {len(updates)} appended updates: {appended}")
    return not flipped + padded + appended


def _flipped(content: bytes, place: int, mask: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= mask
    return bytes(changed)


def _turned(content: bytes) -> bytes:
    """An update that turns the first page, as other programs write it."""
    writer = IncrementalPdfFileWriter(BytesIO(content))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Rotate"] = generic.NumberObject(90)
    writer.update_container(page)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def main() -> int:
    """Measure everything; 1 when a promise is not kept."""
    logging.disable(logging.WARNING)  # pyHanko tells of each broken file at length
    key = keys.make_seal(COMPANY, authority=keys.make_authority(COMPANY, at=AT), at=AT)
    kept = [speed(key), tampering(key)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
