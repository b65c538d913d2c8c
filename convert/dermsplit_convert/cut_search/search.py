"""From a network to the cuts that are worth taking, top to bottom:

find -> read what was measured -> drop what breaks a limit -> time the rest -> compare -> explain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dermsplit_contract.errors import UsageError
from dermsplit_convert.cut_search.candidate import Candidate
from dermsplit_convert.cut_search.limits import fits, nearest_miss
from dermsplit_convert.cut_search.measured import UNMEASURED, Measured, joined, read_leakage, read_measured
from dermsplit_convert.cut_search.recommend import Recommendation, recommend
from dermsplit_convert.cut_search.timing import time_cuts
from dermsplit_convert.cuts import BITS, find_cuts

if TYPE_CHECKING:
    import keras

HEAD_MS = "--max-head-ms"
FROM_FILE = {"--max-flips": "flips", "--max-leakage": "leakage"}

Report = Callable[[str], None]


@dataclass(frozen=True)
class Question:
    """What is asked. ``limits`` are by the option that sets them, and count only where a recommendation is wanted.

    ``leakage`` are files that `dermsplit leakage` wrote; what ``measured`` says of a cut goes before them.
    """

    recommend: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)
    bits: int = 8
    time: bool = False
    measured: Path | None = None
    leakage: Sequence[Path] = ()


@dataclass(frozen=True)
class Answer:
    """Every legal cut from input to output, and those recommended. ``notes`` are sentences for the person."""

    candidates: Sequence[Candidate]
    recommended: Sequence[Recommendation]
    notes: Sequence[str]


def check_question(question: Question) -> None:
    """Raise UsageError for options that do not go together: all that can be told without a network."""
    if question.limits and not question.recommend:
        raise UsageError(f"{next(iter(question.limits))} says what a recommended cut may cost: give --recommend too.")
    if question.bits not in BITS:
        raise UsageError(f"Expected --bits to be one of {', '.join(map(str, BITS))}, got {question.bits}.")
    missing = [
        option for option in FROM_FILE if option in question.limits and not (question.measured or question.leakage)
    ]
    if missing:
        raise UsageError(
            f"{missing[0]} needs figures that only a measurement gives: write them into a file such as "
            f'{{"LAYER": {{"{FROM_FILE[missing[0]]}": 0.01}}}} and give it as --measured FILE.json, or '
            "give as --leakage the leakage.json that `dermsplit leakage` writes."
        )


def search(model: "keras.Model", question: Question, report: Report) -> Answer:
    """Answer a question about a model; ``report`` hears of the slow steps in a few words.

    Raises UsageError where no cut fits, naming the nearest miss, and UnsupportedModel like ``find_cuts``.
    """
    check_question(question)
    cuts = find_cuts(model)
    known = _known(question, [cut.layer for cut in cuts])
    candidates = [Candidate(cut, question.bits, measured=known.get(cut.layer, UNMEASURED)) for cut in cuts]
    notes = _unmeasured(candidates, question.limits)
    if question.recommend:
        _require_any(candidates, {option: most for option, most in question.limits.items() if option != HEAD_MS})
    if question.time or HEAD_MS in question.limits:
        candidates = _timed(model, candidates, question, report)
    if not question.recommend:
        return Answer(candidates, [], notes)
    _require_any(candidates, question.limits)
    return Answer(candidates, recommend(candidates, question.limits), notes)


def _known(question: Question, layers: list[str]) -> dict[str, Measured]:
    told = read_measured(question.measured, layers) if question.measured else {}
    return joined(read_leakage(question.leakage, layers, question.bits), told)


def _timed(model: "keras.Model", candidates: list[Candidate], question: Question, report: Report) -> list[Candidate]:
    """The candidates, with times where those may matter: a cut that breaks another limit is out anyway."""
    limits = {option: most for option, most in question.limits.items() if option != HEAD_MS}
    layers = [one.layer for one in candidates if not question.recommend or fits(one, limits)]
    times = time_cuts(model, layers, report)
    return [replace(one, times=times.get(one.layer)) for one in candidates]


def _unmeasured(candidates: list[Candidate], limits: Mapping[str, float]) -> list[str]:
    notes = []
    for option, name in FROM_FILE.items():
        never = [one.layer for one in candidates if getattr(one.measured, name) is None]
        if option in limits and never:
            notes.append(
                f"{name.capitalize()} measured at {len(candidates) - len(never)} of {len(candidates)} cuts: {option} "
                f"drops the rest, which nobody measured: {', '.join(never)}."
            )
    return notes


def _require_any(candidates: list[Candidate], limits: Mapping[str, float]) -> None:
    if not any(fits(one, limits) for one in candidates):
        # Where only some were timed, a cut without a time broke another limit and is further off.
        known = [one for one in candidates if HEAD_MS not in limits or one.times] or candidates
        raise UsageError(nearest_miss(known, limits))
