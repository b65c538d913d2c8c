"""The tail as every contender runs it: OpenVINO with the options that dermsplit's own engine has.

What to load stands as JSON in the environment variable TAIL: ``xml``, ``shape``, ``dtype``, ``metadata`` (width, or 0)
and ``threads``, which is the processor threads and the inferences at a time.
"""

import json
import os
from queue import SimpleQueue
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Tail:
    """Ready to be called from any thread."""

    def __init__(self) -> None:
        about = json.loads(os.environ["TAIL"])
        self.shape, self.dtype, self.metadata = tuple(about["shape"]), np.dtype(about["dtype"]), about["metadata"]
        threads = about["threads"]
        options = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": threads,
            "ENABLE_CPU_PINNING": False,
        }
        model = openvino.Core().compile_model(about["xml"], "CPU", options)
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(threads):
            self._idle.put(model.create_infer_request())
        self(np.zeros((1, *self.shape), self.dtype))

    def from_bytes(self, raw: bytes) -> NDArray[Any]:
        """Row-major bytes of one item to features [1, *shape]."""
        return np.frombuffer(raw, self.dtype).reshape((1, *self.shape))

    def from_numbers(self, numbers: Any) -> NDArray[Any]:
        """Nested lists, or an array of any dtype, to features [N, *shape]."""
        return np.asarray(numbers, self.dtype).reshape((-1, *self.shape))

    def __call__(self, features: NDArray[Any]) -> Floats:
        """Features [N, *shape] to probabilities float32 [N, C]."""
        taken = {"features": features.astype(np.float32, copy=False)}
        if self.metadata:
            taken["metadata"] = np.zeros((len(features), self.metadata), np.float32)
        request = self._idle.get()
        try:
            answer: Floats = request.infer(taken)["probabilities"].copy()
            return answer
        finally:
            self._idle.put(request)
