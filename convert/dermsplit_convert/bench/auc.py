"""Area under the ROC curve, and its difference between two forms of the same images with a paired interval."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import Interval

RESAMPLES = 1000

Weights = NDArray[np.float64]


def weighted_auc(
    scores: NDArray[np.floating[Any]], positive: NDArray[np.bool_], weights: Weights
) -> NDArray[np.float64]:
    """AUC once a row of ``weights`` [R, N], how often each image counts: [R]; NaN where a class is missing.

    The share of pairs in which the positive one scores higher, equal scores counting half (Mann and Whitney 1947).
    """
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    ups = np.add.reduceat(weights[:, order] * positive[order], starts, axis=1)
    downs = np.add.reduceat(weights[:, order] * ~positive[order], starts, axis=1)
    below = np.cumsum(downs, axis=1) - downs
    pairs = ups.sum(axis=1) * downs.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = (ups * (below + downs / 2)).sum(axis=1) / pairs
    return found


def auc(scores: NDArray[np.floating[Any]], positive: NDArray[np.bool_]) -> float | None:
    """AUC of scores [N], None where a class is missing."""
    value = float(weighted_auc(scores, positive, np.ones((1, len(scores))))[0])
    return value if np.isfinite(value) else None


def draw_groups(groups: NDArray[np.str_], resamples: int = RESAMPLES, seed: int = 0) -> Weights:
    """Draw as many groups as there are with replacement: how often each image counts, float64 [resamples, N]."""
    names, member = np.unique(groups, return_inverse=True)
    rng = np.random.default_rng(seed)
    draws = (rng.integers(len(names), size=len(names)) for _ in range(resamples))
    times = np.stack([np.bincount(draw, minlength=len(names)) for draw in draws])
    drawn: Weights = times[:, member].astype(np.float64)
    return drawn


def auc_difference(
    scores: NDArray[np.floating[Any]], reference: NDArray[np.floating[Any]], positive: NDArray[np.bool_], drawn: Weights
) -> Interval | None:
    """AUC of ``scores`` less AUC of ``reference``, with the 2.5th and 97.5th percentile over the same draws of both.

    The percentile bootstrap of Efron and Tibshirani 1993, chapter 13, over whole lesions or patients, paired: both
    are judged on every draw, so that what they share falls out. None where a class is missing.
    """
    ones = np.ones((1, len(scores)))
    value = float((weighted_auc(scores, positive, ones) - weighted_auc(reference, positive, ones))[0])
    if not np.isfinite(value):
        return None
    differences = weighted_auc(scores, positive, drawn) - weighted_auc(reference, positive, drawn)
    low, high = np.percentile(differences[np.isfinite(differences)], [2.5, 97.5])
    return Interval(value=value, low=float(low), high=float(high))
