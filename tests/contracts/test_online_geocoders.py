"""One list of behaviours for every online provider, through geopy's real classes."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from functools import partial

import pytest

from hoffice.places.geocoders.online import words
from hoffice.places.geocoders.online.asking import MOST_BYTES, OnlineGeocoder
from hoffice.places.geocoders.online.providers import PROVIDERS, credit_of
from hoffice.places.geocoders.online.words import ProviderFailed
from hoffice.places.rules import Finding, Located, Precision
from hoffice.settings import KEYED_GEOCODERS, OWN_SERVER_GEOCODERS, OnlineProvider
from tests.contracts.online_answers import Place
from tests.contracts.online_dialects import DIALECTS, KEY, Dialect
from tests.contracts.online_servers import Reply, Server, ToLoopback, listening

AGENT = "hoffice/0.1.0 (https://hoffice.example)"
ALL = sorted(DIALECTS)
SONNENALLEE = ("Sonnenallee", "112", "12045", "Berlin")


class Asked:
    """A provider under test and the server it speaks to."""

    def __init__(self, name: str, server: Server) -> None:
        self.name, self.server = name, server
        self.dialect: Dialect = DIALECTS[name]
        self.meant: list[str] = []

    def geocoder(self, timeout_s: float = 60.0) -> OnlineGeocoder:
        """The real one, with the local server in its provider's place."""
        if not self.dialect.host:
            access = OnlineProvider(name=self.name, url=self.server.url)
            return OnlineGeocoder(access, user_agent=AGENT, timeout_s=timeout_s)
        return OnlineGeocoder(
            OnlineProvider(name=self.name, key=KEY),
            user_agent=AGENT,
            timeout_s=timeout_s,
            adapter=partial(ToLoopback, self.server, self.meant),
        )

    def knows(self, *places: Place) -> None:
        """Let the provider answer with these, in its own format."""
        self.server.says(self.dialect.answer(list(places)))

    def locate(self, *address: str, timeout_s: float = 60.0) -> Located:
        """Ask for an address, by default Sonnenallee 112."""
        return self.geocoder(timeout_s).locate(*(address or SONNENALLEE))

    def fails(self, timeout_s: float = 60.0) -> ProviderFailed:
        """Ask, and be failed."""
        with pytest.raises(ProviderFailed) as failure:
            self.locate(timeout_s=timeout_s)
        return failure.value


@pytest.fixture
def server() -> Iterator[Server]:
    with listening() as server:
        yield server


@pytest.fixture(params=ALL)
def asked(request: pytest.FixtureRequest, server: Server) -> Asked:
    return Asked(request.param, server)


def findings(located: Located) -> list[Finding]:
    return [remark.finding for remark in located.remarks]


def test_every_provider_that_may_be_set_is_in_the_table_and_under_test() -> None:
    assert set(PROVIDERS) == OWN_SERVER_GEOCODERS | KEYED_GEOCODERS == set(DIALECTS)


def test_a_house_is_found(asked: Asked) -> None:
    asked.knows(Place())

    located = asked.locate()

    assert (located.precision, located.radius_m) == (Precision.HOUSE, 20)
    assert (located.lat, located.lon) == (52.4812, 13.4356)
    assert located.matched == "Sonnenallee 112, 12045 Berlin"
    assert (located.provider, located.remarks) == (asked.name, ())


def test_only_the_address_leaves_the_house_and_only_to_this_provider(asked: Asked) -> None:
    asked.knows(Place())

    asked.locate("Sonnenallee c/o Kaya", "112, Hinterhaus 3. OG", "12045", "Berlin")

    assert asked.server.asked == [(asked.dialect.path, dict(asked.dialect.says))]
    assert asked.server.agents == [AGENT]
    assert set(asked.meant) == ({asked.dialect.host} if asked.dialect.host else set())


@pytest.mark.parametrize("spelling", ["Sonnenallee", "SONNENALLEE", "Sonnen-Allee", "sonnen allee"])
def test_spelling_does_not_matter(spelling: str, asked: Asked) -> None:
    asked.knows(Place())

    assert asked.locate(spelling, "112", "12045", "Berlin").precision == Precision.HOUSE


