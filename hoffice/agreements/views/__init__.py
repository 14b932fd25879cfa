"""Papers in the browser: who has signed, sending, reminding, taking back, texts."""

from hoffice.agreements.views import (
    approvals,
    asking,
    calls,
    codes,
    countersigning,
    elsewhere,
    exports,
    letterhead,
    many,
    people,
    questions,
    scans,
    sending,
    single,
    texts,
    writing,
)
from hoffice.agreements.views.blueprint import bp

__all__ = [
    "approvals",
    "asking",
    "bp",
    "calls",
    "codes",
    "countersigning",
    "elsewhere",
    "exports",
    "letterhead",
    "many",
    "people",
    "questions",
    "scans",
    "sending",
    "single",
    "texts",
    "writing",
]
