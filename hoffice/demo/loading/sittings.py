"""What the people of the story did with their papers: read, sign, decline, ask, want ink."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hoffice.accounts import queries as accounts
from hoffice.agreements import queries
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries.signing import waiting_for_trainer
from hoffice.agreements.rules import PaperKind, SignatureMethod, SignerRole
from hoffice.agreements.service import codes, questions, receipts, signing
from hoffice.agreements.service.questions import Contact
from hoffice.demo.cast.things import AnswerKind, Person
from hoffice.demo.loading.scene import HR, Scene
from hoffice.demo.loading.signatures import drawn
from hoffice.demo.loading.timetable import Deed, Entry
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.units import Actor


@dataclass
class Sittings:
    """The deeds of the people and of the trainer; each can be done again without harm."""

    scene: Scene
    persons: Mapping[str, Person]

    @property
    def deeds(self) -> dict[Deed, Callable[[Entry], None]]:
        """Which function does which deed."""
        return {
            Deed.READ: self._read,
            Deed.SIGN: self._sign,
            Deed.KEEP: self._keep,
            Deed.DECLINE: self._decline,
            Deed.ASK_ABOUT: self._ask,
            Deed.WANT_PAPER: self._want_paper,
            Deed.TRAIN: self._train,
        }

    def _of(self, number: str) -> tuple[Employee, Pack | None]:
        employee = people.by_number(number)
        if employee is None:
            raise LookupError(number)
        return employee, queries.pack_of(employee.id)

    def _addendum(self, pack: Pack) -> Paper:
        return next(one for one in pack.papers if one.kind is PaperKind.ADDENDUM)

    def _read(self, entry: Entry) -> None:
        employee, pack = self._of(entry.who)
        for paper in pack.papers if pack is not None else ():
            signing.open_paper(paper.id, employee_id=employee.id)

    def _sign(self, entry: Entry) -> None:
        employee, pack = self._of(entry.who)
        me = Actor.employee(employee.id)
        code = codes.send(employee.id, can_text=True, by=me)
        digits = codes.code_of(code, secret=self.scene.book.secret_key)
        tried = codes.enter(employee.id, digits, book=self.scene.book)
        signing.sign_pack(
            employee.id,
            name=employee.name,
            method=SignatureMethod.DRAWN,
            strokes=drawn(employee.name),
            read=[paper.id for paper in pack.papers] if pack is not None else [],
            by=me,
            store=self.scene.store,
            code_id=tried.code_id,
        )

    def _keep(self, entry: Entry) -> None:
        employee, _pack = self._of(entry.who)
        receipts.confirm(employee.id, by=Actor.employee(employee.id))

    def _decline(self, entry: Entry) -> None:
        (employee, pack), answer = self._of(entry.who), self.persons[entry.who].answer
        if pack is None or answer is None or answer.kind is not AnswerKind.DECLINED:
            return
        me = Actor.employee(employee.id)
        signing.decline(self._addendum(pack).id, answer.text, employee_id=employee.id, by=me)

    def _ask(self, entry: Entry) -> None:
        """The question goes to whoever has sent the papers."""
        (employee, pack), answer = self._of(entry.who), self.persons[entry.who].answer
        asked = accounts.by_email(HR)
        if pack is None or answer is None or asked is None:
            return
        questions.ask(
            employee.id,
            self._addendum(pack).id,
            answer.text,
            contact=Contact(asked.name, asked.email, "de"),
            by=Actor.employee(employee.id),
        )

    def _want_paper(self, entry: Entry) -> None:
        employee, pack = self._of(entry.who)
        if pack is not None:
            me = Actor.employee(employee.id)
            signing.want_paper(self._addendum(pack).id, employee_id=employee.id, by=me)

    def _train(self, entry: Entry) -> None:
        """The trainer signs for all with whom she has talked that day."""
        del entry
        signing.sign_for_house(
            [paper.id for paper in waiting_for_trainer()],
            SignerRole.TRAINER,
            name="Svenja Adler",
            by=self.scene.actor(HR),
            store=self.scene.store,
        )
