"""Who has signed and who has not: the list, and one person's papers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import svcs
from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hoffice import clock
from hoffice.accounts.access import (
    current_account,
    open_to,
)
from hoffice.accounts.rules import Role
from hoffice.agreements import chasing, queries, rules, service
from hoffice.agreements.chasing import GROUP_LABELS, GROUP_STEPS, WARN_DAYS, Group
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries import desk
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import (
    MOST_REMINDERS,
    PAPER_LABELS,
    PAPER_STATE_LABELS,
    PaperKind,
    PaperState,
)
from hoffice.agreements.service import reminders, resending
from hoffice.agreements.views.blueprint import READERS, bp, pdf_answer
from hoffice.errors import N_
from hoffice.files.service import Store
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.web import lists
from hoffice.web.lists import Column, Filter


@dataclass(frozen=True, slots=True)
class Line:
    """One person in the list, as the page and the file show her."""

    employee: Employee
    pack: Pack | None
    group: Group

    @property
    def id(self) -> int:
        """For the tick at the line's beginning."""
        return self.employee.id

    @property
    def name(self) -> str:
        """For screen readers."""
        return self.employee.name

    @property
    def open_papers(self) -> int:
        """How many papers do not count yet."""
        return sum(paper.state not in rules.IN_FORCE for paper in self.papers)

    @property
    def papers(self) -> list[Paper]:
        """What is asked of the employee: not the household's answer, not what was taken back."""
        papers = self.pack.papers if self.pack is not None else []
        return [
            paper
            for paper in papers
            if paper.kind is not PaperKind.HOUSEHOLD and paper.state is not PaperState.VOID
        ]

    @property
    def next_on(self) -> date | None:
        """The day on which the next reminder goes out by itself."""
        if self.pack is None or self.group not in chasing.REMINDED_BY_MAIL:
            return None
        return reminders.next_due_on(self.pack)

    @property
    def why_not(self) -> str | None:
        """Why no pack can be sent."""
        return service.cannot_be_sent(self.employee) if self.pack is None else None


def _lines(rows: Iterable[tuple[Employee, Pack | None, str]]) -> list[Line]:
    return [Line(employee, pack, Group(group)) for employee, pack, group in rows]


@bp.get("/")
@open_to(*READERS)
def index() -> ResponseReturnValue:
    """Who has signed, who has not, and what can be done about it."""
    today = clock.today()
    listing = lists.listed_rows(
        desk.people(today),
        name=N_("Papers"),
        columns=(
            Column(
                "name",
                N_("Person"),
                sort=(Employee.last_name, Employee.first_name),
                text=lambda row: row[0].name,
            ),
            Column(
                "number",
                N_("Personnel number"),
                text=lambda row: row[0].personnel_number,
                hidden=True,
            ),
            Column(
                "state",
                N_("State"),
                sort=desk.group_order(),
                text=lambda row: str(_(GROUP_LABELS[Group(row[2])])),
            ),
            Column("open", N_("Open"), end=True),
            Column(
                "sent", N_("Sent"), sort=Pack.sent_at, text=lambda row: row[1] and row[1].sent_at
            ),
            Column(
                "reminders",
                N_("Reminded"),
                sort=Pack.reminders,
                text=lambda row: row[1].reminders if row[1] else None,
            ),
            Column(
                "next",
                N_("Next step"),
                text=lambda row: str(_(GROUP_STEPS[Group(row[2])])),
            ),
        ),
        key=Employee.id,
        search=queries.search_people,
        filters=(
            Filter(
                "state",
                N_("What is missing"),
                [(group.value, str(_(GROUP_LABELS[group]))) for group in Group],
                desk.in_group,
            ),
            Filter(
                "ends",
                N_("Ends"),
                [
                    (str(days), ngettext("within one day", "within %(num)s days", days))
                    for days in sorted(WARN_DAYS)
                ],
                lambda days: desk.ends_within(days, today),
            ),
        ),
        sort="state",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "agreements/index.html",
        listing=replace(listing, rows=_lines(listing.rows)),
        counts=desk.counts(today),
        groups=Group,
        labels=GROUP_LABELS,
        steps=GROUP_STEPS,
        most=MOST_REMINDERS,
        ending=_ending(today),
        calls=desk.count_to_call(today, reminders.last_reminder_before(today)),
        questions=sittings.open_questions(),
        is_hr=Role.HR in current_account().roles,
    )


def _ending(today: date) -> dict[int, int]:
    """How many papers are in which warning, the urgent ones first; only where there are any."""
    warnings = [chasing.warning_of(day, today) for _who, _kind, day in desk.ending(today)]
    found = {days: warnings.count(days) for days in sorted(WARN_DAYS)}
    return {days: count for days, count in found.items() if count}


@bp.get("/mappen/<int:employee_id>")
@open_to(Role.HR)
def pack(employee_id: int) -> ResponseReturnValue:
    """One person's papers: where each stands, the files, reminding and taking back."""
    employee = people.employee(employee_id)
    found = queries.pack_of(employee_id)
    last = desk.newest_pack_of(employee_id) if found is None else None
    return render_template(
        "agreements/pack.html",
        employee=employee,
        pack=found,
        group=desk.group_of(employee_id, clock.today()),
        groups=Group,
        last=last if resending.restorable(last) else None,
        next_on=reminders.next_due_on(found) if found is not None else None,
        waiting=found is not None and any(map(queries.lacks_signature, found.papers)),
        earlier=[
            one for one in queries.papers_of(employee_id) if one.pack_id != getattr(found, "id", 0)
        ],
        why_not=service.cannot_be_sent(employee),
        labels=PAPER_LABELS,
        states=PAPER_STATE_LABELS,
        group_labels=GROUP_LABELS,
        most=MOST_REMINDERS,
    )


@bp.get("/<int:paper_id>.pdf")
@open_to(Role.HR)
def paper_pdf(paper_id: int) -> ResponseReturnValue:
    """A paper as a file: sealed or signed if it is, else as it was frozen."""
    file = sittings.file_that_counts(queries.paper(paper_id))
    if file is None:
        abort(404)
    return pdf_answer(svcs.flask.get(Store).get(file.sha256), file.name)
