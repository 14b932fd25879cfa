"""Everything that can be set from outside, read once and checked at the start."""

from __future__ import annotations

import hmac
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

SECRET_KEY_MIN_LENGTH = 32
SEAL_PASSWORD_MIN_LENGTH = 12
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})
_HOST = re.compile(r"[a-z0-9.:-]+")
"""A host as it may stand in a policy for browsers."""
_PLACES = re.compile(r"\{[^{}]*\}")
_PMTILES_V3 = b"PMTiles\x03"
OWN_SERVER_GEOCODERS = frozenset({"nominatim", "pelias", "photon"})
"""Geocoders that anybody may run; asked at ``HOFFICE_GEOCODER_URL``."""
KEYED_GEOCODERS = frozenset(
    {
        *("azure", "geocodeearth", "google", "here", "mapbox", "mapquest", "maptiler"),
        *("opencage", "pickpoint", "tomtom", "woosmap"),
    }
)
"""Geocoders of companies, at their own address; asked with ``HOFFICE_GEOCODER_KEY``."""


UNNAMED = "hoffice"
"""Stands for the firm until ``HOFFICE_COMPANY`` says who it is; no contract may name it."""


class SettingsError(ValueError):
    """The house cannot start like this; the message says what to set, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """Where mail leaves the house."""

    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    starttls: bool = True
    implicit_tls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineProvider:
    """Who is asked online where an address is; what that means: docs/places-online.md."""

    name: str
    url: str = ""
    """The server of one's own; empty for a company's, and for the public Nominatim."""
    key: str = field(default="", repr=False)


class RoadEngine(StrEnum):
    """Who knows the roads, when it is not the embedded model."""

    OSRM = "osrm"
    VALHALLA = "valhalla"
    OSRM_FILE = "osrm-file"


@dataclass(frozen=True, slots=True)
class RoadSettings:
    """A road engine, and the address or the prepared map where it is found."""

    engine: RoadEngine
    place: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> RoadSettings | None:
        """``HOFFICE_ROADS`` and what belongs to it; None when the embedded model is to do."""
        env = os.environ if env is None else env
        word = env.get("HOFFICE_ROADS", "").strip().lower()
        if not word:
            return None
        if word not in set(RoadEngine):
            raise SettingsError(
                f"HOFFICE_ROADS={word!r} is no road engine: osrm, valhalla, osrm-file, or empty"
            )
        engine = RoadEngine(word)
        if engine is RoadEngine.OSRM_FILE:
            return cls(engine, _prepared_map(env.get("HOFFICE_ROADS_FILE", "")))
        return cls(engine, _engine_url(env.get("HOFFICE_ROADS_URL", "").strip(), engine))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field per ``HOFFICE_…`` variable; units are in the names."""

    instance: Path
    """Folder for the embedded database, stored files and keys."""
    secret_key: str = field(repr=False)
    """Signs cookies and personal links; changing it ends every session and every open link."""
    old_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    """Former keys that are still accepted for reading, newest first."""
    url: str
    """The public address; every link is made from it, never from the Host header."""
    database_url: str = field(repr=False)
    smtp: Smtp | None = None
    mail_from: str = "hoffice@localhost"
    sms_url: str = field(default="", repr=False)
    """The gateway for text messages, posted to as JSON; empty: none are sent."""
    sms_token: str = field(default="", repr=False)
    company: str = UNNAMED
    office_phone: str = ""
    """Whom a crew calls on the way; it stands on the papers of a run."""
    label_names: bool = True
    """Whether labels of boxes name the person, unless somebody asks for the other way."""
    demo: bool = False
    trusted_proxies: int = 0
    """How many proxies in front of us write X-Forwarded-… headers."""
    link_valid_days: int = 30
    session_hours: int = 12
    upload_max_mb: int = 25
    geocoder: OnlineProvider | None = None
    """Without one no address ever leaves the house."""
    roads: RoadSettings | None = None
    """The road engine for travel times; None is the embedded model."""
    testing: bool = False
    tiles_url: str = ""
    """The map's ground as tiles from a server: ``https://…/{z}/{x}/{y}.png``; empty: drawn."""
    tiles_credit: str = ""
    """The words that the licence of the tiles asks for; they stand on every map."""
    pmtiles: Path | None = None
    """The map's ground as one file of tiles on this computer."""
    seal_password: str = field(default="", repr=False)
    """Opens the key with which papers are sealed; empty: no paper is sealed."""
    tsa_urls: tuple[str, ...] = ()
    """Time-stamp services (RFC 3161) that are asked for every seal, in order; empty: none is."""

    @property
    def tiles_origin(self) -> str:
        """The one foreign host that browsers may ask, for tiles; empty when there is none."""
        parts = urlsplit(self.tiles_url)
        return f"{parts.scheme}://{parts.netloc}" if self.tiles_url else ""

    @property
    def travel_model(self) -> str:
        """How problems of the planner call the travel times of this house."""
        return self.roads.engine.value if self.roads else "default"

    @property
    def is_secure(self) -> bool:
        """Whether people reach us over HTTPS, so that cookies may insist on it."""
        return self.url.startswith("https://")

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the SQLite file in the instance folder."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings, or say in one sentence what is wrong with them."""
        env = os.environ if env is None else env
        demo = _flag(env, "HOFFICE_DEMO")
        instance = Path(env.get("HOFFICE_INSTANCE", "") or "instance").resolve()
        url = _public_url(env, demo=demo)
        return cls(
            instance=instance,
            secret_key=_secret_key(env),
            old_secret_keys=tuple(filter(None, env.get("HOFFICE_OLD_SECRET_KEYS", "").split())),
            url=url,
            database_url=_database_url(env, instance),
            smtp=_smtp(env.get("HOFFICE_SMTP_URL", "")),
            mail_from=env.get("HOFFICE_MAIL_FROM", "") or f"hoffice@{urlsplit(url).hostname}",
            sms_url=_sms_url(env),
            sms_token=env.get("HOFFICE_SMS_TOKEN", "").strip(),
            company=env.get("HOFFICE_COMPANY", "") or UNNAMED,
            office_phone=env.get("HOFFICE_OFFICE_PHONE", "").strip(),
            label_names=_flag(env, "HOFFICE_LABEL_NAMES", default=True),
            demo=demo,
            trusted_proxies=_count(env, "HOFFICE_TRUSTED_PROXIES", default=0, least=0),
            link_valid_days=_count(env, "HOFFICE_LINK_VALID_DAYS", default=30, least=1),
            session_hours=_count(env, "HOFFICE_SESSION_HOURS", default=12, least=1),
            upload_max_mb=_count(env, "HOFFICE_UPLOAD_MAX_MB", default=25, least=1),
            **_map_tiles(env),
            geocoder=_geocoder(env),
            roads=RoadSettings.from_env(env),
            seal_password=_seal_password(env, demo=demo),
            tsa_urls=_tsa_urls(env.get("HOFFICE_TSA_URL", "")),
        )


