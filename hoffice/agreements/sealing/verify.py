"""Whether a file is a paper that this house has sealed, and unchanged to the last byte.

Stricter than PDF asks: other validators let bytes pass in the place that holds the seal itself,
which no hash covers. Here the file has to be exactly what :mod:`seal` writes: one signature, over
the whole file but its own place, in the one spelling that we use, with zeros up to the end of that
place, by a certificate that the house knows, and with log and frozen file inside.

Whatever goes wrong while reading means "not valid".
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from hoffice.agreements.sealing import protocol
from hoffice.agreements.sealing.container import spelled
from hoffice.agreements.sealing.finishing import UnfitFile, attached
from hoffice.agreements.sealing.keys import fingerprint, owner
from hoffice.agreements.sealing.known import MOST_BYTES, Known
from hoffice.agreements.sealing.results import sha256
from hoffice.agreements.sealing.seal import FIELD, stamp_info, stamper
from hoffice.agreements.sealing.verdict import Fault, SignedBy, Verdict

END_OF_FILE: Final = b"%%EOF\n"
BYTE_RANGE: Final = re.compile(rb"/ByteRange\s*\[")
USAGE: Final = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})


class _NotValidError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def verified(content: bytes, known: Known) -> Verdict:
    """The verdict; never raises."""
    try:
        return _verdict(content, known)
    except _NotValidError as no:
        return Verdict(fault=no.fault)
    except MemoryError:
        return Verdict(fault=Fault.TOO_LONG)
    except Exception:  # noqa: BLE001  # whatever a broken file makes the readers raise: not valid
        return Verdict(fault=Fault.UNREADABLE)


def _verdict(content: bytes, known: Known) -> Verdict:
    _demand(len(content) <= MOST_BYTES, Fault.TOO_LARGE)
    _demand(content.startswith(b"%PDF-"), Fault.NO_PDF)
    signature = _only_signature(content)
    _check_place(content, signature)
    chain = _our_chain(signature, known)
    status = _check_signature(signature, chain[0], known)
    if status.signer_reported_dt is None:
        raise _NotValidError(Fault.CHANGED)
    sealed_at = status.signer_reported_dt.astimezone(UTC)
    stamped_at, stamped_by = _time_stamp(signature, status, known)
    _demand(_is_within(chain[0], stamped_at or sealed_at), Fault.OUT_OF_TIME)
    _check_container(content, signature, chain)
    log, frozen_sha256 = _check_parts(content)
    _demand(log.has_time_stamp == (stamped_at is not None), Fault.TIME_STAMP)
    return Verdict(
        sealed_at=sealed_at,
        stamped_at=stamped_at,
        stamped_by=stamped_by,
        sealed_by=owner(chain[0]),
        fingerprint=fingerprint(chain[0]),
        reference=log.subject.reference,
        title=log.subject.title,
        text_version=log.subject.text_version,
        frozen_sha256=frozen_sha256,
        log_head=log.head,
        house_log=tuple((line.seq, digest) for line, digest in log.house_log),
        signed_by=tuple(
            SignedBy(event.by, str(event.facts.get("role", "")), datetime.fromisoformat(event.at))
            for event in log.signatures
        ),
    )


def _demand(is_so: bool, fault: Fault) -> None:  # noqa: FBT001  # reads like the sentence it is
    if not is_so:
        raise _NotValidError(fault)


def _only_signature(content: bytes) -> EmbeddedPdfSignature:
    """The one signature of the file."""
    reader = PdfFileReader(BytesIO(content), strict=True)
    named = list(enumerate_sig_fields(reader, filled_status=None))
    _demand(bool(named), Fault.NO_SEAL)
    _demand(len(named) == 1, Fault.MORE_SEALS)
    found: list[EmbeddedPdfSignature] = list(reader.embedded_signatures)
    _demand(bool(found), Fault.NO_SEAL)
    _demand(len(found) == 1, Fault.MORE_SEALS)
    return found[0]


def _check_place(content: bytes, signature: EmbeddedPdfSignature) -> None:
    """The signature covers the whole file but its own place."""
    first, until, after, rest = (int(part) for part in signature.byte_range)
    _demand(first == 0 and 0 < until < after, Fault.CONTAINER)
    _demand(after + rest == len(content), Fault.APPENDED)
    _demand(content.endswith(END_OF_FILE), Fault.APPENDED)
    _demand(len(BYTE_RANGE.findall(content[: after + rest])) == 1, Fault.MORE_SEALS)


def _our_chain(signature: EmbeddedPdfSignature, known: Known) -> list[x509.Certificate]:
    """The house's certificate that sealed, and those above it."""
    der = signature.signer_cert.dump()
    for pem in known.seals:
        chain = x509.load_pem_x509_certificates(pem.encode())
        if chain[0].public_bytes(serialization.Encoding.DER) == der:
            return chain
    raise _NotValidError(Fault.FOREIGN)


