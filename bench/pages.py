"""The people page with 200 and with 2,000 people beside a bare Flask page, in the same run.

Promise: at least a third of the bare page's rate; at most 12 SQL statements, as many for 2,000
people as for 200.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from bench import bare
from bench.house import House, demo_house, free_port, served
from bench.load import Rate, measure
from bench.seed import people_up_to
from hoffice.factory import create_app
from hoffice.settings import Settings

PAGE = "/personen/"
SIZES = (200, 2000)
LEAST_SHARE = 1 / 3
MOST_STATEMENTS = 12
WARM_UP_S = 2
TURNS = 3


def statements(app: Flask, cookie: str) -> int:
    """How many SQL statements one showing of the page takes (the second: caches are warm)."""
    seen: list[str] = []

    def remember(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    client = app.test_client(use_cookies=False)
    for _ in range(2):
        seen.clear()
        sa.event.listen(Engine, "before_cursor_execute", remember)
        answer = client.get(PAGE, headers={"Cookie": cookie})
        sa.event.remove(Engine, "before_cursor_execute", remember)
        if answer.status_code != 200:  # noqa: PLR2004  # HTTP's OK
            msg = f"{PAGE} answered {answer.status_code}"
            raise RuntimeError(msg)
    return len(seen)


def rates(house: House, people: int) -> tuple[Rate, Rate, str]:
    """The bare page and ours, measured in turns; the pair in the middle, and the cookie used.

    Turns, because a machine is never equally idle: each pair had the same weather.
    """
    with tempfile.TemporaryDirectory(prefix="hoffice-bare-") as folder:
        bare.write_scene(Path(folder), people)
        port = free_port()
        env = {**house.env, "PORT": str(port), "BENCH_FOLDER": folder}
        with (
            served(env, "bench.bare:create_app()", bare.PATH),
            served(house.env, "wsgi:app", "/gesund"),
        ):
            cookie = house.sign_in_as_it()
            measure(port, bare.PATH, cookie, WARM_UP_S)
            measure(house.port, PAGE, cookie, WARM_UP_S)
            pairs = [
                (measure(port, bare.PATH, cookie), measure(house.port, PAGE, cookie))
                for _ in range(TURNS)
            ]
    pairs.sort(key=lambda pair: pair[1].per_second / pair[0].per_second)
    yardstick, ours = pairs[len(pairs) // 2]
    return yardstick, ours, cookie


def main() -> int:
    """Measure and say whether the promise is kept."""
    counts: list[int] = []
    shares: list[float] = []
    with demo_house() as house:
        app = create_app(Settings.from_env(house.env))
        for people in SIZES:
            with app.app_context():
                people_up_to(people)
            yardstick, ours, cookie = rates(house, people)
            counts.append(statements(app, cookie))
            shares.append(ours.per_second / yardstick.per_second)
            share = f"{shares[-1]:.0%} of bare, {counts[-1]} statements"
            print(f"{people:5} people, bare Flask   {yardstick}   ({yardstick.tool})")
            print(f"{people:5} people, {PAGE:12} {ours}   {share}")
    is_kept = (
        min(shares) >= LEAST_SHARE and max(counts) <= MOST_STATEMENTS and len(set(counts)) == 1
    )
    word = "kept" if is_kept else "NOT KEPT"
    print(f"promise (a third of bare; at most 12 statements, as many for 2,000): {word}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
