"""What the house knows of one employee's way home, gathered from the domains for her own pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.agreements import queries as agreements
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import PaperKind, PaperState
from hoffice.agreements.service import receipts
from hoffice.handover import queries as handovers
from hoffice.handover.models import Handover
from hoffice.handover.rules import VisitOutcome
from hoffice.people import queries as people
from hoffice.people.models import AtHome, Employee, Home
from hoffice.portal import rules
from hoffice.portal.rules import Delivery, Facts, Step
from hoffice.runs import queries as runs
from hoffice.runs.models import SlotOffer, SlotWish, Stop
from hoffice.runs.queries import slots as windows
from hoffice.runs.rules import StopState, Way
from hoffice.units import ActorKind


@dataclass(frozen=True, slots=True)
class Journey:
    """One person's way, as far as she may know it."""

    employee: Employee
    home: Home | None
    at_home: Sequence[AtHome]
    pack: Pack | None
    stop: Stop | None
    visits: Sequence[Handover]
    open_receipt: Handover | None
    contact: Account | None
    move: SlotOffer | None = None
    """The question whether the promised window may be moved."""
    wish: SlotWish | None = None
    """The time of her own that IT has not decided on yet."""

    @property
    def papers(self) -> list[Paper]:
        """The papers of the person herself: not the household's, not what was taken back."""
        papers = self.pack.papers if self.pack is not None else []
        return [
            paper
            for paper in papers
            if paper.kind is not PaperKind.HOUSEHOLD and paper.state is not PaperState.VOID
        ]

    @property
    def waiting(self) -> list[Paper]:
        """The papers that wait for this person's signature."""
        return [paper for paper in self.papers if agreements.lacks_signature(paper)]

    @property
    def elsewhere(self) -> list[Paper]:
        """The papers that wait for a file signed elsewhere: by their text, or as she wishes."""
        return [paper for paper in self.papers if sittings.waits_for_upload(paper)]

    @property
    def declined(self) -> list[Paper]:
        """The papers this person does not agree with."""
        return [paper for paper in self.papers if paper.state is PaperState.DECLINED]

    @property
    def household(self) -> list[Paper]:
        """What an adult of the household is asked, on this person's phone, and has not answered."""
        papers = self.pack.papers if self.pack is not None else []
        return [
            paper
            for paper in papers
            if paper.kind is PaperKind.HOUSEHOLD and sittings.is_open_behind_link(paper)
        ]

    @property
    def delivery(self) -> Delivery:
        """Where the boxes are, in plain words."""
        if self.stop is not None and self.stop.state is StopState.UNDER_WAY:
            return Delivery.UNDER_WAY
        if self.stop is not None and (self.stop.slot or self.stop.booking) is not None:
            return Delivery.PROMISED
        if any(visit.outcome is not VisitOutcome.FAILED for visit in self.visits):
            return Delivery.DELIVERED
        return Delivery.MISSED if self.visits else Delivery.NONE

    @property
    def is_to_choose(self) -> bool:
        """Whether windows wait for this person's choice."""
        return self.stop is not None and self.stop.slot is None and is_asked(self.stop)

    @property
    def way(self) -> Way:
        """How the boxes come."""
        return self.stop.way if self.stop is not None else Way.VAN

    @property
    def has_times(self) -> bool:
        """Whether it is known when the person is there; a parcel comes when it comes."""
        if self.way is Way.VAN:
            return bool(self.at_home)
        return self.way is Way.PARCEL

    @property
    def steps(self) -> tuple[Step, ...]:
        """The six steps."""
        return rules.steps(
            Facts(
                address_confirmed=self.home is not None and self.home.confirmed_at is not None,
                has_times=self.has_times,
                is_to_choose=self.is_to_choose,
                has_pack=bool(self.papers),
                papers_waiting=len(self.waiting),
                papers_declined=len(self.declined),
                papers_elsewhere=len(self.elsewhere),
                copy_is_asked=receipts.is_asked(self.pack),
                delivery=self.delivery,
                receipt_is_open=self.open_receipt is not None,
                receipt_is_done=any(visit.receipt is not None for visit in self.visits),
            )
        )


def journey_of(employee_id: int) -> Journey:
    """Everything the employee's pages show."""
    pack = agreements.pack_of(employee_id)
    stop = runs.open_stop_of(employee_id)
    return Journey(
        employee=people.employee(employee_id),
        home=people.home_of(employee_id),
        at_home=people.at_home(employee_id, clock.today()),
        pack=pack,
        stop=stop,
        visits=handovers.handovers_of(employee_id),
        open_receipt=handovers.open_receipt_of(employee_id),
        contact=_contact(pack),
        move=windows.open_move(stop.id) if stop is not None and stop.slot is not None else None,
        wish=windows.open_wish(stop.id) if stop is not None and stop.way is Way.VAN else None,
    )


def is_asked(stop: Stop) -> bool:
    """Whether the person of this stop has a page about her window: asked to choose, or promised."""
    is_waiting = stop.state in {StopState.PROPOSED, StopState.PROMISED}
    return (
        stop.way is Way.VAN
        and is_waiting
        and (stop.slot is not None or stop.invited_at is not None)
    )


def _contact(pack: Pack | None) -> Account | None:
    """Who answers questions: whoever sent the papers, else the first of HR."""
    kind, _, number = (pack.created_by if pack is not None else "").partition(":")
    if kind == ActorKind.STAFF and number.isdecimal():
        sender = accounts.account_or_none(int(number))
        if sender is not None:
            return sender
    return next(iter(accounts.with_role(Role.HR)), None)
