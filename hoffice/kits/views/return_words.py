"""What the pages of returns have in common: their words, and what their forms send."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import g, request, url_for
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.errors import N_
from hoffice.kits import queries as all_queries
from hoffice.kits import rules
from hoffice.kits.models import Return
from hoffice.kits.queries import damage_cases, things_due
from hoffice.kits.queries import returning as queries
from hoffice.kits.rules import ReturnReason
from hoffice.kits.rules import returning as returning_rules
from hoffice.kits.rules.returning import Expected, Progress
from hoffice.kits.views.blueprint import bp
from hoffice.units import Actor, ActorKind

MOST_AT_ONCE: Final = 500
"""So many people or devices are decided in one go."""


def staff_name(by: str) -> str:
    """Who of the staff it was, asked once per request; empty for the house itself."""
    who = Actor.read(by) if by else Actor.system()
    if who.kind is not ActorKind.STAFF:
        return ""
    if "staff_names" not in g:
        g.staff_names = {one.id: one.name for one in accounts.everybody()}
    return str(g.staff_names.get(who.id, ""))


def day_sent(name: str = "due_on") -> date | None:
    """The day that somebody chose; none where it is none."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None


def reason_sent() -> ReturnReason:
    """Why it is due, as somebody chose; another reason where it was none of ours."""
    word = request.form.get("reason", "")
    return ReturnReason(word) if word in set(ReturnReason) else ReturnReason.OTHER


def reason(word: ReturnReason) -> str:
    """Why something is due back, in words."""
    return str(_(rules.RETURN_REASON_LABELS[word]))


def progress_of(made: Return) -> Progress:
    """How far a return is."""
    return returning_rules.progress(
        Expected(line.expected, line.came, line.outcome) for line in made.lines
    )


def views_of(current: str) -> list[tuple[str, str, bool]]:
    """The views of this part, with how much waits in each."""
    due = things_due.due_count(clock.today() + returning_rules.DUE_AHEAD)
    is_open, _late = queries.return_counts(clock.today())
    waiting = all_queries.state_counts().get(rules.ItemState.TO_CHECK, 0)
    cases = damage_cases.undecided_count()
    return [
        (f"{_(label)} ({count})" if count else str(_(label)), url_for(endpoint), key == current)
        for key, label, endpoint, count in (
            ("returns", N_("Under way"), ".returns", is_open),
            ("due", N_("Due"), ".returns_due", due),
            ("check", N_("To be checked"), ".returns_check", waiting),
            ("damages", N_("Losses and damages"), ".damages", cases),
        )
    ]


@bp.context_processor
def returning_words() -> dict[str, Any]:
    """What the templates of returns know beside the rest."""
    return {
        "reason_word": reason,
        "return_progress": progress_of,
        "staff_name": staff_name,
        "condition_labels": rules.CONDITION_LABELS,
    }
