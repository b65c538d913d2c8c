"""Test pictures changed in ways that should not matter: how many decisions flip, beside noise of the same size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from dermsplit_contract.decision import CANNOT_TELL, NOT_SUSPICIOUS, SUSPICIOUS
from dermsplit_contract.measures import Interval, ShortcutResult
from dermsplit_training.data.picture import Picture
from dermsplit_training.evaluation import resampled
from dermsplit_training.evaluation.bootstrap import draw_groups, interval, interval_if_defined
from dermsplit_training.evaluation.part_metrics import group_names
from dermsplit_training.robustness.changes import QUALITY, SHORTCUTS, Change, noise_like, pixel_change
from dermsplit_training.robustness.decide import Answers, Decide
from dermsplit_training.robustness.record import QualityResult

BATCH = 64
UNCHANGED = Change("none", "", lambda pictures, *_: pictures, (0,))


@dataclass(frozen=True)
class Shown:
    """The test pictures that are changed: pixels uint8 [N, S, S, 3], metadata float32 [N, M] or None."""

    pictures: Sequence[Picture]
    inputs: NDArray[np.uint8]
    metadata: NDArray[np.float32] | None

    @property
    def malignant(self) -> NDArray[np.bool_]:
        """Whether each picture is malignant: bool [N]."""
        return np.array([bool(picture.malignant) for picture in self.pictures])

    @property
    def domains(self) -> NDArray[np.str_]:
        """dermoscopic or phone: [N]."""
        return np.array([picture.domain for picture in self.pictures])


def draw_shown(
    pictures: Sequence[Picture], inputs: NDArray[np.uint8], metadata: NDArray[np.float32] | None, most: int, seed: int
) -> Shown:
    """At most ``most`` test pictures, as many of each domain as there are where they are few."""
    rng = np.random.default_rng(seed)
    domains = np.array([picture.domain for picture in pictures])
    names = sorted(set(domains), key=lambda name: int((domains == name).sum()))
    rows: list[int] = []
    for position, name in enumerate(names):
        own = rng.permutation(np.flatnonzero(domains == name))
        rows += own[: (most - len(rows)) // (len(names) - position)].tolist()
    rows.sort()
    kept = None if metadata is None else metadata[rows]
    return Shown([pictures[row] for row in rows], inputs[rows], kept)


def sweep(decide: Decide, shown: Shown, seed: int, progress: Progress) -> list[ShortcutResult]:
    """Every change of ``SHORTCUTS`` at every strength, with intervals drawn by lesion or patient.

    A decision flips where it is not what it was for the unchanged picture, one that becomes "cannot tell" included.
    The control is Gaussian noise with the same mean absolute change of every picture's pixels.
    """
    before, _, _ = _answers(decide, shown, UNCHANGED, 0, seed, with_control=False)
    draws = draw_groups(group_names(shown.pictures))
    task = progress.add_task("Shortcuts", total=sum(len(change.strengths) for change in SHORTCUTS))
    results = []
    for change in SHORTCUTS:
        for strength in change.strengths:
            after, control, difference = _answers(decide, shown, change, strength, seed, with_control=True)
            flips, control_flips = (
                interval(resampled.share_of(one.decisions != before.decisions), draws) for one in (after, control)
            )
            progress.advance(task)
            results.append(
                ShortcutResult(
                    change=change.name,
                    strength=strength,
                    unit=change.unit,
                    images=len(shown.pictures),
                    pixel_change=difference,
                    flips=flips,
                    control_flips=control_flips,
                )
            )
    return results


def sweep_quality(decide: Decide, shown: Shown, seed: int, progress: Progress) -> list[QualityResult]:
    """Every change of ``QUALITY`` at every strength, the unchanged pictures first: what is still told, by domain."""
    runs = [(UNCHANGED, 0.0), *((change, strength) for change in QUALITY for strength in change.strengths)]
    task = progress.add_task("Quality", total=len(runs))
    results = []
    for change, strength in runs:
        answers, _, _ = _answers(decide, shown, change, strength, seed, with_control=False)
        for domain in np.unique(shown.domains):
            results.append(_quality(change, strength, str(domain), answers, shown))
        progress.advance(task)
    return results


def _quality(change: Change, strength: float, domain: str, answers: Answers, shown: Shown) -> QualityResult:
    own = shown.domains == domain
    malignant, decisions = shown.malignant[own], answers.decisions[own]
    draws = draw_groups(group_names(shown.pictures)[own])

    def share(hits: NDArray[np.bool_], among: NDArray[np.bool_] | None = None) -> Interval | None:
        return interval_if_defined(resampled.share_of(hits, among=among), draws)

    return QualityResult(
        change=change.name,
        strength=strength,
        unit=change.unit,
        domain=domain,
        images=int(own.sum()),
        auc=interval_if_defined(resampled.auc(malignant, answers.probabilities[own]), draws),
        sensitivity=share(decisions == SUSPICIOUS, malignant),
        specificity=share(decisions == NOT_SUSPICIOUS, ~malignant),
        cannot_tell=interval(resampled.share_of(decisions == CANNOT_TELL), draws),
    )


def _answers(
    decide: Decide, shown: Shown, change: Change, strength: float, seed: int, with_control: bool
) -> tuple[Answers, Answers, float]:
    """Of changed pictures, of the control (the same again without one), and the mean change of a pixel."""
    after, control, differences = [], [], []
    for start in range(0, len(shown.pictures), BATCH):
        rows = slice(start, start + BATCH)
        pictures = np.asarray(shown.inputs[rows])
        metadata = None if shown.metadata is None else shown.metadata[rows]
        changed = change.apply(pictures, strength, seed + start)
        differences.append(pixel_change(pictures, changed))
        after.append(decide(changed, metadata))
        if with_control:
            control.append(decide(noise_like(pictures, changed, seed + start), metadata))
    whole = _together(after)
    return whole, _together(control) if with_control else whole, float(np.concatenate(differences).mean())


def _together(parts: Sequence[Answers]) -> Answers:
    return Answers(
        np.concatenate([one.probabilities for one in parts]), np.concatenate([one.decisions for one in parts])
    )
