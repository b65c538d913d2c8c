"""What a broken or hostile body gets: a typed problem, and the next good request gets the same bits as before."""

import gzip
import json
import pickle
import zlib
from typing import Any

import httpx
import numpy as np
import pytest

from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import BINARY, JSON, LENGTH_HEADER, MAX_HEADER, Headers, InferRequest, encode_request
from dermsplit_server.registry import Registry

from .tiny import LEVELS, SHAPE

VALUES = 4 * 4 * 3
RAW = bytes(VALUES)


def binary(raw: bytes = RAW, more: dict[str, Any] | None = None, **changes: Any) -> tuple[bytes, Headers]:
    """A binary request, good where nothing is changed."""
    entry = {"name": "features", "shape": [1, *SHAPE], "datatype": "UINT8"}
    entry = {**entry, "parameters": {"binary_data_size": len(raw)}, **changes}
    header = json.dumps({"inputs": [entry], **(more or {})}).encode()
    return header + raw, {"Content-Type": BINARY, LENGTH_HEADER: str(len(header))}


def as_json(text: str | bytes) -> tuple[bytes, Headers]:
    return (text if isinstance(text, bytes) else text.encode()), {"Content-Type": JSON}


def tensor_json(**changes: Any) -> tuple[bytes, Headers]:
    entry = {"name": "features", "shape": [1, *SHAPE], "datatype": "UINT8", "data": [0] * VALUES, **changes}
    return as_json(json.dumps({"inputs": [entry]}))


def with_length(length: str | None) -> tuple[bytes, Headers]:
    body, headers = binary()
    headers.pop(LENGTH_HEADER)
    return body, headers if length is None else {**headers, LENGTH_HEADER: length}


def with_headers(**headers: str) -> tuple[bytes, Headers]:
    body, good = binary()
    return body, {**good, **{name.replace("_", "-"): value for name, value in headers.items()}}


def zipped(change: Any, encoding: str = "gzip") -> tuple[bytes, Headers]:
    body, headers = binary()
    return change(gzip.compress(body)), {**headers, "Content-Encoding": encoding}


