"""What planner and checker have to say, as code and facts; the sentences go to the catalogues."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hoffice.errors import N_


class Code(StrEnum):
    """The name of a reason (why a stop is not planned) or of a violation (what a plan breaks)."""

    # reasons
    NO_WINDOW = "no-window"
    TOO_BIG = "too-big"
    CREW = "crew"
    TOO_FAR = "too-far"
    TIGHT_WINDOW = "tight-window"
    IN_OTHER_VAN = "in-other-van"
    DAYS_FULL = "days-full"
    NO_TIME = "no-time"
    NO_WORK_TIME = "no-work-time"
    NO_BREAK = "no-break"
    NO_ROOM = "no-room"
    NO_ORDER = "no-order"
    UNSAID = "unsaid"
    # violations
    UNKNOWN_SHIFT = "unknown-shift"
    SHIFT_TWICE = "shift-twice"
    UNKNOWN_STOP = "unknown-stop"
    STOP_TWICE = "stop-twice"
    STOP_LOST = "stop-lost"
    EARLY_START = "early-start"
    LATE_END = "late-end"
    OUTSIDE_WINDOW = "outside-window"
    SHORT_LEG = "short-leg"
    SHORT_SERVICE = "short-service"
    SHORT_LOADING = "short-loading"
    OVERLOAD = "overload"
    WRONG_LOAD = "wrong-load"
    SMALL_CREW = "small-crew"
    WRONG_SHIFT = "wrong-shift"
    WRONG_ORDER = "wrong-order"
    NOT_ON_BOARD = "not-on-board"
    TOO_MUCH_WORK = "too-much-work"
    BREAK_MISSING = "break-missing"
    LONG_STRETCH = "long-stretch"
    BREAK_AT_WORK = "break-at-work"
    BREAK_OUTSIDE = "break-outside"
    WRONG_FIGURE = "wrong-figure"


SENTENCES: Final[dict[Code, str]] = {
    Code.NO_WINDOW: N_("no window inside any shift"),
    Code.TOO_BIG: N_("too big for every van: %(excess)s %(dimension)s too many"),
    Code.CREW: N_("needs %(need)s people at the door, the largest crew has %(most)s"),
    Code.TOO_FAR: N_("there and back takes %(minutes)s min longer than the best shift allows"),
    Code.TIGHT_WINDOW: N_(
        "no van can keep its windows and be back in time: %(minutes)s min are missing"
    ),
    Code.IN_OTHER_VAN: N_("its boxes are in the van of another shift"),
    Code.DAYS_FULL: N_("days that suit: %(days)s of %(of)s, none has a place left"),
    Code.NO_TIME: N_("no time left: the nearest place in a run is %(minutes)s min too short"),
    Code.NO_WORK_TIME: N_("the crew would work %(minutes)s min too long"),
    Code.NO_BREAK: N_("the crew could not take its lawful break"),
    Code.NO_ROOM: N_("no room left: %(excess)s %(dimension)s too many on the emptiest trip"),
    Code.NO_ORDER: N_("the fixed order of the stops leaves no place for it"),
    Code.UNSAID: "%(text)s",
    Code.UNKNOWN_SHIFT: N_("van %(van)s has no shift on %(date)s"),
    Code.SHIFT_TWICE: N_("van %(van)s has two routes on %(date)s"),
    Code.UNKNOWN_STOP: N_("there is no stop %(stop)s in the problem"),
    Code.STOP_TWICE: N_("stop %(stop)s stands in the plan %(times)s times"),
    Code.STOP_LOST: N_("stop %(stop)s is neither planned nor left out with a reason"),
    Code.EARLY_START: N_("van %(van)s starts on %(date)s at %(time)s, not before %(bound)s"),
    Code.LATE_END: N_("van %(van)s ends on %(date)s at %(time)s, the shift at %(bound)s"),
    Code.OUTSIDE_WINDOW: N_("stop %(stop)s starts on %(date)s at %(time)s, outside its windows"),
    Code.SHORT_LEG: N_("%(place)s is reached at %(time)s, %(minutes)s min earlier than possible"),
    Code.SHORT_SERVICE: N_("stop %(stop)s is left %(minutes)s min too early"),
    Code.SHORT_LOADING: N_("van %(van)s starts to load at %(time)s, before it is there"),
    Code.OVERLOAD: N_("van %(van)s carries %(excess)s %(dimension)s too many at %(place)s"),
    Code.WRONG_LOAD: N_(
        "the trip of van %(van)s at %(time)s says %(said)s %(dimension)s, not %(is)s"
    ),
    Code.SMALL_CREW: N_("stop %(stop)s needs %(need)s people, van %(van)s brings %(crew)s"),
    Code.WRONG_SHIFT: N_("stop %(stop)s is bound to van %(van)s on %(date)s"),
    Code.WRONG_ORDER: N_("stop %(stop)s comes before %(other)s, against the fixed order"),
    Code.NOT_ON_BOARD: N_("the boxes of stop %(stop)s are not in van %(van)s on that trip"),
    Code.TOO_MUCH_WORK: N_("van %(van)s works %(minutes)s min on %(date)s, allowed are %(most)s"),
    Code.BREAK_MISSING: N_(
        "van %(van)s takes %(minutes)s min of break on %(date)s, the law wants %(need)s (§ 4 ArbZG)"
    ),
    Code.LONG_STRETCH: N_(
        "van %(van)s works %(minutes)s min without a break on %(date)s (§ 4 ArbZG)"
    ),
    Code.BREAK_AT_WORK: N_(
        "the break of van %(van)s at %(time)s lies in driving, loading or service"
    ),
    Code.BREAK_OUTSIDE: N_(
        "the break of van %(van)s at %(time)s lies outside its route or in another break"
    ),
    Code.WRONG_FIGURE: N_("%(figure)s says %(said)s, recomputed it is %(is)s"),
}


DIMENSIONS: Final = {
    "boxes": (N_("box"), N_("boxes")),
    "litres": (N_("litre"), N_("litres")),
    "kg": (N_("kg"), N_("kg")),
}
"""The values of the fact ``dimension`` as words for one and for many."""
_MANY: Final = {one: name for name, (one, _many) in DIMENSIONS.items()}


@dataclass(frozen=True)
class Finding:
    """One reason or violation; ``text`` is the message id, ``values`` fill it after translation."""

    code: Code
    facts: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, code: Code, /, **facts: object) -> Finding:
        """A finding from its facts by name."""
        return cls(code, tuple(facts.items()))

    @property
    def text(self) -> str:
        """The English message id with its ``%(name)s`` places."""
        return SENTENCES[self.code]

    @property
    def values(self) -> dict[str, object]:
        """The facts that fill the sentence; the dimension is a word that fits its number.

        Who shows a finding in another language translates that word too.
        """
        values = dict(self.facts)
        words = DIMENSIONS.get(str(values.get("dimension")))
        if words is not None:
            count = values.get("excess", values.get("said"))
            values["dimension"] = words[str(count) != "1"]
        return values

    @property
    def sentence(self) -> str:
        """The English sentence, as it stands in plan files and at the terminal."""
        return self.text % self.values

    @classmethod
    def from_sentence(cls, sentence: str) -> Finding:
        """The finding behind an English sentence, so that a stored plan can be shown in German.

        What nobody here has written is kept word for word.
        """
        for code, pattern in _PATTERNS:
            match = pattern.fullmatch(sentence)
            if match:
                facts = match.groupdict()
                if "dimension" in facts:
                    facts["dimension"] = _MANY.get(facts["dimension"], facts["dimension"])
                return cls(code, tuple(facts.items()))
        return cls.of(Code.UNSAID, text=sentence)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(text)), re.DOTALL)


_PATTERNS: Final = tuple((code, _pattern(text)) for code, text in SENTENCES.items())[
    : list(Code).index(Code.UNSAID)
]
