"""From probabilities to a decision: the one rule that the server, the converter and the evaluation share."""

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import DomainSpec, OperatingPoint

SUSPICIOUS, NOT_SUSPICIOUS, CANNOT_TELL = "suspicious", "not_suspicious", "cannot_tell"
DECISIONS = (SUSPICIOUS, NOT_SUSPICIOUS, CANNOT_TELL)

Reals = NDArray[np.float32] | NDArray[np.float64]


def decide(
    point: OperatingPoint, malignant: Reals, spec: DomainSpec | None = None, shares: Reals | None = None
) -> NDArray[np.str_]:
    """The decision on each picture, [N], from its malignant probability in 0..1, [N].

    Suspicious where that reaches the threshold of the picture's domain. ``shares`` [N, 3] are the domain probabilities,
    of a bundle that tells domains apart: of what belongs to neither of the first two, nothing can be told.
    """
    domains = None if spec is None or shares is None else likelier_domains(spec, shares)
    decisions = np.where(reached(point, malignant, domains), SUSPICIOUS, NOT_SUSPICIOUS)
    if spec is None or shares is None:
        return decisions
    return np.where(name_domains(spec, shares) == spec.labels[-1], CANNOT_TELL, decisions)


def reached(point: OperatingPoint, malignant: Reals, domains: NDArray[np.str_] | None = None) -> NDArray[np.bool_]:
    """Whether the malignant probabilities [N] reach the thresholds of the domains [N], or the common one."""
    found: NDArray[np.bool_] = malignant.astype(np.float64) >= thresholds_for(point, len(malignant), domains)
    return found


def thresholds_for(point: OperatingPoint, count: int, domains: NDArray[np.str_] | None = None) -> NDArray[np.float64]:
    """The threshold of each of ``count`` pictures, float64 [N], by the names of their domains [N] if they are told."""
    if domains is None:
        return np.full(count, point.threshold)
    return np.array([point.threshold_in(str(domain)) for domain in domains], dtype=np.float64)


def name_domains(spec: DomainSpec, shares: Reals) -> NDArray[np.str_]:
    """The domain of each row of probabilities [N, 3]: the last label, neither, exactly where its probability reaches
    ``declined_from``, else the likelier of the other two."""
    return np.where(shares[:, 2] >= spec.declined_from, spec.labels[2], likelier_domains(spec, shares))


def likelier_domains(spec: DomainSpec, shares: Reals) -> NDArray[np.str_]:
    """The likelier of the first two domains for each row of probabilities [N, 3], the first of equals."""
    return np.where(shares[:, 0] >= shares[:, 1], spec.labels[0], spec.labels[1])
