"""The seal key: made, kept encrypted, brought along, and refused with a sentence."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from hoffice.agreements.sealing import keys
from hoffice.agreements.sealing.keys import KeyFolder, NoKey, PrivateKey, SealKey
from hoffice.errors import Refused
from hoffice.settings import Settings, SettingsError
from tests.agreements.sealed import AT, COMPANY, PASSWORD, house_key

SECRET = b"import me"


def _p12(key: SealKey, password: bytes | None = SECRET) -> bytes:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password)
    return pkcs12.serialize_key_and_certificates(
        b"seal", key.key, key.certificate, list(key.chain), encryption
    )


def _pem(key: SealKey, password: bytes | None = SECRET) -> bytes:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password)
    private = key.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    return keys.pem(*key.chain, key.certificate).encode() + private


def _with(key: PrivateKey, *, usage: bool = True, days: int = 100) -> SealKey:
    """A key with a certificate of its own making."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Siegel")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=200))
        .not_valid_after(AT + timedelta(days=days))
    )
    if usage:
        bits = dict.fromkeys(
            (
                *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
                *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
            ),
            False,
        )
        extension = x509.KeyUsage(digital_signature=True, **bits)
        builder = builder.add_extension(extension, critical=True)
    return SealKey(key, builder.sign(key, hashes.SHA256()))


def test_a_made_key_is_on_p256_and_its_certificate_seals_and_nothing_else() -> None:
    made = house_key()
    usage = made.certificate.extensions.get_extension_for_class(x509.KeyUsage).value

    assert isinstance(made.key, ec.EllipticCurvePrivateKey)
    assert isinstance(made.key.curve, ec.SECP256R1)
    assert usage.digital_signature
    assert not usage.key_cert_sign
    assert made.certificate.issuer == made.chain[0].subject
    assert keys.owner(made.certificate) == f"Siegel {COMPANY}"


def test_the_certificate_of_a_firm_with_a_very_long_name_can_be_made() -> None:
    company = "Gesellschaft für " + "Kundendialog" * 20

    made = keys.make_seal(company, authority=keys.make_authority(company, at=AT), at=AT)

    assert len(keys.owner(made.certificate).encode()) in {63, 64}


def test_a_kept_key_opens_with_its_password_only(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "seal", PASSWORD)
    folder.put(house_key())

    found = folder.get(house_key().fingerprint)

    assert (found.fingerprint, found.chain) == (house_key().fingerprint, house_key().chain)
    with pytest.raises(NoKey, match="is not its password"):
        KeyFolder(tmp_path / "seal", "wrong password").get(house_key().fingerprint)
    with pytest.raises(NoKey, match="HOFFICE_SEAL_PASSWORD is not set"):
        KeyFolder(tmp_path / "seal", "").get(house_key().fingerprint)


def test_a_kept_key_can_be_read_by_nobody_else_and_holds_no_plain_key(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "seal", PASSWORD)
    folder.put(house_key())

    (file,) = folder.folder.iterdir()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.folder.stat().st_mode) == 0o700
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12(file.read_bytes(), None)


def test_the_password_stands_in_no_text_of_the_folder(tmp_path: Path) -> None:
    assert PASSWORD not in repr(KeyFolder(tmp_path, PASSWORD))


def test_a_key_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match="restore it from a backup"):
        KeyFolder(tmp_path, PASSWORD).get("0" * 64)


def test_the_authority_is_made_once_and_kept(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "seal", PASSWORD)

    first, second = (folder.authority(COMPANY, at=AT) for _ in range(2))

    assert first.fingerprint == second.fingerprint
    assert folder.authority(COMPANY, at=AT + timedelta(days=30 * 365)).fingerprint != (
        first.fingerprint
    )


@pytest.mark.parametrize("write", [_p12, _pem], ids=["pkcs12", "pem"])
def test_an_encrypted_key_is_taken_in(write: object) -> None:
    assert callable(write)

    taken = keys.imported(write(house_key()), SECRET.decode(), at=AT)

    assert taken.fingerprint == house_key().fingerprint
    assert taken.chain == house_key().chain