def test_a_street_abbreviated_is_the_same_street(asked: Asked) -> None:
    asked.knows(Place(street="Karl-Marx-Straße", number="12A"))

    assert asked.locate("Karl-Marx-Str.", "12 a", "12045", "Berlin").precision == Precision.HOUSE


def test_a_district_for_the_town_is_the_same_place(asked: Asked) -> None:
    asked.knows(Place())

    located = asked.locate("Sonnenallee", "112", "12045", "Berlin-Neukölln")

    assert located.precision == Precision.HOUSE


@pytest.mark.parametrize(
    "known", [Place(number=""), Place(is_guessed=True), Place(number="110")], ids=lambda p: p.kind
)
def test_only_the_street_is_found(known: Place, asked: Asked) -> None:
    asked.knows(known)

    located = asked.locate()

    assert (located.precision, located.radius_m) == (Precision.STREET, 300)
    assert findings(located) == [Finding.NUMBER_UNKNOWN]
    assert located.matched == "Sonnenallee, 12045 Berlin"


def test_the_pieces_of_a_street_are_one_street(asked: Asked) -> None:
    asked.knows(Place(number=""), Place(number="", lat=52.49, lon=13.45))

    assert asked.locate().precision == Precision.STREET


def test_only_the_postcode_is_found(asked: Asked) -> None:
    asked.knows(Place(street="", number=""))

    located = asked.locate()

    assert (located.precision, located.radius_m) == (Precision.POSTCODE, 700)
    assert findings(located) == [Finding.STREET_UNKNOWN]


def test_nothing_is_found(asked: Asked) -> None:
    asked.knows()

    located = asked.locate()

    assert (located.precision, located.lat) == (Precision.NONE, None)
    assert findings(located) == [Finding.STREET_UNKNOWN]


@pytest.mark.parametrize(
    "known",
    [
        Place(street="Sonnenburger Straße"),
        Place(postcode="12059"),
        Place(city="Potsdam", district="Babelsberg"),
    ],
    ids=["other street", "other postcode", "other town"],
)
def test_what_was_not_asked_for_is_a_candidate_and_no_answer(known: Place, asked: Asked) -> None:
    asked.knows(known)

    located = asked.locate()

    assert (located.precision, located.lat, located.is_question) == (Precision.NONE, None, True)
    assert findings(located) == [Finding.MISSPELT]
    (candidate,) = located.candidates
    assert (candidate.street, candidate.postcode) == (known.street, known.postcode)
    assert (candidate.lat, candidate.precision) == (known.lat, Precision.HOUSE)


def test_two_houses_of_one_address_are_a_question(asked: Asked) -> None:
    asked.knows(Place(), Place(lat=52.47, lon=13.45))

    located = asked.locate()

    assert (located.lat, findings(located)) == (None, [Finding.AMBIGUOUS])
    assert len(located.candidates) == 2


def test_a_shop_in_the_house_is_the_same_house(asked: Asked) -> None:
    asked.knows(Place(), Place(lat=52.4813, lon=13.4357))

    assert asked.locate().precision == Precision.HOUSE


def test_without_a_postcode_even_one_answer_is_a_question(asked: Asked) -> None:
    asked.knows(Place(street="Berliner Straße", number="10", postcode="13187", district="Pankow"))

    located = asked.locate("Berliner Straße", "10", "", "Berlin")

    assert located.lat is None
    assert findings(located) == [Finding.POSTCODE_MISSING, Finding.AMBIGUOUS]
    assert [candidate.postcode for candidate in located.candidates] == ["13187"]


def test_in_the_country_a_postcode_without_its_town_is_a_question(asked: Asked) -> None:
    asked.knows(
        Place("Dorfstraße", "5", "16818", "Wustrau", "Wustrau-Altfriesack", 52.85, 12.87),
    )

    assert asked.locate("Dorfstraße", "5", "16818", "").is_question
    assert asked.locate("Dorfstraße", "5", "16818", "Wustrau").precision == Precision.HOUSE


