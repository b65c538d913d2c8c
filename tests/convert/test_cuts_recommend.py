"""Limits, dominance and sentences, on cuts made by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from dermsplit_contract.errors import UsageError
from dermsplit_convert.costs import Cost
from dermsplit_convert.cut_search.candidate import Candidate
from dermsplit_convert.cut_search.limits import fits, misses, nearest_miss
from dermsplit_convert.cut_search.measured import Measured, read_measured
from dermsplit_convert.cut_search.pareto import compared_figures, undominated
from dermsplit_convert.cut_search.recommend import recommend
from dermsplit_convert.cut_search.search import Question, check_question
from dermsplit_convert.cut_search.sizes import parse_size, show_size
from dermsplit_convert.cut_search.timing import Times
from dermsplit_convert.cuts import Cut


def candidate(layer: str, values: int, macs: int, download: int, **more: Any) -> Candidate:
    return Candidate(Cut(layer, (values,), Cost(macs, download // 4, download), Cost(100 - macs, 9, 36)), **more)


SCALE = candidate("scale", 3000, 0, 0)
CONV = candidate("conv", 4000, 10, 400)
NORM = candidate("norm", 4000, 10, 440)
RELU = candidate("relu", 4000, 10, 440)
NARROW = candidate("narrow", 500, 20, 800)
WIDE = candidate("wide", 2000, 40, 2000)
DEEP = candidate("deep", 100, 90, 9000)
ALL = [SCALE, CONV, NORM, RELU, NARROW, WIDE, DEEP]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3MB", 3_000_000), ("700KB", 700_000), ("12000", 12_000), ("1.5 MiB", 1_572_864), ("2k", 2000), ("9 b", 9)],
)
def test_sizes_as_people_type_them(text: str, expected: int) -> None:
    assert parse_size(text, "--max-bytes") == expected


@pytest.mark.parametrize("text", ["", "MB", "-3MB", "3 miles", "3,000", "1e6"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Expected --max-bytes to be a number of bytes"):
        parse_size(text, "--max-bytes")


def test_sizes_as_they_are_shown() -> None:
    assert [show_size(count) for count in (0, 7840, 224_700, 3_060_000)] == ["0 B", "7,840 B", "224.7 KB", "3.1 MB"]


def test_a_cut_that_is_worse_in_one_figure_and_better_in_none_is_dominated() -> None:
    figures = compared_figures(ALL[1:])
    assert [figure.option for figure in figures] == ["--max-bytes", "--max-head-download", "--max-head-macs"]
    assert undominated(ALL[1:], figures) == [CONV, NARROW, DEEP]


def test_of_equal_cuts_the_deepest_is_taken() -> None:
    assert undominated([NORM, RELU], compared_figures([NORM, RELU])) == [RELU]


def test_the_photo_itself_is_never_recommended() -> None:
    found = recommend([SCALE, CONV], {})
    assert [one.candidate.layer for one in found] == ["conv"]
    assert "before it, scale sends the photo itself" in found[0].why


def test_why_in_a_sentence() -> None:
    found = {one.candidate.layer: one.why for one in recommend(ALL, {"--max-head-download": 5000})}
    assert found == {
        "conv": "Of all that fit it has the smallest head download (400 B) and the fewest head MACs (10); "
        "before it, scale sends the photo itself, since its head only scales it; "
        "after it, norm is no better than this: it has a head download of 440 B against 400 B.",
        "narrow": "Of all that fit it has the smallest features (500 B); "
        "before it, relu is no better than conv: it has a head download of 440 B against 400 B; "
        "after it, wide is no better than this: it has features of 2,000 B against 500 B.",
    }


def test_a_cut_between_two_others_is_compared_with_both() -> None:
    found = {one.candidate.layer: one.why for one in recommend(ALL, {})}
    assert found["narrow"].startswith(
        "It has features of 500 B against 4,000 B at conv and a head download of 800 B against 9,000 B at deep;"
    )


def test_neighbours_that_break_a_limit_say_which() -> None:
    (found,) = recommend(ALL, {"--max-bytes": 1000, "--max-head-download": 5000})
    assert "before it, relu has features of 4,000 B, over --max-bytes 1,000 B" in found.why
    assert "after it, wide has features of 2,000 B, over --max-bytes 1,000 B" in found.why


def test_fewer_bits_make_fewer_bytes() -> None:
    packed = [Candidate(CONV.cut, bits).wire_bytes for bits in (32, 16, 8, 4, 2, 1)]
    assert packed == [16_000, 8000, 4000, 2000, 1000, 500]
    assert Candidate(Cut("odd", (3,), Cost(1), Cost()), 4).wire_bytes == 2


def test_time_limits_but_does_not_compare() -> None:
    fast, slow = (Candidate(one.cut, times=Times(ms, 1.0)) for one, ms in ((CONV, 2.0), (NARROW, 9.0)))
    assert fits(fast, {"--max-head-ms": 5.0})
    assert [miss.sentence() for miss in misses(slow, {"--max-head-ms": 5.0})] == [
        "has a head time of 9.0 ms, over --max-head-ms 5.0 ms"
    ]
    assert "--max-head-ms" not in [figure.option for figure in compared_figures([fast, slow])]


def test_measured_figures_limit_and_compare() -> None:
    leaky = candidate("leaky", 500, 20, 800, measured=Measured(flips=0.0, leakage=0.9))
    tight = candidate("tight", 500, 40, 900, measured=Measured(flips=0.0, leakage=0.2))
    assert [one.candidate.layer for one in recommend([leaky, tight], {})] == ["leaky", "tight"]
    assert [one.candidate.layer for one in recommend([leaky, tight], {"--max-leakage": 0.5})] == ["tight"]
    (unknown,) = misses(NARROW, {"--max-flips": 0.1})
    assert unknown.sentence() == "has no measured figure for --max-flips"


def test_the_nearest_miss_is_named() -> None:
    limits = {"--max-bytes": 80, "--max-head-download": 8500}
    assert nearest_miss(ALL, limits) == (
        "No cut fits. The nearest is deep, which has features of 100 B, over --max-bytes 80 B and has a head download "
        "of 9,000 B, over --max-head-download 8,500 B."
    )
    assert nearest_miss([SCALE], limits).startswith("No cut fits: the network has no legal cut behind a layer")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (Question(limits={"--max-bytes": 1}), "--max-bytes says what a recommended cut may cost: give --recommend too"),
        (Question(bits=3), "--bits to be one of 32, 16, 8, 4, 2, 1, got 3"),
        (Question(recommend=True, limits={"--max-flips": 0.1}), "--max-flips needs figures that only a measurement"),
        (
            Question(recommend=True, limits={"--max-leakage": 0.1}),
            "--max-leakage needs figures that only a measurement",
        ),
    ],
)
def test_options_that_do_not_go_together(question: Question, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_question(question)
    assert words in raised.value.detail


def test_measured_figures_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "measured.json"
    file.write_text(json.dumps({"conv": {"flips": 0.02}, "deep": {"leakage": 0.3}}))
    assert read_measured(file, ["conv", "deep"]) == {"conv": Measured(flips=0.02), "deep": Measured(leakage=0.3)}
    with pytest.raises(UsageError, match="name legal cuts of this network only, got 'deep'"):
        read_measured(file, ["conv"])


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"conv": {"flips": 2}}', '{"conv": {"leaks": 1}}', '{"conv": {"leakage": -1}}', '{"conv": 1}']
)
def test_a_broken_file_of_figures_is_one_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "measured.json"
    file.write_text(text)
    with pytest.raises(UsageError, match="Expected --measured to be JSON such as") as raised:
        read_measured(file, ["conv"])
    assert "\n" not in raised.value.detail
    with pytest.raises(UsageError, match="cannot be read"):
        read_measured(tmp_path / "none.json", [])
