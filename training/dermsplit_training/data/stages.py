"""When copies are made: after the split, so that they stay in train, or before it, as works did whose parts leak."""

from collections.abc import Sequence
from itertools import compress

from dermsplit_training.data.classes import Classes
from dermsplit_training.data.copies import add_copies
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.split import Part, divide, divide_rest
from dermsplit_training.data.subset import thin_train
from dermsplit_training.recipe import BalanceRecipe, SplitRecipe

Divided = tuple[list[Picture], list[Part]]


def divided(pictures: Sequence[Picture], classes: Classes, split: SplitRecipe, balance: BalanceRecipe) -> Divided:
    """The pictures with their parts, the train part thinned as the split says, and copies where the balance asks.

    Copies ``after_split`` are of train images only, whose classes reach the target. ``before_validation_split``: the
    test part is held out of the originals first, copies are added to the rest, and that is divided. ``before_split``:
    copies are added to everything, then all is divided. Raises DataInvalid where there is too little to divide.
    """
    stage = balance.copies if balance.method == "augment" else None
    if stage == "before_split":
        pictures = _with_copies(pictures, classes, split, balance)
    parts = divide(pictures, split)
    if stage == "before_validation_split":
        tested, rest = _of(pictures, parts, {"test"}), _of(pictures, parts, {"train", "validation"})
        copied = _with_copies(rest, classes, split, balance)
        on_test: list[Part] = ["test"] * len(tested)
        pictures, parts = tested + copied, on_test + divide_rest(copied, split)
    pictures, parts = _thinned(pictures, parts, classes, split)
    if stage == "after_split":
        trained = _of(pictures, parts, {"train"})
        copies = _with_copies(trained, classes, split, balance)[len(trained) :]
        on_train: list[Part] = ["train"] * len(copies)
        pictures, parts = pictures + copies, parts + on_train
    return pictures, parts


def _thinned(pictures: Sequence[Picture], parts: Sequence[Part], classes: Classes, split: SplitRecipe) -> Divided:
    kept = thin_train(pictures, parts, classes.labels(pictures), split.train_per_class, split.seed)
    pairs = list(compress(zip(pictures, parts, strict=True), kept))
    return [picture for picture, _ in pairs], [part for _, part in pairs]


def _of(pictures: Sequence[Picture], parts: Sequence[Part], wanted: set[Part]) -> list[Picture]:
    return [picture for picture, part in zip(pictures, parts, strict=True) if part in wanted]


def _with_copies(
    pictures: Sequence[Picture], classes: Classes, split: SplitRecipe, balance: BalanceRecipe
) -> list[Picture]:
    return add_copies(pictures, classes.labels(pictures), balance.target, split.seed)
