"""MLServer: a custom runtime. Requests are the Open Inference Protocol's JSON; it has no binary form over REST."""

from typing import Any

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from tail import Tail


class Lesions(MLModel):  # type: ignore[misc]
    """Load and predict."""

    async def load(self) -> bool:
        """Load the tail."""
        self.tail = Tail()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Features to probabilities."""
        features: Any = self.decode(payload.inputs[0], default_codec=NumpyCodec)
        answer = self.tail(self.tail.from_numbers(features))
        output = NumpyCodec.encode_output("probabilities", answer)
        return InferenceResponse(model_name=self.name, outputs=[output])
