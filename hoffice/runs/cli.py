"""``flask runs …``: plan, check, offer and measure; but for ``learn`` none of it needs a database.

Exit code 0 is yes, 1 is no, 2 means that the question could not be asked. The last line of each
answer is one JSON object.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn, TypeVar

import click
from flask.cli import AppGroup

from hoffice.db import unit_of_work
from hoffice.places.travel.choice import engine_of
from hoffice.places.travel.roads import Roads as EngineRoads
from hoffice.places.travel.straight import StraightLine
from hoffice.runs import service, solver
from hoffice.runs.planning import plan, problem
from hoffice.runs.planning.assembly import routes_of
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.frame import Frame, Legs, Roads, legs_of
from hoffice.runs.planning.shape import Malformed, clock_text, parsed
from hoffice.runs.planning.slots.offers import offers
from hoffice.settings import RoadSettings, SettingsError

NO: Final = 1
BAD_INPUT: Final = 2

runs = AppGroup("runs", help="Plan van runs, check plans, offer windows, measure the engine.")
bp_cli = runs

_Read = TypeVar("_Read")
_existing = click.Path(exists=True, dir_okay=False, path_type=Path)
_target = click.Path(dir_okay=False, writable=True, path_type=Path)


@runs.command("solve", with_appcontext=False)
@click.argument("problem_file", metavar="PROBLEM.json", type=_existing)
@click.argument("plan_file", metavar="PLAN.json", type=_target)
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Wall time.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option(
    "--iterations", type=click.IntRange(min=0), help="With the seed, makes the plan repeatable."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="Searches at once, each with the next seed; as many as processors, with --iterations 1.",
)
def solve(  # noqa: PLR0913, PLR0917  # one for each option
    problem_file: Path,
    plan_file: Path,
    seconds: float | None,
    seed: int,
    iterations: int | None,
    processes: int | None,
) -> None:
    """Write the best plan found; 1 if a required stop is not served."""
    asked = _read(problem_file, problem.read)
    try:
        made = solver.PyvrpSolver(StraightLine(), _engines()).solve(
            asked, seconds=seconds, iterations=iterations, seed=seed, processes=processes
        )
    except Malformed as error:
        _stop(f"{problem_file}: {error}")
    for text, facts in (*(made.travel.notes if made.travel else ()), *made.notes):
        click.echo(f"note: {text % facts}", err=True)
    text = json.dumps(plan.write(made), ensure_ascii=False, indent=1)
    try:
        plan_file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        _stop(f"{plan_file}: {error.strerror}")
    missing = [left.id for left in made.unplanned if asked.stop[left.id].required]
    for left in made.unplanned:
        reasons = "; ".join(reason.sentence for reason in left.reasons)
        click.echo(f"{left.id}: {reasons}")
    _answer({**vars(made.totals), "unplanned": len(made.unplanned), "required_missing": missing})
    _leave(is_yes=not missing)


@runs.command("check", with_appcontext=False)
@click.argument("problem_file", metavar="PROBLEM.json", type=_existing)
@click.argument("plan_file", metavar="PLAN.json", type=_existing)
def check_command(problem_file: Path, plan_file: Path) -> None:
    """One line per violation of a plan, recomputed without the engine."""
    asked = _read(problem_file, problem.read)
    made = _read(plan_file, plan.read)
    verdict = check(asked, made, _legs(problem_file, asked))
    if not verdict.is_same_problem:
        click.echo("note: the plan was made for a problem with another fingerprint", err=True)
    for found in verdict.violations:
        click.echo(f"{found.code.value}: {found.sentence}")
    _answer({"violations": len(verdict.violations), **vars(verdict.totals)})
    _leave(is_yes=not verdict.violations)


@runs.command("offer", with_appcontext=False)
@click.argument("problem_file", metavar="PROBLEM.json", type=_existing)
@click.argument("plan_file", metavar="PLAN.json", type=_existing)
@click.option("--stop", required=True, metavar="ID", help="For whom; a stop of the problem.")
@click.option("--count", type=click.IntRange(min=1), default=3, show_default=True)
def offer(problem_file: Path, plan_file: Path, stop: str, count: int) -> None:
    """Windows for one more person, the cheapest detour first.

    A shift that stays in the yard so far is offered only if no other has a place.
    """
    asked = _read(problem_file, problem.read)
    made = _read(plan_file, plan.read)
    if stop not in asked.stop:
        _stop(f"{problem_file}: there is no stop {stop}")
    frame = Frame(asked, _legs(problem_file, asked))
    try:
        routes = routes_of(frame, made)
    except KeyError as unknown:
        _stop(f"{plan_file}: the problem does not know {unknown}")
    node = frame.node[stop]
    found = offers(frame, routes, node, count=count)
    if not found:
        # Nothing fits into the days that are driven anyway: any shift of the problem may be.
        booked = frame.with_booked([day.index for day in frame.days])
        found = offers(booked, routes, node, count=count)
    _answer(
        {
            "stop": stop,
            "offers": [
                {
                    "date": one.window.day.isoformat(),
                    "start": clock_text(one.window.start),
                    "end": clock_text(one.window.end),
                    "van": one.van,
                    "detour_min": one.detour_min,
                    "detour_km": one.detour_km,
                }
                for one in sorted(found, key=lambda one: one.detour_min)
            ],
        }
    )
    _leave(is_yes=bool(found))


@runs.command("learn")
def learn() -> None:
    """Let all closed runs teach how long drives take; every leg teaches once."""
    with unit_of_work():
        fresh = service.learn_from_all()
    _answer({"legs": fresh})


@runs.command("bench", with_appcontext=False)
@click.argument("instance", metavar="INSTANCE.vrp|.txt", type=_existing)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    help="CPU time, summed over all processes.",
)
@click.option("--best-known", type=click.FloatRange(min=0, min_open=True), metavar="B")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
def bench(instance: Path, seconds: float, best_known: float | None, seed: int) -> None:
    """Solve a public instance: CVRPLIB, or Solomon's format by the DIMACS convention."""
    try:
        made = solver.benchmark(instance, seconds=seconds, seed=seed)
    except (ValueError, KeyError, UnicodeDecodeError) as error:
        _stop(f"{instance}: not a CVRPLIB or Solomon instance ({error})")
    gap = round(100 * (made.cost / best_known - 1), 3) if best_known else None
    _answer(
        {
            "instance": instance.stem,
            "cost": made.cost,
            "best_known": best_known,
            "gap_percent": gap,
            "cpu_seconds": made.cpu_seconds,
            "routes": made.routes,
        }
    )
    _leave(is_yes=made.is_feasible)


def _read(file: Path, reader: Callable[[object], _Read]) -> _Read:
    try:
        return reader(parsed(file.read_bytes()))
    except Malformed as error:
        _stop(f"{file}: {error}")
    except OSError as error:
        _stop(f"{file}: {error.strerror}")


def _legs(file: Path, asked: problem.Problem) -> Legs:
    try:
        return legs_of(asked, StraightLine(), _engines())
    except Malformed as error:
        _stop(f"{file}: {error}")


def _engines() -> dict[str, Roads]:
    """The road engine that the settings name, under the name that problems call it by.

    Without the legs that the house keeps and has learnt from: nothing here needs a database.
    """
    try:
        settings = RoadSettings.from_env()
    except SettingsError as error:
        _stop(str(error))
    engine = engine_of(settings)
    if settings is None or engine is None:
        return {}
    return {settings.engine.value: EngineRoads(engine, StraightLine())}


def _answer(answer: dict[str, object]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))


def _leave(*, is_yes: bool) -> None:
    if not is_yes:
        raise SystemExit(NO)


def _stop(problem_text: str) -> NoReturn:
    click.echo(f"error: {problem_text}", err=True)
    raise SystemExit(BAD_INPUT)