class _Tiles(TypedDict):
    tiles_url: str
    tiles_credit: str
    pmtiles: Path | None


def _map_tiles(env: Mapping[str, str]) -> _Tiles:
    """Where the ground of the maps comes from; without these settings it is drawn."""
    url = env.get("HOFFICE_TILES_URL", "").strip()
    credit = env.get("HOFFICE_TILES_CREDIT", "").strip()
    name = env.get("HOFFICE_PMTILES", "").strip()
    if url and name:
        raise SettingsError("HOFFICE_TILES_URL and HOFFICE_PMTILES are both set: choose one")
    if (url or name) and not credit:
        raise SettingsError(
            "HOFFICE_TILES_CREDIT is not set: give the words that the tiles' licence asks for, "
            "such as © OpenStreetMap contributors"
        )
    if url:
        _check_tiles_url(url)
    return {
        "tiles_url": url,
        "tiles_credit": credit,
        "pmtiles": _pmtiles(Path(name)) if name else None,
    }


def _check_tiles_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise SettingsError(f"HOFFICE_TILES_URL={url!r} is no address") from None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.hostname or ""):
        raise SettingsError(
            f"HOFFICE_TILES_URL={url!r} is no address like https://host/{{z}}/{{x}}/{{y}}.png"
        )
    if parts.username is not None:
        raise SettingsError("HOFFICE_TILES_URL holds a password: every browser would read it")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise SettingsError(f"HOFFICE_TILES_URL={url!r} needs https")
    if sorted(_PLACES.findall(parts.path + "?" + parts.query)) != ["{x}", "{y}", "{z}"]:
        raise SettingsError(
            f"HOFFICE_TILES_URL={url!r} must name {{z}}, {{x}} and {{y}} once each after the host"
        )


def _pmtiles(file: Path) -> Path:
    """A file of tiles, version 3, whose first bytes say that it is one."""
    try:
        with file.open("rb") as opened:
            begin = opened.read(len(_PMTILES_V3))
    except OSError as error:
        raise SettingsError(f"HOFFICE_PMTILES={file} cannot be read: {error.strerror}") from None
    if begin != _PMTILES_V3:
        raise SettingsError(f"HOFFICE_PMTILES={file} is no PMTiles file of version 3")
    return file.resolve()


