"""Features exactly as they are sent: the bundle's own, and those of other cuts and codings of the same network."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract import bundle as names
from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import UnsupportedModel, UsageError
from dermsplit_contract.manifest import ITEM_SIZE, FeaturesSpec, Manifest
from dermsplit_convert.bench.coders import shrink
from dermsplit_convert.bench.forms import FeatureForm
from dermsplit_convert.bench.halves import Halves
from dermsplit_convert.bench.measure import calibration_count
from dermsplit_convert.cuts import check_cut
from dermsplit_convert.decisions import Said, concatenate
from dermsplit_convert.infer import BATCH
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.leakage.identity import features_sha256
from dermsplit_convert.leakage.noise import Noise
from dermsplit_convert.quantise import LEVELS, calibrate
from dermsplit_convert.split import make_head, make_tail
from dermsplit_convert.stored import head_as_sent

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]

FLOAT = "FP32"


@dataclass(frozen=True)
class Wanted:
    """One more cut to attack; ``levels`` is None for float32, ``noise`` a share of each channel's spread."""

    layer: str
    levels: int | None
    noise: float = 0.0


@dataclass(frozen=True)
class Sent:
    """The features of N pictures as a server has them: dequantised float32 [N, ...], and what they weigh.

    ``sha256`` is that of the head and the form, as :func:`features_sha256` gives it.
    """

    cut: str
    form: FeatureForm
    received: Floats
    item_bytes: int
    gzip_bytes: float
    sha256: str
    noise: float = 0.0

    @property
    def coding(self) -> str:
        """For example 16 levels, or FP32, or 256 levels, noise 0.5."""
        name = self.form.datatype if self.form.levels is None else f"{self.form.levels} levels"
        return f"{name}, noise {self.noise:g}" if self.noise else name


@dataclass(frozen=True)
class Coding:
    """A head in float32, the form in which its features are sent, and noise that is added before, if any."""

    cut: str
    head: "keras.Model"
    halves: Halves
    form: FeatureForm
    noise: Noise | None = None

    @property
    def sha256(self) -> str:
        """As :func:`features_sha256` gives it; of noisy features another."""
        plain = features_sha256(self.head, self.cut, self.form)
        return plain if self.noise is None else hashlib.sha256(f"{plain} {self.noise.share:g}".encode()).hexdigest()

    def send(self, pictures: NDArray[np.uint8], test: int) -> Sent:
        """Run uint8 [N, S, S, 3]; bytes under gzip are of the last ``test`` of them."""
        received: Floats | None = None
        sizes: list[int] = []
        # Filled batch by batch: the features of an early cut are the largest thing that a study holds.
        for start, wire in self._cross(pictures):
            if received is None:
                received = np.empty((len(pictures), *wire.shape[1:]), np.float32)
            received[start : start + len(wire)] = self.form.from_wire(wire)
            sizes += [len(shrink(one.tobytes())) for one in wire[max(0, len(pictures) - test - start) :]]
        assert received is not None
        share = self.noise.share if self.noise else 0.0
        weight = received[0].size * ITEM_SIZE[self.form.datatype]
        return Sent(self.cut, self.form, received, weight, float(np.mean(sizes)), self.sha256, share)

    def say(self, pictures: NDArray[np.uint8]) -> Said:
        """What the tail makes of features as they are sent, of uint8 [N, S, S, 3]."""
        return concatenate([self.halves.say(self.form.from_wire(wire)) for _, wire in self._cross(pictures)])

    def _cross(self, pictures: NDArray[np.uint8]) -> Iterator[tuple[int, NDArray[np.generic]]]:
        for start in range(0, len(pictures), BATCH):
            features = self.halves.features(pictures[start : start + BATCH])
            yield start, self.form.to_wire(self.noise.add(features, start) if self.noise else features)


def parse_wanted(text: str) -> Wanted:
    """Read LAYER:LEVELS or LAYER:LEVELS+NOISE, where levels may also be FP32. Raises UsageError for anything else."""
    match = re.fullmatch(r"(.+):(\d+|FP32)(?:\+(\d+(?:\.\d+)?))?", text)
    levels = None if match is None or match[2] == FLOAT else int(match[2])
    if match is None or (levels is not None and levels not in LEVELS):
        offered = ", ".join(map(str, LEVELS))
        raise UsageError(
            f"Expected --cut as LAYER:LEVELS with {offered} levels or {FLOAT}, and noise as in LAYER:256+0.5 where "
            f"wanted, got '{text}'."
        )
    return Wanted(match[1], levels, float(match[3] or 0.0))


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
    head = head_as_sent(whole, bundle)
    halves = Halves(head, load_model(bundle.path(names.TAIL_KERAS)), bundle.manifest)
    return Coding(bundle.manifest.cut, head, halves, halves.form)


def other_coding(manifest: Manifest, whole: "keras.Model", wanted: Wanted, calibration: NDArray[np.uint8]) -> Coding:
    """Another cut, its ranges chosen on training images uint8 [N, S, S, 3] as `dermsplit convert` chooses them.

    Raises UnknownLayer and IllegalCut like :func:`check_cut`.
    """
    shape = [int(extent) for extent in check_cut(whole, wanted.layer).shape[1:]]
    spec = FeaturesSpec(shape=shape, datatype="FP32")
    tail = make_tail(whole, wanted.layer, manifest.temperature)
    head = make_head(whole, wanted.layer)
    halves = Halves(head, tail, manifest.model_copy(update={"features": spec}))
    if wanted.levels is None and not wanted.noise:
        return Coding(wanted.layer, head, halves, halves.form)
    features = halves.features(calibration[: calibration_count(spec.values)])
    noise = Noise.of(wanted.noise, features) if wanted.noise else None
    if wanted.levels is None:
        return Coding(wanted.layer, head, halves, halves.form, noise)
    chosen = calibrate(features, wanted.levels, halves.say).quantiser
    return Coding(wanted.layer, head, halves, FeatureForm(f"{wanted.levels} levels", "UINT8", chosen), noise)
