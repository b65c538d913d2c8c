"""What must be read before the figures: the ways in which a good figure can mean nothing."""

from collections.abc import Callable, Sequence

import numpy as np

from dermsplit_contract.measures import OperatingPoint
from dermsplit_training.evaluation.metrics import ALL, PartMetrics
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.wording import bracketed, short

LEAST_SENSITIVITY = 0.05
LARGEST_CALIBRATION_ERROR = 0.05
FEWEST_MALIGNANT = 30

Leaks = tuple[int, int]
"""Lesions or patients with images in more than one part, and test images whose lesion or patient is in train too."""

Check = Callable[[PartMetrics], str]
"""From a measurement to a sentence without its capital and full stop, or to nothing where all is well."""


def warnings_of(outcome: Outcome, parts: Sequence[PartMetrics], leaks: Leaks) -> list[str]:
    """A sentence or two a warning, worst first, about the test part of the outcome; ``parts`` is all that was measured.

    A data set is looked at by itself, and all together only where none of them gives the same warning.
    """
    test = [part for part in parts if part.part == "test" and part.model == outcome.model]
    sound = [part for part in test if not _collapse(part)]
    warnings = _each(test, _collapse)
    warnings += _leaks(leaks, test_images=sum(part == "test" for part in outcome.parts))
    warnings += _copies(outcome)
    warnings += _each(sound, _no_better_than_majority)
    if outcome.points:
        warnings += _each(test, _target_missed(outcome.points[0]))
    warnings += _each(test, _badly_calibrated)
    if outcome.classes.malignant:
        warnings += _each(test, _few_malignant(outcome.classes.malignant))
    return warnings


def _each(test: Sequence[PartMetrics], check: Check) -> list[str]:
    single = [part for part in test if part.data_set != ALL]
    where = [part for part in single if check(part)] or [part for part in test if check(part)]
    sentences = [check(part) if len(test) == 1 else f"on {_name(part)}, {check(part)}" for part in where]
    return [f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences]


def _name(part: PartMetrics) -> str:
    return "all data sets together" if part.data_set == ALL else part.data_set


def _collapse(part: PartMetrics) -> str:
    beside = f"with accuracy {short(part.accuracy.value)}, "
    same = abs(part.accuracy.value - part.majority_rate) < 0.005
    beside += "which is the majority rate" if same else f"beside a majority rate of {short(part.majority_rate)}"
    if part.malignancy and part.malignancy.sensitivity_by_class.value < LEAST_SENSITIVITY:
        sensitivity = part.malignancy.sensitivity_by_class.value
        every = "nearly every" if sensitivity else "every"
        return (
            f"it calls {every} malignant image benign: sensitivity {short(sensitivity)} {beside}{_by_threshold(part)}"
        )
    answered = np.flatnonzero(np.sum(part.confusion, axis=0))
    if len(answered) == 1 and part.majority_rate < 1:
        return f"it answers {part.classes[answered[0]].label} to every image, {beside}"
    return ""


def _by_threshold(part: PartMetrics) -> str:
    """That a threshold may yet find what its own answers do not, as where malignant images are rare."""
    results = part.malignancy.operating_results if part.malignancy else []
    if not results or results[0].sensitivity.value < LEAST_SENSITIVITY:
        return ""
    found = results[0]
    return f". At {found.operating_point}, not by its own answers, the sensitivity is {short(found.sensitivity.value)}"


def _leaks(leaks: Leaks, test_images: int) -> list[str]:
    groups, leaked = leaks
    if leaked:
        return [
            f"{leaked} of {test_images} test images show a lesion or patient that is in train too: test figures are "
            "too good."
        ]
    if groups:
        return [
            f"{groups} lesions or patients have images in more than one part, though none both in train and in test: "
            "validation figures, or the choices made by them, are too good."
        ]
    return []


def _copies(outcome: Outcome) -> list[str]:
    sentences = []
    for part in ("test", "validation"):
        own = [picture for picture, found in zip(outcome.pictures, outcome.parts, strict=True) if found == part]
        if copies := sum(picture.copy > 0 for picture in own):
            sentences.append(
                f"{copies} of {len(own)} {part} images are changed copies: {part} figures count their originals "
                "several times, and are too good where those are in train."
            )
    return sentences


def _no_better_than_majority(part: PartMetrics) -> str:
    if part.accuracy.low > part.majority_rate:
        return ""
    return (
        f"accuracy {bracketed(part.accuracy)} is not above the majority rate: always answering {part.majority_class} "
        f"has {part.majority_rate:.3f}"
    )


def _target_missed(first: OperatingPoint) -> Check:
    def check(part: PartMetrics) -> str:
        if part.malignancy is None:
            return ""
        found = part.malignancy.operating_results[0].sensitivity
        if found.high >= first.target_sensitivity:
            return ""
        return f"sensitivity at {first.name} is {bracketed(found)}, below its target {short(first.target_sensitivity)}"

    return check


def _badly_calibrated(part: PartMetrics) -> str:
    if part.malignancy is None or part.malignancy.calibration_error.value <= LARGEST_CALIBRATION_ERROR:
        return ""
    return (
        f"probabilities are off by {bracketed(part.malignancy.calibration_error)} on average "
        f"(expected calibration error over {LARGEST_CALIBRATION_ERROR:g})"
    )


def _few_malignant(malignant: Sequence[str]) -> Check:
    def check(part: PartMetrics) -> str:
        images = sum(found.images for found in part.classes if found.label in malignant)
        if images >= FEWEST_MALIGNANT:
            return ""
        return f"only {images} of {part.images} test images are malignant: its sensitivity and AUC are rough figures"

    return check
