"""What is fed with bytes from nowhere: each takes any and raises nothing, whatever the code below refuses."""

import numpy as np
from starlette.datastructures import Headers

from dermsplit_contract.bundle import parse_manifest
from dermsplit_contract.errors import BundleError, RequestError
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import BINARY, LENGTH_HEADER, InferRequest, decode_request, encode_request
from dermsplit_server.decoding import decode

LARGEST = 100_000


def request(data: bytes) -> None:
    """A body whose first byte tells whether it is gzip and binary, and whose next two are the length of its JSON.

    What is taken has to come back the same after it is written and read again.
    """
    flags, length, body = data[:1], int.from_bytes(data[1:3], "little"), data[3:]
    headers = {"content-type": BINARY, LENGTH_HEADER.lower(): str(length)} if flags and flags[0] & 1 else {}
    if flags and flags[0] & 2:
        headers["content-encoding"] = "gzip"
    try:
        taken = decode(body, Headers(headers), LARGEST)
    except RequestError as error:
        check_words(error.detail)
        return
    again(taken)


def again(taken: InferRequest) -> None:
    """Write a request and read it: names, dtypes, shapes and every bit of the tensors stay."""
    body, headers = encode_request(taken)
    binary = LENGTH_HEADER in headers
    read = decode_request(body, int(headers[LENGTH_HEADER]) if binary else None)
    assert (read.id, read.outputs, read.parameters) == (taken.id, taken.outputs, taken.parameters)
    assert all(same(*pair) for pair in zip(read.inputs, taken.inputs, strict=True))


def same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same name, datatype, shape and bytes."""
    parts = [(each.name, each.datatype, each.data.shape, each.to_bytes()) for each in (one, other)]
    return parts[0] == parts[1] and isinstance(one.data, np.ndarray)


def manifest(data: bytes) -> None:
    """The bytes of a manifest.json."""
    try:
        parse_manifest(data)
    except BundleError as error:
        check_words(error.detail)


def check_words(detail: str) -> None:
    """A refusal is a sentence for a person, of a length that fits a screen."""
    assert detail.endswith(".")
    assert len(detail) < 2000
    assert "Traceback" not in detail


TARGETS = {"request": request, "manifest": manifest}