HEADER = len(binary()[0]) - VALUES
FAULTS: dict[str, tuple[tuple[bytes, Headers], int, str]] = {
    "empty body": ((b"", {"Content-Type": BINARY, LENGTH_HEADER: "10"}), 400, "malformed_request"),
    "empty json": (as_json(b""), 400, "malformed_request"),
    "one byte short": ((binary()[0][:-1], binary()[1]), 400, "malformed_request"),
    "one byte long": ((binary()[0] + b"\0", binary()[1]), 400, "malformed_request"),
    "length one less": (with_length(str(HEADER - 1)), 400, "malformed_request"),
    "length one more": (with_length(str(HEADER + 1)), 400, "malformed_request"),
    "length zero": (with_length("0"), 400, "malformed_request"),
    "length negative": (with_length("-1"), 400, "malformed_request"),
    "length not a number": (with_length("ten"), 400, "malformed_request"),
    "length beyond the body": (with_length("100000"), 400, "malformed_request"),
    "length of 2^63": (with_length(str(2**63)), 400, "malformed_request"),
    "length of a thousand digits": (with_length("9" * 1000), 400, "malformed_request"),
    "length missing": (with_length(None), 400, "malformed_request"),
    "not json": (as_json("{"), 400, "malformed_request"),
    "json list": (as_json("[]"), 400, "malformed_request"),
    "no inputs": (as_json("{}"), 400, "malformed_request"),
    "inputs empty": (as_json('{"inputs": []}'), 400, "malformed_request"),
    "duplicate keys": (as_json('{"inputs": [], "inputs": []}'), 400, "malformed_request"),
    "deeply nested": (as_json("[" * 20_000), 400, "malformed_request"),
    "nested data": (tensor_json(data=json.loads("[" * 50 + "]" * 50)), 400, "invalid_tensor"),
    "not utf-8": (as_json(b'{"inputs": "\xff"}'), 400, "malformed_request"),
    "negative size": (binary(parameters={"binary_data_size": -1}), 400, "malformed_request"),
    "size of 2^63": (binary(parameters={"binary_data_size": 2**63}), 400, "malformed_request"),
    "size is text": (binary(parameters={"binary_data_size": "48"}), 400, "malformed_request"),
    "no size and no data": (binary(parameters={}), 400, "malformed_request"),
    "unknown input": (binary(name="photo"), 400, "invalid_tensor"),
    "no name": (binary(name=""), 400, "malformed_request"),
    "unknown output": (binary(more={"outputs": [{"name": "diagnosis"}]}), 400, "invalid_tensor"),
    "permuted shape": (binary(shape=[1, 3, 4, 4]), 400, "invalid_tensor"),
    "flat shape": (binary(shape=[1, VALUES]), 400, "invalid_tensor"),
    "rank 0": (binary(shape=[]), 400, "invalid_tensor"),
    "rank 9": (binary(shape=[1] * 9), 400, "invalid_tensor"),
    "zero extent": (binary(b"", shape=[0, *SHAPE]), 400, "invalid_tensor"),
    "negative extent": (binary(shape=[-1, *SHAPE]), 400, "invalid_tensor"),
    "extent of 2^31": (binary(shape=[2**31, *SHAPE]), 400, "invalid_tensor"),
    "extent of 2^63": (binary(shape=[2**63, *SHAPE]), 400, "invalid_tensor"),
    "extent is a fraction": (binary(shape=[1.0, *SHAPE]), 400, "invalid_tensor"),
    "batch over the limit": (binary(bytes(9 * VALUES), shape=[9, *SHAPE]), 400, "invalid_tensor"),
    "other datatype": (binary(bytes(4 * VALUES), datatype="FP32"), 400, "wrong_datatype"),
    "unknown datatype": (binary(datatype="INT64"), 400, "wrong_datatype"),
    "bytes datatype": (tensor_json(datatype="BYTES", data=["a"] * VALUES), 400, "wrong_datatype"),
    "datatype is a number": (binary(datatype=8), 400, "malformed_request"),
    "value over levels-1": (binary(bytes(VALUES - 1) + bytes([LEVELS])), 400, "invalid_tensor"),
    "json value over 255": (tensor_json(data=[256] * VALUES), 400, "invalid_tensor"),
    "json value negative": (tensor_json(data=[-1] * VALUES), 400, "invalid_tensor"),
    "json value is text": (tensor_json(data=["0"] * VALUES), 400, "invalid_tensor"),
    "json one value short": (tensor_json(data=[0] * (VALUES - 1)), 400, "invalid_tensor"),
    "json data is an object": (tensor_json(data={}), 400, "malformed_request"),
    "id is a number": (binary(more={"id": 7}), 400, "malformed_request"),
    "gzip cut short": (zipped(lambda body: body[:-9]), 400, "malformed_request"),
    "gzip damaged": (zipped(lambda body: body[:20] + bytes([body[20] ^ 255]) + body[21:]), 400, "malformed_request"),
    "gzip and more": (zipped(lambda body: body + b"more"), 400, "malformed_request"),
    "gzip that is none": (zipped(lambda _: binary()[0]), 400, "malformed_request"),
    "gzip in a gzip": (zipped(gzip.compress), 400, "malformed_request"),
    "gzip twice announced": (zipped(gzip.compress, "gzip, gzip"), 415, "unsupported_encoding"),
    "gzip bomb": (zipped(lambda _: gzip.compress(bytes(64 << 20))), 413, "payload_too_large"),
    "unknown encoding": (with_headers(Content_Encoding="br"), 415, "unsupported_encoding"),
    "deflate": (
        (zlib.compress(binary()[0]), {**binary()[1], "Content-Encoding": "deflate"}),
        415,
        "unsupported_encoding",
    ),
    "text": (with_headers(Content_Type="text/plain"), 415, "unsupported_media_type"),
    "form": (with_headers(Content_Type="application/x-www-form-urlencoded"), 415, "unsupported_media_type"),
    "multipart": (with_headers(Content_Type="multipart/form-data; boundary=x"), 415, "unsupported_media_type"),
    "jpeg": (with_headers(Content_Type="image/jpeg"), 415, "unsupported_media_type"),
    "pickle by its type": (with_headers(Content_Type="application/vnd.bentoml+pickle"), 415, "unsupported_media_type"),
    "pickle under our type": (
        (pickle.dumps({"inputs": [1]}), {"Content-Type": BINARY, LENGTH_HEADER: "10"}),
        400,
        "malformed_request",
    ),
    "body over the cap": (as_json(b" " * (MAX_HEADER + 8 * VALUES * 40)), 413, "payload_too_large"),
}


async def probabilities(client: httpx.AsyncClient, path: str, request: tuple[bytes, Headers]) -> list[float]:
    response = await client.post(path, content=request[0], headers=request[1])
    assert response.status_code == 200, response.text
    found: list[float] = response.json()["outputs"][0]["data"]
    return found


