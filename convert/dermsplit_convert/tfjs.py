"""Head, and on demand the tail, as the browser loads them: TF.js graph models.

Its weights are float32 unless asked otherwise. Float16 halves the download, and rounds: `fold_to_float16` first, or a
third of the features of a MobileNetV2 head come out a level off, which moved probabilities by up to 0.008.
"""

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dermsplit_contract.errors import UnsupportedModel
from dermsplit_contract.quiet import quiet

if TYPE_CHECKING:
    import keras

TAIL_FOLDER = "tail-tfjs"
"""Where a bundle holds the tail for pages, if it does."""

DECODER_FOLDER = "decoder"
"""Where a bundle holds the decoder that shows what features give away, if it does."""

FloatWeights = Literal["float32", "float16"]

TAIL_WEIGHTS: FloatWeights = "float16"
"""Half the download; measured on drawn pictures, a probability moves by less than 0.001."""


def export_tfjs(head: "keras.Model", directory: Path, weights: FloatWeights = "float32") -> None:
    """Write ``model.json`` and its ``*.bin`` into a new directory.

    Raises UnsupportedModel where the head holds an operation that TF.js has no kernel for.
    """
    with tempfile.TemporaryDirectory() as scratch:
        saved, made = Path(scratch) / "saved_model", Path(scratch) / "tfjs"
        # By way of a SavedModel: TF.js cannot load what the Keras 3 layers format writes.
        # A library below the converter greets on import, and fails where it takes a captured stdout for a notebook.
        os.environ["TFDF_DISABLE_WELCOME_MESSAGE"] = "1"
        with quiet():
            from tensorflowjs.converters.tf_saved_model_conversion_v2 import convert_tf_saved_model

            head.export(saved, verbose=False)
            try:
                convert_tf_saved_model(str(saved), str(made), quantization_dtype_map=_QUANTIZATION[weights])
            except ValueError as error:
                raise UnsupportedModel(_why(error)) from error
        shutil.copytree(made, directory)
    # Protocol buffers write their maps in no fixed order; sorted, the same head is the same bytes.
    topology = directory / "model.json"
    model = json.loads(topology.read_bytes())
    _part_products_from_lone_numbers(model)
    topology.write_text(json.dumps(model, sort_keys=True), encoding="utf-8")


def _part_products_from_lone_numbers(model: dict[str, Any]) -> None:
    """TensorFlow fuses a product and a number added to it; the kernel of TF.js' WebAssembly wants a vector there."""
    weights = [weight for group in model["weightsManifest"] for weight in group["weights"]]
    numbers = {weight["name"] for weight in weights if weight["shape"] == []}
    parted = []
    for node in model["modelTopology"]["node"]:
        added = node["op"] == "_FusedMatMul" and node["attr"]["fused_ops"]["list"]["s"] == [_BIAS_ADD]
        if added and node["input"][2] in numbers:
            product, number = f"{node['name']}/product", node["input"][2]
            kept = {key: value for key, value in node["attr"].items() if key in ("T", "transpose_a", "transpose_b")}
            parted.append({"name": product, "op": "MatMul", "input": node["input"][:2], "attr": kept})
            node = {"name": node["name"], "op": "AddV2", "input": [product, number], "attr": {"T": kept["T"]}}
        parted.append(node)
    model["modelTopology"]["node"] = parted


def export_tail(tail: "keras.Model", directory: Path) -> None:
    """Write the tail for pages that compute all on the phone: as :func:`export_tfjs` does, in float16.

    Raises UnsupportedModel like it.
    """
    with _softsign_in_known_operations(tail):
        export_tfjs(tail, directory, TAIL_WEIGHTS)


def export_decoder(decoder: "keras.Model", directory: Path) -> None:
    """Write a decoder from features as they are sent to pictures, as :func:`export_tfjs` does, in float16.

    Half the download; a pixel of 255 levels moves by less than one. Raises UnsupportedModel like it.
    """
    export_tfjs(decoder, directory, "float16")


@contextmanager
def _softsign_in_known_operations(model: "keras.Model") -> Iterator[None]:
    """TF.js has no kernel for softsign, x / (1 + |x|), and the page's build none for |x|, which is max(x, -x)."""
    import keras

    layers = [layer for layer in model.layers if getattr(layer, "activation", None) is keras.activations.softsign]
    for layer in layers:
        layer.activation = lambda x: x / (1.0 + keras.ops.maximum(x, -x))
    try:
        yield
    finally:
        for layer in layers:
            layer.activation = keras.activations.softsign


_BIAS_ADD = base64.b64encode(b"BiasAdd").decode()

_QUANTIZATION: dict[FloatWeights, dict[str, str]] = {"float32": {}, "float16": {"float16": "*"}}


def _why(error: ValueError) -> str:
    # "Unsupported Ops in the model before optimization\nOpName, OtherOp"
    operations = ", ".join(sorted(filter(None, str(error).partition("\n")[2].strip().split(", "))))
    if not operations:
        return f"The converter of TF.js refuses the head: {str(error).splitlines()[0]}"
    return f"The head holds operations that TF.js cannot run: {operations}. Cut earlier, or choose another backbone."
