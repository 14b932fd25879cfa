"""The download of the official addresses, against a server that answers like the real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hoffice.errors import Refused
from hoffice.places.sources import wfs
from hoffice.places.sources.opening import open_register
from hoffice.places.sources.wfs import Fetched, fetch_berlin
from tests.places.sources.files import feature
from tests.places.sources.wfs_server import Behaviour, running


class Visit:
    """A server and the place that its addresses are downloaded to."""

    def __init__(self, url: str, server: Behaviour, into: Path) -> None:
        self.url = url
        self.server = server
        self.into = into

    def fetch(self, **more: Any) -> Fetched:
        """Download with pages of ten."""
        knobs = {"page_size": 10, "rests_s": (0, 0), "timeout_s": 60, **more}
        return fetch_berlin(knobs.pop("url", self.url), self.into, **knobs)

    def leftovers(self) -> list[str]:
        """What lies around beside the file."""
        return sorted(each.name for each in self.into.parent.iterdir() if each != self.into)


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    with running() as (url, server):
        yield Visit(url, server, tmp_path / "places" / "berlin.json")


def test_all_pages_become_one_register(visit: Visit) -> None:
    seen: list[tuple[int, int]] = []

    fetched = visit.fetch(on_progress=lambda here, all_: seen.append((here, all_)))
    register = open_register(visit.into)

    assert (fetched.addresses, fetched.kept_pages) == (25, 0)
    assert seen == [(10, 25), (20, 25), (25, 25)]
    assert [entry.housenumber for entry in register] == [str(no) for no in range(1, 26)]
    assert (register.origin.name, register.announced) == ("berlin", 25)
    assert visit.leftovers() == []


def test_the_server_is_asked_politely_and_in_a_steady_order(visit: Visit) -> None:
    visit.fetch()

    hits, *pages = visit.server.asked
    assert hits["resultType"] == "hits"
    assert {page["sortBy"] for page in pages} == {"str_name,hnr,hnr_zusatz,plz"}
    assert {page["outputFormat"] for page in pages} == {"application/json"}
    assert visit.server.pages == [0, 10, 20]
    assert all(agent.startswith("hoffice/") for agent in visit.server.user_agents)


def test_an_interrupted_download_goes_on_with_the_missing_pages(visit: Visit) -> None:
    visit.server.dies_at = 20
    with pytest.raises(Refused, match="downloaded is kept"):
        visit.fetch()
    assert not visit.into.exists()
    visit.server.dies_at = None
    visit.server.asked.clear()

    fetched = visit.fetch()

    assert fetched.kept_pages == 2
    assert visit.server.pages == [20]
    assert len(list(open_register(visit.into))) == 25


def test_another_number_of_addresses_starts_anew(visit: Visit) -> None:
    visit.server.dies_at = 20
    with pytest.raises(Refused):
        visit.fetch()
    visit.server.dies_at = None
    visit.server.features.append(feature("Zillestraße", "1", no=99))

    fetched = visit.fetch()

    assert (fetched.addresses, fetched.kept_pages) == (26, 0)


def test_other_pages_start_anew(visit: Visit) -> None:
    visit.server.dies_at = 20
    with pytest.raises(Refused):
        visit.fetch()
    visit.server.dies_at = None

    assert visit.fetch(page_size=7).kept_pages == 0


def test_a_list_that_changes_meanwhile_is_not_believed(visit: Visit) -> None:
    visit.server.matched_on_pages = 26

    with pytest.raises(Refused, match="changed its list"):
        visit.fetch()

    assert visit.leftovers() == []


def test_pages_that_overlap_are_not_joined(visit: Visit) -> None:
    visit.server.overlap = 1

    with pytest.raises(Refused, match="twice"):
        visit.fetch()

    assert not visit.into.exists()
    assert visit.leftovers() == []


def test_a_page_that_rots_on_disk_is_not_joined(visit: Visit) -> None:
    visit.server.dies_at = 20
    with pytest.raises(Refused):
        visit.fetch()
    visit.server.dies_at = None
    part = visit.into.with_name("berlin.json.parts") / "00000.json"
    part.write_bytes(part.read_bytes()[:-100])

    with pytest.raises(Refused, match="cut off"):
        visit.fetch()

    assert visit.fetch().addresses == 25, "and the next time all is fetched again"


@pytest.mark.parametrize("code", [500, 502, 503, 504, 429])
def test_a_server_that_is_busy_twice_is_asked_three_times(visit: Visit, code: int) -> None:
    visit.server.failures = [code, code]

    assert visit.fetch().addresses == 25


def test_a_server_that_stays_busy_is_left_alone(visit: Visit) -> None:
    visit.server.failures = [503] * 9

    with pytest.raises(Refused, match=r"127\.0\.0\.1 does not answer \(HTTP 503\)"):
        visit.fetch()

    assert len(visit.server.asked) == 3


def test_the_rests_grow(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    rested: list[float] = []
    monkeypatch.setattr(wfs, "sleep", rested.append)
    visit.server.failures = [503] * 9

    with pytest.raises(Refused):
        visit.fetch(rests_s=wfs.RESTS_S)

    assert rested == [0.0, 2.0, 10.0, 30.0, 90.0]


def test_each_rest_is_told_before_it_begins(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[float, str]] = []
    silent: list[float] = []

    def rest(seconds: float) -> None:
        if seconds and (not told or told[-1][0] != seconds):
            silent.append(seconds)

    monkeypatch.setattr(wfs, "sleep", rest)
    visit.server.failures = [503, 429]

    visit.fetch(rests_s=(2.0, 10.0), on_rest=lambda seconds, why: told.append((seconds, why)))

    assert told == [(2.0, "HTTP 503"), (10.0, "HTTP 429")]
    assert silent == []


def test_a_server_that_is_too_slow_is_given_up(visit: Visit) -> None:
    visit.server.is_silent = True

    with pytest.raises(Refused, match="timed out"):
        visit.fetch(timeout_s=0.1, rests_s=())


def test_a_server_that_is_not_there_is_named(visit: Visit) -> None:
    with pytest.raises(Refused, match="does not answer"):
        visit.fetch(url="http://127.0.0.1:9/")


def test_what_the_server_says_about_a_wrong_type_is_shown(visit: Visit) -> None:
    with pytest.raises(Refused, match="“Feature type trees unknown”"):
        visit.fetch(type_name="trees")


@pytest.mark.parametrize(
    ("instead", "sentence"),
    [
        (b"<!doctype html><html><body>Wartung</body></html>", "^The answer of 127.0.0.1 is a web"),
        (b'{"exceptions":[{"text":"java.lang.NullPointerException"}]}', "NullPointer"),
        (b'{"type":"Topology"}', "^The answer of 127.0.0.1 is JSON"),
        (b'{"type":"FeatureCollection","features":[', "^The answer of 127.0.0.1 ends"),
        (b'{"type":"FeatureCollection","features":[7]}', "^The answer of 127.0.0.1 is damaged"),
        (b"", "^The answer of 127.0.0.1 (is JSON|ends)"),
    ],
)
def test_what_is_no_page_is_not_kept(visit: Visit, instead: bytes, sentence: str) -> None:
    visit.server.instead = instead

    with pytest.raises(Refused, match=sentence):
        visit.fetch()
    visit.server.instead = None

    assert visit.fetch().kept_pages == 0


def test_a_page_with_too_few_addresses_is_not_kept(visit: Visit) -> None:
    visit.server.short_at = 10

    with pytest.raises(Refused, match="9 addresses instead of 10 on page 2"):
        visit.fetch()
    visit.server.short_at = None

    assert visit.fetch().kept_pages == 1


def test_a_server_without_addresses_is_refused(visit: Visit) -> None:
    visit.server.features.clear()

    with pytest.raises(Refused, match="how many addresses"):
        visit.fetch()


def test_an_answer_without_end_is_cut_short(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wfs, "PAGE_BYTES", 1 << 10)

    with pytest.raises(Refused, match="for one page"):
        visit.fetch()


def test_another_host_is_not_followed(visit: Visit) -> None:
    visit.server.location = "https://addresses.example.org/wfs"

    with pytest.raises(Refused, match=r"sends us on to addresses\.example\.org"):
        visit.fetch()


@pytest.mark.parametrize(
    "url", ["http://example.org/wfs", "ftp://example.org", "file:///etc/passwd", "berlin", ""]
)
def test_only_a_safe_way_is_taken(visit: Visit, url: str) -> None:
    with pytest.raises(Refused, match="https://"):
        visit.fetch(url=url)


def test_what_was_there_before_stays_until_all_is_there(visit: Visit) -> None:
    visit.fetch()
    before = visit.into.read_bytes()
    visit.server.dies_at = 10

    with pytest.raises(Refused):
        visit.fetch()

    assert visit.into.read_bytes() == before
    assert json.loads(before)["numberReturned"] == 25


def test_a_place_that_cannot_be_written_is_named(visit: Visit) -> None:
    visit.into.parent.write_text("a file where the folder should be")

    with pytest.raises(Refused, match="cannot be written"):
        visit.fetch()
