"""What is asked, in every contender's form, and what the answer has to be."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import HEAD_TFLITE, NUMPY_DTYPE, Bundle
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import BINARY, JSON, InferRequest, encode_request
from dermsplit_convert.bench_serve.contenders import Form
from dermsplit_convert.infer import LiteHead
from dermsplit_convert.inputs import choose_images, load_inputs

TOLERANCE = 1e-4
"""Largest difference of a probability, as the server's golden case has it."""

Features = NDArray[Any]


def read_questions(bundle: Bundle, data: Path | None, images: int) -> list[Features]:
    """Features [1, *shape] in the wire's datatype: the golden case's, and with ``data`` those of as many real images.

    Raises DataInvalid where there are fewer.
    """
    asked: list[Features] = [bundle.golden_features()]
    if data is None:
        return asked
    spec = bundle.manifest.features
    names = [name for found in choose_images(data, images).values() for name in found]
    features = LiteHead(bundle.path(HEAD_TFLITE))(load_inputs(data, names, bundle.manifest.input.size))
    wire = np.rint(features) if spec.datatype == "UINT8" else features
    return asked + [one[None] for one in wire.astype(NUMPY_DTYPE[spec.datatype])]


def in_form(features: Features, form: Form) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a request."""
    if form == "bytes":
        return features.tobytes(), {"Content-Type": BINARY}
    if form == "JSON":
        return json.dumps({"features": features.tolist()}).encode(), {"Content-Type": JSON}
    return encode_request(InferRequest((Tensor("features", features),)), as_json=form == "protocol, JSON")


@dataclass(frozen=True)
class Answers:
    """The probabilities float32 [N, C] of N questions."""

    expected: NDArray[np.float32]

    def wrong(self, replies: Sequence[tuple[int, bytes]]) -> int:
        """How many replies are not the answer to their question, or none at all."""
        # The same body is the same answer, and most are.
        seen: dict[tuple[int, bytes], bool] = {}
        return sum(seen.setdefault(reply, self._is_wrong(*reply)) for reply in replies)

    def _is_wrong(self, question: int, body: bytes) -> bool:
        found = read_probabilities(body)
        return found is None or not (
            found.shape == self.expected[question].shape and np.abs(found - self.expected[question]).max() <= TOLERANCE
        )


def read_probabilities(body: bytes) -> NDArray[np.float32] | None:
    """The probabilities float32 [C] of a reply of one item: the protocol's, a member of that name, or a bare list."""
    try:
        document = json.loads(body)
        if isinstance(document, dict) and "outputs" in document:
            document = next(output["data"] for output in document["outputs"] if output["name"] == "probabilities")
        elif isinstance(document, dict):
            document = document["probabilities"]
        return np.asarray(document, np.float32).ravel()
    except (ValueError, KeyError, TypeError, StopIteration):
        return None
