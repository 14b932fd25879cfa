"""Travel times at the terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import Flask
from svcs.flask import get as door

from hoffice.factory import create_app
from hoffice.places.service import legs
from hoffice.places.travel.answers import TravelTimes
from hoffice.settings import RoadEngine, RoadSettings, Settings
from tests.conftest import Given
from tests.contracts.road_servers import serving, valhalla_says
from tests.places.travel.test_service_legs import driven, spots


def travel(app: Flask) -> tuple[int, dict[str, Any], str]:
    result = app.test_cli_runner().invoke(args=["places", "travel"])
    return result.exit_code, json.loads(result.output.splitlines()[-1]), result.output


def test_the_embedded_model_says_how_sure_it_is(app: Flask) -> None:
    code, answer, text = travel(app)

    assert code == 0
    assert answer == {
        "factor": 1.0,
        "uncertainty": 0.272,
        "legs": 0,
        "engine": None,
        "answers": None,
    }
    assert "within ± 27 %" in text
    assert "30 are needed" in text


def test_own_drives_show_their_factor(app: Flask, given: Given) -> None:
    with given():
        legs.teach([driven(n, share=1.1 + n / 100) for n in range(40)])

    _code, answer, text = travel(app)

    assert (answer["legs"], answer["factor"]) == (40, 1.295)
    assert "straight line × 1.3" in text or "straight line × 1.29" in text


def test_an_engine_that_does_not_answer_ends_with_1(settings: Settings) -> None:
    roads = RoadSettings(RoadEngine.OSRM, "http://127.0.0.1:9")

    code, answer, text = travel(create_app(replace(settings, roads=roads)))

    assert (code, answer["answers"]) == (1, False)
    assert "it cannot be reached" in text


def test_what_an_engine_has_said_is_counted_and_can_be_forgotten(settings: Settings) -> None:
    with serving(valhalla_says) as server:
        app = create_app(replace(settings, roads=RoadSettings(RoadEngine.VALHALLA, server.url)))
        with app.test_request_context():
            door(TravelTimes).matrix(spots(3))

        code, answer, text = travel(app)
        forgotten = app.test_cli_runner().invoke(args=["places", "forget-legs"]).output

    assert (code, answer["answers"]) == (0, True)
    assert f"legs from 3 places, valhalla {server.url}" in text
    assert "the legs from 3 places" in forgotten
    assert "kept" not in travel(app)[2]
