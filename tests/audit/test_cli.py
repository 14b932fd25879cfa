"""The log at the terminal."""

from __future__ import annotations

import json

import sqlalchemy as sa
from flask import Flask

from hoffice.audit import service
from hoffice.audit.models import AuditHead
from hoffice.db import db
from tests.conftest import Given
from tests.makers import IT


def test_verify_says_yes_for_a_whole_chain(app: Flask, given: Given) -> None:
    with given():
        service.record(IT, "a.b", "employee:1")

    result = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert result.exit_code == 0
    answer = json.loads(result.output.splitlines()[-1])
    assert (answer["valid"], answer["lines"]) == (True, 1)


def test_verify_names_the_line_that_was_cut_off_at_the_end(app: Flask, given: Given) -> None:
    with given():
        service.record(IT, "a.b", "employee:1")
    with given():
        db.session.execute(sa.update(AuditHead).values(seq=2, hash="f" * 64))

    result = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert result.exit_code == 1
    assert json.loads(result.output.splitlines()[-1])["line"] == 2
