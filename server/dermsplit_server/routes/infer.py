"""The life of a request: decode, validate, predict, respond."""

import time
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers

from dermsplit_contract.wire import LENGTH_HEADER, MAX_HEADER, encode_reply
from dermsplit_server.admission import Admission, ClientLeft
from dermsplit_server.deadline import check_deadline
from dermsplit_server.decoding import decode
from dermsplit_server.metrics import Metrics
from dermsplit_server.prediction import predict
from dermsplit_server.problems import documented
from dermsplit_server.registry import Registry
from dermsplit_server.reply import build_reply
from dermsplit_server.validation import validate


class Direct(APIRoute):
    """A route that hands its endpoint the request and the path's parts as they are.

    FastAPI would build a validator's call for two plain strings, which costs more than decoding the features does. The
    endpoint's signature is documented all the same.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The endpoint as FastAPI calls it (see its docs, "Custom Request and APIRoute class")."""
        endpoint: Callable[..., Coroutine[Any, Any, Response]] = self.endpoint

        async def handle(request: Request) -> Response:
            return await endpoint(request, **request.path_params)

        return handle


router = APIRouter(tags=["inference"], route_class=Direct)

WITH_VERSION = "/v2/models/{name}/versions/{version}/infer"
CURRENT = "/v2/models/{name}/infer"

CLIENT_LEFT = 499
"""For the log alone: nobody is there to read it."""

_DESCRIPTION = """Open Inference Protocol v2, with the binary tensor extension.

Binary: header `Inference-Header-Content-Length` gives the length of the JSON, the raw row-major little-endian bytes
follow it. JSON: the tensor's numbers stand in `data`. `Content-Encoding: gzip` is taken. Shape and datatype of the
features are in the bundle's manifest and in the model's metadata. Without a version the model's current one answers.

Where the manifest has metadata, a second tensor `metadata`, FP32 [N, M], may tell age, sex and site; left out it is
zeros. The parameter `prevalence`, between 0 and 1, asks for `shifted_probabilities` as well: what the probabilities are
where that share of the lesions is malignant. It changes no decision.

The parameter `timeout`, in microseconds, is how long the client waits: a request that could not be begun by then is
answered with 503 and code `deadline_passed`, and nothing is computed."""

_EXAMPLE = {
    "inputs": [{"name": "features", "shape": [1, 2, 2, 1], "datatype": "UINT8", "data": [0, 17, 4, 255]}],
    "outputs": [{"name": "probabilities"}, {"name": "labels"}, {"name": "decisions"}],
}
_REPLY_EXAMPLE = {
    "model_name": "mole",
    "model_version": "0123456789abcdef",
    "parameters": {
        "bundle": "0123456789abcdef",
        "operating_point": "sensitivity_95",
        "decode_ms": 0.1,
        "tail_ms": 1.4,
        "total_ms": 1.6,
    },
    "outputs": [
        {"name": "probabilities", "shape": [1, 2], "datatype": "FP32", "data": [0.75, 0.25]},
        {"name": "labels", "shape": [2], "datatype": "BYTES", "data": ["benign", "malignant"]},
        {"name": "decisions", "shape": [1], "datatype": "BYTES", "data": ["suspicious"]},
        {"name": "thresholds", "shape": [1], "datatype": "FP32", "data": [0.125]},
        {"name": "domain_probabilities", "shape": [1, 3], "datatype": "FP32", "data": [0.03, 0.96, 0.01]},
        {"name": "domains", "shape": [1], "datatype": "BYTES", "data": ["phone"]},
    ],
}
_OPENAPI: dict[str, Any] = {
    "parameters": [
        {
            "name": LENGTH_HEADER,
            "in": "header",
            "description": "Bytes of JSON before the binary data; absent where the whole body is JSON",
            "schema": {"type": "integer", "minimum": 1, "maximum": MAX_HEADER},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": {"type": "object"}, "example": _EXAMPLE},
        },
    },
    "responses": {
        "200": {
            "description": "Probabilities and the decision; binary where the request asked for it",
            "content": {"application/json": {"example": _REPLY_EXAMPLE}, "application/octet-stream": {}},
        }
    },
}
_RESPONSES = documented(400, 401, 404, 408, 413, 415, 421, 429, 500, 503)


@router.post(
    WITH_VERSION,
    summary="Run the tail on features",
    description=_DESCRIPTION,
    openapi_extra=_OPENAPI,
    responses=_RESPONSES,
)
async def infer(request: Request, name: str, version: str) -> Response:
    return await _answer(request, name, version)


@router.post(
    CURRENT,
    summary="Run the current version's tail on features",
    description=_DESCRIPTION,
    openapi_extra=_OPENAPI,
    responses=_RESPONSES,
)
async def infer_current(request: Request, name: str) -> Response:
    return await _answer(request, name, None)


async def _answer(request: Request, name: str, version: str | None) -> Response:
    registry: Registry = request.app.state.registry
    admission: Admission = request.app.state.admission
    metrics: Metrics = request.app.state.metrics
    arrived = time.monotonic()
    registry.find(name, version)
    body = await request.body()
    metrics.bytes.observe(len(body))
    # All of the work is done in a thread, a large JSON's parsing too, so that the health routes answer meanwhile.
    given = (registry, (name, version), body, request.headers, request.app.state.prevalence, metrics, arrived)
    try:
        with metrics.inside.track_inprogress():
            return await admission.run(request.is_disconnected, _work, *given)
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)


def _work(
    registry: Registry,
    model: tuple[str, str | None],
    body: bytes,
    headers: Headers,
    prevalence: float | None,
    metrics: Metrics,
    arrived: float,
) -> Response:
    served = registry.find(*model)
    started = time.perf_counter()
    asked = decode(body, headers, registry.largest_body)
    check_deadline(asked.parameters, arrived)
    question = validate(asked, served.manifest, registry.max_batch, prevalence)
    decoded = time.perf_counter()
    answers = predict(served, question)
    predicted = time.perf_counter()
    metrics.decoding.observe(decoded - started)
    metrics.running.observe(predicted - decoded)
    reply = build_reply(
        served.manifest,
        asked,
        answers,
        question.prevalence,
        decode_ms=(decoded - started) * 1000,
        tail_ms=(predicted - decoded) * 1000,
        total_ms=(time.perf_counter() - started) * 1000,
    )
    return _respond(*encode_reply(reply, asked))


def _respond(body: bytes, headers: dict[str, str]) -> Response:
    return Response(body, headers={**headers, "Cache-Control": "no-store"})
