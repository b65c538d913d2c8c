"""Whether a runtime gives the golden features, by the rule of the page's own self-test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.browser.check import SHARE_OFF

RELATIVE = 0.001
"""Of the largest absolute feature, where features are floats."""


@dataclass(frozen=True)
class Answer:
    """Shares of the features that are a whole number off by one, and further off than may be: by more than one, or,
    where they are floats, by more than a thousandth of the largest."""

    off_by_one: float
    further_off: float

    @property
    def right(self) -> bool:
        """As the page wants it: at most 2% off by one, none further."""
        return self.further_off == 0 and self.off_by_one <= SHARE_OFF


def judge(found: NDArray[np.generic], expected: NDArray[np.generic]) -> Answer:
    """Features of one shape, in the wire's datatype; what is no number is further off than may be."""
    wanted = expected.astype(np.float64)
    off = np.abs(found.astype(np.float64) - wanted)
    whole = expected.dtype == np.uint8
    bound = 1.0 if whole else RELATIVE * float(np.abs(wanted).max())
    return Answer(float((off == 1).mean()) if whole else 0.0, float((~(off <= bound)).mean()))
