"""A run as facts, for the tests of its papers and files."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hoffice.paper.sheet import Letterhead
from hoffice.runs.pdf import BoxFacts, Pause, RunFacts, StopFacts, VanFacts, Visit
from hoffice.units import Point, Window

START = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
"""Eight o'clock in Berlin."""


def boxes(tag: str, count: int) -> tuple[BoxFacts, ...]:
    """So many boxes of one kit; the second one breaks."""
    return tuple(
        BoxFacts(n + 1, count, f"{tag}-{n + 1}", is_fragile=n == 1, litres=60, weight_g=9_500)
        for n in range(count)
    )


FIRST = StopFacts(
    position=1,
    visit=Visit.DELIVER,
    arrive_at=START + timedelta(minutes=20),
    leave_at=START + timedelta(minutes=35),
    name="Ayşe Şahin",
    address="Sonnenallee 12, 12045 Berlin",
    postcode="12045",
    window=Window(480, 600),
    phone="0170 1234567",
    access="3. OG links, kein Aufzug, Klingel Groß",
    note="Hund im Hof",
    boxes=boxes("K-1002", 2),
    minutes=15,
    url="https://hoffice.example/unterwegs/halt/17",
    point=Point(52.481, 13.435),
)
LAST = StopFacts(
    position=2,
    visit=Visit.SWAP,
    arrive_at=START + timedelta(minutes=110),
    leave_at=START + timedelta(minutes=125),
    name="Łukasz Kowalczyk",
    address="Kantstraße 3, 10623 Berlin",
    postcode="10623",
    boxes=boxes("K-1003", 2),
    back=(BoxFacts(1, 1, "K-0900-1"),),
)
RUN = RunFacts(
    number=2,
    name="Fahrt 2",
    on=date(2026, 11, 24),
    van=VanFacts("VW Transporter", "B-HO 2020", boxes=6, litres=4300, kg=900),
    crew=("Bülent Öztürk", "Änne Weiß"),
    letterhead=Letterhead("Nordlicht GmbH"),
    depot_name="Lager Mitte",
    depot_address="Köpenicker Straße 99, 10179 Berlin",
    starts_at=START,
    ends_at=START + timedelta(hours=3),
    stops=(FIRST, LAST),
    made_at=START,
    pauses=(Pause(START + timedelta(minutes=50), START + timedelta(minutes=80)),),
    depot=Point(52.511, 13.42),
    kilometres=31.4,
    office_phone="030 5550 112",
    uid="shift-7@hoffice.example",
    url="https://hoffice.example/unterwegs/3",
)
