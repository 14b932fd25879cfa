"""Closing a file: a certification signature of PAdES that allows no change at all.

Level B needs nobody else; level T adds a time stamp (RFC 3161) of a service outside. When none of
the named services answers, :class:`TimeStampDown` is raised and nothing is sealed: a file without
the time stamp it should have never leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import requests
from asn1crypto import cms, keys, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hoffice.agreements.sealing.container import smaller_form
from hoffice.agreements.sealing.keys import PrivateKey, SealKey
from hoffice.agreements.sealing.results import Sealed, TimeStampDown

FIELD: Final = "Siegel"
DIGEST: Final = "sha256"
TSA_TIMEOUT_S: Final = 10
MOST_ANSWER_BYTES: Final = 100_000
RESERVED: Final = 2 * 6_000
"""Hexadecimal digits kept free for a seal without a time stamp."""
RESERVED_WITH_STAMP: Final = 2 * 16_384


class _Signer(signers.SimpleSigner):
    """Signs with a key that is loaded once; a signature on P-256 always has the smaller form.

    Of an ECDSA signature there are two forms that are equally true (``s`` and ``n - s``). Only one
    of them is ours, so that nobody can change a seal into another one.
    """

    def __init__(self, key: SealKey) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(map(_asn1, key.chain))
        super().__init__(
            signing_cert=_asn1(key.certificate), signing_key=_key_info(key), cert_registry=store
        )
        self._key = key.key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """The signature over these bytes."""
        if digest_algorithm != DIGEST:
            msg = f"{digest_algorithm} is not what we sign with"
            raise ValueError(msg)
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), hashes.SHA256())
        return smaller_form(self._key.sign(data, ec.ECDSA(hashes.SHA256())))


def _asn1(certificate: Any) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _key_info(key: SealKey) -> keys.PrivateKeyInfo:
    """The public side of the key in the form that pyHanko asks for; the rest stays with us."""
    return _private_info(key.key)


def _private_info(key: PrivateKey) -> keys.PrivateKeyInfo:
    return keys.PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


class _Writer(IncrementalPdfFileWriter):
    """Adds the seal and nothing else, so that PDF/A stays PDF/A.

    What the file says of itself stays as it was; so does its version, which pyHanko would raise to
    2.0 for the curve (ISO/TS 32002), though every reader of 1.7 knows it.
    """

    def _update_meta(self) -> None:
        pass

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Leave the version alone."""

    def register_extension(self, ext: object) -> None:
        """Leave the list of extensions alone."""


class _Services(TimeStamper):
    """The time-stamp services of the settings, asked one after the other."""

    def __init__(self, urls: Sequence[str], *, timeout_s: float = TSA_TIMEOUT_S) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko types its methods only
        self._urls, self._timeout_s = tuple(urls), timeout_s
        self.token: cms.ContentInfo | None = None

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """The first good answer; :class:`TimeStampDown` when there is none."""
        reasons: list[str] = []
        for url in self._urls:
            nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call]
            try:
                self.token = _token(
                    _asked(url, request.dump(), self._timeout_s), nonce, message_digest
                )
            except (OSError, ValueError, TypeError, KeyError) as error:
                reasons.append(type(error).__name__)
                continue
            return self.token
        raise TimeStampDown(", ".join(reasons))


def _asked(url: str, request: bytes, timeout_s: float) -> bytes:
    with requests.post(
        url,
        data=request,
        headers={
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
        },
        timeout=timeout_s,
        allow_redirects=False,
        stream=True,
    ) as answer:
        answer.raise_for_status()
        if not answer.ok or answer.is_redirect:
            raise TimestampRequestError("no answer of a time-stamp service")
        content = answer.raw.read(MOST_ANSWER_BYTES + 1, decode_content=True)
    if len(content) > MOST_ANSWER_BYTES:
        raise TimestampRequestError("far too long an answer")
    return bytes(content)


def _token(content: bytes, nonce: int | None, digest: bytes) -> cms.ContentInfo:
    """The time-stamp token of an answer, which has to be about our question."""
    answer = tsp.TimeStampResp.load(content, strict=True)
    if answer["status"]["status"].native not in {"granted", "granted_with_mods"}:
        raise TimestampRequestError("refused")
    token: cms.ContentInfo = answer["time_stamp_token"]
    stamp = stamp_info(token)
    if stamp["nonce"].native != nonce:
        raise TimestampRequestError("another nonce")
    if stamp["message_imprint"]["hashed_message"].native != digest:
        raise TimestampRequestError("another imprint")
    return token


def stamp_info(token: cms.ContentInfo) -> tsp.TSTInfo:
    """What a time-stamp token says."""
    return token["content"]["encap_content_info"]["content"].parsed


def stamper(token: cms.ContentInfo) -> bytes | None:
    """The certificate (DER) of the service that signed a token, as the token names it."""
    signed = token["content"]
    sid = signed["signer_infos"][0]["sid"].chosen
    for choice in signed["certificates"]:
        certificate = choice.chosen
        if isinstance(sid, cms.IssuerAndSerialNumber):
            is_it = (
                certificate.serial_number == sid["serial_number"].native
                and certificate.issuer.dump() == sid["issuer"].dump()
            )
        else:
            is_it = certificate.key_identifier == sid.native
        if is_it:
            return bytes(certificate.dump())
    return None


def sealed(
    content: bytes, key: SealKey, *, at: datetime, reason: str, time_services: Sequence[str] = ()
) -> Sealed:
    """The file with the house's seal; nothing may be changed in it afterwards.

    ``at`` is written into the seal as the house's own word. With ``time_services`` (addresses, in
    order) the seal also carries a time stamp, or :class:`TimeStampDown` is raised.
    """
    services = _Services(time_services) if time_services else None
    signer = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=FIELD,
            subfilter=fields.SigSeedSubFilter.PADES,
            md_algorithm=DIGEST,
            reason=reason,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        ),
        signer=_Signer(key),
        timestamper=services,
        new_field_spec=fields.SigFieldSpec(
            FIELD,
            invis_sig_settings=fields.InvisSigSettings(
                set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True
            ),
        ),
    )
    closed = asyncio.run(_closed(signer, content, at, has_stamp=services is not None))
    if services is None:
        return Sealed(closed)
    if services.token is None:
        raise TimeStampDown("no token")
    return Sealed(closed, stamp_info(services.token)["gen_time"].native, stamper(services.token))


async def _closed(
    signer: signers.PdfSigner, content: bytes, at: datetime, *, has_stamp: bool
) -> bytes:
    session = signer.init_signing_session(_Writer(BytesIO(content)))
    session.system_time = at
    waiting = session.prepare_tbs_document(
        validation_info=None, bytes_reserved=RESERVED_WITH_STAMP if has_stamp else RESERVED
    )
    prepared, output = waiting.digest_tbs_document()
    await waiting.perform_signature(
        document_digest=prepared.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=at),
    )
    output.seek(0)
    return bytes(output.read())
