"""One tensor of the Open Inference Protocol v2: from an array to bytes or JSON, and back, with nothing taken on trust.

Source: the KServe Open Inference Protocol (required REST API) and Triton's binary tensor data extension. Raw data is
little-endian and row-major; an element of BYTES is a 4-byte little-endian length and that many bytes.
"""

import struct
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import InvalidTensor, MalformedRequest, WrongDatatype

MAX_RANK = 8
MAX_VALUES = 1 << 26
"""Values that one tensor may hold; far above any real request, far below what would exhaust a server."""

_NUMERIC: dict[str, np.dtype[Any]] = {"FP32": np.dtype("<f4"), "FP16": np.dtype("<f2"), "UINT8": np.dtype("u1")}
_DATATYPES = ", ".join([*_NUMERIC, "BYTES"])


@dataclass(frozen=True)
class Tensor:
    """A named array. Numeric data is C-contiguous little-endian; BYTES is an array of ``str``."""

    name: str
    data: NDArray[Any]

    @property
    def datatype(self) -> str:
        """The protocol's name of the dtype: FP32, FP16, UINT8 or BYTES. Raises WrongDatatype for any other dtype."""
        if self.data.dtype.kind == "U":
            return "BYTES"
        for name, dtype in _NUMERIC.items():
            if self.data.dtype == dtype:
                return name
        raise WrongDatatype(f"Expected an array of {_DATATYPES}, got dtype {self.data.dtype}.")

    def to_bytes(self) -> bytes:
        """Raw bytes, row-major."""
        if self.datatype != "BYTES":
            return np.ascontiguousarray(self.data).tobytes()
        texts = [str(text).encode() for text in self.data.ravel()]
        return b"".join(struct.pack("<I", len(text)) + text for text in texts)

    def to_json(self) -> list[Any]:
        """Flat list of plain numbers or strings, row-major."""
        values: list[Any] = self.data.ravel().tolist()
        return values


def tensor_from_bytes(name: str, datatype: str, shape: tuple[int, ...], raw: memoryview) -> Tensor:
    """Read raw bytes. The array of a numeric tensor is a read-only view of ``raw``, not a copy.

    Raises WrongDatatype for a datatype that is not of the protocol's subset here, InvalidTensor where the number of
    bytes does not fit the shape.
    """
    if datatype == "BYTES":
        return Tensor(name, np.asarray(_read_texts(name, raw, prod(shape)), dtype=np.str_).reshape(shape))
    dtype = _numeric(name, datatype)
    expected = prod(shape) * dtype.itemsize
    if len(raw) != expected:
        raise InvalidTensor(
            f"Tensor '{name}' of shape {list(shape)} and datatype {datatype} needs {expected} bytes, {len(raw)} came."
        )
    return Tensor(name, np.frombuffer(raw, dtype=dtype).reshape(shape))


def tensor_from_json(name: str, datatype: str, shape: tuple[int, ...], data: object) -> Tensor:
    """Read a flat or nested list of numbers (of strings for BYTES).

    Raises like :func:`tensor_from_bytes`, and InvalidTensor for a value that the datatype cannot hold.
    """
    if not isinstance(data, list):
        raise MalformedRequest(f"Tensor '{name}': expected a list in 'data', got something else.")
    values = _flatten(name, data, prod(shape))
    if datatype == "BYTES":
        if not all(isinstance(value, str) for value in values):
            raise InvalidTensor(f"Tensor '{name}' is BYTES: expected strings in 'data'.")
        return Tensor(name, np.asarray(values, dtype=np.str_).reshape(shape))
    dtype = _numeric(name, datatype)
    whole = dtype.kind == "u"
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            kind = "whole numbers" if whole else "numbers"
            raise InvalidTensor(f"Tensor '{name}' is {datatype}: expected {kind} in 'data'.")
        if whole and not 0 <= value <= np.iinfo(dtype).max:
            raise InvalidTensor(f"Tensor '{name}' is {datatype}: expected values of 0 to {np.iinfo(dtype).max}.")
    try:
        return Tensor(name, np.asarray(values, dtype=np.float64 if not whole else dtype).astype(dtype).reshape(shape))
    except OverflowError as error:
        raise InvalidTensor(f"Tensor '{name}' holds a number that is too large for {datatype}.") from error


def read_shape(name: str, shape: object) -> tuple[int, ...]:
    """Check a shape that came as JSON: 1 to 8 whole extents, each at least 1, at most 2**26 values in all."""
    if not isinstance(shape, list) or not 1 <= len(shape) <= MAX_RANK:
        raise InvalidTensor(f"Tensor '{name}': expected a shape of 1 to {MAX_RANK} extents.")
    for extent in shape:
        if isinstance(extent, bool) or not isinstance(extent, int) or not 1 <= extent <= MAX_VALUES:
            raise InvalidTensor(f"Tensor '{name}': every extent of the shape must be a whole number from 1.")
    if prod(shape) > MAX_VALUES:
        raise InvalidTensor(f"Tensor '{name}': the shape holds more than {MAX_VALUES} values.")
    return tuple(shape)


def _numeric(name: str, datatype: str) -> np.dtype[Any]:
    dtype = _NUMERIC.get(datatype)
    if dtype is None:
        raise WrongDatatype(f"Tensor '{name}': expected a datatype of {_DATATYPES}; another came.")
    return dtype


def _flatten(name: str, data: list[Any], count: int) -> list[Any]:
    flat: list[Any] = []
    stack: list[Any] = [iter(data)]
    while stack:
        for item in stack[-1]:
            if isinstance(item, list):
                if len(stack) >= MAX_RANK:
                    raise InvalidTensor(f"Tensor '{name}': 'data' is nested deeper than {MAX_RANK}.")
                stack.append(iter(item))
                break
            flat.append(item)
        else:
            stack.pop()
    if len(flat) != count:
        raise InvalidTensor(f"Tensor '{name}': the shape needs {count} values in 'data', {len(flat)} came.")
    return flat


def _read_texts(name: str, raw: memoryview, count: int) -> list[str]:
    texts: list[str] = []
    offset = 0
    try:
        for _ in range(count):
            (length,) = struct.unpack_from("<I", raw, offset)
            text = bytes(raw[offset + 4 : offset + 4 + length])
            if len(text) != length:
                raise InvalidTensor(f"Tensor '{name}': a string is cut short.")
            texts.append(text.decode())
            offset += 4 + length
    except (struct.error, UnicodeDecodeError) as error:
        raise InvalidTensor(f"Tensor '{name}': expected {count} length-prefixed UTF-8 strings.") from error
    if offset != len(raw):
        raise InvalidTensor(f"Tensor '{name}': {len(raw) - offset} bytes follow the last string.")
    return texts
