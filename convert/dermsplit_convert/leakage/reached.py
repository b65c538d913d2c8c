"""How much one cut and coding leaks, in one number: the mean SSIM of the attack that does best."""

from dermsplit_convert.leakage.attack import Attacked
from dermsplit_convert.leakage.likeness import NEAREST_PICTURE
from dermsplit_convert.leakage.optimise import OPTIMISED


def reached(one: Attacked) -> float:
    """The highest mean SSIM of an attack on all test images.

    Where the optimisation is ahead of that attack on the few images that it had, its lead there is added.
    """
    best = max((found for found in one.result.rebuilt if not found.baseline), key=lambda found: found.ssim.value)
    if one.optimised is None:
        return best.ssim.value
    few = {found.name: found.ssim.value for found in one.optimised.result.rebuilt}
    return best.ssim.value + max(0.0, few[OPTIMISED] - few[best.name])


def gap(one: Attacked) -> float:
    """That less the SSIM of the nearest training picture, which needs no features but the photo in hand."""
    return reached(one) - next(found.ssim.value for found in one.result.rebuilt if found.name == NEAREST_PICTURE)
