"""LitServe: the four methods of its LitAPI. Its requests are JSON."""

import os
from typing import Any

import litserve
import numpy as np
from tail import Tail


class Lesions(litserve.LitAPI):  # type: ignore[misc]
    """Setup, decode, predict, encode."""

    def setup(self, device: str) -> None:  # noqa: ARG002
        """Load the tail in the worker."""
        self.tail = Tail()

    # Annotated, the argument would be taken for a parameter of the query.
    def decode_request(self, request):  # type: ignore[no-untyped-def]
        """Numbers to features."""
        return self.tail.from_numbers(request["features"])

    def predict(self, features: Any) -> Any:
        """Features to probabilities."""
        return self.tail(features)

    def encode_response(self, output):  # type: ignore[no-untyped-def]
        """Probabilities to JSON."""
        return {"probabilities": np.asarray(output).tolist()}


if __name__ == "__main__":
    server = litserve.LitServer(Lesions(), accelerator="cpu")
    server.run(host="127.0.0.1", port=int(os.environ["PORT"]), generate_client_file=False)
