"""How a broken chain is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.audit.rules import (
    GENESIS,
    Line,
    StoredLine,
    canonical,
    first_break,
    hash_of,
    personal_hash,
)

NOBODY: frozenset[int] = frozenset()


def chain(length: int) -> list[StoredLine]:
    """A whole chain; every second line has personal values."""
    previous, made = GENESIS, []
    for seq in range(1, length + 1):
        personal = (f"salt{seq}", canonical({"name": f"Person {seq}"})) if seq % 2 == 0 else None
        line = Line(
            seq=seq,
            at=f"2020-03-23T08:00:{seq % 60:02d}.000000+00:00",
            actor="staff:1",
            action="people.added",
            subject=f"employee:{seq}",
            employee_id=seq,
            details={"number": seq},
            personal_hash=personal_hash(*personal) if personal else None,
            previous_hash=previous,
        )
        previous = hash_of(line)
        made.append(StoredLine(line=line, hash=previous, personal=personal))
    return made


def head_of(lines: list[StoredLine]) -> tuple[int, str]:
    return (lines[-1].line.seq, lines[-1].hash) if lines else (0, GENESIS)


def test_an_untouched_chain_holds() -> None:
    lines = chain(7)

    assert first_break(lines, head=head_of(lines), erased=NOBODY) is None


def test_an_empty_log_holds() -> None:
    assert first_break([], head=(0, GENESIS), erased=NOBODY) is None


@given(length=st.integers(2, 12), data=st.data())
def test_any_single_change_is_found_at_its_line(length: int, data: st.DataObject) -> None:
    lines = chain(length)
    head = head_of(lines)
    spot = data.draw(st.integers(0, length - 1))
    changed = replace(lines[spot].line, action="people.removed")
    lines[spot] = replace(lines[spot], line=changed)

    found = first_break(lines, head=head, erased=NOBODY)

    assert found is not None
    assert found.seq == spot + 1


@given(length=st.integers(2, 12), data=st.data())
def test_a_change_with_a_recomputed_hash_breaks_the_next_line(
    length: int, data: st.DataObject
) -> None:
    lines = chain(length)
    head = head_of(lines)
    spot = data.draw(st.integers(0, length - 2))
    changed = replace(lines[spot].line, actor="staff:2")
    lines[spot] = replace(lines[spot], line=changed, hash=hash_of(changed))

    found = first_break(lines, head=head, erased=NOBODY)

    assert found is not None
    assert found.seq == spot + 2


@given(length=st.integers(1, 12), data=st.data())
def test_a_missing_line_is_named(length: int, data: st.DataObject) -> None:
    lines = chain(length)
    head = head_of(lines)
    spot = data.draw(st.integers(0, length - 1))
    del lines[spot]

    found = first_break(lines, head=head, erased=NOBODY)

    assert found is not None
    assert found.seq == spot + 1


def test_two_lines_in_the_wrong_order_are_found() -> None:
    lines = chain(5)
    head = head_of(lines)
    lines[1], lines[2] = lines[2], lines[1]

    found = first_break(lines, head=head, erased=NOBODY)

    assert found is not None
    assert found.seq == 2


@pytest.mark.parametrize(
    ("personal", "reason"),
    [
        (("salt2", canonical({"name": "Jemand anders"})), "changed"),
        (None, "missing"),
    ],
)
def test_personal_values_cannot_be_changed_or_dropped_in_silence(
    personal: tuple[str, str] | None, reason: str
) -> None:
    lines = chain(3)
    lines[1] = replace(lines[1], personal=personal)

    found = first_break(lines, head=head_of(lines), erased=NOBODY)

    assert found is not None
    assert reason in found.reason


def test_a_lawful_erasure_keeps_the_chain_whole() -> None:
    lines = chain(3)
    lines[1] = replace(lines[1], personal=None)

    assert first_break(lines, head=head_of(lines), erased=frozenset({2})) is None
