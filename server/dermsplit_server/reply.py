"""From probabilities to the protocol's reply, with the decision at the manifest's first operating point."""

import numpy as np

from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import DomainSpec
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferReply, InferRequest
from dermsplit_server.engines import Answers, Probabilities
from dermsplit_server.outputs import SHIFTED
from dermsplit_server.prevalence import shift

SUSPICIOUS, NOT_SUSPICIOUS, CANNOT_TELL = "suspicious", "not_suspicious", "cannot_tell"
DECISIONS = (SUSPICIOUS, NOT_SUSPICIOUS, CANNOT_TELL)


def build_reply(
    manifest: Manifest, asked: InferRequest, answers: Answers, prevalence: float | None = None, **spent_ms: float
) -> InferReply:
    """The reply for the tail's answers, shifted to ``prevalence`` in 0..1 as well where it is told.

    ``spent_ms`` are the server's stages in milliseconds. The decision rests on the probabilities as they are
    calibrated: the operating point is chosen for a sensitivity, which the prevalence does not touch.
    """
    probabilities = answers.probabilities
    domains = None
    outputs = [Tensor("probabilities", probabilities), Tensor("labels", np.array(manifest.labels))]
    if manifest.domains is None or answers.domains is None:
        outputs.append(Tensor("decisions", np.array(decide(manifest, probabilities))))
    else:
        domains = name_domains(manifest.domains, answers.domains)
        outputs.append(Tensor("decisions", np.array(decide(manifest, probabilities, domains))))
        outputs.append(Tensor("domain_probabilities", answers.domains))
        outputs.append(Tensor("domains", np.array(domains)))
    point = manifest.operating_points[0]
    parameters: dict[str, str | int | float] = {
        "bundle": manifest.id,
        "operating_point": point.name,
        "threshold": point.threshold,
        **{stage: round(spent, 3) for stage, spent in spent_ms.items()},
    }
    if prevalence is not None:
        shifted = shift(manifest, probabilities, domains, prevalence)
        outputs.append(Tensor(SHIFTED, shifted.probabilities))
        parameters["prevalence"] = prevalence
        if shifted.calibrated_prevalence is not None:
            parameters["calibrated_prevalence"] = shifted.calibrated_prevalence
    return InferReply(manifest.name, manifest.id, tuple(outputs), parameters, asked.id)


def decide(manifest: Manifest, probabilities: Probabilities, domains: list[str] | None = None) -> list[str]:
    """Suspicious where the malignant probability, the sum over the malignant labels, reaches the threshold.

    ``domains`` names each row's, if there are any: of what belongs to neither of the first two nothing can be told.
    """
    malignant = probabilities[:, manifest.malignant_indices].astype(np.float64).sum(axis=1)
    threshold = manifest.operating_points[0].threshold
    decisions = [SUSPICIOUS if value >= threshold else NOT_SUSPICIOUS for value in malignant.tolist()]
    if domains is None or manifest.domains is None:
        return decisions
    neither = manifest.domains.labels[-1]
    return [CANNOT_TELL if name == neither else told for name, told in zip(domains, decisions, strict=True)]


def name_domains(spec: DomainSpec, probabilities: Probabilities) -> list[str]:
    """The domain of each row of float32 [N, 3]: the last label, neither, exactly where its probability reaches
    ``declined_from``, else the likelier of the other two, the first of equals."""
    first, second, neither = spec.labels
    return [
        neither if row[2] >= spec.declined_from else first if row[0] >= row[1] else second
        for row in probabilities.tolist()
    ]
