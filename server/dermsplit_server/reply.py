"""From probabilities to the protocol's reply, with the decision at the manifest's first operating point."""

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.decision import decide, likelier_domains, name_domains, thresholds_for
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferReply, InferRequest
from dermsplit_server.engines import Answers, Probabilities
from dermsplit_server.outputs import SHIFTED
from dermsplit_server.prevalence import shift


def build_reply(
    manifest: Manifest, asked: InferRequest, answers: Answers, prevalence: float | None = None, **spent_ms: float
) -> InferReply:
    """The reply for the tail's answers, shifted to ``prevalence`` in 0..1 as well where it is told.

    ``spent_ms`` are the server's stages in milliseconds. The decision rests on the probabilities as they are
    calibrated: the operating point is chosen for a sensitivity, which the prevalence does not touch.
    """
    probabilities = answers.probabilities
    point, malignant = manifest.operating_points[0], malignant_of(manifest, probabilities)
    spec, shares = manifest.domains, answers.domains
    likelier = None if spec is None or shares is None else likelier_domains(spec, shares)
    outputs = [
        Tensor("probabilities", probabilities),
        Tensor("labels", np.array(manifest.labels)),
        Tensor("decisions", decide(point, malignant, spec, shares)),
        Tensor("thresholds", thresholds_for(point, len(malignant), likelier).astype(np.float32)),
    ]
    domains = None
    if spec is not None and shares is not None:
        domains = name_domains(spec, shares).tolist()
        outputs.append(Tensor("domain_probabilities", shares))
        outputs.append(Tensor("domains", np.array(domains)))
    parameters: dict[str, str | int | float] = {
        "bundle": manifest.id,
        "operating_point": point.name,
        **{stage: round(spent, 3) for stage, spent in spent_ms.items()},
    }
    if prevalence is not None:
        shifted = shift(manifest, probabilities, domains, prevalence)
        outputs.append(Tensor(SHIFTED, shifted.probabilities))
        parameters["prevalence"] = prevalence
        if shifted.calibrated_prevalence is not None:
            parameters["calibrated_prevalence"] = shifted.calibrated_prevalence
    return InferReply(manifest.name, manifest.id, tuple(outputs), parameters, asked.id)


def malignant_of(manifest: Manifest, probabilities: Probabilities) -> NDArray[np.float64]:
    """The malignant probability, the sum over the malignant labels, of probabilities [N, C]: float64 [N]."""
    summed: NDArray[np.float64] = probabilities[:, manifest.malignant_indices].astype(np.float64).sum(axis=1)
    return summed
