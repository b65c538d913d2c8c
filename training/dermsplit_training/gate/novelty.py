"""How many pictures of each kind the gate marks as neither: those it should, and lesions that it should not."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import Interval, NoveltyResult
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.evaluation.part_metrics import group_names
from dermsplit_training.gate.fit import Tensors
from dermsplit_training.gate.negatives import features, kinds
from dermsplit_training.gate.reader import Reader
from dermsplit_training.gate.threshold import DECLINED_FROM, neither_log_odds

SEED_JUDGE = 2
"""Another than that of the pictures that are learned from."""

Logits = Callable[[Tensors], NDArray[np.float32]]
"""From what crosses, [n, ...], to the gate's logits [n, 3]."""


def judge_novelty(
    reader: Reader, logits: Logits, tensors: Tensors, prepared: Prepared, images: int, data: Path | None
) -> list[NoveltyResult]:
    """The real test lesions of each data set first, then each kind that shows none, those learned from before others.

    ``tensors`` [N, ...] are those of all prepared pictures; ``images`` are drawn of each kind, new ones also of those
    learned from; made ones come from test images. Photographs of other things come with installed libraries, and from
    the folder ``not_a_mole`` below ``data`` where it is there.
    """
    test = prepared.indices("test")
    pictures = prepared.pictures_of("test")
    flagged = is_neither(logits(tensors[test]))
    found = []
    for name in dict.fromkeys(picture.data_set for picture in pictures):
        own = np.array([picture.data_set == name for picture in pictures])
        groups = len(set(group_names(pictures)[own]))
        found.append(_result(name, flagged[own], groups, real=True, trained_on=True))
    for name, seen, sources, read in _kinds(reader, tensors[test], prepared, images, data):
        marked = is_neither(logits(read))
        found.append(_result(name, marked, sources or len(marked), real=False, trained_on=seen))
    return found


def is_neither(logits: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether each picture is declined, bool [N], by the gate's logits [N, 3]."""
    threshold = np.log(DECLINED_FROM / (1 - DECLINED_FROM))
    marked: NDArray[np.bool_] = neither_log_odds(logits) >= threshold
    return marked


def share_interval(hits: float, of: float) -> tuple[float, float]:
    """The exact 95% interval of a share (Clopper and Pearson 1934), which is wide where few of few were seen."""
    from scipy.stats import beta  # type: ignore[import-untyped]

    low = 0.0 if hits <= 0 else float(beta.ppf(0.025, hits, of - hits + 1))
    high = 1.0 if hits >= of else float(beta.ppf(0.975, hits + 1, of - hits))
    return low, high


def _result(name: str, flagged: NDArray[np.bool_], groups: int, real: bool, trained_on: bool) -> NoveltyResult:
    share = float(flagged.mean())
    # Pictures of one lesion, or cut from one photograph, say little more than one of them.
    low, high = share_interval(share * groups, groups)
    between = Interval(value=share, low=min(low, share), high=max(high, share))
    return NoveltyResult(kind=name, real=real, trained_on=trained_on, images=len(flagged), flagged=between)


def _kinds(
    reader: Reader, real: Tensors, prepared: Prepared, images: int, data: Path | None
) -> Iterator[tuple[str, bool, int, Tensors]]:
    """Name, whether learned from, number of photographs they come from (0: each its own), what crosses.

    ``real`` [n, ...] is what crosses for the test part.
    """
    size = prepared.inputs.shape[1]
    test = prepared.inputs[np.sort(prepared.indices("test"))]
    for name in [*kinds.DRAWN, *kinds.MADE]:
        drawn = partial(kinds.draw, name, images, SEED_JUDGE, size)
        made = partial(kinds.make, name, images, SEED_JUDGE, test)
        yield name, True, 0, reader.of_pictures(f"judge-{name}-{images}", drawn if name in kinds.DRAWN else made)
    for name in features.LEARNED:
        yield name, True, 0, features.draw_features(name, images, SEED_JUDGE, real)
    for name in kinds.UNSEEN:
        drawn = partial(kinds.draw, name, images, SEED_JUDGE, size)
        yield name, False, 0, reader.of_pictures(f"judge-{name}-{images}", drawn)
    for name, (photographs, pictures) in kinds.photographs(data, images, SEED_JUDGE, size).items():
        yield name, False, photographs, reader.of_pictures(f"judge-{name}-{images}", partial(np.asarray, pictures))
    for name in features.UNSEEN:
        yield name, False, 0, features.draw_features(name, images, SEED_JUDGE, real)
