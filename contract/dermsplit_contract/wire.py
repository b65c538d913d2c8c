"""Requests and replies of the Open Inference Protocol v2 with the binary tensor extension.

A body is a JSON header, and, where header ``Inference-Header-Content-Length`` gives that header's length, the raw data
of the binary tensors behind it, in the order in which the JSON names them. Without it the whole body is JSON.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dermsplit_contract.errors import InvalidTensor, MalformedRequest
from dermsplit_contract.tensors import Tensor, read_shape, tensor_from_bytes, tensor_from_json

LENGTH_HEADER = "Inference-Header-Content-Length"
BINARY = "application/octet-stream"
JSON = "application/json"
MAX_HEADER = 64 * 1024
"""Bytes of JSON that may stand before binary data."""
MAX_ID = 256
BINARY_OUTPUT = "binary_data_output"

Headers = dict[str, str]


@dataclass(frozen=True)
class InferRequest:
    """What a client asks. ``outputs`` maps each asked output to "as binary"; None asks for all of them.

    ``binary`` is how outputs are sent that the client did not name; ``parameters`` are all else that stands in the
    request's parameters, plain JSON that nobody has looked at.
    """

    inputs: tuple[Tensor, ...]
    id: str | None = None
    outputs: dict[str, bool] | None = None
    binary: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def wants(self, name: str) -> bool:
        """Whether the client asked for this output."""
        return self.outputs is None or name in self.outputs

    def wants_binary(self, name: str) -> bool:
        """Whether this output is to be sent as raw bytes."""
        return self.binary if self.outputs is None else self.outputs.get(name, self.binary)


@dataclass(frozen=True)
class InferReply:
    """What the server answers; ``parameters`` are plain numbers and strings."""

    model_name: str
    model_version: str
    outputs: tuple[Tensor, ...]
    parameters: Mapping[str, str | int | float] = field(default_factory=dict)
    id: str | None = None

    def output(self, name: str) -> Tensor | None:
        """The output of that name, or None."""
        return next((tensor for tensor in self.outputs if tensor.name == name), None)


def encode_request(request: InferRequest, *, as_json: bool = False) -> tuple[bytes, Headers]:
    """Return body and headers of a request; its tensors are binary unless ``as_json``."""
    entries, raw = _encode_tensors(request.inputs, lambda _: not as_json)
    document: dict[str, Any] = {"inputs": entries}
    if request.id is not None:
        document["id"] = request.id
    if request.outputs is not None:
        document["outputs"] = [
            {"name": name, "parameters": {"binary_data": binary}} for name, binary in request.outputs.items()
        ]
    parameters = dict(request.parameters)
    if request.outputs is None and request.binary:
        parameters[BINARY_OUTPUT] = True
    if parameters:
        document["parameters"] = parameters
    return _join(document, raw, binary=not as_json)


def decode_request(body: bytes, header_length: int | None) -> InferRequest:
    """Read a request. ``header_length`` is the value of ``Inference-Header-Content-Length``, None where it is absent.

    Raises MalformedRequest where the parts do not fit together, InvalidTensor or WrongDatatype where a tensor is not
    one. Whether the tensor suits the model is not asked here.
    """
    document, raw = _take_apart(body, header_length)
    entries = _list(document, "inputs")
    if not entries:
        raise MalformedRequest("Expected at least one tensor in 'inputs', none came.")
    request_id = document.get("id")
    if request_id is not None and not (isinstance(request_id, str) and len(request_id) <= MAX_ID):
        raise MalformedRequest(f"Expected 'id' to be a string of at most {MAX_ID} characters.")
    parameters = dict(_parameters(document))
    binary = bool(parameters.pop(BINARY_OUTPUT, False))
    outputs = None
    if "outputs" in document:
        named = [_object(entry, "outputs") for entry in _list(document, "outputs")]
        outputs = {_name(entry): bool(_parameters(entry).get("binary_data", binary)) for entry in named}
    return InferRequest(_decode_tensors(entries, raw), request_id, outputs or None, binary, parameters)


def encode_reply(reply: InferReply, request: InferRequest) -> tuple[bytes, Headers]:
    """Return body and headers of a reply: the outputs that ``request`` asked for, each in the form it asked for."""
    outputs = [tensor for tensor in reply.outputs if request.wants(tensor.name)]
    entries, raw = _encode_tensors(outputs, request.wants_binary)
    document: dict[str, Any] = {"model_name": reply.model_name, "model_version": reply.model_version}
    if reply.id is not None:
        document["id"] = reply.id
    if reply.parameters:
        document["parameters"] = dict(reply.parameters)
    document["outputs"] = entries
    return _join(document, raw, binary=bool(raw))


def decode_reply(body: bytes, header_length: int | None) -> InferReply:
    """Read a reply. Raises MalformedRequest, InvalidTensor or WrongDatatype where it is not one."""
    document, raw = _take_apart(body, header_length)
    name, version = document.get("model_name"), document.get("model_version")
    if not isinstance(name, str) or not isinstance(version, str):
        raise MalformedRequest("Expected 'model_name' and 'model_version' in the reply.")
    return InferReply(
        name, version, _decode_tensors(_list(document, "outputs"), raw), _parameters(document), document.get("id")
    )


def _encode_tensors(
    tensors: Sequence[Tensor], as_binary: Callable[[str], bool]
) -> tuple[list[dict[str, Any]], list[bytes]]:
    entries: list[dict[str, Any]] = []
    raw: list[bytes] = []
    for tensor in tensors:
        entry: dict[str, Any] = {
            "name": tensor.name,
            "shape": list(tensor.data.shape),
            "datatype": tensor.datatype,
        }
        if as_binary(tensor.name):
            raw.append(tensor.to_bytes())
            entry["parameters"] = {"binary_data_size": len(raw[-1])}
        else:
            entry["data"] = tensor.to_json()
        entries.append(entry)
    return entries, raw


def _join(document: dict[str, Any], raw: list[bytes], *, binary: bool) -> tuple[bytes, Headers]:
    header = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
    if not binary:
        return header, {"Content-Type": JSON}
    return b"".join([header, *raw]), {"Content-Type": BINARY, LENGTH_HEADER: str(len(header))}


def _take_apart(body: bytes, header_length: int | None) -> tuple[dict[str, Any], memoryview]:
    if header_length is None:
        header_length = len(body)
    elif not 0 < header_length <= min(len(body), MAX_HEADER):
        raise MalformedRequest(
            f"{LENGTH_HEADER} must be from 1 to {MAX_HEADER} and no more than the {len(body)} bytes of the body."
        )
    view = memoryview(body)
    try:
        document = json.loads(bytes(view[:header_length]), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _StrictJsonError) else "it does not parse"
        raise MalformedRequest(f"Expected a JSON object before the binary data: {reason}.") from error
    return _object(document, "the body"), view[header_length:]


def _decode_tensors(entries: list[Any], raw: memoryview) -> tuple[Tensor, ...]:
    tensors: list[Tensor] = []
    offset = 0
    for item in entries:
        entry = _object(item, "a tensor")
        name = _name(entry)
        shape = read_shape(name, entry.get("shape"))
        datatype = entry.get("datatype")
        if not isinstance(datatype, str):
            raise MalformedRequest(f"Tensor '{name}': expected 'datatype' to be a string.")
        size = _parameters(entry).get("binary_data_size")
        if size is None:
            tensors.append(tensor_from_json(name, datatype, shape, entry.get("data")))
            continue
        if isinstance(size, bool) or not isinstance(size, int) or size < 0:
            raise MalformedRequest(f"Tensor '{name}': expected 'binary_data_size' to be a whole number from 0.")
        if "data" in entry:
            raise MalformedRequest(f"Tensor '{name}' has both 'data' and 'binary_data_size'; give one of them.")
        if offset + size > len(raw):
            raise MalformedRequest(f"Tensor '{name}' announces {size} bytes, {len(raw) - offset} are left in the body.")
        tensors.append(tensor_from_bytes(name, datatype, shape, raw[offset : offset + size]))
        offset += size
    if offset != len(raw):
        raise MalformedRequest(f"{len(raw) - offset} bytes follow the last tensor; expected none.")
    names = [tensor.name for tensor in tensors]
    if len(set(names)) != len(names):
        raise InvalidTensor("Two tensors have the same name; each must come once.")
    return tuple(tensors)


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedRequest(f"Expected a JSON object in {where}, got something else.")
    return value


def _list(document: dict[str, Any], key: str) -> list[Any]:
    value = document.get(key)
    if not isinstance(value, list):
        raise MalformedRequest(f"Expected a list in '{key}', got something else or nothing.")
    return value


def _name(entry: dict[str, Any]) -> str:
    name = entry.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_ID:
        raise MalformedRequest(f"Expected 'name' of a tensor to be a string of 1 to {MAX_ID} characters.")
    return name


def _parameters(entry: dict[str, Any]) -> dict[str, Any]:
    return _object(entry.get("parameters", {}), "parameters")


class _StrictJsonError(ValueError):
    """JSON that parses, yet is refused."""


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise _StrictJsonError("a key comes twice")
    return unique


def _no_constant(_: str) -> None:
    raise _StrictJsonError("NaN and Infinity are not JSON")
