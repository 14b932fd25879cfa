"""The staff import: everything or nothing, and the same list twice changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hoffice import clock
from hoffice.audit import queries as audit
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.jobs.worker import work_off
from hoffice.people import queries, service
from hoffice.people.jobs import handlers
from hoffice.people.models import Home, StaffImport, Team
from hoffice.people.staff_list import Field
from hoffice.places.rules import Located, Precision
from hoffice.sheets import importing
from hoffice.sheets.importing import ImportState
from hoffice.units import Point
from tests import makers
from tests.conftest import Given
from tests.makers import IT
from tests.people.lists import AYSE, HEADER, MAREK, csv, many
from tests.postcodes import embedded


def _import(content: bytes, *, skip_errors: bool = False) -> int:
    made = service.begin_import("liste.csv", content, by=IT)
    service.ask_for_import(made.id, geocoder=embedded(), by=IT, skip_errors=skip_errors)
    return made.id


def _actions(action: str) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count()).select_from(AuditLine).where(AuditLine.action == action)
        )
        or 0
    )


def test_a_list_brings_people_with_team_client_and_home(app: Flask, given: Given) -> None:
    with given():
        _import(csv(AYSE, MAREK))

    with app.app_context():
        ayse = queries.by_number("4471")
        assert ayse is not None
        assert ayse.name == "Ayşe Kaya"
        assert ayse.team is not None
        assert ayse.team.name == "Team Süd"
        assert [project.client.name for project in ayse.projects] == ["Havelkraft"]
        assert ayse.home is not None
        assert ayse.home.line == "Sonnenallee 912, 12045 Berlin"
        assert (ayse.home.precision, ayse.home.radius_m) == (Precision.POSTCODE, 700)
        assert db.session.scalars(
            queries.employees().where(queries.search("ayse sonnenallee"))
        ).all() == [ayse]
        assert _actions("people.client_added") == _actions("people.project_added") > 0


def test_the_preview_changes_nobody(app: Flask, given: Given) -> None:
    with given():
        made = service.begin_import("liste.csv", csv(AYSE), by=IT)
        preview = service.preview_of(made)
        assert preview.counts["new"] == 1

    with app.app_context():
        assert queries.count() == 0


def test_the_same_list_again_changes_nothing(app: Flask, given: Given) -> None:
    with given():
        _import(csv(AYSE, MAREK))
    with given():
        again = _import(csv(AYSE, MAREK))

    with app.app_context():
        counts = queries.staff_import(again).counts
        assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 0, 2)
        assert _actions("people.imported") == 2
        assert len(db.session.scalars(sa.select(Home)).all()) == 2


def test_another_address_ends_the_old_home_and_must_be_confirmed_again(
    app: Flask, given: Given
) -> None:
    with given():
        _import(csv(AYSE))
        ayse = queries.by_number("4471")
        assert ayse is not None
        service.confirm_home(ayse.id, by=IT)
    with given():
        _import(csv(AYSE.replace("Sonnenallee;912;12045", "Weidenufer;3;10115")))

    with app.app_context():
        ayse = queries.by_number("4471")
        assert ayse is not None
        assert ayse.home is not None
        assert ayse.home.street == "Weidenufer"
        assert ayse.home.confirmed_at is None
        old = [home for home in ayse.homes if home.valid_to is not None]
        assert [home.street for home in old] == ["Sonnenallee"]
        assert "weidenufer" in ayse.search_text
        assert "sonnenallee" not in ayse.search_text


def test_another_name_keeps_home_and_confirmation(app: Flask, given: Given) -> None:
    with given():
        _import(csv(AYSE))
        ayse = queries.by_number("4471")
        assert ayse is not None
        service.confirm_home(ayse.id, by=IT)
    with given():
        _import(csv(AYSE.replace("Kaya", "Brandt").replace("Team Süd", "Team Nord")))

    with app.app_context():
        ayse = queries.by_number("4471")
        assert ayse is not None
        assert ayse.last_name == "Brandt"
        assert ayse.team is not None
        assert ayse.team.name == "Team Nord"
        assert ayse.home is not None
        assert ayse.home.confirmed_at is not None
        assert len(ayse.homes) == 1


def test_the_log_says_of_each_person_what_was_before_and_after(app: Flask, given: Given) -> None:
    with given():
        _import(csv(AYSE))
    with given():
        second = _import(csv(AYSE.replace("Kaya", "Brandt"), MAREK))

    with app.app_context():
        applied_at = queries.staff_import(second).applied_at
        assert applied_at is not None
        lines = queries.imported_lines(applied_at, limit=10, offset=0)
        kinds = {line.details["kind"]: personal for line, personal in lines}
        assert set(kinds) == {"new", "changed"}
        changed = kinds["changed"]
        assert changed is not None
        assert changed.values == '{"last_name":["Kaya","Brandt"]}'
        assert audit.first_break() is None


def test_other_clients_replace_the_former_ones(app: Flask, given: Given) -> None:
    with given():
        _import(csv(AYSE))
    with given():
        _import(csv(AYSE.replace("Havelkraft", "Stadtwerk|Nordlicht")))

    with app.app_context():
        ayse = queries.by_number("4471")
        assert ayse is not None
        assert queries.clients_of([ayse.id]) == {ayse.id: ["Nordlicht", "Stadtwerk"]}


def test_a_person_who_is_not_in_the_list_stays(app: Flask, given: Given) -> None:
    with given():
        _import(csv(AYSE, MAREK))
    with given():
        later = _import(csv(AYSE))

    with app.app_context():
        assert queries.staff_import(later).counts["missing"] == 1
        assert queries.by_number("4472") is not None


def test_a_point_of_the_list_wins_over_the_geocoder(app: Flask, given: Given) -> None:
    header = HEADER + ";Breite;Länge"
    with given():
        _import(csv(AYSE + ";52,4812;13,4361", header=header))

    with app.app_context():
        ayse = queries.by_number("4471")
        assert ayse is not None
        assert ayse.home is not None
        assert (ayse.home.lat, ayse.home.lon) == (52.4812, 13.4361)
        assert (ayse.home.precision, ayse.home.radius_m) == (Precision.HOUSE, 20)
        assert ayse.home.provider == "list"


def test_a_point_set_by_hand_survives_the_next_list(app: Flask, given: Given) -> None:
    header = HEADER + ";Breite;Länge"
    content = csv(AYSE + ";52,4812;13,4361", header=header)
    with given():
        _import(content)
        ayse = queries.by_number("4471")
        assert ayse is not None
        service.pin_home(ayse.id, Point(52.49, 13.44), by=IT, confirmed_m=1014)
    with given():
        again = _import(content)

    with app.app_context():
        assert queries.staff_import(again).counts["unchanged"] == 1
        ayse = queries.by_number("4471")
        assert ayse is not None
        assert ayse.home is not None
        assert (ayse.home.lat, ayse.home.precision) == (52.49, Precision.PINNED)


def test_one_bad_line_keeps_the_whole_list_out(app: Flask, given: Given) -> None:
    with given():
        made = service.begin_import("liste.csv", csv(AYSE, MAREK.replace("14467", "1446x")), by=IT)
        import_id = made.id

    with pytest.raises(Refused, match="Nothing was changed"), given():
        service.ask_for_import(import_id, geocoder=embedded(), by=IT)

    with app.app_context():
        assert queries.count() == 0
        assert queries.staff_import(import_id).state is ImportState.PREVIEW


def test_bad_lines_are_left_out_when_somebody_says_so(app: Flask, given: Given) -> None:
    with given():
        applied = _import(csv(AYSE, MAREK.replace("14467", "1446x")), skip_errors=True)

    with app.app_context():
        assert queries.count() == 1
        assert queries.staff_import(applied).counts["error"] == 1


def test_nothing_is_half_imported_when_the_writing_breaks_off(app: Flask, given: Given) -> None:
    class Broken:
        def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
            if postcode == "14467":
                raise ConnectionError
            return embedded().locate(street, housenumber, postcode, city)

    with given():
        import_id = service.begin_import("liste.csv", csv(AYSE, MAREK), by=IT).id

    with pytest.raises(ConnectionError), given():
        service.ask_for_import(import_id, geocoder=Broken(), by=IT)

    with app.app_context():
        assert queries.count() == 0
        assert db.session.scalars(sa.select(Team)).all() == []


def test_a_preview_that_is_out_of_date_is_not_applied(given: Given) -> None:
    with given():
        made = service.begin_import("liste.csv", csv(AYSE, MAREK), by=IT)
        import_id, expected = made.id, service.preview_of(made).expected
    with given():
        _import(csv(AYSE))

    with pytest.raises(Refused, match="Look at it again"), given():
        service.ask_for_import(import_id, geocoder=embedded(), by=IT, expected=expected)


def test_a_list_is_applied_once(given: Given) -> None:
    with given():
        import_id = _import(csv(AYSE))

    with pytest.raises(Refused, match="applied already"), given():
        service.ask_for_import(import_id, geocoder=embedded(), by=IT)


def test_a_list_that_was_put_away_is_erased_and_cannot_be_applied(app: Flask, given: Given) -> None:
    with given():
        import_id = service.begin_import("liste.csv", csv(AYSE), by=IT).id
        service.discard_import(import_id, by=IT)

    with pytest.raises(Refused, match="put away"), given():
        service.ask_for_import(import_id, geocoder=embedded(), by=IT)
    with app.app_context():
        assert queries.staff_import(import_id).rows == []


def test_a_preview_nobody_decides_on_is_erased_after_seven_days(app: Flask, given: Given) -> None:
    with clock.frozen(clock.now() - timedelta(days=8)), given():
        old = service.begin_import("alt.csv", csv(AYSE), by=IT).id
    with given():
        new = service.begin_import("neu.csv", csv(MAREK), by=IT).id

    with app.app_context():
        forgotten = queries.staff_import(old)
        assert (forgotten.rows, forgotten.state) == ([], ImportState.DISCARDED)
        assert queries.staff_import(new).rows != []


def test_a_column_can_be_assigned_by_hand(app: Flask, given: Given) -> None:
    with given():
        made = service.begin_import("liste.csv", csv("1;Kaya", header="Kennung;Wer"), by=IT)
        with pytest.raises(Refused, match="personnel number"):
            service.preview_of(made)
        service.assign_columns(made.id, [Field.PERSONNEL_NUMBER, Field.NAME], by=IT)
        service.ask_for_import(made.id, geocoder=embedded(), by=IT)

    with app.app_context():
        assert queries.by_number("1") is not None


def test_one_field_cannot_have_two_columns(given: Given) -> None:
    with given():
        made = service.begin_import("liste.csv", csv("1;Kaya", header="Kennung;Wer"), by=IT)
        with pytest.raises(Refused, match="same field"):
            service.assign_columns(made.id, [Field.NAME, Field.NAME], by=IT)


def test_a_kit_type_in_the_list_makes_nobody_look_changed(app: Flask, given: Given) -> None:
    content = csv(AYSE + ";Arbeitsplatz", header=HEADER + ";Kit")
    with given():
        _import(content)
    with given():
        again = _import(content)

    with app.app_context():
        assert queries.staff_import(again).counts["unchanged"] == 1


def test_a_long_list_is_applied_by_a_job(app: Flask, given: Given) -> None:
    with given():
        made = service.begin_import("lang.csv", many(500), by=IT)
        asked = service.ask_for_import(made.id, geocoder=embedded(), by=IT)
        import_id = made.id
        assert asked.state is ImportState.APPLYING
        assert queries.count() == 0

    with app.app_context():
        assert work_off(handlers(embedded)) == 1

    with app.app_context():
        applied = queries.staff_import(import_id)
        assert applied.state is ImportState.APPLIED
        assert queries.count() == 500
        assert _actions("people.imported") == 500
        line = db.session.scalars(
            sa.select(AuditLine).where(AuditLine.action == "people.import_applied")
        ).one()
        assert line.actor == str(IT)


def test_a_job_that_is_done_twice_imports_once(app: Flask, given: Given) -> None:
    with given():
        made = service.begin_import("lang.csv", many(500), by=IT)
        service.ask_for_import(made.id, geocoder=embedded(), by=IT)
        import_id = made.id
    with app.app_context():
        work_off(handlers(embedded))

    with given():
        applied = service.apply_import(
            import_id,
            service.prepare(queries.staff_import(import_id), geocoder=embedded()),
            by=IT,
        )
        assert applied.counts["new"] == 500

    with app.app_context():
        assert queries.count() == 500


def test_a_list_whose_job_failed_can_be_decided_again(app: Flask, given: Given) -> None:
    with given():
        made = service.begin_import("lang.csv", many(500), by=IT)
        shown = service.preview_of(made).expected
        service.ask_for_import(made.id, geocoder=embedded(), by=IT, expected=shown)
        import_id = made.id
        makers.employee("Dazwischen Gekommen")
    with app.app_context():
        work_off(handlers(embedded))
    with app.app_context():
        stuck = queries.staff_import(import_id)
        assert stuck.state is ImportState.APPLYING
        assert not importing.is_at_work(stuck)

    with given():
        service.discard_import(import_id, by=IT)

    with app.app_context():
        assert db.session.get_one(StaffImport, import_id).state is ImportState.DISCARDED


class Slow:
    """An online provider, which must not be asked inside a writing transaction."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str, str]] = []

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The same house for everybody."""
        assert "sqlite_begin" not in db.session.connection().get_execution_options()
        self.asked.append((street, housenumber, postcode, city))
        return Located(52.55, 13.35, Precision.HOUSE, 20, "slow")


def test_what_a_list_leaves_out_of_an_address_is_asked_with_it_before_writing(
    app: Flask, given: Given
) -> None:
    with given():
        number = makers.employee("Ayşe Kaya", postcode="12045").personnel_number
    header = "Personalnummer;Vorname;Nachname;Straße;Hausnummer"
    with given():
        made = service.begin_import(
            "liste.csv", csv(f"{number};Ayşe;Kaya;Lindenring;5", header=header), by=IT
        )
        import_id = made.id

    slow = Slow()
    with app.app_context():
        prepared = service.prepare(queries.staff_import(import_id), geocoder=slow)
    with given():
        service.apply_import(import_id, prepared, by=IT)

    assert slow.asked == [("Lindenring", "5", "12045", "Berlin")]
    with app.app_context():
        ayse = queries.by_number(number)
        assert ayse is not None
        assert ayse.home is not None
        assert (ayse.home.line, ayse.home.provider) == ("Lindenring 5, 12045 Berlin", "slow")
