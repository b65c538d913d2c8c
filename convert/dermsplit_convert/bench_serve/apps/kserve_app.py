"""KServe: a custom model of its Python server. Requests are the Open Inference Protocol with binary data."""

import json
import os
from typing import Any

from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer
from tail import Tail


class Lesions(Model):  # type: ignore[misc]
    """Load and predict."""

    def load(self) -> bool:
        """Load the tail."""
        self.tail = Tail()
        self.ready = True
        return True

    async def predict(self, payload: InferRequest, *_: Any, **__: Any) -> InferResponse:
        """Features to probabilities."""
        answer = self.tail(self.tail.from_numbers(payload.inputs[0].as_numpy()))
        output = InferOutput("probabilities", list(answer.shape), "FP32")
        output.set_data_from_numpy(answer, binary_data=False)
        return InferResponse(payload.id or "1", self.name, [output])


if __name__ == "__main__":
    model = Lesions(json.loads(os.environ["TAIL"])["name"])
    model.load()
    ModelServer(http_port=int(os.environ["PORT"]), enable_grpc=False, workers=1).start([model])
