"""The seal: the house's key, papers that ask for it, and what is done when it cannot be had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509

from hoffice import clock
from hoffice.agreements.models import Paper, SealCertificate
from hoffice.agreements.queries import seals as queries
from hoffice.agreements.rules import IN_FORCE, CertificateUse, PaperState, SealState
from hoffice.agreements.sealing import keys
from hoffice.agreements.sealing.keys import KeyFolder, SealKey
from hoffice.agreements.sealing.known import Known
from hoffice.agreements.sealing.results import Sealed
from hoffice.agreements.service.proofs import protocol_of
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.files.models import StoredFile
from hoffice.files.service import Store, keep
from hoffice.jobs.models import Job
from hoffice.jobs.service import enqueue
from hoffice.units import Actor

SEAL = "agreements.seal"
"""The kind of job that seals the papers it names, or all that wait."""
REASON = "Siegel des Arbeitgebers: Diese Datei wurde seither nicht verändert."
PDF = "application/pdf"

NO_ANSWER = N_("The time-stamp service does not answer.")
NO_FIT = N_("The log of this paper no longer fits its certificate.")
BROKEN = N_("The sealed file does not pass the house's own check.")

SEALABLE = IN_FORCE | {PaperState.SUPERSEDED, PaperState.EXPIRED}
"""Signed by everybody; what was taken back since then gets no seal any more."""

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 60))
"""How long to wait before each new try; the last one again and again."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """What sealing needs besides the database: where the keys lie, and who stamps the time."""

    folder: KeyFolder
    time_services: tuple[str, ...] = ()


# The key


def make_key(folder: KeyFolder, *, company: str, check_url: str, by: Actor) -> SealCertificate:
    """Make a new key for seals and use it from now on; sealed papers stay as they are.

    The certificate is by an authority of the house's own, made with the first key. Refused without
    a password.
    """
    folder.check()
    now = clock.now()
    key = keys.make_seal(company, authority=folder.authority(company, at=now), at=now)
    return _use(key, folder, check_url=check_url, by=by, origin="made")


def import_key(
    folder: KeyFolder, content: bytes, password: str, *, check_url: str, by: Actor
) -> SealCertificate:
    """Use a key from somewhere else from now on, such as one of a trust service.

    Refused when its file is not encrypted or does not open, or when it cannot seal.
    """
    folder.check()
    key = keys.imported(content, password, at=clock.now())
    return _use(key, folder, check_url=check_url, by=by, origin="imported")


def _use(
    key: SealKey, folder: KeyFolder, *, check_url: str, by: Actor, origin: str
) -> SealCertificate:
    if queries.certificate(key.fingerprint) is not None:
        raise Refused(N_("This house knows this key already."))
    folder.put(key)
    former = queries.current_certificate()
    if former is not None:
        former.is_current = False
        db.session.flush()
    made = SealCertificate(
        use=CertificateUse.SEAL,
        fingerprint=key.fingerprint,
        pem=key.pem,
        check_url=check_url,
        is_current=True,
        created_at=clock.now(),
        created_by=str(by),
    )
    db.session.add(made)
    db.session.flush()
    record(by, "agreements.seal_key_set", made, fingerprint=key.fingerprint, origin=origin)
    late = queries.without_seal()
    for paper in late:
        paper.seal_state = SealState.PENDING
    if late:
        enqueue(SEAL, {}, by=by)
    return made


def known() -> Known:
    """The certificates by which the house checks a file."""
    return Known(
        seals=tuple(one.pem for one in queries.certificates(CertificateUse.SEAL)),
        time_services=tuple(one.pem for one in queries.certificates(CertificateUse.TIME)),
    )


def is_ready() -> bool:
    """Whether papers that are completed now will be sealed."""
    return queries.current_certificate() is not None


def check_url() -> str:
    """Where sealed files can be checked; empty while the house has no key."""
    current = queries.current_certificate()
    return "" if current is None else current.check_url


# Asking


def ask_for_seal(paper: Paper, *, by: Actor) -> Job | None:
    """Let a worker seal this paper, which everybody has signed; None when the house has no key."""
    if paper.signed_file_id is None or queries.current_certificate() is None:
        return None
    paper.seal_state = SealState.PENDING
    return enqueue(SEAL, {"papers": [paper.id]}, by=by)


# Sealing


@dataclass(frozen=True, slots=True)
class Draft:
    """What a seal is made from, read from the database in one go."""

    paper_id: int
    fingerprint: str
    content: bytes
    """Signed, with log and frozen file inside; all but the seal."""


def drafted(paper_id: int, *, sealer: Sealer, store: Store) -> Draft | None:
    """The finished file of a paper that waits for its seal; None when it does not wait.

    Refused when the log no longer fits what is printed on the certificate.
    """
    from hoffice.agreements.sealing.finishing import finished  # noqa: PLC0415  # heavy

    paper = queries.paper_to_seal(paper_id)
    current = queries.current_certificate()
    if paper is None or current is None or not _waits(paper):
        return None
    if paper.signed_at is None or paper.signed_file is None or paper.frozen_file is None:
        return None
    log = protocol_of(paper, completed_at=paper.signed_at)
    printed = queries.printed_head(paper.id)
    if printed and printed != log.head:
        raise Refused(NO_FIT)
    log = replace(
        log,
        house_log=queries.house_log({f"paper:{paper.id}", f"pack:{paper.pack_id}"}),
        has_time_stamp=bool(sealer.time_services),
    )
    content = finished(
        store.get(paper.signed_file.sha256),
        frozen=store.get(paper.frozen_file.sha256),
        log=log.written(),
        at=paper.signed_at,
    )
    return Draft(paper.id, current.fingerprint, content)


def _waits(paper: Paper) -> bool:
    return paper.seal_state is SealState.PENDING and paper.state in SEALABLE


def closed(draft: Draft, *, sealer: Sealer, at: datetime) -> Sealed:
    """The sealed file; asks the time-stamp service, so it needs no transaction and wants none.

    Raises :class:`~hoffice.agreements.sealing.results.TimeStampDown`. Refused when the key cannot
    be opened, and when the result does not pass the check that every file has to pass.
    """
    from hoffice.agreements.sealing.seal import sealed  # noqa: PLC0415  # heavy
    from hoffice.agreements.sealing.verify import verified  # noqa: PLC0415  # heavy

    key = sealer.folder.get(draft.fingerprint)
    result = sealed(draft.content, key, at=at, reason=REASON, time_services=sealer.time_services)
    stamped_by = () if result.stamped_by is None else (_pem(result.stamped_by),)
    if not verified(result.content, Known((key.pem,), stamped_by)).is_valid:
        raise Refused(BROKEN)
    return result


def _pem(der: bytes) -> str:
    return keys.pem(x509.load_der_x509_certificate(der))


def keep_sealed(draft: Draft, result: Sealed, at: datetime, *, store: Store, by: Actor) -> bool:
    """Keep the sealed file; False when another worker was faster."""
    paper = queries.paper_to_seal(draft.paper_id, lock=True)
    if paper is None or not _waits(paper) or paper.signed_file is None:
        return False
    file: StoredFile = keep(store, result.content, name=paper.signed_file.name, media_type=PDF)
    paper.sealed_file, paper.sealed_at = file, at
    paper.seal_state, paper.seal_note = SealState.SEALED, ""
    if paper.state is PaperState.SIGNED:
        paper.state = PaperState.SEALED
    if result.stamped_by is not None:
        _remember_service(result.stamped_by, by=by)
    db.session.flush()
    record(
        by,
        "agreements.sealed",
        paper,
        employee_id=paper.employee_id,
        sha256=file.sha256,
        fingerprint=draft.fingerprint,
        stamped_at=None if result.stamped_at is None else result.stamped_at.isoformat(),
    )
    return True


def _remember_service(der: bytes, *, by: Actor) -> None:
    """Know a time-stamp service again by its certificate; the first time it is written down."""
    certificate = x509.load_der_x509_certificate(der)
    fingerprint = keys.fingerprint(certificate)
    if queries.certificate(fingerprint) is not None:
        return
    made = SealCertificate(
        use=CertificateUse.TIME,
        fingerprint=fingerprint,
        pem=keys.pem(certificate),
        is_current=False,
        created_at=clock.now(),
        created_by=str(by),
    )
    db.session.add(made)
    db.session.flush()
    record(by, "agreements.time_service_known", made, fingerprint=fingerprint)


def note_why(paper_ids: Iterable[int], why: str, *, by: Actor) -> int:
    """Say on papers why they still wait for their seal; gives back how many do."""
    waiting = 0
    for paper_id in paper_ids:
        paper = queries.paper_to_seal(paper_id, lock=True)
        if paper is None or paper.seal_state is not SealState.PENDING:
            continue
        waiting += 1
        if paper.seal_note != why:
            paper.seal_note = why
            record(by, "agreements.seal_put_off", paper, employee_id=paper.employee_id, why=why)
    return waiting


def try_again(why: str, *, tries: int, by: Actor) -> Job:
    """One more round for all papers that wait, after a pause that grows with the tries."""
    pause = PAUSES[min(tries, len(PAUSES) - 1)]
    again_at = (clock.now() + pause).replace(second=0, microsecond=0) + timedelta(minutes=1)
    # the minute in the key lets many that fail together share one new round; a round that runs
    # already has an earlier minute, so no paper is left to a round that has passed it
    key = f"{SEAL}:{again_at:%Y-%m-%dT%H:%M}"
    return enqueue(SEAL, {"tries": tries + 1, "why": why}, by=by, key=key, run_at=again_at)


def seal_what_waits(*, by: Actor) -> Job:
    """One more round now, whatever is planned for later."""
    return enqueue(SEAL, {}, by=by)


def seal_what_was_left(*, by: Actor) -> Job | None:
    """One more round if papers wait that no job will seal, since theirs broke on every try."""
    if not queries.waiting_for_seal() or queries.is_planned(SEAL):
        return None
    return seal_what_waits(by=by)


def drop_void(paper_ids: Sequence[int]) -> None:
    """Papers that were taken back wait for no seal any more."""
    for paper_id in paper_ids:
        paper = queries.paper_to_seal(paper_id, lock=True)
        if paper is None or paper.seal_state is not SealState.PENDING:
            continue
        if paper.state not in SEALABLE:
            paper.seal_state, paper.seal_note = SealState.NONE, ""
