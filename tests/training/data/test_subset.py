"""Fewer train images, and nothing else changed."""

from collections import Counter

import numpy as np

from dermsplit_training.data.picture import Picture
from dermsplit_training.data.split import Part
from dermsplit_training.data.subset import thin_train

PARTS: list[Part] = ["train", "validation", "train", "test", "train"] * 60
LABELS = np.array([0, 1, 0] * 100, dtype=np.int64)


def draw_pictures() -> list[Picture]:
    return [
        Picture(f"{index:03d}.jpg", "A", "phone", "x", bool(label), f"g{index}") for index, label in enumerate(LABELS)
    ]


def kept(most: int, seed: int = 1) -> set[int]:
    return set(np.flatnonzero(thin_train(draw_pictures(), PARTS, LABELS, most, seed)).tolist())


def test_each_class_keeps_at_most_so_many_train_images_and_the_other_parts_stay() -> None:
    counts = Counter((PARTS[index], int(LABELS[index])) for index in kept(70))
    whole = Counter(zip(PARTS, LABELS.tolist(), strict=True))
    assert whole[("train", 0)] == 120
    assert whole[("train", 1)] == 60
    assert counts == {**whole, ("train", 0): 70}


def test_smaller_draws_are_within_larger_ones() -> None:
    draws = [kept(most) for most in (5, 20, 50)]
    assert draws[0] < draws[1] < draws[2]
    assert kept(5, seed=2) != draws[0]


def test_zero_keeps_all() -> None:
    assert thin_train(draw_pictures(), PARTS, LABELS, 0, 1).all()


def test_the_draw_does_not_depend_on_the_order_of_the_pictures() -> None:
    pictures = draw_pictures()
    turned = thin_train(pictures[::-1], PARTS[::-1], LABELS[::-1], 10, 1)[::-1]
    assert (turned == thin_train(pictures, PARTS, LABELS, 10, 1)).all()
