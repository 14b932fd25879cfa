"""The measuring tools themselves: what they read, what they refuse, and their yardstick."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import bare, load

SAID = """Running 10s test @ http://127.0.0.1:8000/personen
  2 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     6.06ms    4.71ms  80.40ms   82.14%
    Req/Sec   700.10    120.00     1.10k    66.67%
  Latency Distribution
     50%    5.80ms
     75%    8.10ms
     90%   11.90ms
     99%    1.20s
  4185 requests in 10.00s, 30.11MB read
Requests/sec:   1395.12
Transfer/sec:     10.04MB
"""


def test_the_words_of_wrk_become_numbers_with_their_units() -> None:
    rate = load.read_wrk(SAID)

    assert (rate.per_second, rate.p50_ms, rate.p99_ms) == (1395.12, 5.8, 1200.0)


def test_a_page_that_fails_is_not_called_fast() -> None:
    with pytest.raises(load.BadAnswer):
        load.read_wrk(SAID + "  Non-2xx or 3xx responses: 4185\n")


def test_the_yardstick_shows_as_many_rows_as_a_page_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.write_scene(tmp_path, people=200)
    monkeypatch.setenv("BENCH_FOLDER", str(tmp_path))

    page = bare.create_app().test_client().get(bare.PATH).text

    assert len(re.findall(r"<tr>", page)) == bare.ROWS
    assert "Team 3" in page
