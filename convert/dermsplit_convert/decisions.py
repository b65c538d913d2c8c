"""What a tail says of pictures, as the server would read it: the malignant probability and the decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.decision import decide
from dermsplit_contract.measures import DomainSpec, OperatingPoint

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Said:
    """Malignant probabilities float32 [N] with the decisions [N] at the first operating point."""

    malignant: Floats
    decisions: NDArray[np.str_]

    def flips(self, reference: "Said") -> int:
        """How many decisions differ from the reference's, cannot tell included."""
        return int((self.decisions != reference.decisions).sum())


Say = Callable[[Floats], Said]
"""From float features [N, ..., C]."""


@dataclass(frozen=True)
class Judge:
    """The columns of a bundle's or a run's malignant labels, its first operating point and its domains, if any."""

    malignant: Sequence[int]
    point: OperatingPoint
    domains: DomainSpec | None

    def __call__(self, outputs: Sequence[Floats]) -> Said:
        """Read a tail's outputs: probabilities [N, C] and, with domains, their probabilities [N, 3]."""
        malignant: Floats = outputs[0][:, list(self.malignant)].sum(axis=1)
        shares = outputs[1] if self.domains is not None else None
        return Said(malignant, decide(self.point, malignant, self.domains, shares))


def concatenate(parts: Sequence[Said]) -> Said:
    """All of them, one after the other."""
    return Said(np.concatenate([part.malignant for part in parts]), np.concatenate([part.decisions for part in parts]))
