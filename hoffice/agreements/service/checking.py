"""Whether a file is a paper of this house: by its seal, and by what the house has kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hoffice.agreements.models import Paper
from hoffice.agreements.queries import seals as queries
from hoffice.agreements.sealing.isolated import verified_apart
from hoffice.agreements.sealing.known import Known
from hoffice.agreements.sealing.results import sha256
from hoffice.agreements.sealing.verdict import Fault, Verdict
from hoffice.agreements.service import seals

_REFERENCE = re.compile(r"P(\d{6,12})")


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on a file, and whether the house's own log has the lines that it carries."""

    verdict: Verdict
    is_in_house_log: bool = False


def known() -> Known:
    """By which certificates files are checked; read before the check, which takes its time."""
    return seals.known()


def judged(content: bytes, certificates: Known) -> Verdict:
    """What the file itself proves; a process of its own reads it, and no database is asked."""
    return verified_apart(content, certificates)


def compared(verdict: Verdict, content: bytes) -> Checked:
    """The verdict, compared with what the house has kept.

    A seal proves that nothing it covers was changed; the copy that the house keeps proves that it
    is this very file, down to what no seal covers. Where the copy was deleted when its time was
    over, the seal alone decides.
    """
    if not verdict.is_valid:
        return Checked(verdict)
    paper = _paper(verdict.reference)
    kept = None if paper is None else paper.sealed_file
    if kept is not None and kept.sha256 != sha256(content):
        return Checked(Verdict(fault=Fault.OTHER_COPY))
    return Checked(verdict, is_in_house_log=queries.is_in_house_log(verdict.house_log))


def _paper(reference: str) -> Paper | None:
    found = _REFERENCE.fullmatch(reference)
    return None if found is None else queries.paper_to_seal(int(found[1]))
