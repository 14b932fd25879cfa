"""The yardstick: a bare Flask page with one query and one template, as many rows as ours shows."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

ROWS = 50
PATH = "/people"

PAGE = """<!doctype html>
<html lang="en"><head><title>People</title></head><body><h1>People</h1>
<form><input name="q"></form>
<table>{% for row in rows %}
<tr><td><a href="/people/{{ row.id }}">{{ row.name }}</a></td><td>{{ row.number }}</td>
<td>{{ row.team }}</td><td>{{ row.street }}</td><td>{{ row.town }}</td><td>{{ row.state }}</td></tr>
{% endfor %}</table></body></html>
"""

QUERY = text(
    "SELECT person.id, person.name, number, team.name AS team, street, town, state "
    "FROM person JOIN team ON team.id = team_id ORDER BY person.name LIMIT :rows"
)


def write_scene(folder: Path, people: int) -> None:
    """The database and the template that the bare page needs."""
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "templates" / "people.html").write_text(PAGE, encoding="utf-8")
    path = folder / "bare.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT)")
        database.execute(
            "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, number TEXT, street TEXT,"
            " town TEXT, state TEXT, team_id INTEGER REFERENCES team)"
        )
        database.execute("CREATE INDEX by_name ON person (name)")
        database.executemany(
            "INSERT INTO team (name) VALUES (?)", [(f"Team {number}",) for number in range(12)]
        )
        database.executemany(
            "INSERT INTO person (name, number, street, town, state, team_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    f"Name {n * 7919 % people:05}",
                    f"{n:05}",
                    f"Street {n}",
                    "10115 Berlin",
                    "ready",
                    n % 12 + 1,
                )
                for n in range(people)
            ],
        )
    database.close()


def create_app() -> Flask:
    """The bare application over the scene in ``BENCH_FOLDER``."""
    folder = Path(os.environ["BENCH_FOLDER"])
    app = Flask(__name__, template_folder=str(folder / "templates"))
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'bare.db'}"
    db = SQLAlchemy(app)

    @app.get(PATH)
    def people() -> str:
        rows = db.session.execute(QUERY, {"rows": ROWS}).all()
        return render_template("people.html", rows=rows)

    return app
