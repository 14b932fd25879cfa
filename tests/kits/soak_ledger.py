"""Thousands of deeds on devices in a row, stored one by one: the ledger never loses its thread."""

from __future__ import annotations

import random

import pytest
from flask import Flask

from hoffice.audit import queries as audit
from hoffice.db import unit_of_work
from tests.kits import scene
from tests.kits.test_service_ledger import House

STEPS = 3000
DEEDS = ("give", "put", "take", "swap", "pack", "unpack", "release", "load", "hand", "dissolve")


@pytest.mark.parametrize("seed", range(3))
def test_three_thousand_deeds_leave_one_holder_for_each_device(app: Flask, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # a story to be told again, no secret
    with app.app_context():
        with unit_of_work():
            house = House()
        for step in range(STEPS):
            with unit_of_work():
                house.do(
                    chance.choice(DEEDS),
                    chance.randrange(2),
                    chance.randrange(12),
                    chance.randrange(12),
                )
                if step % 100 == 0:
                    scene.assert_order()
        scene.assert_order()
        assert audit.first_break() is None
