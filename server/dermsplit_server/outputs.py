"""The tensors that a reply may hold, for a bundle's manifest: what the metadata lists and what may be asked for."""

from typing import Any

from dermsplit_contract.manifest import Manifest

SHIFTED = "shifted_probabilities"


def outputs_of(manifest: Manifest) -> list[dict[str, Any]]:
    """Name, datatype and shape of each output, in the order of the reply; -1 is the batch.

    One with ``optional`` comes only where the request, or the server's setting, tells a prevalence.
    """
    labels = len(manifest.labels)
    outputs: list[dict[str, Any]] = [
        {"name": "probabilities", "datatype": "FP32", "shape": [-1, labels]},
        {"name": "labels", "datatype": "BYTES", "shape": [labels]},
        {"name": "decisions", "datatype": "BYTES", "shape": [-1]},
        {"name": "thresholds", "datatype": "FP32", "shape": [-1]},
    ]
    if manifest.domains is not None:
        kinds = len(manifest.domains.labels)
        outputs.append({"name": "domain_probabilities", "datatype": "FP32", "shape": [-1, kinds]})
        outputs.append({"name": "domains", "datatype": "BYTES", "shape": [-1]})
    shifted = {"name": SHIFTED, "datatype": "FP32", "shape": [-1, labels], "parameters": {"optional": True}}
    return [*outputs, shifted]


def output_names(manifest: Manifest) -> list[str]:
    """The names alone."""
    return [output["name"] for output in outputs_of(manifest)]