@pytest.mark.parametrize(
    "known",
    [
        Place(country="us", lat=41.62, lon=-72.75),
        Place(country="us"),
        Place(lat=41.62, lon=-72.75),
    ],
    ids=["Connecticut", "its name", "its point"],
)
def test_berlin_in_connecticut_is_no_answer_and_no_candidate(known: Place, asked: Asked) -> None:
    asked.knows(known)

    located = asked.locate()

    assert (located.lat, located.candidates) == (None, ())


def test_a_point_far_from_its_postcode_is_not_believed(asked: Asked) -> None:
    asked.knows(Place(lat=48.14, lon=11.58))

    assert asked.locate().lat is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, words.QUESTION_REFUSED),
        (401, words.KEY_REFUSED),
        (402, words.QUOTA_USED_UP),
        (403, words.REFUSED),
        (429, words.ASKS_TO_WAIT),
        (500, words.BROKEN),
        (502, words.BROKEN),
        (503, words.UNREACHABLE),
        (504, words.TIMED_OUT),
    ],
)
def test_each_error_of_the_provider_has_its_reason(status: int, reason: str, asked: Asked) -> None:
    asked.server.says({"error": "…"}, status=status)

    assert asked.fails().reason == reason
    assert len(asked.server.asked) == 1  # never a second try


def test_a_provider_says_how_long_to_wait(asked: Asked) -> None:
    asked.server.says({"error": "…"}, status=429, Retry_After="7")

    assert asked.fails().retry_after == (None if asked.name == "here" else 7)


def test_a_provider_that_is_slow_is_given_up(asked: Asked) -> None:
    asked.server.reply = Reply(b"{}", delay_s=60)

    assert asked.fails(timeout_s=0.3).reason == words.TIMED_OUT
    assert len(asked.server.asked) <= 1


@pytest.mark.parametrize("status", [200, 500])
def test_a_provider_that_dribbles_is_given_up(status: int, asked: Asked) -> None:
    asked.server.reply = Reply(b"[" * 600, status, pause_s=0.1)

    assert asked.fails(timeout_s=0.3).reason == words.TIMED_OUT


def test_an_answer_beyond_all_measure_is_not_read(server: Server) -> None:
    asked = Asked("photon", server)
    server.reply = Reply(b"[" + b" " * MOST_BYTES + b"]")

    assert asked.fails().reason == words.UNREADABLE


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><title>Wartung</title>", b"", b"\xff\xfe\x00", b'{"results": ['],
    ids=["HTML", "empty", "bytes", "half"],
)
def test_what_is_no_json_is_said_to_be_unreadable(body: bytes, asked: Asked) -> None:
    asked.server.reply = Reply(body, headers={"Content-Type": "text/html"})

    assert asked.fails().reason == words.UNREADABLE


NULL_IS_NOTHING = {"azure", "geocodeearth", "nominatim", "pelias", "pickpoint", "tomtom"}


@pytest.mark.parametrize("said", [{"surprise": 1}, [1], "text", 4711, None])
def test_json_of_another_kind_is_a_failure(said: object, asked: Asked) -> None:
    asked.server.says(said)

    if asked.name in NULL_IS_NOTHING and said is None:
        assert asked.locate().lat is None  # geopy takes it for “nothing”
    else:
        assert asked.fails().reason in {words.UNREADABLE, words.BROKEN}


def test_a_point_that_is_no_number_is_unreadable(asked: Asked) -> None:
    asked.knows(Place(lat="north"))  # type: ignore[arg-type]  # that is the point

    assert asked.fails().reason == words.UNREADABLE


def test_a_redirect_is_not_followed(asked: Asked) -> None:
    with listening() as elsewhere:
        elsewhere.says(asked.dialect.answer([Place()]))
        asked.server.reply = Reply(status=302, headers={"Location": f"{elsewhere.url}/search"})

        assert asked.fails().reason == words.SENT_AWAY
        assert elsewhere.asked == []


def test_an_answer_cut_in_half_is_a_failure(asked: Asked) -> None:
    asked.server.reply = Reply(b"[", claims_bytes=100)

    assert asked.fails().reason == words.UNREADABLE


def test_a_server_that_is_gone_cannot_be_reached(asked: Asked) -> None:
    asked.server.server_close()

    assert asked.fails().reason == words.UNREACHABLE


