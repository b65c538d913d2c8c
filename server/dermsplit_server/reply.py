"""From probabilities to the protocol's reply, with the decision at the manifest's first operating point."""

import numpy as np

from dermsplit_contract.manifest import Manifest
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferReply, InferRequest
from dermsplit_server.engines import Probabilities

OUTPUTS = ("probabilities", "labels", "decisions")
SUSPICIOUS, NOT_SUSPICIOUS = "suspicious", "not_suspicious"


def build_reply(manifest: Manifest, asked: InferRequest, probabilities: Probabilities, **spent_ms: float) -> InferReply:
    """The reply for probabilities float32 [N, C]; ``spent_ms`` are the server's stages in milliseconds."""
    outputs = (
        Tensor("probabilities", probabilities),
        Tensor("labels", np.array(manifest.labels)),
        Tensor("decisions", np.array(decide(manifest, probabilities))),
    )
    point = manifest.operating_points[0]
    parameters: dict[str, str | int | float] = {
        "bundle": manifest.id,
        "operating_point": point.name,
        "threshold": point.threshold,
        **{stage: round(spent, 3) for stage, spent in spent_ms.items()},
    }
    return InferReply(manifest.name, manifest.id, outputs, parameters, asked.id)


def decide(manifest: Manifest, probabilities: Probabilities) -> list[str]:
    """Suspicious where the malignant probability, the sum over the malignant labels, reaches the threshold."""
    malignant = probabilities[:, manifest.malignant_indices].astype(np.float64).sum(axis=1)
    threshold = manifest.operating_points[0].threshold
    return [SUSPICIOUS if value >= threshold else NOT_SUSPICIOUS for value in malignant]
