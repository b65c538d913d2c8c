"""The browser's files of a head whose kernels are whole numbers, and its kernels read back from them.

TF.js knows weights of one byte, but with one scale a weight, where these kernels have one an output channel. So
`model.json` says of a kernel ``"quantization": {"dtype": "int8", "axis": 3, "original_dtype": "float32"}``, and the
weight file holds its whole numbers, int8 in the order of its shape, and behind them one step for each extent of that
axis, float16 little-endian. The page's worker multiplies them before TF.js sees them. A reader that does not know the
format stops at its name. ``layers`` are those of the network that have this kernel or bias.
"""

import json
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import HEAD_TFJS, Bundle
from dermsplit_contract.errors import BundleInvalid, UnsupportedModel
from dermsplit_convert.fold import half
from dermsplit_convert.gptq import WholeMatrix
from dermsplit_convert.int8 import RoundedHead
from dermsplit_convert.tfjs import export_tfjs

Floats = NDArray[np.float32]
Entry = dict[str, Any]

WEIGHTS_FILE = "group1-shard1of1.bin"
FLOAT16 = {"dtype": "float16", "original_dtype": "float32"}
INT8 = {"dtype": "int8", "axis": 3, "original_dtype": "float32"}
ITEM_BYTES = {"float32": 4, "int32": 4, "bool": 1, "float16": 2, "int8": 1}


def export_int8(head: RoundedHead, directory: Path) -> None:
    """Write ``model.json`` and one weight file into a new directory.

    Raises UnsupportedModel like :func:`export_tfjs`, and where the converter of TF.js has changed a kernel or a bias.
    """
    export_tfjs(head.model, directory)
    topology = directory / "model.json"
    model = json.loads(topology.read_bytes())
    stored = []
    for entry, raw in list(_entries(directory, model)):
        layers, kernel = _owners(head, raw)
        coded, content = _in_whole_numbers(entry, kernel) if kernel else _in_float16(entry, raw)
        stored.append(({**coded, "layers": layers} if layers else coded, content))
    # Whole numbers last, and so side by side: compressed, they take less so.
    stored.sort(key=lambda one: one[0].get("quantization") == INT8)
    entries = [entry for entry, _ in stored]
    missing = [name for name in head.kernels if sum(name in entry.get("layers", []) for entry in entries) != 2]
    if missing:
        raise UnsupportedModel(
            f"The converter of TF.js has changed the weights of {', '.join(missing)}, so they cannot be stored in "
            "whole numbers. Convert with --head-weights float16."
        )
    for group in model["weightsManifest"]:
        for name in group["paths"]:
            (directory / name).unlink()
    (directory / WEIGHTS_FILE).write_bytes(b"".join(content for _, content in stored))
    model["weightsManifest"] = [{"paths": [WEIGHTS_FILE], "weights": entries}]
    topology.write_text(json.dumps(model, sort_keys=True), encoding="utf-8")


def read_int8(bundle: Bundle) -> dict[str, list[Floats]]:
    """Kernel float32 [1, 1, I, O] and bias float32 [O] of every layer that a bundle has in whole numbers, by its name.

    Raises BundleInvalid where the files do not hold what they say.
    """
    topology = bundle.path(HEAD_TFJS)
    try:
        found: dict[str, list[Floats]] = {}
        for entry, raw in _entries(topology.parent, json.loads(topology.read_bytes())):
            for name in entry.get("layers", []):
                found.setdefault(name, []).append(_values(entry, raw))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise BundleInvalid(
            "The head's weight files are not what model.json says of them. Convert the run again."
        ) from error
    return {name: sorted(values, key=np.ndim, reverse=True) for name, values in found.items()}


def _entries(directory: Path, model: Entry) -> Iterator[tuple[Entry, bytes]]:
    """Every weight's entry in ``model.json``, and its bytes."""
    for group in model["weightsManifest"]:
        raw = b"".join((directory / name).read_bytes() for name in group["paths"])
        start = 0
        for entry in group["weights"]:
            size = _bytes_of(entry)
            yield entry, raw[start : start + size]
            start += size


def _bytes_of(entry: Entry) -> int:
    coded = entry.get("quantization", entry)
    steps = ITEM_BYTES["float16"] * entry["shape"][coded["axis"]] if coded["dtype"] == "int8" else 0
    return prod(entry["shape"]) * ITEM_BYTES[coded["dtype"]] + int(steps)


def _owners(head: RoundedHead, raw: bytes) -> tuple[list[str], WholeMatrix | None]:
    """Layers that have these very values, float32, as their kernel or bias, and the kernel if it is one."""
    kernels = {name: kernel for name, kernel in head.kernels.items() if kernel.matrix.tobytes() == raw}
    biases = [name for name, kernel in head.kernels.items() if kernel.bias.tobytes() == raw]
    return [*kernels, *biases], next(iter(kernels.values()), None)


def _in_whole_numbers(entry: Entry, kernel: WholeMatrix) -> tuple[Entry, bytes]:
    return {**entry, "quantization": INT8}, kernel.numbers.tobytes() + kernel.step.astype("<f2").tobytes()


def _in_float16(entry: Entry, raw: bytes) -> tuple[Entry, bytes]:
    """The same in float16 where no digit is lost, as it is where one would be."""
    values = np.frombuffer(raw, "<f4") if entry["dtype"] == "float32" else None
    if values is None or not np.array_equal(half(values), values):
        return entry, raw
    return {**entry, "quantization": FLOAT16}, values.astype("<f2").tobytes()


def _values(entry: Entry, raw: bytes) -> Floats:
    coded = entry.get("quantization", entry)["dtype"]
    if coded != "int8":
        return (
            np.frombuffer(raw, {"float16": "<f2", "float32": "<f4"}[coded]).astype(np.float32).reshape(entry["shape"])
        )
    count = prod(entry["shape"])
    numbers, step = np.frombuffer(raw[:count], np.int8), np.frombuffer(raw[count:], "<f2")
    kernel: Floats = numbers.reshape(entry["shape"]).astype(np.float32) * step.astype(np.float32)
    return kernel
