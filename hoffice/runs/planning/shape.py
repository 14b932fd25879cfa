"""Reading JSON strictly: every refusal names the place, and nothing unknown slips through."""

from __future__ import annotations

import json
import math
import re
import reprlib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NoReturn

from hoffice.errors import N_, Refused

MINUTES_PER_DAY: Final = 24 * 60
LONGEST_TEXT: Final = 1000
HIGHEST: Final = 10**18
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)

_NO_LETTERS: Final = frozenset({"Cc", "Cs"})
"""Control characters, and halves of characters that cannot be written to a file."""


class Malformed(Refused):
    """Not in the plan format; ``path`` says where, like ``stops[3].windows[0].start``."""

    def __init__(self, path: str, problem: str, /, **facts: object) -> None:
        super().__init__(problem, **facts)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {super().__str__()}" if self.path else super().__str__()


def parsed(content: bytes) -> object:
    """The value in a JSON file; ``Malformed`` if it is none that can be read in one way only."""
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_without_doubles,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        raise Malformed("", N_("not JSON in UTF-8 (%(error)s)"), error=error) from None
    except UnicodeDecodeError as error:
        raise Malformed("", N_("not JSON in UTF-8 (%(error)s)"), error=error.reason) from None
    except RecursionError:
        raise Malformed("", N_("lists and objects lie too deep in one another")) from None
    except ValueError:  # thrown by numbers of more than some thousand digits
        raise Malformed("", N_("a number has too many digits")) from None


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        double, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise Malformed("", N_("key %(key)s stands twice in one object"), key=reprlib.repr(double))
    return values


def _no_number(name: str) -> NoReturn:
    raise Malformed("", N_("%(name)s is no number that JSON knows"), name=name)


def clock_text(minute: int) -> str:
    """A minute of the day as ``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


class Node:
    """One JSON value with the path that leads to it."""

    def __init__(self, value: object, path: str = "") -> None:
        self.value = value
        self.path = path

    def bad(self, problem: str, /, **facts: object) -> Malformed:
        """The refusal of this value, ready to be raised."""
        return Malformed(self.path, problem, **facts)

    @property
    def is_null(self) -> bool:
        """JSON null: the key may be there and say nothing."""
        return self.value is None

    def fields(self) -> Fields:
        """The value as an object."""
        if not isinstance(self.value, Mapping):
            raise self.bad(N_("an object is expected here"))
        return Fields(self.value, self.path)

    def items(self, most: int | None = None) -> Iterator[Node]:
        """The elements of this list, each with its own path."""
        if not isinstance(self.value, list | tuple):
            raise self.bad(N_("a list is expected here"))
        if most is not None and len(self.value) > most:
            raise self.bad(
                N_("%(count)s entries; this program reads %(most)s at most"),
                count=len(self.value),
                most=most,
            )
        for index, element in enumerate(self.value):
            yield Node(element, f"{self.path}[{index}]")

    def text(self) -> str:
        """A text that says something."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.bad(N_("a text is expected here"))
        if len(self.value) > LONGEST_TEXT:
            raise self.bad(N_("a text of %(most)s characters at most"), most=LONGEST_TEXT)
        if any(unicodedata.category(letter) in _NO_LETTERS for letter in self.value):
            raise self.bad(N_("a text without control characters is expected here"))
        return self.value

    def choice(self, *allowed: str) -> str:
        """One of the words that the format knows."""
        if self.value not in allowed:
            raise self.bad(
                N_("%(value)s is not one of: %(allowed)s"),
                value=reprlib.repr(self.value),
                allowed=", ".join(allowed),
            )
        return str(self.value)

    def flag(self) -> bool:
        """True or false, nothing that merely looks like it."""
        if not isinstance(self.value, bool):
            raise self.bad(N_("true or false is expected here"))
        return self.value

    def number(self, low: float = 0, high: float = HIGHEST) -> float:
        """A finite number within bounds; whole numbers stay whole, as they were written."""
        value = self.value
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (isinstance(value, float) and not math.isfinite(value))
        ):
            raise self.bad(N_("a number is expected here"))
        if not low <= value <= high:
            raise self.bad(
                N_("%(value)s is outside %(low)s to %(high)s"),
                value=reprlib.repr(value),
                low=low,
                high=high,
            )
        return value

    def whole(self, low: int = 0, high: float = HIGHEST) -> int:
        """A whole number within bounds."""
        value = self.number(low, high)
        if not isinstance(value, int):
            raise self.bad(N_("a whole number is expected here"))
        return value

    def day(self) -> date:
        """An ISO date of this century or the next."""
        try:
            day = date.fromisoformat(self.text())
        except ValueError:
            raise self.bad(N_("a date like 2020-03-23 is expected here")) from None
        if not FIRST_DAY <= day <= LAST_DAY:
            raise self.bad(
                N_("%(value)s is outside %(low)s to %(high)s"),
                value=day.isoformat(),
                low=FIRST_DAY.isoformat(),
                high=LAST_DAY.isoformat(),
            )
        return day

    def clock(self) -> int:
        """The minute of the day of a time like ``08:30``."""
        match = _CLOCK.fullmatch(self.text())
        if match is None:
            raise self.bad(N_("a time like 08:30 is expected here"))
        return int(match[1]) * 60 + int(match[2])


class Fields:
    """One JSON object; ``close`` refuses the keys that nobody asked for, by name."""

    def __init__(self, values: Mapping[str, object], path: str) -> None:
        self._values = values
        self._path = path
        self._asked: set[str] = set()

    def __getitem__(self, key: str) -> Node:
        """The value of a key that must be there."""
        node = self.get(key)
        if key not in self._values:
            raise node.bad(N_("this key is missing"))
        return node

    def get(self, key: str, default: object = None) -> Node:
        """The value of a key, or the default of the format."""
        self._asked.add(key)
        path = f"{self._path}.{key}" if self._path else key
        return Node(self._values.get(key, default), path)

    def close(self) -> None:
        """Refuse the first key that the format does not know."""
        for key in self._values:
            if key not in self._asked:
                raise Malformed(self._path, N_("unknown key %(key)s"), key=reprlib.repr(key))
