"""Two versions of a text, word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hoffice.wording.diff import WORDS_COMPARED, Change, stretches, word_diff


def marked(old: str, new: str) -> str:
    """The difference in one string: `-taken out-`, `+put in+`."""
    signs = {Change.KEPT: "", Change.REMOVED: "-", Change.ADDED: "+"}
    return "\n".join(
        "".join(f"{signs[one.change]}{one.text}{signs[one.change]}" for one in line.pieces)
        for line in word_diff(old, new)
    )


def side(old: str, new: str, leave_out: Change) -> list[str]:
    """The words of one side, put together again from the difference."""
    words = "\n".join(
        "".join(one.text for one in line.pieces if one.change is not leave_out)
        for line in word_diff(old, new)
    )
    return words.split()


def test_only_the_words_that_changed_are_marked() -> None:
    assert marked("Frist von vier Wochen.", "Frist von sechs Wochen.") == (
        "Frist von -vier-+sechs+ Wochen."
    )


def test_a_new_line_stands_alone_and_a_lost_one_too() -> None:
    assert marked("eins\ndrei", "eins\nzwei\ndrei") == "eins\n+zwei+\ndrei"
    assert marked("eins\nzwei\ndrei", "eins\ndrei") == "eins\n-zwei-\ndrei"


def test_lines_have_the_numbers_of_the_newer_text() -> None:
    lines = word_diff("a\nb\nc", "a\nneu\nb x\nc")

    assert [(line.number, line.has_changed) for line in lines] == [
        (1, False),
        (2, True),
        (3, True),
        (4, False),
    ]


def test_the_same_text_has_no_stretch() -> None:
    assert stretches(word_diff("a\nb", "a\nb")) == ()


def test_what_is_far_from_a_change_is_counted_only() -> None:
    old = "\n".join(f"Zeile {number}" for number in range(20))
    new = old.replace("Zeile 4\n", "Zeile vier\n").replace("Zeile 15\n", "Zeile fünfzehn\n")

    first, second = stretches(word_diff(old, new), context=1)

    assert (first.skipped, [line.number for line in first.lines]) == (3, [4, 5, 6])
    assert (second.skipped, [line.number for line in second.lines]) == (8, [15, 16, 17])


def test_a_flood_of_words_is_not_compared_one_by_one() -> None:
    old, new = "a b " * WORDS_COMPARED, "b c " * WORDS_COMPARED

    assert [[one.change for one in line.pieces] for line in word_diff(old, new)] == [
        [Change.REMOVED],
        [Change.ADDED],
    ]


@given(st.text("ab \n.", max_size=60), st.text("ab \n.", max_size=60))
def test_both_texts_can_be_read_out_of_their_difference(old: str, new: str) -> None:
    assert "".join(side(old, new, Change.ADDED)) == "".join(old.split())
    assert "".join(side(old, new, Change.REMOVED)) == "".join(new.split())
