"""As of any moment the ledger says what was so, and what was thought to be so."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoffice import clock
from hoffice.db import db, start_writing
from hoffice.errors import Refused
from hoffice.kits import service
from hoffice.kits.models import Item
from hoffice.kits.queries import ledger
from hoffice.kits.rules import Holder, HolderKind
from hoffice.kits.service.ledger import correct
from tests import makers

BY = makers.IT
ITEMS = 3
HOUR = timedelta(hours=1)

number = st.integers(0, 7)
deeds = st.lists(
    st.tuples(st.sampled_from(("hand", "hand", "correct")), number, number), max_size=16
)


@dataclass
class Line:
    """A line as the simple model keeps it; ``wrong_since`` is when its correction was written."""

    item: int
    to: Holder
    at: datetime
    written: datetime
    entry_id: int = 0
    wrong_since: datetime | None = None


@dataclass
class Model:
    """The ledger as a plain list: slow, and easy to believe."""

    lines: list[Line] = field(default_factory=list)

    def holder(self, item: int, at: datetime, known: datetime | None = None) -> Holder | None:
        """Who had it: the last line by then, of those that nobody has put right."""
        counting = [
            line
            for line in self.lines
            if line.item == item
            and line.at <= at
            and (known is None or line.written <= known)
            and (line.wrong_since is None or (known is not None and line.wrong_since > known))
        ]
        return max(counting, key=lambda line: line.at).to if counting else None


class Story:
    """Deeds done to the house and to the model, an hour apart."""

    def __init__(self) -> None:
        self.model = Model()
        self.now = makers.MONDAY
        self.people = [makers.employee(name).id for name in ("Ada Ott", "Bo Rau")]
        self.holders = [
            Holder(HolderKind.STOCK),
            Holder(HolderKind.REPAIR),
            Holder(HolderKind.LOST),
            *(Holder(HolderKind.EMPLOYEE, one) for one in self.people),
        ]
        with clock.frozen(self.now):
            self.items = [makers.item().id for _ in range(ITEMS)]

    def do(self, deed: str, one: int, other: int) -> None:
        """One deed, an hour after the one before it."""
        self.now += HOUR
        to = self.holders[other % len(self.holders)]
        with clock.frozen(self.now):
            if deed == "hand":
                self._hand(self.items[one % ITEMS], to)
            elif self.model.lines:
                self._correct(self.model.lines[one % len(self.model.lines)], to)

    def _hand(self, item: int, to: Holder) -> None:
        before = self.model.holder(item, self.now)
        service.hand_to([item], to, by=BY, because="note")
        if before != to:
            held = ledger.holding_of(item)
            assert held is not None
            self.model.lines.append(Line(item, to, self.now, self.now, held.entry_id))

    def _correct(self, line: Line, to: Holder) -> None:
        with suppress(Refused), db.session.begin_nested():
            made = correct(line.entry_id, to, note="wrong", by=BY)
            assert line.wrong_since is None
            assert line.to != to
            line.wrong_since = self.now
            self.model.lines.append(Line(line.item, to, line.at, self.now, made.id))
            return
        assert line.wrong_since is not None or line.to == to

    def check(self, at: datetime, known: datetime | None) -> None:
        """Every question that can be asked about this moment has the model's answer."""
        true = {item: self.model.holder(item, at, known) for item in self.items}
        for item, holder in true.items():
            line = ledger.entry_at(item, at, known_at=known)
            assert (None if line is None else Holder(line.to_kind, line.to_id)) == holder
        for holder in self.holders:
            hers = [item for item in self.items if true[item] == holder]
            assert ledger.item_ids_at(at, holder, known_at=known) == hers
        counts = ledger.holders_at(at, known_at=known)
        assert dict(counts) == {
            one: list(true.values()).count(one) for one in self.holders if one in true.values()
        }
        rows = db.session.execute(ledger.items_at(at, known_at=known)).all()
        lines = ledger.lines(row.entry_id for row in rows)
        assert {row.id: lines[row.entry_id].to for row in rows} == {
            item: holder for item, holder in true.items() if holder is not None
        }
        for kind in HolderKind:
            of_kind = db.session.execute(ledger.items_at(at, kind=kind, known_at=known)).all()
            assert len(of_kind) == sum(n for one, n in counts.items() if one.kind is kind)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deeds, st.integers(0, 17), st.integers(0, 17))
def test_at_any_moment_the_ledger_answers_like_a_plain_list(
    app: Flask, planned: list[tuple[str, int, int]], ask: int, known: int
) -> None:
    with app.app_context():
        start_writing()
        story = Story()
        for deed in planned:
            story.do(*deed)
        for when in {ask, len(planned)}:
            at = makers.MONDAY + when * HOUR
            story.check(at, None)
            story.check(at, at)
            story.check(at, makers.MONDAY + known * HOUR)
        for item_id in story.items:
            _assert_present(item_id, story)
        db.session.rollback()


def _assert_present(item_id: int, story: Story) -> None:
    """Who has it now is who the ledger says, and the state agrees."""
    line = ledger.entry_at(item_id, story.now)
    held = ledger.holding_of(item_id)
    assert (line is None) == (held is None)
    if line is None or held is None:
        return
    assert (held.entry_id, held.since) == (line.id, line.at)
    assert (held.holder_kind, held.holder_id) == (line.to_kind, line.to_id)
    item = db.session.get(Item, item_id)
    assert item is not None
    assert item.state is service.ledger.state_of(item)
