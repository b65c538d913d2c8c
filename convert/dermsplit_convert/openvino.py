"""The tail for the fast engine: OpenVINO's own files, float32 throughout, the same bytes for the same tail."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import TAIL_BIN, TAIL_XML, Bundle
from dermsplit_contract.engine import import_openvino
from dermsplit_contract.errors import UnsupportedModel
from dermsplit_contract.quiet import quiet

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]

INPUTS = ("features", "metadata")
OUTPUTS = ("probabilities", "domain_probabilities")
"""What inputs and outputs are called, in the order of the Keras tail's."""

EXACT = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
"""Some processors would round to bfloat16 otherwise, and the order of sums depends on the threads."""


def export_openvino(tail: "keras.Model", directory: Path) -> None:
    """Write ``tail.xml`` and ``tail.bin``: from ``features`` float32 [N, ...], and ``metadata`` float32 [N, M] where
    the tail takes it, to ``probabilities`` float32 [N, C], and ``domain_probabilities`` where it gives them.

    Raises UnsupportedModel where OpenVINO has no operation for one of the tail's.
    """
    openvino = import_openvino()
    with tempfile.TemporaryDirectory() as scratch, quiet():
        _save(tail, scratch)
        try:
            # The runtime reads a SavedModel itself. convert_model would do the same, and report it to its maker.
            model = openvino.Core().read_model(scratch)
        except RuntimeError as error:
            raise UnsupportedModel(
                f"OpenVINO cannot read the tail: {str(error).strip().splitlines()[-1]} Cut elsewhere, or choose "
                "another backbone."
            ) from error
        _rename(model)
        openvino.save_model(model, directory / TAIL_XML, compress_to_fp16=False)


def has_openvino(bundle: Bundle) -> bool:
    """Whether a bundle carries the tail for OpenVINO."""
    return {TAIL_XML, TAIL_BIN} <= bundle.manifest.files.keys()


class OpenVinoTail:
    """``tail.xml`` on the processor, one thread, to compare with the Keras tail."""

    def __init__(self, bundle: Bundle) -> None:
        self._model: Any = import_openvino().Core().compile_model(bundle.path(TAIL_XML), "CPU", EXACT)
        self._metadata = bundle.manifest.metadata

    def __call__(self, features: NDArray[np.generic], metadata: Floats | None = None) -> list[Floats]:
        """Features [N, ...] in any datatype, metadata float32 [N, M] or None for nothing told, to every output."""
        taken = {"features": features.astype(np.float32)}
        if self._metadata is not None:
            empty = np.zeros((len(features), self._metadata.width), np.float32)
            taken["metadata"] = empty if metadata is None else metadata
        found = self._model(taken)
        return [found[name].copy() for name in OUTPUTS[: len(self._model.outputs)]]


def _save(tail: "keras.Model", directory: str) -> None:
    """Write a SavedModel whose inputs and outputs have names of their own."""
    import keras
    import tensorflow as tf

    signature = [
        tf.TensorSpec([None, *tensor.shape[1:]], tf.float32, name=name)
        for name, tensor in zip(INPUTS, tail.inputs, strict=False)
    ]

    def run(*taken: Any) -> dict[str, Any]:
        answers = tail(list(taken) if len(taken) > 1 else taken[0], training=False)
        return dict(zip(OUTPUTS, answers if isinstance(answers, list) else [answers], strict=False))

    archive = keras.export.ExportArchive()
    archive.track(tail)
    archive.add_endpoint("serve", run, input_signature=signature)
    archive.write_out(directory, verbose=False)


def _rename(model: Any) -> None:
    """Number the operations: their own names hold counters of the process that made them."""
    model.set_friendly_name("tail")
    for number, operation in enumerate(model.get_ordered_ops()):
        operation.set_friendly_name(f"{operation.get_type_name()}_{number}")
        for output in operation.outputs():
            output.get_tensor().set_names(output.get_names() & {*INPUTS, *OUTPUTS})