@pytest.mark.parametrize("write", [_p12, _pem], ids=["pkcs12", "pem"])
@pytest.mark.parametrize("password", ["", "anything"])
def test_a_key_without_a_password_is_refused(write: object, password: str) -> None:
    assert callable(write)

    with pytest.raises(Refused, match="A key without a password is not taken"):
        keys.imported(write(house_key(), None), password, at=AT)


@pytest.mark.parametrize("write", [_p12, _pem], ids=["pkcs12", "pem"])
def test_a_wrong_password_is_refused(write: object) -> None:
    assert callable(write)

    with pytest.raises(Refused, match="cannot be opened with this password"):
        keys.imported(write(house_key()), "wrong", at=AT)


@pytest.mark.parametrize(
    "content", [b"", b"junk", b"-----BEGIN junk", b"\0" * 5000], ids=["empty", "junk", "pem", "0"]
)
def test_what_is_no_key_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        keys.imported(content, "anything", at=AT)


def test_a_long_rsa_key_is_taken_and_a_short_one_is_not() -> None:
    short = _with(rsa.generate_private_key(65537, 2048))
    other_curve = _with(ec.generate_private_key(ec.SECP384R1()))

    for unfit in (short, other_curve):
        with pytest.raises(Refused, match="P-256, or RSA with 3072 bits"):
            keys.imported(_p12(unfit), SECRET.decode(), at=AT)


def test_a_certificate_that_is_not_valid_today_or_not_for_signatures_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())

    with pytest.raises(Refused, match="not valid today"):
        keys.imported(_p12(_with(key, days=-1)), SECRET.decode(), at=AT)
    with pytest.raises(Refused, match="not meant for signatures"):
        keys.imported(_p12(_with(key, usage=False)), SECRET.decode(), at=AT)


def test_a_key_with_the_certificate_of_another_key_is_refused() -> None:
    mixed = SealKey(ec.generate_private_key(ec.SECP256R1()), house_key().certificate)

    with pytest.raises(Refused, match="no certificate for it"):
        keys.imported(_pem(mixed), SECRET.decode(), at=AT)


# Settings

GOOD = {
    "HOFFICE_SECRET_KEY": "x" * 32,
    "HOFFICE_URL": "https://hoffice.firma.example",
}


def test_the_password_and_the_time_stamp_services_are_read() -> None:
    settings = Settings.from_env(
        {
            **GOOD,
            "HOFFICE_SEAL_PASSWORD": PASSWORD,
            "HOFFICE_TSA_URL": "https://one.example/tsr, http://two.example:318/",
        }
    )

    assert settings.seal_password == PASSWORD
    assert settings.tsa_urls == ("https://one.example/tsr", "http://two.example:318/")
    assert PASSWORD not in repr(settings)


def test_without_settings_nothing_is_sealed_and_nobody_is_asked() -> None:
    settings = Settings.from_env(GOOD)

    assert (settings.seal_password, settings.tsa_urls) == ("", ())


def test_only_the_demo_makes_up_a_password() -> None:
    demo = {**GOOD, "HOFFICE_URL": "", "HOFFICE_DEMO": "1"}

    assert len(Settings.from_env(demo).seal_password) == 64


@pytest.mark.parametrize(
    "wrong",
    [
        {"HOFFICE_SEAL_PASSWORD": "short"},
        {"HOFFICE_TSA_URL": "zeitstempel.example"},
        {"HOFFICE_TSA_URL": "ftp://zeitstempel.example"},
        {"HOFFICE_TSA_URL": "https://user:secret@zeitstempel.example"},
        {"HOFFICE_TSA_URL": "https://zeitstempel.example:port"},
    ],
    ids=["short", "bare", "ftp", "secret", "port"],
)
def test_a_setting_that_cannot_be_is_said_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        Settings.from_env({**GOOD, **wrong})