def test_the_unchanged_request_is_good() -> None:
    assert binary() == (binary()[0], {"Content-Type": BINARY, LENGTH_HEADER: str(HEADER)})


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_a_problem_and_leaves_no_trace(
    client: httpx.AsyncClient, infer_path: str, good: tuple[bytes, Headers], fault: str
) -> None:
    (body, headers), status, code = FAULTS[fault]
    before = await probabilities(client, infer_path, good)
    response = await client.post(infer_path, content=body, headers=headers)
    document = response.json()
    assert (response.status_code, document["code"]) == (status, code), document
    assert response.headers["content-type"] == "application/problem+json"
    assert document["status"] == status
    assert document["error"] == document["detail"]
    assert len(document["detail"]) > 20
    assert "/" not in document["detail"].replace(BINARY, "").replace(JSON, "").replace("GET /docs", "")
    assert (await client.get("/v2/health/ready")).status_code == 200
    assert await probabilities(client, infer_path, good) == before


@pytest.mark.parametrize("duplicate", [(HEADER, HEADER), (HEADER, 1)])
async def test_a_length_that_comes_twice(
    client: httpx.AsyncClient, infer_path: str, duplicate: tuple[int, int]
) -> None:
    headers = [("Content-Type", BINARY), *((LENGTH_HEADER, str(length)) for length in duplicate)]
    response = await client.post(infer_path, content=binary()[0], headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "malformed_request")


@pytest.mark.parametrize("place", [0, VALUES // 2, VALUES - 1])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
async def test_numbers_that_are_none(client: httpx.AsyncClient, registry: Registry, place: int, value: float) -> None:
    manifest = registry.versions("tinyfloat")[0].manifest
    path = f"/v2/models/tinyfloat/versions/{manifest.id}/infer"
    array = np.zeros((1, *SHAPE), dtype="<f4")
    request = encode_request(InferRequest((Tensor("features", array),)))
    before = await probabilities(client, path, request)
    array.flat[place] = value
    body, headers = encode_request(InferRequest((Tensor("features", array),)))
    response = await client.post(path, content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_tensor")
    assert await probabilities(client, path, request) == before


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
async def test_json_numbers_that_are_none(client: httpx.AsyncClient, text: str) -> None:
    body = json.dumps({"inputs": [{"name": "features", "shape": [1, *SHAPE], "datatype": "FP32", "data": []}]})
    body = body.replace("[]", "[" + ", ".join(["0"] * (VALUES - 1) + [text]) + "]")
    response = await client.post("/v2/models/tinyfloat/infer", content=body, headers={"Content-Type": JSON})
    assert response.status_code == 400
    assert response.json()["code"] in ("malformed_request", "invalid_tensor")


async def test_gzip_gives_the_same_bits(
    client: httpx.AsyncClient, infer_path: str, good: tuple[bytes, Headers]
) -> None:
    body, headers = good
    squeezed = (gzip.compress(body), {**headers, "Content-Encoding": "gzip"})
    assert await probabilities(client, infer_path, squeezed) == await probabilities(client, infer_path, good)


async def test_a_full_batch_in_verbose_json_is_under_the_cap(client: httpx.AsyncClient, registry: Registry) -> None:
    array = np.full((8, *SHAPE), -1.2345678e-30, dtype="<f4")
    entry = {"name": "features", "shape": list(array.shape), "datatype": "FP32", "data": array.tolist()}
    body = json.dumps({"inputs": [entry]}, indent=1).encode()
    response = await client.post("/v2/models/tinyfloat/infer", content=body, headers={"Content-Type": JSON})
    assert response.status_code == 200
    assert len(body) < registry.largest_body


async def test_a_body_over_the_cap_is_left_at_the_chunk_that_goes_over(
    client: httpx.AsyncClient, registry: Registry, infer_path: str
) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        for _ in range(10_000):
            sent += 10_000
            yield bytes(10_000)

    response = await client.post(infer_path, content=endless(), headers={"Content-Type": JSON})
    assert (response.status_code, response.json()["code"]) == (413, "payload_too_large")
    assert response.json()["limit_bytes"] == registry.largest_body
    assert sent <= registry.largest_body + 20_000


async def test_an_announced_body_over_the_cap_is_not_read(client: httpx.AsyncClient, infer_path: str) -> None:
    read = 0

    async def body() -> Any:
        nonlocal read
        read += 1
        yield b"x"

    headers = {"Content-Type": JSON, "Content-Length": str(200 << 20)}
    response = await client.post(infer_path, content=body(), headers=headers)
    assert response.status_code == 413
    assert read == 0
