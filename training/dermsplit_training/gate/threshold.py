"""From which probability of neither a picture is declined: few enough of the validation lesions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DECLINED_FROM = 0.5
"""The threshold after the gate's logits are shifted for it: neither is then declined when it is likelier than not."""
FALSE_ALARMS = 0.005


def neither_log_odds(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log-odds of neither against the two domains together, float64 [N], of the gate's logits [N, 3]."""
    wide = logits.astype(np.float64)
    log_odds: NDArray[np.float64] = wide[:, 2] - np.logaddexp(wide[:, 0], wide[:, 1])
    return log_odds


def shift_for(
    logits: NDArray[np.float32], domains: NDArray[np.str_], share: float = FALSE_ALARMS, among: Sequence[str] = ()
) -> float:
    """What to take from neither's logit so that at most ``share`` of each domain's real pictures reach 0.5.

    ``logits`` [N, 3] and ``domains`` [N] are those of validation pictures of lesions. The largest log-odds that must
    not reach the threshold is that of the picture just beyond the share; the threshold lies half a logit above it.
    """
    log_odds = neither_log_odds(logits)
    highest = []
    for domain in among or np.unique(domains):
        own = np.sort(log_odds[domains == domain])[::-1]
        highest.append(own[int(share * len(own))])
    return float(max(highest)) + 0.5
