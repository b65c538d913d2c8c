"""The codec gives back what went in, and takes nothing on trust."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dermsplit_contract.errors import InvalidTensor, MalformedRequest, RequestError, WrongDatatype
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import (
    LENGTH_HEADER,
    MAX_HEADER,
    InferReply,
    InferRequest,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
)

DTYPES = st.sampled_from([np.dtype("<f4"), np.dtype("<f2"), np.dtype("u1")])
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(max_dims=4, max_side=5)))


def body_of(entry: dict[str, Any], raw: bytes = b"", **more: Any) -> tuple[bytes, int]:
    header = json.dumps({"inputs": [entry], **more}).encode()
    return header + raw, len(header)


def good(**changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": "features", "shape": [1, 4], "datatype": "UINT8"}
    return {**entry, "parameters": {"binary_data_size": 4}, **changes}


@given(ARRAYS)
def test_binary_request_round_trip_keeps_every_bit(array: np.ndarray[Any, Any]) -> None:
    body, headers = encode_request(InferRequest((Tensor("features", array),), id="a"))
    request = decode_request(body, int(headers[LENGTH_HEADER]))
    assert request.id == "a"
    assert request.inputs[0].data.dtype == array.dtype
    assert request.inputs[0].data.shape == array.shape
    assert request.inputs[0].data.tobytes() == array.tobytes()


@given(hnp.arrays("<f4", (2, 3), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_json_request_round_trip(array: np.ndarray[Any, Any]) -> None:
    body, headers = encode_request(InferRequest((Tensor("features", array),)), as_json=True)
    assert LENGTH_HEADER not in headers
    np.testing.assert_array_equal(decode_request(body, None).inputs[0].data, array)


@given(st.binary(max_size=300), st.one_of(st.none(), st.integers(-5, 400)))
def test_arbitrary_bytes_are_refused_never_a_crash(body: bytes, length: int | None) -> None:
    with pytest.raises(RequestError):
        decode_request(body, length)


def test_nested_and_flat_json_data_are_the_same() -> None:
    entry = {"name": "features", "shape": [2, 2], "datatype": "FP32"}
    flat, _ = body_of({**entry, "data": [1, 2, 3, 4.5]})
    nested, _ = body_of({**entry, "data": [[1, 2], [3, 4.5]]})
    np.testing.assert_array_equal(
        decode_request(flat, None).inputs[0].data, decode_request(nested, None).inputs[0].data
    )


@pytest.mark.parametrize("binary", [True, False])
def test_reply_round_trip_in_the_form_asked(binary: bool) -> None:
    outputs = (
        Tensor("probabilities", np.array([[0.25, 0.75]], dtype="<f4")),
        Tensor("labels", np.array(["gut", "bösartig"])),
    )
    reply = InferReply("mole", "v", outputs, {"tail_ms": 1.5}, id="7")
    body, headers = encode_reply(reply, InferRequest((), binary=binary))
    assert (LENGTH_HEADER in headers) is binary
    got = decode_reply(body, int(headers[LENGTH_HEADER]) if binary else None)
    assert (got.model_name, got.model_version, got.id, got.parameters) == ("mole", "v", "7", {"tail_ms": 1.5})
    for tensor in outputs:
        output = got.output(tensor.name)
        assert output is not None
        np.testing.assert_array_equal(output.data, tensor.data)


def test_only_the_outputs_asked_for_are_sent() -> None:
    request = InferRequest((), outputs={"labels": False})
    reply = InferReply("m", "v", (Tensor("probabilities", np.zeros((1, 2), "<f4")), Tensor("labels", np.array(["a"]))))
    body, headers = encode_reply(reply, request)
    assert LENGTH_HEADER not in headers
    assert [output["name"] for output in json.loads(body)["outputs"]] == ["labels"]


@pytest.mark.parametrize(
    ("entry", "raw", "error"),
    [
        (good(), b"abc", MalformedRequest),
        (good(), b"abcde", MalformedRequest),
        (good(shape=[1, 5]), b"abcd", InvalidTensor),
        (good(shape=[0, 4]), b"abcd", InvalidTensor),
        (good(shape=[-1, -4]), b"abcd", InvalidTensor),
        (good(shape=[1 << 31, 4]), b"abcd", InvalidTensor),
        (good(shape=[1 << 63, 1 << 63]), b"abcd", InvalidTensor),
        (good(shape=[1 << 20, 1 << 20]), b"abcd", InvalidTensor),
        (good(shape=[]), b"abcd", InvalidTensor),
        (good(shape=[1] * 9), b"abcd", InvalidTensor),
        (good(shape=[True, 4]), b"abcd", InvalidTensor),
        (good(shape=[1.0, 4]), b"abcd", InvalidTensor),
        (good(shape="1,4"), b"abcd", InvalidTensor),
        (good(datatype="INT64"), b"abcd", WrongDatatype),
        (good(datatype="FP32"), b"abcd", InvalidTensor),
        (good(datatype=3), b"abcd", MalformedRequest),
        (good(name=""), b"abcd", MalformedRequest),
        (good(name=None), b"abcd", MalformedRequest),
        (good(parameters={"binary_data_size": -4}), b"abcd", MalformedRequest),
        (good(parameters={"binary_data_size": 1 << 40}), b"abcd", MalformedRequest),
        (good(parameters={"binary_data_size": "4"}), b"abcd", MalformedRequest),
        (good(parameters=[4]), b"abcd", MalformedRequest),
        (good(data=[1, 2, 3, 4]), b"abcd", MalformedRequest),
        (good(parameters={}), b"", MalformedRequest),
        (good(parameters={}, data=[1, 2, 3]), b"", InvalidTensor),
        (good(parameters={}, data=[1, 2, 3, 256]), b"", InvalidTensor),
        (good(parameters={}, data=[1, 2, 3, -1]), b"", InvalidTensor),
        (good(parameters={}, data=[1, 2, 3, 4.5]), b"", InvalidTensor),
        (good(parameters={}, data=[1, 2, 3, True]), b"", InvalidTensor),
        (good(parameters={}, data=[1, 2, 3, "4"]), b"", InvalidTensor),
        (good(parameters={}, data=[[[[[[[[[1, 2, 3, 4]]]]]]]]]), b"", InvalidTensor),
        (good(parameters={}, data=[10**400, 1, 1, 1], datatype="FP32"), b"", InvalidTensor),
        (good(datatype="BYTES"), b"\x09\x00\x00\x00", InvalidTensor),
    ],
)
def test_faulty_tensor(entry: dict[str, Any], raw: bytes, error: type[RequestError]) -> None:
    body, length = body_of(entry, raw)
    with pytest.raises(error) as caught:
        decode_request(body, length)
    assert type(caught.value) is error
    assert caught.value.detail.endswith(".")


@pytest.mark.parametrize("length", [0, -1, 10**9, MAX_HEADER + 1])
def test_faulty_header_length(length: int) -> None:
    body, _ = body_of(good(), b"a" * MAX_HEADER * 2)
    with pytest.raises(MalformedRequest, match=LENGTH_HEADER):
        decode_request(body, length)


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"inputs":{}}',
        b'{"inputs":[]}',
        b'{"inputs":[1]}',
        b'{"inputs":[],"inputs":[]}',
        b'{"inputs":[NaN]}',
        b"[" * 50_000,
        b'{"id":7,"inputs":[{"name":"a","shape":[1],"datatype":"UINT8","data":[1]}]}',
        b'{"outputs":{},"inputs":[{"name":"a","shape":[1],"datatype":"UINT8","data":[1]}]}',
    ],
    ids=lambda header: header[:24].decode("latin-1"),
)
def test_faulty_json(header: bytes) -> None:
    with pytest.raises(MalformedRequest):
        decode_request(header, None)


def test_the_same_name_twice_is_refused() -> None:
    entry = good(parameters={}, data=[1, 2, 3, 4])
    body = json.dumps({"inputs": [entry, entry]}).encode()
    with pytest.raises(InvalidTensor, match="same name"):
        decode_request(body, None)
