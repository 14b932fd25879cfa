"""Transfers, counts, returns, losses and damages as tables that can be taken home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext as _

from hoffice.errors import N_
from hoffice.kits import words
from hoffice.kits.queries import export_records as records
from hoffice.kits.rules import (
    AFTER_CHECK_LABELS,
    DAMAGE_LABELS,
    HOME_ANSWER_LABELS,
    RETURN_OUTCOME_LABELS,
    RETURN_REASON_LABELS,
    WIPE_LABELS,
)
from hoffice.kits.rules.counting import SETTLED_LABELS
from hoffice.kits.views import damages, transfers
from hoffice.kits.views.export_words import CENTS, Rows, Whole, here, name_in, said, yes
from hoffice.kits.views.naming import Actors


def _transfers() -> Rows:
    actors = Actors.everybody()
    for row in records.transfer_rows():
        one = row.Transfer
        yield (
            one.id,
            one.giver.name,
            one.receiver.name,
            row.asset_tag,
            transfers.standing(one)[1],
            here(one.proposed_at),
            actors.of(one.proposed_by),
            here(one.given_at),
            here(one.taken_at),
            here(one.ended_at),
            transfers.reason_said(one),
            one.note,
        )


def _counts() -> Rows:
    actors = Actors.everybody()
    whole = str(_("the whole house"))
    for row in records.count_rows():
        yield (
            row.id,
            row.name,
            row.location or whole,
            here(row.opened_at),
            here(row.closed_at),
            here(row.discarded_at),
            row.asset_tag,
            yes(row.is_expected),
            here(row.seen_at),
            actors.of(row.seen_by),
            said(SETTLED_LABELS, row.note or None),
        )
    unknown = str(_("nobody knows this tag"))
    for row in records.stranger_rows():
        yield (
            row.id,
            row.name,
            row.location or whole,
            here(row.opened_at),
            here(row.closed_at),
            here(row.discarded_at),
            row.code,
            yes(False),
            here(row.at),
            actors.of(row.by),
            unknown,
        )


def _home_checks() -> Rows:
    for row in records.home_check_rows():
        is_sent = row.answered_at is not None
        yield (
            row.id,
            row.name,
            row.due_on,
            name_in(row),
            row.personnel_number,
            row.asset_tag,
            said(HOME_ANSWER_LABELS, row.answer) if is_sent else "",
            row.note if is_sent else "",
            yes(is_sent and row.has_photo),
            here(row.reminded_at),
            here(row.answered_at),
        )


def _returns() -> Rows:
    actors = Actors.everybody()
    for row in records.return_rows():
        made, line = row.Return, row.ReturnLine
        yield (
            made.id,
            name_in(row),
            row.personnel_number,
            said(RETURN_REASON_LABELS, made.reason),
            made.due_on,
            here(made.opened_at),
            here(made.closed_at),
            *(_return_line(row, actors) if line is not None else ()),
        )


def _return_line(row: Any, actors: Actors) -> Sequence[Any]:
    line = row.ReturnLine
    return (
        row.asset_tag or row.good,
        line.expected,
        line.came,
        said(RETURN_OUTCOME_LABELS, line.outcome),
        here(line.came_at),
        words.condition(line.condition),
        line.note,
        said(WIPE_LABELS, line.wipe_method),
        here(line.wiped_at),
        actors.of(line.wiped_by),
        said(AFTER_CHECK_LABELS, line.after),
        actors.of(line.decided_by),
    )


def _cases() -> Rows:
    """Who is here is asked now: a file is written when the request is over."""
    return _case_rows(sees=damages.sees_decisions())


def _case_rows(*, sees: bool) -> Rows:
    actors = Actors.everybody()
    for row in records.case_rows():
        one = row.DamageCase
        yield (
            one.id,
            row.asset_tag or f"{one.count} × {row.good}",
            said(DAMAGE_LABELS, one.kind),
            name_in(row),
            row.personnel_number,
            here(one.found_at),
            actors.of(one.found_by),
            one.note,
            Decimal(one.value_cents) / CENTS,
            damages.decision(one),
            damages.amount_said(one, sees=sees),
            damages.reason_said(one, sees=sees),
            here(one.decided_at),
            actors.of(one.decided_by),
        )


EVENTS: Final[Mapping[str, Whole]] = {
    "transfers": Whole(
        N_("Passed on"),
        (
            N_("No."),
            N_("From"),
            N_("To"),
            N_("Asset tag"),
            N_("State"),
            N_("Proposed on"),
            N_("By whom"),
            N_("Handed over on"),
            N_("Taken on"),
            N_("Ended on"),
            N_("Reason"),
            N_("Note"),
        ),
        _transfers,
    ),
    "counts": Whole(
        N_("Stock-takes"),
        (
            N_("No."),
            N_("Stock-take"),
            N_("Place"),
            N_("Begun on"),
            N_("Closed on"),
            N_("Discarded on"),
            N_("Asset tag"),
            N_("Expected"),
            N_("Seen on"),
            N_("By whom"),
            N_("What came of it"),
        ),
        _counts,
    ),
    "home-checks": Whole(
        N_("Checks at home"),
        (
            N_("No."),
            N_("Check at home"),
            N_("Due on"),
            N_("Person"),
            N_("Personnel number"),
            N_("Asset tag"),
            N_("Answer"),
            N_("Note"),
            N_("Photo"),
            N_("Reminded on"),
            N_("Answered on"),
        ),
        _home_checks,
    ),
    "returns": Whole(
        N_("Returns"),
        (
            N_("No."),
            N_("Person"),
            N_("Personnel number"),
            N_("Reason"),
            N_("Due on"),
            N_("Begun on"),
            N_("Closed on"),
            N_("Asset tag or small part"),
            N_("Expected"),
            N_("Came back"),
            N_("How it came"),
            N_("Came on"),
            N_("Condition"),
            N_("Note"),
            N_("Data erased"),
            N_("Erased on"),
            N_("Erased by"),
            N_("What becomes of it"),
            N_("Decided by"),
        ),
        _returns,
    ),
    "cases": Whole(
        N_("Losses and damages"),
        (
            N_("No."),
            N_("Asset tag"),
            N_("What happened"),
            N_("Who had it"),
            N_("Personnel number"),
            N_("Found on"),
            N_("By whom"),
            N_("Note"),
            N_("Value in €"),
            N_("Who bears it"),
            N_("The person pays, in €"),
            N_("Reason"),
            N_("Decided on"),
            N_("Decided by"),
        ),
        _cases,
    ),
}
