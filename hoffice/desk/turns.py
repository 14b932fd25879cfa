"""Whose turn it is: what waits for whom, as short sentences with a way to act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice.accounts.rules import Role
from hoffice.agreements.chasing import WARN_DAYS, Group
from hoffice.agreements.queries.approvals import Counts as Approvals
from hoffice.agreements.queries.today import Waiting
from hoffice.desk.queries import Counts


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that waits: what, why, and the page that moves it on; in the reader's language."""

    number: int
    title: str
    text: str
    endpoint: str
    action: str
    icon: str
    state: str = "waiting"
    args: Mapping[str, str] = field(default_factory=dict)


def for_roles(
    roles: frozenset[Role],
    counts: Counts,
    approvals: Approvals,
    papers: Waiting | None,
    *,
    failed_mails: int,
) -> list[Turn]:
    """What waits for somebody with these roles, the most urgent first; nothing that is zero.

    ``papers`` is what waits for HR alone.
    """
    turns: list[Turn] = []
    if roles & {Role.IT, Role.HR}:
        turns.append(_which_address(counts.asking_addresses))
    if Role.HR in roles and papers is not None:
        first, *later = _for_hr(counts)
        turns += [first, *_people_who_wait(papers), *_papers_that_wait(papers), *later]
        turns += _papers_that_end(papers)
        turns.append(_who_bears_it(counts.undecided_damages))
    if roles & {Role.HR, Role.DPO}:
        turns += _of_clients(approvals)
    if Role.IT in roles:
        turns += _way_to_the_door(counts)
        turns += _things_to_pack(counts)
        turns += _things_that_come_back(counts)
    if roles & {Role.IT, Role.HR, Role.ADMIN}:
        turns.append(
            Turn(
                failed_mails,
                ngettext(
                    "%(num)s mail did not arrive", "%(num)s mails did not arrive", failed_mails
                ),
                _("Look at the reason, correct the address, send again."),
                "desk.notices",
                _("Look at them"),
                "exclamation-triangle-fill",
                "problem",
            )
        )
    return [turn for turn in turns if turn.number]


def _which_address(asking: int) -> Turn:
    return Turn(
        asking,
        ngettext("%(num)s address needs a decision", "%(num)s addresses need a decision", asking),
        _("Several addresses could be meant. Ask the people, or choose for them."),
        "people.index",
        _("Decide"),
        "geo-alt",
        "problem",
        {"asking": "open"},
    )


def _for_hr(counts: Counts) -> list[Turn]:
    declined, without, waiting = counts.declined_papers, counts.without_pack, counts.waiting_packs
    return [
        Turn(
            declined,
            ngettext("%(num)s paper was declined", "%(num)s papers were declined", declined),
            _("Somebody has said why. Talk to each other, then send a new one."),
            "agreements.index",
            _("Look at them"),
            "exclamation-triangle-fill",
            "problem",
        ),
        Turn(
            without,
            ngettext(
                "%(num)s person has no papers yet", "%(num)s people have no papers yet", without
            ),
            _("Choose them and send the pack."),
            "agreements.index",
            _("Send papers"),
            "file-earmark-text",
        ),
        Turn(
            waiting,
            ngettext(
                "%(num)s person has not signed yet", "%(num)s people have not signed yet", waiting
            ),
            _("A reminder takes one click."),
            "agreements.index",
            _("Remind them"),
            "pen",
        ),
    ]


def _people_who_wait(papers: Waiting) -> list[Turn]:
    """Somebody has asked, brought or wished for something, or has to be called."""
    questions, uploads, ink, calls = papers.questions, papers.uploads, papers.ink, papers.calls
    return [
        Turn(
            questions,
            ngettext(
                "%(num)s question about a paper is open",
                "%(num)s questions about papers are open",
                questions,
            ),
            _("Until it is answered nobody has to sign. Your answer goes out by mail."),
            "agreements.questions",
            _("Answer them"),
            "chat",
            "problem",
        ),
        Turn(
            uploads,
            ngettext(
                "%(num)s signed file waits to be looked at",
                "%(num)s signed files wait to be looked at",
                uploads,
            ),
            _("It was brought by its person, and counts when you have said yes."),
            "agreements.with_ink",
            _("Look at them"),
            "file-earmark-check",
        ),
        Turn(
            ink,
            ngettext("%(num)s paper is wanted with ink", "%(num)s papers are wanted with ink", ink),
            _("Print and post them; what comes back is scanned and filed."),
            "agreements.with_ink",
            _("Print"),
            "printer",
        ),
        Turn(
            calls,
            ngettext("%(num)s person is to be called", "%(num)s people are to be called", calls),
            _("Three reminders went out. A call finds out what is wrong."),
            "agreements.calls",
            _("To the call list"),
            "telephone",
        ),
    ]


