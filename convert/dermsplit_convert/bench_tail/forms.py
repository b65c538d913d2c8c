"""The forms of a tail that are compared: the files that OpenVINO reads, and how it computes with them."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import TAIL_XML, Bundle
from dermsplit_contract.engine import import_openvino
from dermsplit_contract.errors import MissingExtra, UnsupportedModel
from dermsplit_convert.bench_serve.environments import environment
from dermsplit_convert.bench_serve.failure import ContenderFailed, last_line
from dermsplit_convert.openvino import EXACT, OUTPUTS

Floats = NDArray[np.float32]

NNCF = "nncf==3.4.0"
APP = Path(__file__).parent / "apps" / "quantise_tail.py"
SECONDS = 900.0
"""Given to the environment, and then to the quantisation."""

SERVED, BFLOAT16, WEIGHTS, ALL = "float32, as served", "bfloat16", "8-bit weights", "8 bits"


@dataclass(frozen=True)
class Form:
    """``xml`` lies beside its weights; ``precision`` is OpenVINO's ``INFERENCE_PRECISION_HINT``."""

    name: str
    xml: Path
    precision: str = "f32"

    @property
    def weight_bytes(self) -> int:
        """Of the file of weights."""
        return self.xml.with_suffix(".bin").stat().st_size


def make_forms(bundle: Bundle, features: NDArray[np.generic], scratch: Path, place: Path) -> list[Form]:
    """Every form of the bundle's tail, the served one first.

    ``features`` [N, ...] of train pictures set the ranges of the activations (post-training quantisation: Jacob et al.
    2018), in an environment below ``place`` that is made once. Raises MissingExtra where NNCF cannot be had, and
    UnsupportedModel where it does not take the tail.
    """
    served = bundle.path(TAIL_XML)
    weights, everything = scratch / "weights.xml", scratch / "all.xml"
    shown = scratch / "features.npy"
    np.save(shown, features)
    metadata = bundle.manifest.metadata.width if bundle.manifest.metadata else 0
    try:
        python = environment(place, "nncf", (NNCF,), SECONDS)
    except ContenderFailed as error:
        raise MissingExtra(f"Expected {NNCF} in an environment of its own: {error}.") from error
    try:
        command = [str(python), str(APP), str(served), str(shown), str(metadata), str(weights), str(everything)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnsupportedModel(f"NNCF did not quantise the tail within {SECONDS:g} seconds.") from error
    if done.returncode:
        raise UnsupportedModel(f"NNCF does not quantise the tail: {last_line(done.stderr or done.stdout)}")
    return [Form(SERVED, served), Form(BFLOAT16, served, "bf16"), Form(WEIGHTS, weights), Form(ALL, everything)]


class Tail:
    """A form on one thread of the processor, one item a call, as one visitor meets it."""

    def __init__(self, form: Form, metadata: int) -> None:
        """``metadata`` is the width of what may be told, or 0."""
        options = {**EXACT, "INFERENCE_PRECISION_HINT": form.precision}
        model: Any = import_openvino().Core().compile_model(form.xml, "CPU", options)
        self._request, self._metadata = model.create_infer_request(), metadata
        self._outputs = OUTPUTS[: len(model.outputs)]

    def __call__(self, one: NDArray[np.generic]) -> list[Floats]:
        """Features [1, ...], nothing told, to every output."""
        taken = {"features": one.astype(np.float32)}
        if self._metadata:
            taken["metadata"] = np.zeros((1, self._metadata), np.float32)
        found = self._request.infer(taken)
        return [found[name].copy() for name in self._outputs]
