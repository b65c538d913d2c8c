"""Features exactly as they are sent: the bundle's own, and those of other cuts and codings of the same network."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract import bundle as names
from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import UnsupportedModel, UsageError
from dermsplit_contract.manifest import FeaturesSpec, Manifest
from dermsplit_convert.bench.coders import shrink
from dermsplit_convert.bench.forms import FeatureForm
from dermsplit_convert.bench.halves import Halves
from dermsplit_convert.bench.measure import calibration_count
from dermsplit_convert.cuts import check_cut
from dermsplit_convert.fold import head_as_sent
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.quantise import LEVELS, calibrate
from dermsplit_convert.split import make_head, make_tail

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]

FLOAT = "FP32"


@dataclass(frozen=True)
class Wanted:
    """One more cut to attack; ``levels`` is None for float32."""

    layer: str
    levels: int | None


@dataclass(frozen=True)
class Sent:
    """The features of N pictures as a server has them: dequantised float32 [N, ...], and what they weigh."""

    cut: str
    form: FeatureForm
    received: Floats
    item_bytes: int
    gzip_bytes: float

    @property
    def coding(self) -> str:
        """For example 16 levels, or FP32."""
        return self.form.datatype if self.form.levels is None else f"{self.form.levels} levels"


@dataclass(frozen=True)
class Coding:
    """A head in float32 and the form in which its features are sent."""

    cut: str
    halves: Halves
    form: FeatureForm

    def send(self, pictures: NDArray[np.uint8], test: int) -> Sent:
        """Run uint8 [N, S, S, 3]; bytes under gzip are of the last ``test`` of them."""
        wire = self.form.to_wire(self.halves.features(pictures))
        gzipped = float(np.mean([len(shrink(one.tobytes())) for one in wire[-test:]]))
        return Sent(self.cut, self.form, self.form.from_wire(wire), wire[0].nbytes, gzipped)


def parse_wanted(text: str) -> Wanted:
    """Read LAYER:LEVELS, where levels may also be FP32. Raises UsageError for anything else."""
    match = re.fullmatch(r"(.+):(\d+|FP32)", text)
    levels = None if match is None or match[2] == FLOAT else int(match[2])
    if match is None or (levels is not None and levels not in LEVELS):
        offered = ", ".join(map(str, LEVELS))
        raise UsageError(f"Expected --cut as LAYER:LEVELS with {offered} levels or {FLOAT}, got '{text}'.")
    return Wanted(match[1], levels)


def load_whole(bundle: Bundle) -> "keras.Model":
    """The network that a bundle was cut from. Raises UnsupportedModel where the bundle does not hold it."""
    for name in (names.WHOLE_KERAS, names.TAIL_KERAS):
        if name not in bundle.manifest.files:
            raise UnsupportedModel(
                f"The bundle {bundle.manifest.id} has no {name}, so it holds no head that Keras can run. "
                "Make it again with `dermsplit convert`."
            )
    model: Any = load_model(bundle.path(names.WHOLE_KERAS))
    return model


def own_coding(bundle: Bundle, whole: "keras.Model") -> Coding:
    """The bundle's own cut and coding."""
    halves = Halves(head_as_sent(whole, bundle.manifest), load_model(bundle.path(names.TAIL_KERAS)), bundle.manifest)
    return Coding(bundle.manifest.cut, halves, halves.form)


def other_coding(manifest: Manifest, whole: "keras.Model", wanted: Wanted, calibration: NDArray[np.uint8]) -> Coding:
    """Another cut, its ranges chosen on training images uint8 [N, S, S, 3] as `dermsplit convert` chooses them.

    Raises UnknownLayer and IllegalCut like :func:`check_cut`.
    """
    shape = [int(extent) for extent in check_cut(whole, wanted.layer).shape[1:]]
    spec = FeaturesSpec(shape=shape, datatype="FP32")
    tail = make_tail(whole, wanted.layer, manifest.temperature)
    halves = Halves(make_head(whole, wanted.layer), tail, manifest.model_copy(update={"features": spec}))
    if wanted.levels is None:
        return Coding(wanted.layer, halves, halves.form)
    features = halves.features(calibration[: calibration_count(spec.values)])
    threshold = manifest.operating_points[0].threshold
    chosen = calibrate(features, wanted.levels, halves.malignant, threshold).quantiser
    return Coding(wanted.layer, halves, FeatureForm(f"{wanted.levels} levels", "UINT8", chosen))