def _flag(env: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    word = env.get(name, "").strip().lower()
    if not word:
        return default
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise SettingsError(f"{name}={word!r} is neither yes nor no: set it to 1 or 0")


def _count(env: Mapping[str, str], name: str, *, default: int, least: int) -> int:
    word = env.get(name, "").strip()
    if not word:
        return default
    try:
        count = int(word)
    except ValueError:
        raise SettingsError(f"{name}={word!r} is no whole number") from None
    if count < least:
        raise SettingsError(f"{name}={count} is too small: the least is {least}")
    return count


def _secret_key(env: Mapping[str, str]) -> str:
    key = env.get("HOFFICE_SECRET_KEY", "")
    if not key:
        raise SettingsError(
            "HOFFICE_SECRET_KEY is not set: make one with "
            "`python3 -c 'import secrets; print(secrets.token_hex(32))'` and keep it"
        )
    if len(key) < SECRET_KEY_MIN_LENGTH:
        raise SettingsError(
            f"HOFFICE_SECRET_KEY has {len(key)} characters; {SECRET_KEY_MIN_LENGTH} are the least"
        )
    return key


def _seal_password(env: Mapping[str, str], *, demo: bool) -> str:
    """The password of the seal key; the demo, which proves nothing, makes its own."""
    password = env.get("HOFFICE_SEAL_PASSWORD", "")
    if not password and demo:
        return hmac.new(_secret_key(env).encode(), b"demo seal", "sha256").hexdigest()
    if password and len(password) < SEAL_PASSWORD_MIN_LENGTH:
        raise SettingsError(
            f"HOFFICE_SEAL_PASSWORD has {len(password)} characters; "
            f"{SEAL_PASSWORD_MIN_LENGTH} are the least"
        )
    return password


def _tsa_urls(text: str) -> tuple[str, ...]:
    """Addresses of time-stamp services; http will do, for only a hash leaves the house."""
    urls = tuple(text.replace(",", " ").split())
    for url in urls:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            raise SettingsError(f"HOFFICE_TSA_URL={url!r} is no address") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingsError(
                f"HOFFICE_TSA_URL={url!r} is no address like https://zeitstempel.example/tsr"
            )
        if parts.username is not None or parts.password is not None:
            raise SettingsError("HOFFICE_TSA_URL must not hold a user or password")
    return urls


def _public_url(env: Mapping[str, str], *, demo: bool) -> str:
    url = env.get("HOFFICE_URL", "").rstrip("/")
    if not url and demo:
        return f"http://127.0.0.1:{env.get('PORT', '') or '8000'}"
    if not url:
        raise SettingsError(
            "HOFFICE_URL is not set: give the public address, such as https://hoffice.firma.de"
        )
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise SettingsError(
            f"HOFFICE_URL={url!r} is no plain address: https://host or https://host:port"
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsError(f"HOFFICE_URL={url!r} needs https: links and cookies are secrets")
    if demo and not is_loopback(parts.hostname):
        raise SettingsError(
            f"HOFFICE_DEMO=1 with HOFFICE_URL={url!r}: the demo lives on this computer only"
        )
    return url


def is_loopback(host: str) -> bool:
    """Whether this host name or address means the computer itself."""
    if host in LOOPBACK_HOSTS:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_near(host: str) -> bool:
    """Whether this host can only be this computer or one of the own network, told by its name."""
    if is_loopback(host):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".internal", ".local", ".lan", ".home.arpa"))


def _geocoder(env: Mapping[str, str]) -> OnlineProvider | None:
    name = env.get("HOFFICE_GEOCODER", "").strip().lower()
    url = env.get("HOFFICE_GEOCODER_URL", "").strip().rstrip("/")
    key = env.get("HOFFICE_GEOCODER_KEY", "").strip()
    if not name:
        if url or key:
            raise SettingsError("HOFFICE_GEOCODER is not set: name the provider, such as nominatim")
        return None
    if name not in OWN_SERVER_GEOCODERS | KEYED_GEOCODERS:
        known = ", ".join(sorted(OWN_SERVER_GEOCODERS | KEYED_GEOCODERS))
        raise SettingsError(f"HOFFICE_GEOCODER={name!r} is not known: one of {known}")
    if name in KEYED_GEOCODERS:
        if not key:
            raise SettingsError(f"HOFFICE_GEOCODER={name} needs HOFFICE_GEOCODER_KEY")
        if url:
            raise SettingsError(
                f"HOFFICE_GEOCODER_URL is for {', '.join(sorted(OWN_SERVER_GEOCODERS))}; "
                f"{name} has an address of its own"
            )
        return OnlineProvider(name=name, key=key)
    if key and name != "pelias":
        raise SettingsError(f"HOFFICE_GEOCODER={name} takes no HOFFICE_GEOCODER_KEY")
    if not url and name != "nominatim":
        raise SettingsError(f"HOFFICE_GEOCODER={name} needs HOFFICE_GEOCODER_URL")
    _check_geocoder_url(url)
    return OnlineProvider(name=name, url=url, key=key)


