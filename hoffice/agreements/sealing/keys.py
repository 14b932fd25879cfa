"""The house's seal key: made or brought along, kept encrypted, and told by its fingerprint.

A key lies as PKCS#12 (PBES2 with AES-256, 600,000 rounds of PBKDF2) in a folder that only the
house's own user can read. Its password is never stored: the house has it from its environment.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID

from hoffice.errors import N_, Refused

AUTHORITY: Final = "authority"
AUTHORITY_DAYS: Final = 30 * 365
SEAL_DAYS: Final = 10 * 365
"""Papers are kept for as long as somebody works here, and three years more."""
ROUNDS: Final = 600_000
LEAST_RSA_BITS: Final = 3072
NAME_BYTES: Final = 64
"""The longest name that a certificate may have (RFC 5280, ub-common-name)."""

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class NoKey(Refused):
    """There is no key where one was expected, or it cannot be opened."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """A private key with its certificate and those above it."""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return fingerprint(self.certificate)

    @property
    def pem(self) -> str:
        """The certificate and those above it; public."""
        return pem(self.certificate, *self.chain)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate (DER), in hexadecimal."""
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def pem(*certificates: x509.Certificate) -> str:
    """Certificates as text, one after the other."""
    return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in certificates)


def owner(certificate: x509.Certificate) -> str:
    """Whose certificate it is, as its own words say."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def make_authority(company: str, *, at: datetime) -> SealKey:
    """A certificate authority of the house's own, on the curve P-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"hoffice CA {company}", company)
    certificate = _certificate(
        key.public_key(), name, issuer=name, by=key, at=at, days=AUTHORITY_DAYS, is_authority=True
    )
    return SealKey(key, certificate)


def make_seal(company: str, *, authority: SealKey, at: datetime) -> SealKey:
    """A key for seals, and its certificate by the house's own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(
        key.public_key(),
        _name(f"Siegel {company}", company),
        issuer=authority.certificate.subject,
        by=authority.key,
        at=at,
        days=min(SEAL_DAYS, (authority.certificate.not_valid_after_utc - at).days),
        is_authority=False,
    )
    return SealKey(key, certificate, (authority.certificate,))


def _name(common: str, company: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _short(company)),
            x509.NameAttribute(NameOID.COMMON_NAME, _short(common)),
        ]
    )


def _short(name: str) -> str:
    return name.encode()[:NAME_BYTES].decode(errors="ignore").strip()


def _certificate(  # noqa: PLR0913  # a certificate has these facts
    public: ec.EllipticCurvePublicKey,
    name: x509.Name,
    *,
    issuer: x509.Name,
    by: PrivateKey,
    at: datetime,
    days: int,
    is_authority: bool,
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=days))
        .add_extension(x509.BasicConstraints(is_authority, 0 if is_authority else None), True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority,
                content_commitment=not is_authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                encipher_only=False,
                decipher_only=False,
            ),
            True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
        .sign(by, hashes.SHA256())
    )


def written(key: SealKey, password: str) -> bytes:
    """The key as encrypted PKCS#12; refused without a password."""
    _check_password(password)
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(password.encode())
    )
    return pkcs12.serialize_key_and_certificates(
        b"hoffice", key.key, key.certificate, list(key.chain) or None, encryption
    )


