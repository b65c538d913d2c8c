"""Does what was asked suit the model? Nothing reaches the engine that the manifest does not allow."""

import numpy as np

from dermsplit_contract.errors import InvalidTensor, WrongDatatype
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.wire import InferRequest
from dermsplit_server.engines import Features
from dermsplit_server.reply import OUTPUTS


def validate(request: InferRequest, manifest: Manifest, max_batch: int) -> Features:
    """Return the features [N, *shape] of a request, N from 1 to ``max_batch``, in the manifest's datatype.

    Raises InvalidTensor or WrongDatatype; no message quotes a value.
    """
    spec = manifest.features
    if len(request.inputs) != 1 or request.inputs[0].name != spec.name:
        raise InvalidTensor(f"Expected one input named '{spec.name}', other names or more of them came.")
    tensor = request.inputs[0]
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
    if request.outputs is not None and (strangers := set(request.outputs) - set(OUTPUTS)):
        raise InvalidTensor(f"The model gives {', '.join(OUTPUTS)}; {len(strangers)} other output(s) were asked for.")
    return features