def _check_geocoder_url(url: str) -> None:
    parts = urlsplit(url)
    if not url:
        return
    if parts.username is not None or parts.password is not None:
        raise SettingsError("HOFFICE_GEOCODER_URL must not hold a user or password")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(
            "HOFFICE_GEOCODER_URL is no address like https://nominatim.firma.de, without a query"
        )
    if parts.scheme == "http" and not is_near(parts.hostname):
        raise SettingsError(
            "HOFFICE_GEOCODER_URL needs https: home addresses do not travel in the clear; "
            "http is for this computer and the own network"
        )


def _database_url(env: Mapping[str, str], instance: Path) -> str:
    url = env.get("HOFFICE_DATABASE_URL", "") or f"sqlite:///{instance / 'hoffice.db'}"
    for spelling in ("postgres://", "postgresql://"):
        if url.startswith(spelling):
            return "postgresql+psycopg://" + url.removeprefix(spelling)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError(
            "HOFFICE_DATABASE_URL is neither sqlite:///FILE nor postgresql://USER:PASSWORD@HOST/NAME"
        )
    return url


def _smtp(url: str) -> Smtp | None:
    """Read ``smtp://user:password@host:587``, ``smtps://…:465``; ``?starttls=no`` on loopback."""
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise SettingsError("HOFFICE_SMTP_URL has a port that is no number") from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SettingsError("HOFFICE_SMTP_URL is no address like smtp://user:password@host:587")
    implicit = parts.scheme == "smtps"
    plain = "starttls=no" in parts.query
    if plain and not is_loopback(parts.hostname):
        raise SettingsError("HOFFICE_SMTP_URL: starttls=no is only for a server on this computer")
    return Smtp(
        host=parts.hostname,
        port=port or (465 if implicit else 587),
        user=parts.username or "",
        password=parts.password or "",
        starttls=not implicit and not plain,
        implicit_tls=implicit,
    )


def _sms_url(env: Mapping[str, str]) -> str:
    """The gateway's address; what it is told are codes, so they travel encrypted."""
    url = env.get("HOFFICE_SMS_URL", "").strip()
    if not url:
        if env.get("HOFFICE_SMS_TOKEN", "").strip():
            raise SettingsError("HOFFICE_SMS_TOKEN is set, but HOFFICE_SMS_URL is not")
        return ""
    parts = urlsplit(url)
    try:
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if parts.scheme not in {"http", "https"} or not is_whole or parts.username is not None:
        raise SettingsError("HOFFICE_SMS_URL is no address like https://gateway.example/send")
    if parts.scheme == "http" and not is_near(parts.hostname or ""):
        raise SettingsError("HOFFICE_SMS_URL needs https: codes do not travel in the clear")
    return url


def _engine_url(url: str, engine: RoadEngine) -> str:
    """A road engine's address; plain http is the admin's choice, within one's own network."""
    if not url:
        raise SettingsError(
            f"HOFFICE_ROADS={engine} needs HOFFICE_ROADS_URL, such as http://127.0.0.1:5000"
        )
    parts = urlsplit(url)
    try:
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    extra = parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in {"http", "https"} or not is_whole or extra:
        raise SettingsError(
            "HOFFICE_ROADS_URL is no plain address: http://host:port or https://host/path"
        )
    return url.rstrip("/")


def _prepared_map(file: str) -> str:
    """A map that osrm-contract (or osrm-customize) has prepared, named as it names it."""
    if not file:
        raise SettingsError(
            "HOFFICE_ROADS=osrm-file needs HOFFICE_ROADS_FILE, such as /var/lib/osrm/berlin.osrm"
        )
    if not any(Path(file + ending).is_file() for ending in (".hsgr", ".partition")):
        raise SettingsError(
            f"HOFFICE_ROADS_FILE={file!r} is no prepared map: run osrm-extract and osrm-contract, "
            "and name the file that ends in .osrm (beside it lies one that ends in .osrm.hsgr)"
        )
    if find_spec("osrm") is None:
        raise SettingsError(
            "HOFFICE_ROADS=osrm-file needs the package osrm-bindings, which wants Python 3.12 or "
            "newer; on older ones run osrm-routed and set HOFFICE_ROADS=osrm with HOFFICE_ROADS_URL"
        )
    return str(Path(file).resolve())
