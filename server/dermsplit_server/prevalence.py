"""From the share of malignant lesions that a model was calibrated for to the one that the client tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import InvalidParameter
from dermsplit_contract.manifest import Manifest
from dermsplit_server.engines import Probabilities

PREVALENCE = "prevalence"


@dataclass(frozen=True)
class Shifted:
    """``probabilities`` float32 [N, C] at a told prevalence; ``calibrated_prevalence`` is the one that they held for,
    None where that differs from row to row."""

    probabilities: Probabilities
    calibrated_prevalence: float | None


def read_prevalence(parameters: Mapping[str, Any], manifest: Manifest, setting: float | None) -> float | None:
    """The prevalence that a request tells, else the server's setting, else None.

    Raises InvalidParameter unless it is a number between 0 and 1, or where the bundle does not say what prevalence it
    is calibrated for.
    """
    if PREVALENCE not in parameters:
        return setting if _is_calibrated(manifest) else None
    told = parameters[PREVALENCE]
    if isinstance(told, bool) or not isinstance(told, (int, float)) or not 0 < told < 1:
        raise InvalidParameter(f"Expected '{PREVALENCE}' to be a number above 0 and below 1, something else came.")
    if not _is_calibrated(manifest):
        raise InvalidParameter(
            f"This bundle is not calibrated for any prevalence between 0 and 1, so leave '{PREVALENCE}' out."
        )
    return float(told)


def shift(manifest: Manifest, probabilities: Probabilities, domains: list[str] | None, told: float) -> Shifted:
    """Move probabilities float32 [N, C] from the prevalence of their calibration to ``told``, in 0..1.

    The labels counted malignant are multiplied by ``told / calibrated``, the others by ``(1 - told) / (1 -
    calibrated)``, and each row is made to add up to 1 again: with two labels, a shift of the log odds. A row's
    calibrated prevalence is that of its domain, of which ``domains`` names one a row; the manifest's where there are
    no domains or the row's has none of its own. It holds where only the prevalence differs, not how the lesions look
    (Saerens, Latinne and Decaestecker 2002, equation 2.4; Elkan 2001, theorem 2).
    """
    calibrated = _calibrated(manifest, domains, len(probabilities))
    factors = np.tile(((1 - told) / (1 - calibrated))[:, None], (1, len(manifest.labels)))
    factors[:, manifest.malignant_indices] = (told / calibrated)[:, None]
    weighed = probabilities.astype(np.float64) * factors
    shifted = (weighed / weighed.sum(axis=1, keepdims=True)).astype(np.float32)
    same = bool((calibrated == calibrated[0]).all())
    return Shifted(shifted, float(calibrated[0]) if same else None)


def _calibrated(manifest: Manifest, domains: list[str] | None, rows: int) -> NDArray[np.float64]:
    by_domain = manifest.domains.prevalence if manifest.domains else {}
    named = domains or [""] * rows
    return np.array([by_domain.get(name, manifest.prevalence) for name in named], dtype=np.float64)


def _is_calibrated(manifest: Manifest) -> bool:
    by_domain = manifest.domains.prevalence.values() if manifest.domains else ()
    return all(0 < value < 1 for value in (manifest.prevalence, *by_domain))
