"""A server that does nothing: what is measured of it is the client, the loopback and uvicorn."""

import json
import os
from typing import Any

import uvicorn

REPLY = json.dumps({"probabilities": json.loads(os.environ["TAIL"])["answer"]}).encode()
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(REPLY)).encode())]


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read the body and answer the same every time."""
    assert scope["type"] == "http"
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": REPLY})


uvicorn.run(app, port=int(os.environ["PORT"]), lifespan="off", access_log=False)
