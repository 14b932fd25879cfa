"""What the tests of seals share: keys, a time-stamp service on loopback, a sealed paper."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from reportlab.pdfgen.canvas import Canvas

from hoffice.agreements.sealing import keys
from hoffice.agreements.sealing.finishing import finished
from hoffice.agreements.sealing.keys import SealKey
from hoffice.agreements.sealing.known import Known
from hoffice.agreements.sealing.protocol import COMPLETED, SIGNED, Event, Protocol, Subject
from hoffice.agreements.sealing.results import Sealed, sha256
from hoffice.agreements.sealing.seal import sealed

AT = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
COMPANY = "Spreeruf Kundendialog GmbH"
PASSWORD = "correct horse battery"


@cache
def house_key() -> SealKey:
    """The key of the house under test."""
    return keys.make_seal(COMPANY, authority=keys.make_authority(COMPANY, at=AT), at=AT)


@cache
def other_key() -> SealKey:
    """Somebody else's key, made the same way under the same name."""
    return keys.make_seal(COMPANY, authority=keys.make_authority(COMPANY, at=AT), at=AT)


def frozen() -> bytes:
    """A paper of one page, as it was shown."""
    target = BytesIO()
    canvas = Canvas(target, invariant=1)
    canvas.drawString(72, 720, "Zusatzvereinbarung")
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def protocol(of: bytes, *, has_time_stamp: bool = False) -> Protocol:
    """The log of that paper: one person has signed it."""
    moment = AT.isoformat(timespec="seconds")
    subject = Subject(
        reference="P000017",
        title="Zusatzvereinbarung",
        kind="zusatz_telearbeit",
        text_version="zusatz_telearbeit v1",
        text_sha256="0" * 64,
        language="de",
        made_at=moment,
        frozen_sha256=sha256(of),
    )
    signed = {"role": "employee", "method": "drawn", "frozen_sha256": sha256(of)}
    return Protocol(
        subject,
        (Event(moment, SIGNED, "Ayşe Kaya", signed), Event(moment, COMPLETED, COMPANY)),
        has_time_stamp=has_time_stamp,
    )


def paper(
    log: bytes | None = None, *, of: bytes | None = None, has_time_stamp: bool = False
) -> bytes:
    """A finished file, all but the seal."""
    shown = of or frozen()
    written = protocol(frozen(), has_time_stamp=has_time_stamp).written()
    return finished(frozen(), frozen=shown, log=written if log is None else log, at=AT)


@cache
def sealed_paper() -> bytes:
    """A paper with the house's seal, level B."""
    return sealed(paper(), house_key(), at=AT, reason="Siegel").content


@cache
def known() -> Known:
    """What the house under test knows: its own certificate."""
    return Known((house_key().pem,))


def byte_range(content: bytes) -> tuple[int, int, int, int]:
    """Where the signed parts of a sealed file begin, and how long they are."""
    numbers = content.rpartition(b"/ByteRange [")[2].partition(b"]")[0].split()
    first, until, after, rest = map(int, numbers)
    return first, until, after, rest


@cache
def time_key() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """Key and certificate of a time-stamp service."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Zeitstempel auf diesem Rechner")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=400))
        .not_valid_after(AT + timedelta(days=4000))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


@dataclass
class TimeService:
    """A time-stamp service (RFC 3161) on loopback, which can be told to fail."""

    url: str = ""
    mood: str = "well"
    """``well``, ``broken`` (status 500), ``rude`` (another content), ``mixed_up`` (other hash)."""
    asked: list[bytes] = field(default_factory=list)

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Status and body for a request."""
        self.asked.append(body)
        if self.mood == "broken":
            return 500, b""
        if self.mood == "rude":
            return 200, b"<html>please sign in</html>"
        request = tsp.TimeStampReq.load(body)
        if self.mood == "mixed_up":
            request["message_imprint"]["hashed_message"] = b"\0" * 32
        key, certificate = time_key()
        stamper = DummyTimeStamper(
            tsa_cert=asn1_x509.Certificate.load(
                certificate.public_bytes(serialization.Encoding.DER)
            ),
            tsa_key=asn1_keys.PrivateKeyInfo.load(
                key.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            ),
        )
        return 200, stamper.request_tsa_response(request).dump()


@contextmanager
def time_service() -> Iterator[TimeService]:
    """The service, as long as the block lasts."""
    service = TimeService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = service.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}/tsr"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def stamped(service: TimeService) -> Sealed:
    """A paper with the house's seal and a time stamp."""
    return sealed(
        paper(has_time_stamp=True),
        house_key(),
        at=AT,
        reason="Siegel",
        time_services=(service.url,),
    )


def knowing_time(result: Sealed) -> Known:
    """What the house knows once it has met the time-stamp service."""
    assert result.stamped_by is not None
    return Known((house_key().pem,), (keys.pem(x509.load_der_x509_certificate(result.stamped_by)),))
