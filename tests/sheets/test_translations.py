"""Whoever reads German is told in German what is wrong with a table."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PLACES = re.compile(r"%\(\w+\)s")


def messages(folder: Path, modules: str) -> set[str]:
    """Every text that is marked with ``N_`` in these modules."""
    return {
        ast.literal_eval(node.args[0])
        for file in folder.glob("*.py")
        if file.stem in modules.split()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"
    }


@pytest.mark.parametrize(
    ("folder", "modules", "catalogue"),
    [
        ("hoffice/sheets", "reading tables text_tables workbooks writing formulas", "sheets"),
        ("hoffice/people/staff_list", "cells changes columns homes people", "staff_list"),
    ],
)
def test_every_message_has_its_german_text_with_the_same_places(
    folder: str, modules: str, catalogue: str
) -> None:
    with (ROOT / "translations" / "de" / f"{catalogue}.po").open("rb") as file:
        german = {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}

    assert set(german) == messages(ROOT / folder, modules)
    for english, text in german.items():
        assert text
        assert sorted(PLACES.findall(english)) == sorted(PLACES.findall(text))
