"""How fast papers are made: rendered, signed and sealed, one by one and by the thousand.

CPU time is what counts: it hardly depends on what else the machine does. The rivals make the same
pages in the same run.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.papers_rivals import RIVALS, measured
from bench.papers_scene import AT, PACK, PAGES, facts, long_paper, pack, pages_of, signatures
from hoffice.agreements import pdf
from hoffice.agreements.sealing import keys, seal
from hoffice.agreements.sealing.finishing import finished
from hoffice.agreements.sealing.protocol import Event, Protocol, Subject
from hoffice.wording.blocks import Block

TIMES: Final = 15
LONG_MS: Final = 120
PACK_MS: Final = 250
SEALED_PACK_MS: Final = 400
FLAT_MB: Final = 20
"""So much more memory may a process have after its last pack than after its first ones."""
CORES: Final = 2
MANY: Final = (140, 1000)
WARM: Final = 20


@dataclass(frozen=True, slots=True)
class Share:
    """What one process has made of its share."""

    size: int
    cpu_s: float
    early_mb: float
    late_mb: float
    peak_mb: float


def cpu_ms(work: Callable[[], object]) -> float:
    """The median of some runs, in milliseconds of CPU time; the first one is not counted."""
    work()
    spent = []
    for _ in range(TIMES):
        begin = time.process_time()
        work()
        spent.append((time.process_time() - begin) * 1000)
    return statistics.median(spent)


@lru_cache(maxsize=1)
def key() -> keys.SealKey:
    """A seal key for this run."""
    authority = keys.make_authority("Spreeruf", at=AT)
    return keys.make_seal("Spreeruf", authority=authority, at=AT)


def closed(paper: pdf.PaperFacts, frozen: bytes, name: str) -> bytes:
    """A frozen paper with signatures, certificate, log and seal."""
    digest = sha256(frozen).hexdigest()
    subject = Subject(
        reference=paper.reference,
        title=paper.title,
        kind="paper",
        text_version=paper.text_version,
        text_sha256="0" * 64,
        language="de",
        made_at=AT.isoformat(),
        frozen_sha256=digest,
    )
    events = tuple(
        Event(AT.isoformat(), deed, name) for deed in ("sent", "opened", "signed", "completed")
    )
    log = Protocol(subject, events)
    lines = tuple(pdf.LogLine(AT, event.by, event.deed) for event in events)
    certificate = pdf.CertificateFacts(
        frozen_sha256=digest,
        log=lines,
        log_head=log.head,
        completed_at=AT,
        check_url="https://hoffice.example/pruefen",
    )
    whole = pdf.signed(paper, signatures(name), certificate, frozen=frozen)
    ready = finished(whole, frozen=frozen, log=log.written(), at=AT)
    return seal.sealed(ready, key(), at=AT, reason="Siegel des Arbeitgebers").content


def sealed_pack(bodies: Sequence[Sequence[Block]], number: int) -> int:
    """One person's pack from the blocks to the sealed files; gives back their size."""
    name = f"Ayşe Şahin-{number}"
    total = 0
    for place, body in enumerate(bodies):
        paper = facts(body, number * PACK + place, name)
        total += len(closed(paper, pdf.paper(paper), name))
    return total


def memory_mb() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def share(numbers: range, bodies: Sequence[Sequence[Block]]) -> Share:
    """Make these packs one after another, watching time and memory."""
    begin, size, early = time.process_time(), 0, 0.0
    for done, number in enumerate(numbers):
        size += sealed_pack(bodies, number)
        if done == min(WARM, len(numbers) - 1):
            early = memory_mb()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Share(size, time.process_time() - begin, early, memory_mb(), peak)


def many(count: int, bodies: Sequence[Sequence[Block]]) -> tuple[float, list[Share]]:
    """So many packs by as many processes as there are cores; the seconds they took."""
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as hands:
        list(hands.map(key_is_ready, range(CORES)))
        begin = time.perf_counter()
        shares = [hands.submit(share, range(first, count, CORES), bodies) for first in range(CORES)]
        done = [one.result() for one in shares]
        return time.perf_counter() - begin, done


def key_is_ready(_: int) -> bool:
    """Start a process and have it make its key, before the clock runs."""
    return key().certificate is not None


def _kept(what: str, value: float, most: float, unit: str = "ms") -> bool:
    is_kept = value <= most
    print(f"  {what:52} {value:8.1f} {unit:3} (at most {most:g}){'' if is_kept else '  NOT KEPT'}")
    return is_kept


def one_by_one(long: Sequence[Block], six: Sequence[Sequence[Block]]) -> bool:
    """One paper and one pack, in CPU time."""
    papers = [facts(body, number) for number, body in enumerate(six)]
    made = [pdf.paper(paper) for paper in papers]
    alone = facts(long, 1)
    print(f"One paper of {PAGES} pages, one pack of {PACK} papers with {PAGES} pages: CPU time")
    kept = [
        _kept("paper rendered (tagged, PDF/A-3u, QR on each page)", _ms_of(alone), LONG_MS),
        _kept("pack rendered", cpu_ms(lambda: [pdf.paper(paper) for paper in papers]), PACK_MS),
        _kept(
            "pack finished and sealed (after rendering)",
            cpu_ms(
                lambda: [
                    closed(paper, frozen, "Ayşe Şahin")
                    for paper, frozen in zip(papers, made, strict=True)
                ]
            ),
            SEALED_PACK_MS,
        ),
    ]
    content = pdf.paper(alone)
    print(f"  paper: {pages_of(content)} pages, {len(content) / 1000:.0f} kB")
    print(f"  pack: {sum(map(pages_of, made))} pages, {sum(map(len, made)) / 1000:.0f} kB")
    return all(kept)


def _ms_of(paper: pdf.PaperFacts) -> float:
    return cpu_ms(lambda: pdf.paper(paper))


def beside_others() -> None:
    """The rivals, each in a process of its own."""
    for name in RIVALS:
        told = measured(name)
        if told is None:
            print(
                f"  {name}: cannot be had here (WeasyPrint needs Pango: apt install libpango-1.0-0)"
            )
            continue
        print(
            f"  {name:12} paper {told['long_ms']:7.1f} ms, pack {told['pack_ms']:7.1f} ms, "
            f"{told['pages']} pages, {told['kb']:.0f} kB; the first paper {told['first_ms']:.0f} ms"
        )


def by_the_thousand(six: Sequence[Sequence[Block]]) -> bool:
    """Many packs with both cores: time, size, memory."""
    kept = []
    for count in MANY:
        seconds, shares = many(count, six)
        cpu = sum(one.cpu_s for one in shares)
        size = sum(one.size for one in shares) / 1e6
        print(
            f"  {count} packs made and sealed, {CORES} processes: {seconds:.1f} s, {cpu:.1f} s CPU "
            f"({cpu / count * 1000:.0f} ms each), {size:.1f} MB, "
            f"peak {max(one.peak_mb for one in shares):.0f} MB each"
        )
        grown = max(one.late_mb - one.early_mb for one in shares)
        kept.append(_kept("memory that grew on the way", grown, FLAT_MB, "MB"))
    return all(kept)


def main() -> int:
    """Measure everything; 1 when a promise is not kept."""
    long, six = long_paper(), pack()
    kept = one_by_one(long, six)
    beside_others()
    if "--quick" not in sys.argv:
        kept = by_the_thousand(six) and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
