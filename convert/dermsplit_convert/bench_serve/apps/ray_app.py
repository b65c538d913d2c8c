"""Ray Serve: a deployment of one replica behind Ray's HTTP proxy. Requests are the features' bytes."""

import os
import time
from typing import Any

import ray
from ray import serve
from starlette.requests import Request
from tail import Tail


@serve.deployment(num_replicas=1, max_ongoing_requests=100)
class Lesions:
    """The tail in a replica."""

    def __init__(self) -> None:
        self.tail = Tail()

    async def __call__(self, request: Request) -> dict[str, Any]:
        """Bytes to probabilities."""
        return {"probabilities": self.tail(self.tail.from_bytes(await request.body())).tolist()}


if __name__ == "__main__":
    ray.init(include_dashboard=False, num_cpus=2, _node_ip_address="127.0.0.1")
    serve.start(http_options={"host": "127.0.0.1", "port": int(os.environ["PORT"])})
    serve.run(Lesions.bind())  # type: ignore[attr-defined]
    while True:
        time.sleep(60)
