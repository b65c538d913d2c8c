"""The head as the browser loads it: a TF.js graph model.

Its weights are float32 unless asked otherwise. Float16 halves the download, and rounds: `fold_to_float16` first, or a
third of the features of a MobileNetV2 head come out a level off, which moved probabilities by up to 0.008.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dermsplit_contract.errors import UnsupportedModel
from dermsplit_contract.quiet import quiet

if TYPE_CHECKING:
    import keras

HeadWeights = Literal["float32", "float16"]


def export_tfjs(head: "keras.Model", directory: Path, weights: HeadWeights = "float32") -> None:
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
    topology.write_text(json.dumps(json.loads(topology.read_bytes()), sort_keys=True), encoding="utf-8")


_QUANTIZATION: dict[HeadWeights, dict[str, str]] = {"float32": {}, "float16": {"float16": "*"}}


def _why(error: ValueError) -> str:
    # "Unsupported Ops in the model before optimization\nOpName, OtherOp"
    operations = ", ".join(sorted(filter(None, str(error).partition("\n")[2].strip().split(", "))))
    if not operations:
        return f"The converter of TF.js refuses the head: {str(error).splitlines()[0]}"
    return f"The head holds operations that TF.js cannot run: {operations}. Cut earlier, or choose another backbone."