def _check_signature(
    signature: EmbeddedPdfSignature, certificate: x509.Certificate, known: Known
) -> PdfSignatureStatus:
    """What pyHanko says: the bytes are those that were signed, with this certificate's key.

    The house's own certificate is the anchor, not whoever stands above it: we know our keys. So
    there is nothing to fetch and nobody to ask about revocation.
    """
    reported = signature.self_reported_timestamp
    status = validate_pdf_signature(
        signature,
        signer_validation_context=_anchors([certificate], at=reported),
        ts_validation_context=_anchors(_services(known), at=_claimed_time(signature) or reported),
        key_usage_settings=USAGE,
        skip_diff=True,  # the signature covers the file to its end
    )
    _demand(status.intact, Fault.CHANGED)
    _demand(status.coverage is SignatureCoverageLevel.ENTIRE_FILE, Fault.APPENDED)
    _demand(status.valid and status.trusted, Fault.CHANGED)
    _demand(
        signature.field_name == FIELD and signature.docmdp_level is MDPPerm.NO_CHANGES,
        Fault.OPEN_SEAL,
    )
    return status


def _anchors(certificates: Sequence[x509.Certificate], *, at: datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=[
            asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER))
            for one in certificates
        ],
        allow_fetching=False,
        moment=at,
        revocation_mode="soft-fail",
    )


def _services(known: Known) -> list[x509.Certificate]:
    return [
        one for pem in known.time_services for one in x509.load_pem_x509_certificates(pem.encode())
    ]


def _claimed_time(signature: EmbeddedPdfSignature) -> datetime | None:
    token = _token(signature)
    return None if token is None else stamp_info(token)["gen_time"].native


def _token(signature: EmbeddedPdfSignature) -> cms.ContentInfo | None:
    """The time stamp in the seal, if there is one; anything else there is a fault."""
    attributes = _unsigned(signature)
    if not attributes:
        return None
    names = [attribute["type"].native for attribute in attributes]
    _demand(names == ["signature_time_stamp_token"], Fault.CONTAINER)
    _demand(len(attributes[0]["values"]) == 1, Fault.CONTAINER)
    return attributes[0]["values"][0]


def _unsigned(signature: EmbeddedPdfSignature) -> Sequence[cms.CMSAttribute]:
    found = signature.signer_info["unsigned_attrs"]
    return list(found) if isinstance(found, cms.CMSAttributes) else []


def _time_stamp(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, known: Known
) -> tuple[datetime | None, str]:
    """When and by whom the time was stamped; a stamp by a service nobody knows is none."""
    token = _token(signature)
    if token is None:
        return None, ""
    stamp = status.timestamp_validity
    _demand(stamp is not None and stamp.valid and stamp.intact and stamp.trusted, Fault.TIME_STAMP)
    by = stamper(token)
    served = {one.public_bytes(serialization.Encoding.DER): one for one in _services(known)}.get(
        by or b""
    )
    _demand(served is not None, Fault.TIME_STAMP)
    at: datetime = stamp_info(token)["gen_time"].native
    return at.astimezone(UTC), "" if served is None else owner(served)


def _is_within(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _check_container(
    content: bytes, signature: EmbeddedPdfSignature, chain: Sequence[x509.Certificate]
) -> None:
    """In the place of the seal stands our spelling of it, and zeros up to its end."""
    _, until, after, _ = (int(part) for part in signature.byte_range)
    digits = binascii.hexlify(spelled(signature.signed_data, chain, _token(signature))).upper()
    zeros = after - until - len(digits) - 2
    expected = b"<" + digits + b"0" * zeros + b">"
    _demand(zeros >= 0 and content[until:after] == expected, Fault.CONTAINER)


def _check_parts(content: bytes) -> tuple[protocol.Protocol, str]:
    """The log whose chain holds, and the hash of the frozen file, which is the one in the log."""
    try:
        parts = attached(content)
        log = protocol.read(parts.log)
    except UnfitFile:
        raise _NotValidError(Fault.PARTS) from None
    except protocol.BrokenProtocol:
        raise _NotValidError(Fault.PROTOCOL) from None
    frozen_sha256 = sha256(parts.frozen)
    _demand(frozen_sha256 == log.subject.frozen_sha256, Fault.FROZEN)
    _demand(log.events[-1].deed == protocol.COMPLETED, Fault.PROTOCOL)
    _demand(
        all(one.facts.get("frozen_sha256") == frozen_sha256 for one in log.signatures),
        Fault.FROZEN,
    )
    return log, frozen_sha256
