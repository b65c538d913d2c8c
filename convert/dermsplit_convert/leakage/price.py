"""What a cut and coding costs: its answers against those of the uncut float network."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import Interval
from dermsplit_convert.bench.auc import auc_difference, draw_groups, weighted_auc
from dermsplit_convert.bench.judged import Judged
from dermsplit_convert.decisions import Said
from dermsplit_convert.leakage.likeness import mean_interval
from dermsplit_convert.leakage.record import Price

Floats = NDArray[np.float32]
Answer = Callable[[NDArray[np.uint8]], Said]
"""What a network makes of uint8 [N, S, S, 3]."""


@dataclass(frozen=True)
class Prices:
    """All test images of a run, uint8 [N, S, S, 3], and what the uncut float network says of them."""

    judged: Judged
    pictures: NDArray[np.uint8]
    uncut: Said

    @classmethod
    def of(cls, judged: Judged, pictures: NDArray[np.uint8], uncut: Answer) -> "Prices":
        """Ask the uncut network once."""
        return cls(judged, pictures, uncut(pictures))

    def price(self, answer: Answer) -> Price:
        """Judge the answer of a cut and coding."""
        found, positive = answer(self.pictures), self.judged.malignant
        drawn = draw_groups(self.judged.groups)
        change = auc_difference(found.malignant, self.uncut.malignant, positive, drawn)
        # The test part has images of both classes, which the reader of its table asks for.
        assert change is not None
        flipped = (found.decisions != self.uncut.decisions).astype(np.float64)
        return Price(
            images=len(flipped),
            auc=_auc(found.malignant, positive, drawn),
            auc_change=change,
            flips=mean_interval(flipped, drawn),
        )


def _auc(scores: Floats, positive: NDArray[np.bool_], drawn: NDArray[np.float64]) -> Interval:
    value, *several = weighted_auc(scores, positive, np.vstack([np.ones((1, len(scores))), drawn]))
    low, high = np.nanpercentile(several, [2.5, 97.5])
    return Interval(value=float(value), low=float(low), high=float(high))
