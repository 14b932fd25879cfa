"""Travel times at the terminal: what they are made of, and forgetting what was asked."""

from __future__ import annotations

import json

import click

from hoffice.accounts.access import settings
from hoffice.db import unit_of_work
from hoffice.places.cli.group import places
from hoffice.places.queries import legs as queries
from hoffice.places.service import legs
from hoffice.places.travel.answers import RoadsDown
from hoffice.places.travel.choice import ask_once, engine_of
from hoffice.places.travel.learning import LEAST


@places.command("travel")
def travel() -> None:
    """Say where travel times come from, how sure they are, and whether the engine answers.

    The last line is one JSON object. Exit code 1 when an engine is set and does not answer.
    """
    learnt = legs.learnt()
    model = learnt.model()
    click.echo(
        f"model        straight line × {model.factor:.2f}, "
        f"nine in ten drives within ± {100 * model.uncertainty:.0f} %"
    )
    lacking = f"; {LEAST} are needed to learn from" if not learnt.is_own else ""
    click.echo(f"own drives   {learnt.legs}{lacking}")
    for key, count in queries.places_by_engine():
        click.echo(f"kept         legs from {count} places, {key}")
    chosen = settings().roads
    engine = engine_of(chosen)
    fault = ""
    if chosen is None or engine is None:
        click.echo("engine       none: set HOFFICE_ROADS to ask one")
    else:
        try:
            ask_once(engine)
        except RoadsDown as down:
            fault = str(down)
        click.echo(f"engine       {engine.name}, {chosen.place}: {fault or 'answers'}")
    answer = {
        "factor": round(model.factor, 3),
        "uncertainty": round(model.uncertainty, 3),
        "legs": learnt.legs,
        "engine": engine.name if engine else None,
        "answers": not fault if engine else None,
    }
    click.echo(json.dumps(answer))
    if fault:
        raise SystemExit(1)


@places.command("forget-legs")
def forget_legs() -> None:
    """Throw away every leg that engines have worked out, as after a new map."""
    with unit_of_work():
        places_left = legs.forget()
    click.echo(f"Forgotten: the legs from {places_left} places.")
