"""The codec with every datatype, every shape and whatever JSON can say."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dermsplit_contract.errors import RequestError
from dermsplit_contract.tensors import MAX_RANK, Tensor
from dermsplit_contract.wire import (
    LENGTH_HEADER,
    InferReply,
    InferRequest,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
)

from . import seeds, targets

DTYPES = {"UINT8": np.dtype("u1"), "FP16": np.dtype("<f2"), "FP32": np.dtype("<f4")}
SHAPES = hnp.array_shapes(max_dims=MAX_RANK, max_side=3)
NAMES = st.text(min_size=1, max_size=20)
# BYTES of the protocol are texts here; numpy drops trailing NUL characters, so none is drawn.
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def tensors(draw: st.DrawFn, *, finite: bool = False) -> Tensor:
    """Of any datatype, shape and bits; ``finite`` for what JSON can hold."""
    dtype = draw(st.sampled_from([*DTYPES.values(), None]))
    shape = draw(SHAPES)
    name = draw(NAMES)
    if dtype is None:
        count = int(np.prod(shape))
        texts = draw(st.lists(TEXTS, min_size=count, max_size=count))
        return Tensor(name, np.array(texts, dtype=np.str_).reshape(shape))
    if finite and dtype.kind == "f":
        numbers = st.floats(width=16, allow_nan=False, allow_infinity=False)
        return Tensor(name, draw(hnp.arrays(dtype, shape, elements=numbers)))
    count = int(np.prod(shape)) * dtype.itemsize
    return Tensor(name, np.frombuffer(draw(st.binary(min_size=count, max_size=count)), dtype).reshape(shape))


@settings(deadline=None, max_examples=60)
@given(st.lists(tensors(), min_size=1, max_size=3, unique_by=lambda tensor: tensor.name))
def test_every_tensor_comes_back_bit_by_bit(given_: list[Tensor]) -> None:
    targets.again(InferRequest(tuple(given_), "id", {"probabilities": True}, parameters={"prevalence": 0.25}))


@settings(deadline=None, max_examples=60)
@given(tensors(finite=True))
def test_json_says_the_same(tensor: Tensor) -> None:
    body, _ = encode_request(InferRequest((tensor,)), as_json=True)
    assert targets.same(decode_request(body, None).inputs[0], tensor)


@settings(deadline=None, max_examples=60)
@given(tensors(finite=True), st.booleans())
def test_a_reply_comes_back_in_either_form(tensor: Tensor, binary: bool) -> None:
    reply = InferReply("mole", "v", (tensor,), {"tail_ms": 0.5}, "7")
    body, headers = encode_reply(reply, InferRequest((), binary=binary))
    read = decode_reply(body, int(headers[LENGTH_HEADER]) if LENGTH_HEADER in headers else None)
    assert (read.id, read.parameters) == ("7", {"tail_ms": 0.5})
    assert targets.same(read.outputs[0], tensor)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
@example(seeds.requests()[0])
@example(seeds.requests()[1])
def test_bytes_from_nowhere_raise_nothing_but_refusals(data: bytes) -> None:
    targets.request(data)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(seeds.requests()), st.data())
def test_a_good_request_with_some_bytes_changed_raises_nothing_but_refusals(good: bytes, data: st.DataObject) -> None:
    changed = bytearray(good)
    for place in data.draw(st.lists(st.integers(0, len(good) - 1), max_size=4)):
        changed[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    targets.request(bytes(changed[:cut]))


ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.just("features") | JSON,
        "shape": st.lists(st.integers(-1, 5), max_size=4) | JSON,
        "datatype": st.sampled_from([*DTYPES, "BYTES", "INT64"]) | JSON,
        "data": st.lists(st.integers(-2, 300) | st.floats() | TEXTS, max_size=8) | JSON,
        "parameters": st.fixed_dictionaries({}, optional={"binary_data_size": st.integers(-1, 40) | JSON}) | JSON,
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {"inputs": st.lists(ENTRIES, max_size=3) | JSON},
    optional={"id": JSON, "outputs": st.lists(ENTRIES, max_size=2) | JSON, "parameters": JSON},
)


@settings(deadline=None, max_examples=200)
@given(DOCUMENTS, st.binary(max_size=40), st.booleans())
def test_documents_of_about_the_right_form_are_read_or_refused(
    document: dict[str, Any], raw: bytes, binary: bool
) -> None:
    header = json.dumps(document).encode()
    try:
        taken = decode_request(header + raw if binary else header, len(header) if binary else None)
    except RequestError as error:
        targets.check_words(error.detail)
    else:
        targets.again(taken)


@pytest.mark.parametrize("datatype", DTYPES)
def test_one_value_of_each_datatype_at_its_ends(datatype: str) -> None:
    dtype = DTYPES[datatype]
    ends = np.iinfo(dtype) if dtype.kind == "u" else np.finfo(dtype)
    targets.again(InferRequest((Tensor("features", np.array([ends.min, ends.max], dtype)),)))
