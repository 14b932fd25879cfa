"""The order in which tests begin names files that are there."""

from __future__ import annotations

from pathlib import Path

from tests import bundles

TESTS = Path(__file__).parent
FILES = [path.relative_to(TESTS.parent).as_posix() for path in TESTS.rglob("test_*.py")]


def test_each_name_in_the_order_is_that_of_a_file_or_of_a_folder_with_files() -> None:
    named = [begin for begin in bundles.FIRST if begin != bundles.DEMO]
    named += [f"tests/browser/{name}" for name in bundles.HOUSES_OF_THEIR_OWN]

    assert [begin for begin in named if not any(file.startswith(begin) for file in FILES)] == []


def test_a_file_is_ranked_before_the_rest_of_its_folder() -> None:
    journey, other = "tests/browser/test_journey.py", "tests/browser/test_stacks.py"

    ranked = sorted([other, "tests/web/test_lists.py", journey, bundles.DEMO], key=bundles.rank)

    assert ranked == [bundles.DEMO, journey, other, "tests/web/test_lists.py"]


def test_who_starts_a_house_of_its_own_does_not_look_at_the_shared_demo() -> None:
    for name in bundles.HOUSES_OF_THEIR_OWN:
        text = (TESTS / "browser" / name).read_text(encoding="utf-8")
        assert "demo: live.House" not in text, name
        assert "WindowOf" not in text, name
