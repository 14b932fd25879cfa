"""Clients' approvals: asked at the beginning of the story, answered as the cast says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from hoffice import clock
from hoffice.agreements.approving import WAITING, Answer, Verdict
from hoffice.agreements.models import Approval as Asked
from hoffice.agreements.queries import approvals as queries
from hoffice.agreements.service import approvals
from hoffice.agreements.service.approval_papers import Request
from hoffice.demo.cast.things import ApprovalState, Client
from hoffice.demo.loading.scene import HR, Scene
from hoffice.demo.loading.timetable import Deed, Entry
from hoffice.people import queries as people
from hoffice.units import Actor, ActorKind

MEASURES = "Eigener Raum mit T\u00fcr\nHeadset statt Lautsprecher"


@dataclass
class Clients:
    """The deeds around clients; each can be done again without being done twice."""

    scene: Scene

    @property
    def deeds(self) -> dict[Deed, Callable[[Entry], None]]:
        """Which function does which deed."""
        return {Deed.ASK_CLIENT: self._ask, Deed.CLIENT_ANSWERS: self._answer}

    def _client(self, entry: Entry) -> Client:
        return next(one for one in self.scene.cast.clients if one.code == entry.who)

    def _project_ids(self, entry: Entry) -> list[int]:
        """The projects of a client on which somebody works."""
        name = self._client(entry).name
        found = next(one for one in people.clients() if one.name == name)
        today = clock.today()
        return [one.id for one in found.projects if queries.people_of_project(one.id, today)]

    def _ask(self, entry: Entry) -> None:
        for project_id in self._project_ids(entry):
            if queries.approvals_of_project(project_id):
                continue
            staff = queries.people_of_project(project_id, clock.today())
            approvals.ask(
                project_id,
                Request(
                    people=tuple(one.id for one in staff),
                    measures=MEASURES,
                    data_kinds="Namen, Anschriften und Vertr\u00e4ge der Kundschaft",
                ),
                terms=self.scene.terms,
                store=self.scene.store,
                book=self.scene.book,
                by=self.scene.actor(HR),
                allow_unapproved=True,
            )

    def _answer(self, entry: Entry) -> None:
        """Look at it, and say yes where the cast says so."""
        client = self._client(entry)
        for project_id in self._project_ids(entry):
            asked = queries.waiting_of(project_id)
            if asked is None or asked.state not in WAITING:
                continue
            by = Actor(ActorKind.CLIENT, asked.project.client_id)
            approvals.open_approval(asked.id, by=by)
            if client.approval.state is ApprovalState.APPROVED:
                self._say_yes(asked, client, by=by)

    def _say_yes(self, asked: Asked, client: Client, *, by: Actor) -> None:
        until = client.approval.until_day
        said = Answer(
            verdict=Verdict.ALL,
            name=client.contact,
            conditions=client.approval.conditions,
            valid_to=None if until is None else self.scene.days.on(0) + timedelta(days=until),
        )
        approvals.answer(asked.id, said, file=None, by=by, store=self.scene.store)
