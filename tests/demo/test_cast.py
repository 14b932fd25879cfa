"""The cast of March 2020: invented, complete, and in no two places at once."""

from __future__ import annotations

import csv
import gzip
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from hoffice.demo.cast import cast
from hoffice.demo.cast.things import (
    AddressCase,
    ApprovalState,
    Cast,
    Lack,
    Person,
    Point,
    RunState,
    Stage,
    Way,
)

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "addresses"
PHONE = re.compile(r"030 23125 \d{3}|0171 39200\d{2}")
SOUTH, NORTH, WEST, EAST = 52.3, 52.72, 12.9, 13.75
FARTHEST_M = 1500


@pytest.fixture
def story() -> Cast:
    return cast()


def rows(name: str) -> Iterator[Mapping[str, str]]:
    """The lines of a shared table of real addresses, or a visible skip."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the table of real addresses is not here: ../shared/data/addresses/{name}")
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    yield from csv.DictReader(text.decode("utf-8").splitlines())


def spelled_out(street: str) -> str:
    """The street as the register writes it."""
    return re.sub(r"str\.$", "straße", re.sub(r"Str\.$", "Straße", street))


def metres(one: Point, other: Point) -> float:
    """Distance on a plane; good enough for a city."""
    north = (one.lat - other.lat) * 111_200
    return math.hypot(north, (one.lon - other.lon) * 111_200 * math.cos(math.radians(one.lat)))


def people_in(story: Cast, *stages: Stage) -> list[Person]:
    return [person for person in story.people if person.stage in stages]


def approved(story: Cast) -> dict[str, int]:
    """Approved project -> day of approval."""
    return {
        project.code: client.approval.decided_day
        for client in story.clients
        if client.approval.state is ApprovalState.APPROVED
        and client.approval.decided_day is not None
        for project in client.projects
    }


def test_140_people_have_numbers_mails_and_phones_of_their_own(story: Cast) -> None:
    assert [person.number for person in story.people] == [str(n) for n in range(4101, 4241)]
    assert len({person.name for person in story.people}) == 140
    assert len({person.email for person in story.people}) == 140
    assert len({person.phone for person in story.people}) == 140
    assert sum(person.language == "en" for person in story.people) == 12


def test_nobody_real_can_be_called_or_written_to(story: Cast) -> None:
    phones = [p.phone for p in story.people] + [s.phone for s in story.staff] + [story.office.phone]
    mails = [*(p.email for p in story.people), *(s.email for s in story.staff)]
    mails += [client.email for client in story.clients]

    assert [phone for phone in phones if not PHONE.fullmatch(phone)] == []
    assert [m for m in mails if not re.fullmatch(r"[a-z.-]+@[a-z.-]+\.example", m)] == []
    assert all(person.email.endswith("@spreeruf.example") for person in story.people)


def test_homes_lie_in_and_around_berlin(story: Cast) -> None:
    cities = Counter(person.home.city for person in story.people)
    points = [person.home.point for person in story.people if person.home.point]

    assert (cities["Berlin"], cities["Potsdam"], cities.total()) == (118, 15, 140)
    assert all(SOUTH < point.lat < NORTH and WEST < point.lon < EAST for point in points)
    assert len(set(points)) == len(points)


def test_six_addresses_have_no_point_and_two_are_cases(story: Cast) -> None:
    unlocated = [person for person in story.people if person.home.point is None]
    cases = {person.home.case: person for person in unlocated if person.home.case}

    assert len(unlocated) == 8
    assert cases.keys() == set(AddressCase)
    assert cases[AddressCase.AMBIGUOUS].home.postcode == ""
    assert {person.home.case for person in story.people if person not in unlocated} == {None}


def test_who_has_no_point_is_on_no_run(story: Cast) -> None:
    stops = {stop.person for run in story.runs for stop in run.stops}

    assert not [p for p in story.people if p.home.point is None and p.number in stops]


def test_the_third_morning_stands_as_told(story: Cast) -> None:
    assert Counter(person.stage for person in story.people) == {
        Stage.RECEIVED: 18,
        Stage.PARTLY: 2,
        Stage.ON_THE_WAY: 6,
        Stage.PLANNED: 12,
        Stage.READY: 45,
        Stage.SIGNED: 10,
        Stage.PACKED: 22,
        Stage.INVITED: 15,
        Stage.DECLINED: 4,
        Stage.NEW: 6,
    }


def test_six_clients_and_everybody_works_for_one_to_three_projects(story: Cast) -> None:
    projects = [project.code for client in story.clients for project in client.projects]

    assert len(story.clients) == 6
    assert len(projects) == len(set(projects))
    assert {len(client.projects) for client in story.clients} == {1, 2}
    assert {code for person in story.people for code in person.projects} == set(projects)
    assert {len(set(person.projects)) for person in story.people} == {1, 2, 3}


def test_every_team_is_led_by_one_of_its_own(story: Cast) -> None:
    team_of = {person.number: person.team for person in story.people}

    assert {team.code for team in story.teams} == set(team_of.values())
    assert [team_of[team.lead] for team in story.teams] == [team.code for team in story.teams]


def test_every_role_has_an_account_and_the_lead_is_one_of_the_people(story: Cast) -> None:
    emails = {person.number: person.email for person in story.people}
    leads = [member for member in story.staff if member.person is not None]

    assert {member.role for member in story.staff} == {
        *("admin", "it", "hr", "lead", "driver", "works_council", "dpo", "auditor")
    }
    assert [emails[member.person or ""] for member in leads] == [lead.email for lead in leads]
    assert {lead.person for lead in leads} <= {team.lead for team in story.teams}


def test_190_desks_of_devices_with_numbers_of_their_own(story: Cast) -> None:
    tags = [item.asset_tag for item in story.items]

    assert len({item.desk for item in story.items}) == 190
    assert tags[0] == "HW-02001"
    assert tags == sorted(set(tags))
    assert len({item.serial_number for item in story.items}) == len(tags)


def test_the_same_stock_comes_out_every_time(story: Cast) -> None:
    cast.cache_clear()

    assert cast() == story
    assert story.items[0].serial_number == "TRB326Q"


def test_there_are_enough_desks_of_each_kind_for_everybody(story: Cast) -> None:
    kind_of_desk = {
        kit.boxes[0].items[0].desk: kit.kit_type for kit in story.kits
    }  # one device tells the desk
    wanted = Counter(person.kit_type for person in story.people)

    assert len(kind_of_desk) == len(story.kits) == 140
    assert wanted.keys() == {kit.code for kit in story.kit_types}
    assert wanted.total() < len({item.desk for item in story.items})


def test_a_kit_holds_exactly_what_its_kit_type_names(story: Cast) -> None:
    types = {kit.code: kit for kit in story.kit_types}
    for kit in story.kits:
        inside = Counter((item.model.kind, box.number) for box in kit.boxes for item in box.items)
        named = {(part.kind, part.box): part.quantity for part in types[kit.kit_type].parts}
        assert inside == named


def test_no_device_lies_in_two_boxes(story: Cast) -> None:
    packed = Counter(
        item.asset_tag for kit in story.kits for box in kit.boxes for item in box.items
    )

    assert max(packed.values()) == 1


def test_every_box_closes_and_can_be_lifted(story: Cast) -> None:
    for kit in story.kits:
        for box in kit.boxes:
            assert sum((i.model.volume_l for i in box.items), Decimal()) <= box.shape.volume_l
            mass_kg = sum((i.model.mass_kg for i in box.items), box.shape.tare_kg)
            assert mass_kg <= box.shape.max_kg


def test_every_run_fits_into_the_van(story: Cast) -> None:
    boxes = {kit.person: len(kit.boxes) for kit in story.kits}
    for run in story.runs:
        assert 0 < sum(stop.boxes for stop in run.stops) <= story.van.boxes
        assert [stop.boxes for stop in run.stops] == [boxes[stop.person] for stop in run.stops]
        assert [stop.start for stop in run.stops] == sorted(stop.start for stop in run.stops)


def test_runs_are_driven_by_crew_with_an_account(story: Cast) -> None:
    crew = {member.email for member in story.staff if member.is_crew}

    assert {email for run in story.runs for email in run.crew} <= crew
    assert all(driver != helper for driver, helper in (run.crew for run in story.runs))


def test_stages_and_runs_agree(story: Cast) -> None:
    stage = {person.number: person.stage for person in story.people}
    for run in story.runs:
        stages = {stage[stop.person] for stop in run.stops}
        match run.state:
            case RunState.CLOSED:
                assert run.day < 0
                assert stages <= {Stage.RECEIVED, Stage.PARTLY}
            case RunState.UNDER_WAY:
                assert run.day == 0
                assert stages == {Stage.RECEIVED, Stage.ON_THE_WAY}
            case RunState.PROMISED:
                assert stages == {Stage.ON_THE_WAY if run.day == 0 else Stage.PLANNED}
    driven = [stop.person for run in story.runs for stop in run.stops]
    assert len(driven) == len(set(driven)) == 27


def test_who_is_promised_or_has_received_came_by_one_of_the_three_ways(story: Cast) -> None:
    driven = {stop.person for run in story.runs for stop in run.stops}
    posted = {parcel.person for parcel in story.parcels}
    for person in people_in(story, Stage.RECEIVED, Stage.PARTLY, Stage.ON_THE_WAY, Stage.PLANNED):
        assert (person.number in driven) is (person.way is Way.VAN)
        assert (person.number in posted) is (person.way is Way.PARCEL)
        assert person.has_car or person.way is not Way.PICK_UP
        assert (person.journey.window is None) is (person.way is Way.PARCEL)


def test_nothing_leaves_the_house_before_its_gates_are_open(story: Cast) -> None:
    open_since = approved(story)
    for person in people_in(story, Stage.RECEIVED, Stage.PARTLY, Stage.ON_THE_WAY, Stage.PLANNED):
        way = person.journey
        leaves_day = way.window.day if way.window else way.handed_over_day
        assert leaves_day is not None
        assert way.answered_day is not None
        assert way.signed_day is not None
        assert way.packed_day is not None
        assert max(way.answered_day, way.signed_day, way.packed_day) <= leaves_day
        assert min(open_since.get(code, 99) for code in person.projects) <= leaves_day
        assert story.campaign.works_council_consented_day <= leaves_day


def test_every_step_follows_the_one_before(story: Cast) -> None:
    for person in story.people:
        way = person.journey
        papers = [way.invited_day, way.opened_day, way.signed_day, way.handed_over_day]
        boxes = [way.packed_day, way.promised_day, way.handed_over_day, way.received_day]
        for days in (papers, boxes):
            taken = [day for day in days if day is not None]
            assert taken == sorted(taken), person.number
            assert all(day <= 0 for day in taken)


def test_stages_and_days_agree(story: Cast) -> None:
    unsigned = {Stage.PACKED, Stage.DECLINED, Stage.INVITED, Stage.NEW}
    for person in story.people:
        way = person.journey
        assert (way.signed_day is None) is (person.stage in unsigned)
        assert (way.packed_day is None) is (person.stage is Stage.SIGNED)
        assert (way.received_day is not None) is (person.stage is Stage.RECEIVED)
        assert (way.invited_day is None) is (person.stage is Stage.NEW)
        assert (person.answer is not None) is (person.stage is Stage.DECLINED)


def test_some_who_are_ready_wait_for_a_client_alone(story: Cast) -> None:
    open_since = approved(story)

    blocked = [p for p in people_in(story, Stage.READY) if not open_since.keys() & {*p.projects}]

    assert 5 <= len(blocked) <= 20


def test_one_thing_is_missing_and_one_is_broken(story: Cast) -> None:
    tags = {
        kit.person: {item.asset_tag for box in kit.boxes for item in box.items}
        for kit in story.kits
    }

    assert {shortfall.lack for shortfall in story.shortfalls} == set(Lack)
    assert {shortfall.person for shortfall in story.shortfalls} == {
        person.number for person in people_in(story, Stage.PARTLY)
    }
    assert all(shortfall.asset_tag in tags[shortfall.person] for shortfall in story.shortfalls)


def test_every_street_of_berlin_exists_in_its_postcode(story: Cast) -> None:
    known = {(row["str_name"], row["plz"]) for row in rows("berlin_register_2023.csv.gz")}
    homes = [person.home for person in story.people if person.home.city == "Berlin"]

    unknown = {h.case for h in homes if (spelled_out(h.street), h.postcode) not in known}

    assert unknown == set(AddressCase)
    assert (story.office.street, story.office.postcode) in known


def test_nobody_lives_at_a_house_of_berlin_that_we_name(story: Cast) -> None:
    taken = {(row["str_name"], row["hnr"]) for row in rows("berlin_register_2023.csv.gz")}
    homes = [person.home for person in story.people if person.home.city == "Berlin"]
    named = {(spelled_out(home.street), home.house_number) for home in homes}

    assert named & taken == set()
    assert (story.office.street, story.office.house_number) not in taken


def test_no_point_lies_far_from_its_postcode_or_is_copied(story: Cast) -> None:
    near: defaultdict[str, list[Point]] = defaultdict(list)
    for name in ("berlin_points.csv", "brandenburg_points.csv.gz"):
        for row in rows(name):
            near[row["postcode"]].append(Point(float(row["lat"]), float(row["lon"])))
    places = [(p.home.postcode, p.home.point) for p in story.people if p.home.point]
    places.append((story.office.postcode, story.office.point))

    for postcode, point in places:
        assert min(metres(point, other) for other in near[postcode]) < FARTHEST_M, point
        assert point not in near[postcode]