@pytest.mark.parametrize("name", ["google", "woosmap"])
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("OVER_QUERY_LIMIT", words.QUOTA_USED_UP),
        ("REQUEST_DENIED", words.QUESTION_REFUSED),
        ("UNKNOWN_ERROR", words.UNREACHABLE),
    ],
)
def test_errors_inside_a_good_answer_are_read(
    name: str, status: str, reason: str, server: Server
) -> None:
    server.says({"results": [], "status": status, "error_message": f"bad key {KEY}"})

    told = Asked(name, server).fails().reason

    assert told == (words.BROKEN if (name, status) == ("woosmap", "OVER_QUERY_LIMIT") else reason)


def test_opencage_tells_of_its_quota_inside_a_good_answer(server: Server) -> None:
    server.says({"results": [], "status": {"code": 402, "message": "quota exceeded"}})

    assert Asked("opencage", server).fails().reason == words.QUOTA_USED_UP


def test_a_partial_match_of_google_is_no_house(server: Server) -> None:
    asked = Asked("google", server)
    said = asked.dialect.answer([Place()])
    said["results"][0]["partial_match"] = True
    server.says(said)

    assert asked.locate().precision == Precision.STREET


def test_a_number_with_a_slash_stays_inside_the_question(asked: Asked) -> None:
    asked.knows(Place(number="21/22"))

    located = asked.locate("Sonnenallee", "21/22", "12045", "Berlin")

    assert located.precision == Precision.HOUSE
    ((path, said),) = asked.server.asked
    assert set(said) == set(asked.dialect.says)
    assert path.count("/") == asked.dialect.path.count("/")


SPIES = "Sonnenallee&name=Kaya#?x=;y=%00/../"


def test_signs_of_a_url_cannot_add_to_the_question(asked: Asked) -> None:
    asked.knows()

    asked.locate(SPIES, "112", "12045", "Berlin")

    ((path, said),) = asked.server.asked
    assert set(said) == set(asked.dialect.says)
    assert path.count("/") == asked.dialect.path.count("/")


@pytest.mark.parametrize("status", [200, 302, 401, 403, 429, 500])
def test_neither_key_nor_address_is_written_anywhere(
    status: int, asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asked.server.says({"error": f"{KEY} for Sonnenallee"}, status=status, Location="/elsewhere")
    geocoder = asked.geocoder()

    with pytest.raises(ProviderFailed) as failure:
        geocoder.locate(*SONNENALLEE)

    written = "".join(traceback.format_exception(failure.value))
    shown = [written, str(failure.value), repr(failure.value), repr(geocoder), caplog.text]
    assert KEY not in "".join(shown)
    assert "Sonnenallee" not in "".join((str(failure.value), repr(failure.value), caplog.text))
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None


def test_every_provider_has_its_credit() -> None:
    assert all(credit_of(name) for name in ALL)
    assert "OpenStreetMap" in credit_of("nominatim")
    assert credit_of("berlin") == ""


def test_the_public_servers_are_known_as_such() -> None:
    def made(name: str, url: str = "", key: str = "") -> OnlineGeocoder:
        return OnlineGeocoder(OnlineProvider(name=name, url=url, key=key), user_agent=AGENT)

    assert made("nominatim").is_public
    assert made("nominatim").interval_s >= 1
    assert made("nominatim", "https://nominatim.openstreetmap.org").is_public
    assert made("photon", "https://photon.komoot.io").is_public
    assert not made("nominatim", "https://nominatim.firma.de").is_public
    assert not made("here", key=KEY).is_public


@pytest.mark.parametrize("name", ["nominatim", "photon", "pelias"])
def test_a_server_of_ones_own_may_stand_below_a_path(name: str, server: Server) -> None:
    asked = Asked(name, server)
    asked.knows(Place())
    access = OnlineProvider(name=name, url=f"{server.url}/maps")

    located = OnlineGeocoder(access, user_agent=AGENT).locate(*SONNENALLEE)

    assert located.precision == Precision.HOUSE
    assert server.asked[0][0] == f"/maps{asked.dialect.path}"
