"""Every deed about a person that the house writes down has words in her history, or is left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import hoffice
from hoffice.desk.timeline import NOT_SHOWN, SENTENCES
from hoffice.kits.rules import BoxState
from hoffice.runs.rules import STOP_ENDED, Way

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
WRITTEN_WITH_A_STATE = {
    "kits.box_": [state.value for state in BoxState],
    "runs.stop_": [state.value for state in STOP_ENDED],
    "runs.way_": [way.value for way in Way],
}
"""Deeds whose name ends in a state."""


@cache
def trees() -> tuple[ast.Module, ...]:
    """The code of the house."""
    [folder] = hoffice.__path__
    return tuple(ast.parse(path.read_text("utf-8")) for path in sorted(Path(folder).rglob("*.py")))


def texts_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names of deeds that stand in these pieces of code."""
    for node in nodes:
        for one in ast.walk(node):
            value = one.value if isinstance(one, ast.Constant) else None
            if isinstance(value, str) and ACTION.fullmatch(value):
                yield value


def assigned(name: str, where: Iterable[ast.Module]) -> list[ast.AST]:
    """All that this name is ever set to."""
    found: list[ast.AST] = []
    for tree in where:
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", 0)]
            if any(isinstance(one, ast.Name) and one.id == name for one in targets):
                value = getattr(node, "value", None)
                found += [value] if value is not None else []
    return found


def names_of(action: ast.expr, tree: ast.Module) -> set[str]:
    """What the second argument of ``record`` may be."""
    if isinstance(action, ast.JoinedStr):
        begin = action.values[0]
        assert isinstance(begin, ast.Constant)
        name = str(begin.value)
        return {name + state for state in WRITTEN_WITH_A_STATE[name]}
    if isinstance(action, ast.Name):
        return set(texts_in(assigned(action.id, [tree]) or assigned(action.id, trees())))
    if isinstance(action, ast.Attribute):
        return set(texts_in(assigned(action.attr, trees())))
    return set(texts_in([action]))


@cache
def about_people() -> frozenset[str]:
    """Every deed that is written down with the number of a person."""
    found: set[str] = set()
    for tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            called = node.func.attr if isinstance(node.func, ast.Attribute) else called
            if called == "record" and any(one.arg == "employee_id" for one in node.keywords):
                names = names_of(node.args[1], tree)
                assert names, ast.unparse(node)
                found |= names
    return frozenset(found)


def test_the_code_is_read_as_it_is_written() -> None:
    """A constant, a choice of two, a name, a constant of another module, a name with a state."""
    assert {
        "agreements.printed",
        "handover.partly",
        "people.home_changed",
        "people.imported",
        "audit.erased",
        "runs.way_office",
    } <= about_people()


def test_each_deed_about_a_person_has_words_or_is_left_out_by_name() -> None:
    assert sorted(about_people() - set(SENTENCES) - NOT_SHOWN) == []


def test_nothing_has_words_that_is_never_written_down() -> None:
    assert sorted((set(SENTENCES) | NOT_SHOWN) - about_people()) == []
    assert not set(SENTENCES) & NOT_SHOWN


@pytest.mark.parametrize("action", sorted(SENTENCES))
def test_each_icon_of_the_history_is_drawn(action: str) -> None:
    [folder] = hoffice.__path__
    icons = Path(folder, "static", "icons.svg").read_text("utf-8")
    _text, icon, state = SENTENCES[action]

    assert f'id="{icon}"' in icons
    assert state in {"open", "waiting", "ready", "problem", "done"}
