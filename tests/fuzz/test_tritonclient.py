"""An unmodified client of the protocol, with every datatype that a bundle can use."""

from typing import Any

import numpy as np
import pytest
import tritonclient.http as triton

from dermsplit_contract.bundle import NUMPY_DTYPE, Bundle
from tests.process import Process

from .bundles import LEVELS, SHAPE, answer


# tritonclient sends FP16 as bytes only.
@pytest.mark.parametrize(
    ("datatype", "binary"), [("UINT8", True), ("UINT8", False), ("FP16", True), ("FP32", True), ("FP32", False)]
)
def test_round_trip(by_datatype: dict[str, Bundle], fuzzed_server: Process, datatype: str, binary: bool) -> None:
    bundle = by_datatype[datatype]
    features: Any = np.random.default_rng(3).integers(0, LEVELS, (3, *SHAPE))
    features = features.astype(NUMPY_DTYPE[bundle.manifest.features.datatype])
    asked = triton.InferInput("features", list(features.shape), datatype)
    asked.set_data_from_numpy(features, binary_data=binary)
    wanted = [triton.InferRequestedOutput("probabilities", binary_data=binary)]
    with triton.InferenceServerClient(fuzzed_server.url.removeprefix("http://")) as client:
        reply = client.infer(bundle.manifest.name, [asked], bundle.manifest.id, outputs=wanted, request_id="r")
    np.testing.assert_allclose(reply.as_numpy("probabilities"), answer(features), atol=1e-5)
    assert reply.get_response()["id"] == "r"
