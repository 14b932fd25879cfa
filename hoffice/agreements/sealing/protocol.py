"""The log that a sealed file carries: what happened to one paper, chained, and readable without us.

Pure: standard library and the rules of the house's log. The events stand in a chain of their own,
whose head is printed on the certificate; beside them stand the lines of the house's log about this
paper, each with the hash it has there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from hoffice.audit.rules import Line, canonical, hash_of

FORMAT: Final = "hoffice/protokoll/1"
MOST_BYTES: Final = 4_000_000
SIGNED: Final = "signed"
COMPLETED: Final = "completed"

Facts = Mapping[str, str | int | None]


class BrokenProtocol(ValueError):
    """The log does not hold: it was changed, or it is none of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Which paper the log is about; part of its chain."""

    reference: str
    title: str
    kind: str
    text_version: str
    text_sha256: str
    language: str
    made_at: str
    frozen_sha256: str
    """The file as it was shown, before anybody signed."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: when (ISO 8601, UTC), what, by whom as printed, and its facts."""

    at: str
    deed: str
    by: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Protocol:
    """The whole log of one paper."""

    subject: Subject
    events: tuple[Event, ...]
    house_log: tuple[tuple[Line, str], ...] = ()
    """Lines of the house's log about this paper, each with its hash."""
    has_time_stamp: bool = False
    """Whether the seal was to carry a time stamp; one that lacks it was tampered with."""

    @property
    def head(self) -> str:
        """The hash of the last event; it stands on the certificate."""
        return chained(self.subject, self.events)[-1]

    @property
    def signatures(self) -> tuple[Event, ...]:
        """Who signed, in their order."""
        return tuple(event for event in self.events if event.deed == SIGNED)

    def written(self) -> bytes:
        """The log as JSON, the same bytes for the same facts."""
        hashes = chained(self.subject, self.events)
        return json.dumps(
            {
                "format": FORMAT,
                "paper": asdict(self.subject),
                "events": [
                    {**asdict(event), "hash": digest}
                    for event, digest in zip(self.events, hashes[1:], strict=True)
                ],
                "head": hashes[-1],
                "house_log": [{**asdict(line), "hash": digest} for line, digest in self.house_log],
                "has_time_stamp": self.has_time_stamp,
            },
            ensure_ascii=False,
            indent=1,
        ).encode()


def chained(subject: Subject, events: Sequence[Event]) -> list[str]:
    """The hash of the paper's facts, then that of each event over its predecessor's."""
    hashes = [_digest([FORMAT, asdict(subject)])]
    for event in events:
        hashes.append(_digest([hashes[-1], event.at, event.deed, event.by, dict(event.facts)]))
    return hashes


def _digest(value: object) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def read(content: bytes) -> Protocol:
    """The log from a file, its chain recomputed; :class:`BrokenProtocol` when it does not hold."""
    if len(content) > MOST_BYTES:
        raise BrokenProtocol("too long")
    try:
        told: Any = json.loads(content)
        found = Protocol(
            subject=Subject(**told["paper"]),
            events=tuple(
                Event(one["at"], one["deed"], one["by"], dict(one["facts"]))
                for one in told["events"]
            ),
            house_log=tuple(_line(one) for one in told["house_log"]),
            has_time_stamp=told["has_time_stamp"] is True,
        )
        hashes = [one["hash"] for one in told["events"]]
        head, form = told["head"], told["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenProtocol("unreadable") from error
    if form != FORMAT or not found.events:
        raise BrokenProtocol("no log of ours")
    expected = chained(found.subject, found.events)
    if hashes != expected[1:] or head != expected[-1]:
        raise BrokenProtocol("the chain does not hold")
    if any(hash_of(line) != digest for line, digest in found.house_log):
        raise BrokenProtocol("a line of the house's log was changed")
    return found


def _line(told: Mapping[str, Any]) -> tuple[Line, str]:
    facts = dict(told)
    digest = str(facts.pop("hash"))
    return Line(**facts), digest
