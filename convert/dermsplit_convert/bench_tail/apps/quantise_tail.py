"""Quantise a tail for OpenVINO to 8 bits with NNCF, in an environment that holds nothing of dermsplit.

Arguments: tail.xml, a .npy of features [N, ...] to calibrate on, the width of the metadata or 0, and two files to
write: one whose weights alone are 8 bits, one whose activations are too.
"""

import sys
from typing import Any

import nncf
import numpy as np
import openvino


def main(tail: str, features: str, metadata: str, weights_out: str, all_out: str) -> None:
    """Write both forms; ``tail`` stays as it is."""
    core = openvino.Core()
    openvino.save_model(nncf.compress_weights(core.read_model(tail)), weights_out, compress_to_fp16=False)
    shown = np.load(features).astype(np.float32)
    untold = np.zeros((1, int(metadata)), np.float32)

    def taken(one: Any) -> dict[str, Any]:
        return {"features": one[None], "metadata": untold} if int(metadata) else {"features": one[None]}

    data = nncf.Dataset(list(shown), taken)
    quantised = nncf.quantize(
        core.read_model(tail),
        data,
        # Keeps the sign of activations that have one, as NNCF advises for others than ReLU.
        preset=nncf.QuantizationPreset.MIXED,
        # Dense layers hold few weights here, and one whose bias is a single number ends NNCF's correction of biases.
        ignored_scope=nncf.IgnoredScope(types=["MatMul"], validate=False),
        subset_size=len(shown),
    )
    openvino.save_model(quantised, all_out, compress_to_fp16=False)


main(*sys.argv[1:])
