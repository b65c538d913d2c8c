"""Whose photo is this: the place of the right picture among all test pictures."""

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import RankResult
from dermsplit_convert.bench.auc import draw_groups
from dermsplit_convert.leakage.likeness import mean_interval

Floats = NDArray[np.float32]

SAME_PHOTO, SAME_LESION = "same_photo", "same_lesion"


def rank_photos(rebuilt: Floats, photos: Floats, groups: NDArray[np.str_]) -> RankResult:
    """Look each photo up by its rebuilt picture, both float32 [N, P, P, 3], by correlation of pixels.

    The features themselves would find it always: who has the photos can run the head on each.
    """
    alike = _unit(rebuilt) @ _unit(photos).T
    places = np.array([(row > row[own]).sum() for own, row in enumerate(alike)])
    chance = np.minimum(1.0, np.array([1, 5]) / len(photos))
    return _result(SAME_PHOTO, places, len(photos), groups, chance)


def rank_lesions(
    views: list[Floats], learned: list[Floats], groups: NDArray[np.str_], own: NDArray[np.str_]
) -> RankResult | None:
    """Look for another photo of the same lesion by features, among all other test photos; None where none has one.

    ``views`` are ways to read the features, float32 [N, values] each, ``learned`` the same of training images with
    groups ``own``: the view that finds most lesions there is taken.
    """
    found = [_places(_alike(view), own) for view in learned]
    scores = [float((places[places >= 0] == 0).mean()) if (places >= 0).any() else 0.0 for places in found]
    places = _places(_alike(views[int(np.argmax(scores))]), groups)
    asked = places >= 0
    if not asked.any():
        return None
    others = (groups[asked][:, None] == groups[None]).sum(axis=1) - 1
    rest = len(groups) - 1
    chance = [1.0 - np.mean([_missed(rest, int(right), tries) for right in others]) for tries in (1, 5)]
    return _result(SAME_LESION, places[asked], rest, groups[asked], np.array(chance))


def views_of(received: Floats) -> list[Floats]:
    """Ways to read features float32 [N, ..., C]: all values, and each channel's mean and spread over the places."""
    flat = received.reshape(len(received), -1)
    if received.ndim == 2:
        return [flat]
    places = received.reshape(len(received), -1, received.shape[-1])
    return [flat, np.concatenate([places.mean(axis=1), places.std(axis=1)], axis=1)]


def _alike(view: Floats) -> Floats:
    alike = _unit((view - view.mean(axis=0)) / np.maximum(view.std(axis=0), 1e-6))
    found: Floats = alike @ alike.T
    np.fill_diagonal(found, -np.inf)
    return found


def _places(alike: Floats, groups: NDArray[np.str_]) -> NDArray[np.int64]:
    """How many strangers come before the best picture of the same group; -1 where there is no other of it."""
    same = groups[:, None] == groups[None]
    np.fill_diagonal(same, False)
    best = np.where(same, alike, -np.inf).max(axis=1)
    places = (alike > best[:, None]).sum(axis=1)
    return np.where(same.any(axis=1), places, -1).astype(np.int64)


def _missed(rest: int, right: int, tries: int) -> float:
    """The chance that none of ``right`` pictures is among ``tries`` drawn from ``rest`` without putting back."""
    missed = 1.0
    for drawn in range(min(tries, rest)):
        missed *= max(0, rest - right - drawn) / (rest - drawn)
    return missed


def _unit(pictures: Floats) -> Floats:
    flat = pictures.reshape(len(pictures), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    unit: Floats = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    return unit


def _result(
    name: str, places: NDArray[np.int64], among: int, groups: NDArray[np.str_], chance: NDArray[np.float64]
) -> RankResult:
    drawn = draw_groups(groups)
    first, five = (mean_interval((places < tries).astype(np.float64), drawn) for tries in (1, 5))
    return RankResult(
        looked_for=name,
        asked=len(places),
        among=among,
        rank_1=first,
        rank_5=five,
        chance_1=float(chance[0]),
        chance_5=float(chance[1]),
    )