def opened(content: bytes, password: str) -> SealKey:
    """A key that this house has kept; refused when the password does not open it."""
    _check_password(password)
    try:
        found = pkcs12.load_pkcs12(content, password.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise NoKey(
            N_("The seal key cannot be opened: HOFFICE_SEAL_PASSWORD is not its password.")
        ) from None
    return _whole(found)


@lru_cache(maxsize=2)
def _opened_once(content: bytes, password: str) -> SealKey:
    """Opening takes a fifth of a second on purpose; a worker does it once."""
    return opened(content, password)


def _check_password(password: str) -> None:
    if not password:
        raise NoKey(
            N_(
                "HOFFICE_SEAL_PASSWORD is not set. The seal key is kept encrypted only: set a long "
                "password and keep it apart from the backups."
            )
        )


def imported(content: bytes, password: str, *, at: datetime) -> SealKey:
    """A key from a PKCS#12 file, or from PEM with its certificates; checked that it can seal.

    Refused when the file is not encrypted, does not open, has no fitting certificate, or one that
    is not valid now or not meant for signatures.
    """
    if not password:
        raise Refused(
            N_("A key without a password is not taken. Encrypt the file first, then import it.")
        )
    key = _from_pem(content, password) if b"-----BEGIN" in content else _from_p12(content, password)
    _check_fit(key, at)
    return key


def _from_p12(content: bytes, password: str) -> SealKey:
    try:
        pkcs12.load_pkcs12(content, None)
    except (ValueError, UnsupportedAlgorithm):
        pass
    else:
        raise Refused(
            N_("A key without a password is not taken. Encrypt the file first, then import it.")
        )
    try:
        return _whole(pkcs12.load_pkcs12(content, password.encode()))
    except (ValueError, UnsupportedAlgorithm):
        raise Refused(N_("The key file cannot be opened with this password.")) from None


def _whole(found: pkcs12.PKCS12KeyAndCertificates) -> SealKey:
    if found.key is None or found.cert is None:
        raise Refused(N_("The key file has no key, or no certificate for it."))
    return SealKey(
        _fit(found.key),
        found.cert.certificate,
        tuple(one.certificate for one in found.additional_certs),
    )


def _from_pem(content: bytes, password: str) -> SealKey:
    try:
        key = _fit(serialization.load_pem_private_key(content, password.encode()))
        certificates = x509.load_pem_x509_certificates(content)
    except TypeError:
        raise Refused(
            N_("A key without a password is not taken. Encrypt the file first, then import it.")
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise Refused(N_("The key file cannot be opened with this password.")) from None
    public = _public(key.public_key())
    own = [one for one in certificates if _public(one.public_key()) == public]
    if not own:
        raise Refused(N_("The key file has no key, or no certificate for it."))
    return SealKey(key, own[0], tuple(one for one in certificates if one != own[0]))


def _public(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        return b""
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _fit(key: object) -> PrivateKey:
    """Keys that every reader of PDF knows: the curve P-256, or RSA of today's length."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    raise Refused(N_("This kind of key is not taken: P-256, or RSA with 3072 bits or more."))


def _check_fit(key: SealKey, at: datetime) -> None:
    certificate = key.certificate
    if _public(certificate.public_key()) != _public(key.key.public_key()):
        raise Refused(N_("The key file has no key, or no certificate for it."))
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise Refused(N_("The certificate of this key is not valid today."))
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise Refused(N_("The certificate of this key is not meant for signatures.")) from None
    if not (usage.digital_signature or usage.content_commitment):
        raise Refused(N_("The certificate of this key is not meant for signatures."))


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Where the house keeps its keys, each under its fingerprint, and the password for them."""

    folder: Path
    password: str

    def __repr__(self) -> str:
        return f"KeyFolder({str(self.folder)!r})"

    def put(self, key: SealKey) -> None:
        """Keep a key for seals."""
        self._write(key.fingerprint, key)

    def get(self, mark: str) -> SealKey:
        """The key with this fingerprint; refused when it is gone or the password is another."""
        try:
            content = self._path(mark).read_bytes()
        except FileNotFoundError:
            raise NoKey(N_("The file of the seal key is gone; restore it from a backup.")) from None
        return _opened_once(content, self.password)

    def authority(self, company: str, *, at: datetime) -> SealKey:
        """The house's own authority; made when there is none, or when it does not last."""
        path = self._path(AUTHORITY)
        if path.is_file():
            found = opened(path.read_bytes(), self.password)
            if found.certificate.not_valid_after_utc - at > timedelta(days=365):
                return found
        made = make_authority(company, at=at)
        self._write(AUTHORITY, made)
        return made

    def check(self) -> None:
        """Refused when there is no password to keep a key with."""
        _check_password(self.password)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.p12"

    def _write(self, name: str, key: SealKey) -> None:
        content = written(key, self.password)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.folder / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self._path(name))
