"""The bytes of the seal itself, spelled anew.

A signature covers the whole file but the place it stands in. In that place the signed attributes
and the signature are proved by the key; around them stand lengths, versions, names of algorithms
and certificates that no hash covers, and validators read them generously. So we write the whole
seal anew from what is proved, in the one spelling that this house uses, and compare.
"""

from __future__ import annotations

from collections.abc import Sequence

from asn1crypto import algos, cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Number of points on the curve P-256 (FIPS 186-5)."""


def smaller_form(signature: bytes) -> bytes:
    """Of the two forms of an ECDSA signature that are equally true, the one that is ours."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def spelled(
    signed: cms.SignedData, chain: Sequence[x509.Certificate], token: cms.ContentInfo | None
) -> bytes:
    """The seal with these signed attributes, this signature and this time stamp, as we write it."""
    given = signed["signer_infos"][0]
    is_curve = isinstance(chain[0].public_key(), ec.EllipticCurvePublicKey)
    certificates = [
        asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in chain
    ]
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {
                            "issuer": certificates[0].issuer,
                            "serial_number": certificates[0].serial_number,
                        }
                    )
                }
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signature_algorithm": algos.SignedDigestAlgorithm(
                {"algorithm": "sha256_ecdsa" if is_curve else "sha256_rsa"}
            ),
            "signed_attrs": cms.CMSAttributes(
                [cms.CMSAttribute.load(one.dump()) for one in given["signed_attrs"]]
            ),
            "signature": (
                smaller_form(given["signature"].native) if is_curve else given["signature"].native
            ),
        }
    )
    if token is not None:
        info["unsigned_attrs"] = cms.CMSAttributes(
            [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})]
        )
    again = cms.ContentInfo(
        {
            "content_type": cms.ContentType("signed_data"),
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": cms.DigestAlgorithms((info["digest_algorithm"],)),
                    "encap_content_info": {"content_type": "data"},
                    "certificates": [
                        cms.CertificateChoices(name="certificate", value=one)
                        for one in certificates
                    ],
                    "signer_infos": [info],
                }
            ),
        }
    )
    return bytes(again.dump())