def _papers_that_wait(papers: Waiting) -> list[Turn]:
    """Papers of which only the house's own part is missing."""
    for_house, pages, seals = papers.for_house, papers.pages, papers.seals
    return [
        Turn(
            for_house,
            ngettext(
                "%(num)s paper waits for the signature of the house",
                "%(num)s papers wait for the signature of the house",
                for_house,
            ),
            _("Its person has signed; employer or trainer has not."),
            "agreements.to_countersign",
            _("Sign"),
            "pen",
        ),
        Turn(
            pages,
            ngettext(
                "%(num)s scanned page is to be filed",
                "%(num)s scanned pages are to be filed",
                pages,
            ),
            _("The code on it could not be read. Say whose page it is."),
            "agreements.stacks",
            _("To the stacks"),
            "qr-code-scan",
        ),
        Turn(
            seals,
            ngettext(
                "%(num)s paper waits for its seal", "%(num)s papers wait for their seal", seals
            ),
            _("It is tried again by itself; if it lasts, tell IT."),
            "agreements.index",
            _("Look at them"),
            "hourglass-split",
            "open",
            {"state": Group.SEAL_PENDING.value},
        ),
    ]


def _papers_that_end(papers: Waiting) -> list[Turn]:
    expired, ending, days = papers.expired, papers.ending, max(WARN_DAYS)
    return [
        Turn(
            expired,
            ngettext("%(num)s paper has ended", "%(num)s papers have ended", expired),
            _("Its gate is closed until a new one is signed."),
            "agreements.index",
            _("Send anew …"),
            "exclamation-triangle-fill",
            "problem",
            {"state": Group.EXPIRED.value},
        ),
        Turn(
            ending,
            ngettext(
                "%(num)s paper ends within %(days)s days",
                "%(num)s papers end within %(days)s days",
                ending,
                days=days,
            ),
            _("Sent anew in good time, no gate closes."),
            "agreements.index",
            _("Look at them"),
            "calendar-event",
            args={"ends": str(days)},
        ),
    ]


def _of_clients(approvals: Approvals) -> list[Turn]:
    ending, lacking = approvals.ending, approvals.not_given
    return [
        Turn(
            lacking,
            ngettext(
                "%(num)s project lacks its client's approval",
                "%(num)s projects lack their clients' approval",
                lacking,
            ),
            _("Nobody may work on it from home before the client says yes."),
            "agreements.approvals",
            _("Ask"),
            "briefcase",
            "problem",
        ),
        Turn(
            ending,
            ngettext(
                "%(num)s client's approval ends soon",
                "%(num)s clients' approvals end soon",
                ending,
            ),
            _("Ask anew in good time; with its last day its gate closes."),
            "agreements.approvals",
            _("Ask anew"),
            "briefcase",
        ),
    ]


def _way_to_the_door(counts: Counts) -> list[Turn]:
    vague, planned = counts.vague_addresses, counts.unpromised_runs
    waiting, open_receipts = counts.unplanned_stops, counts.open_receipts
    return [
        Turn(
            vague,
            ngettext(
                "%(num)s address is only known approximately",
                "%(num)s addresses are only known approximately",
                vague,
            ),
            _("Without a point on the map nobody finds the door."),
            "people.index",
            _("Set the points"),
            "geo-alt",
            "problem",
            {"precision": "postcode"},
        ),
        Turn(
            planned,
            ngettext(
                "%(num)s run is planned, but not promised",
                "%(num)s runs are planned, but not promised",
                planned,
            ),
            _("Tell people when you come."),
            "runs.index",
            _("Promise windows"),
            "calendar-event",
            "ready",
        ),
        Turn(
            waiting,
            ngettext("%(num)s visit waits for a run", "%(num)s visits wait for a run", waiting),
            _("Plan them into the next days."),
            "runs.index",
            _("Plan runs"),
            "truck",
        ),
        Turn(
            open_receipts,
            ngettext(
                "%(num)s receipt is not confirmed yet",
                "%(num)s receipts are not confirmed yet",
                open_receipts,
            ),
            _("The devices are there; the person has not said so yet."),
            "handover.index",
            _("Look at them"),
            "house-check",
            "open",
        ),
    ]


def _things_to_pack(counts: Counts) -> list[Turn]:
    boxes, without = counts.open_boxes, counts.without_kit
    return [
        Turn(
            boxes,
            ngettext("%(num)s box is to be packed", "%(num)s boxes are to be packed", boxes),
            _("A packed box is the last thing a kit needs."),
            "kits.boxes",
            _("To the boxes"),
            "box-seam",
        ),
        Turn(
            without,
            ngettext("%(num)s person has no kit yet", "%(num)s people have no kit yet", without),
            _("Give many of them a kit at once."),
            "kits.give",
            _("Give kits"),
            "pc-display",
        ),
    ]


def _who_bears_it(undecided: int) -> Turn:
    return Turn(
        undecided,
        ngettext(
            "%(num)s loss or damage waits for a decision",
            "%(num)s losses and damages wait for a decision",
            undecided,
        ),
        _("IT has said what happened. You say who bears it."),
        "kits.damages",
        _("Decide"),
        "dash-circle",
    )


def _things_that_come_back(counts: Counts) -> list[Turn]:
    check, due = counts.to_check, counts.due_back
    return [
        Turn(
            due,
            ngettext(
                "%(num)s person leaves and still has devices",
                "%(num)s people leave and still have devices",
                due,
            ),
            _("Ask for them while the person is still there."),
            "kits.returns_due",
            _("To the returns"),
            "arrow-return-left",
        ),
        Turn(
            check,
            ngettext(
                "%(num)s device that came back is to be checked",
                "%(num)s devices that came back are to be checked",
                check,
            ),
            _("Until then nobody gets them. What stores data is wiped first."),
            "kits.returns_check",
            _("To the checks"),
            "search",
        ),
    ]
