"""Small value types that several domains share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """Who can do something in this house."""

    STAFF = "staff"
    EMPLOYEE = "employee"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: the kind and the id in that kind's table (0 for the house itself)."""

    kind: ActorKind
    id: int = 0

    @classmethod
    def staff(cls, account_id: int) -> Actor:
        """Somebody with an account."""
        return cls(ActorKind.STAFF, account_id)

    @classmethod
    def employee(cls, employee_id: int) -> Actor:
        """An employee, known by the personal link."""
        return cls(ActorKind.EMPLOYEE, employee_id)

    @classmethod
    def system(cls) -> Actor:
        """The house itself: the worker, a command at the terminal."""
        return cls(ActorKind.SYSTEM)

    @classmethod
    def read(cls, word: str) -> Actor:
        """Who is meant by a word in the log or the job table, such as ``staff:7``."""
        kind, _, number = word.partition(":")
        return cls(ActorKind(kind), int(number or 0))

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind.value


@dataclass(frozen=True, slots=True)
class Point:
    """A place on earth, WGS84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A span of one Berlin day, in minutes after midnight; the end is not part of it."""

    start_min: int
    end_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_min < self.end_min <= 24 * 60:
            msg = f"no window within a day: {self.start_min}-{self.end_min}"
            raise ValueError(msg)

    def contains(self, minute: int) -> bool:
        """Whether this minute lies inside."""
        return self.start_min <= minute < self.end_min
