"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

import hoffice

HOUSE = Path(hoffice.__file__).parent
ROOT = HOUSE.parent
SOURCES = sorted(HOUSE.rglob("*.py"))
EDGES = {HOUSE / "web" / "transaction.py", HOUSE / "db.py"}


def test_the_house_is_not_empty() -> None:
    assert len(SOURCES) > 80  # so that the rules below look at something


@pytest.mark.parametrize("file", [f for f in SOURCES if f not in EDGES], ids=str)
def test_only_the_edge_commits(file: Path) -> None:
    commits = [
        node.lineno
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]

    assert not commits


@pytest.mark.parametrize("file", SOURCES, ids=str)
def test_views_never_select(file: Path) -> None:
    if file.name != "views.py" and file.parent.name != "views":
        return
    names = {
        alias.name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }

    assert not names & {"select", "insert", "update", "delete", "text"}


def test_every_page_says_who_may_open_it(app: Flask) -> None:
    silent = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "open_to")
    }

    assert not silent


def test_no_file_grows_beyond_reading() -> None:
    long = {
        str(file.relative_to(ROOT)): count
        for file in SOURCES
        if (count := len(file.read_text("utf-8").splitlines())) > 600
    }

    assert not long


def test_no_function_grows_beyond_reading() -> None:
    long = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or node.lineno) - node.lineno > 80
    ]

    assert not long


def test_no_page_has_inline_script_or_style() -> None:
    guilty = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "templates").rglob("*.html"))
        if file.parent.name != "mail"
        and re.search(r"\sstyle=|\son[a-z]+=|<style", file.read_text("utf-8"))
    ]

    assert not guilty


ENDPOINT = re.compile(r"""url_for\(\s*['"]([a-z_]*\.?[a-z_]+)['"]""")


def test_every_link_leads_somewhere(app: Flask) -> None:
    known = set(app.view_functions)
    lost = []
    for file in (*sorted((ROOT / "templates").rglob("*.html")), *SOURCES):
        for endpoint in ENDPOINT.findall(file.read_text("utf-8")):
            full = f"{file.parent.name}{endpoint}" if endpoint.startswith(".") else endpoint
            full = full.replace("views.", f"{file.parent.parent.name}.")
            if full not in known:
                lost.append(f"{file.relative_to(ROOT)}: {endpoint}")

    assert not lost
