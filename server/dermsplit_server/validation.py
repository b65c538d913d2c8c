"""Does what was asked suit the model? Nothing reaches the engine that the manifest does not allow."""

from dataclasses import dataclass

import numpy as np

from dermsplit_contract.errors import InvalidTensor, WrongDatatype
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferRequest
from dermsplit_server.engines import Features, Metadata
from dermsplit_server.outputs import SHIFTED, output_names
from dermsplit_server.prevalence import read_prevalence

METADATA = "metadata"
LARGEST_METADATA = 1.3
"""One-hot columns and the age of 130 years in hundreds; no column means anything above it."""


@dataclass(frozen=True)
class Question:
    """What the tail is asked, checked: features [N, *shape] in the wire's datatype, metadata float32 [N, M] or None
    where nothing is told, and the prevalence that the answer is to be shifted to, if any."""

    features: Features
    metadata: Metadata | None = None
    prevalence: float | None = None


def validate(
    request: InferRequest, manifest: Manifest, max_batch: int, default_prevalence: float | None = None
) -> Question:
    """Return what a request of 1 to ``max_batch`` items asks, in the manifest's shapes and datatypes.

    Raises InvalidTensor, WrongDatatype or InvalidParameter; no message quotes a value.
    """
    given = {tensor.name: tensor for tensor in request.inputs}
    known = {manifest.features.name, METADATA} if manifest.metadata else {manifest.features.name}
    if manifest.features.name not in given or not given.keys() <= known:
        optional = f", and beside it at most '{METADATA}'" if manifest.metadata else ""
        raise InvalidTensor(
            f"Expected one input named '{manifest.features.name}'{optional}, other names or more of them came."
        )
    features = _features(given[manifest.features.name], manifest, max_batch)
    metadata = _metadata(given[METADATA], manifest, len(features)) if METADATA in given else None
    prevalence = read_prevalence(request.parameters, manifest, default_prevalence)
    _check_outputs(request, manifest, prevalence)
    return Question(features, metadata, prevalence)


def _features(tensor: Tensor, manifest: Manifest, max_batch: int) -> Features:
    spec = manifest.features
    if tensor.datatype != spec.datatype:
        raise WrongDatatype(f"Expected '{spec.name}' as {spec.datatype}, got {tensor.datatype}.")
    features = tensor.data
    if list(features.shape[1:]) != spec.shape or not 1 <= len(features) <= max_batch:
        wanted = ", ".join([f"1..{max_batch}", *map(str, spec.shape)])
        raise InvalidTensor(f"Expected '{spec.name}' of shape [{wanted}], got {list(features.shape)}.")
    if spec.levels is not None and int(features.max()) >= spec.levels:
        raise InvalidTensor(f"Expected values of 0 to {spec.levels - 1} in '{spec.name}', a larger one came.")
    if spec.levels is None and not np.isfinite(features).all():
        raise InvalidTensor(f"Expected finite values in '{spec.name}', NaN or infinity came.")
    return features


def _metadata(tensor: Tensor, manifest: Manifest, items: int) -> Metadata:
    assert manifest.metadata is not None
    if tensor.datatype != "FP32":
        raise WrongDatatype(f"Expected '{METADATA}' as FP32, got {tensor.datatype}.")
    metadata: Metadata = tensor.data
    if metadata.shape != (items, manifest.metadata.width):
        raise InvalidTensor(
            f"Expected '{METADATA}' of shape [{items}, {manifest.metadata.width}], got {list(metadata.shape)}."
        )
    if not ((metadata >= 0) & (metadata <= np.float32(LARGEST_METADATA))).all():
        raise InvalidTensor(f"Expected values of 0 to {LARGEST_METADATA} in '{METADATA}', another or NaN came.")
    return metadata


def _check_outputs(request: InferRequest, manifest: Manifest, prevalence: float | None) -> None:
    if request.outputs is None:
        return
    names = output_names(manifest)
    if strangers := set(request.outputs) - set(names):
        raise InvalidTensor(f"The model gives {', '.join(names)}; {len(strangers)} other output(s) were asked for.")
    if SHIFTED in request.outputs and prevalence is None:
        raise InvalidTensor(f"The output '{SHIFTED}' needs the request's parameter 'prevalence', which is missing.")
