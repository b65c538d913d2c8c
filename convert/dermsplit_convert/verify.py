"""Proof that a bundle answers like the network it was cut from: in float32 to the last digits, as quantised by count.

Each check names an engine and compares probabilities of labels or of domains, or features in steps of the quantiser,
over the same inputs. Where metadata may be told, all of that is done with it left out and with it given.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract import bundle as names
from dermsplit_contract.bundle import NUMPY_DTYPE, Bundle
from dermsplit_contract.decision import name_domains
from dermsplit_contract.errors import VerificationFailed
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import MetadataSpec
from dermsplit_contract.preprocess import load_photo, to_input
from dermsplit_convert.decisions import Judge
from dermsplit_convert.golden import draw_lesions, draw_metadata
from dermsplit_convert.infer import LiteHead, infer, infer_all
from dermsplit_convert.inputs import choose_images, load_inputs
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.openvino import OpenVinoTail, has_openvino
from dermsplit_convert.quantise import DEQUANTISE, read_quantiser
from dermsplit_convert.split import make_head, with_probabilities
from dermsplit_convert.stored import head_as_sent

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]

FLOAT32_BOUND = 1e-5
"""Largest difference of a probability that float32 arithmetic may make."""

ENGINES_BOUND = 1e-4
"""The same between two engines, which sum in another order: 2e-5 was seen where nearly the whole network is the tail,
with OpenVINO nearer to float64 than Keras is; 1e-6 at the cuts that pay."""

SHARE_OFF_BY_ONE = 0.01
"""Share of whole numbers that two engines may round to neighbours; none may be further off."""

FLOAT_FEATURES_BOUND = 1e-3
"""Largest difference of unquantised features between engines, in shares of the largest feature."""


@dataclass(frozen=True)
class Check:
    """One comparison. ``difference`` is of probabilities, or of features where ``unit`` says so.

    ``bound`` is None where the check reports and decides nothing; ``flips`` is None where no decision is taken.
    """

    name: str
    images: int
    difference: float
    unit: str
    bound: float | None
    flips: int | None
    passed: bool

    def as_json(self) -> dict[str, object]:
        """Plain JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Inputs:
    """What a bundle is verified on: float32 [N, S, S, 3] and words that say where they come from."""

    pictures: Floats
    source: str


class Parts:
    """The models of a bundle, loaded once."""

    def __init__(self, bundle: Bundle) -> None:
        manifest = bundle.manifest
        levels = manifest.features.levels
        self.tail = load_model(bundle.path(names.TAIL_KERAS))
        network = load_model(bundle.path(names.WHOLE_KERAS))
        self.whole = with_probabilities(network, manifest.temperature)
        self.exact_head = make_head(network, manifest.cut)
        self.head = head_as_sent(network, bundle)
        self.lite = LiteHead(bundle.path(names.HEAD_TFLITE))
        self.fast = OpenVinoTail(bundle) if has_openvino(bundle) else None
        self.quantiser = None if levels is None else read_quantiser(self.tail, levels)
        self._dtype = NUMPY_DTYPE[manifest.features.datatype]

    @property
    def float_tail(self) -> "keras.Model":
        """The bundle's own tail after its dequantiser, which takes the features as they were before rounding."""
        import keras

        if self.quantiser is None:
            return self.tail
        features = self.tail.get_layer(DEQUANTISE).output
        told = self.tail.inputs[1:]
        return keras.Model([features, *told] if told else features, self.tail.output)

    def to_wire(self, features: Floats) -> NDArray[np.generic]:
        """The Keras head's unquantised features as they would be sent."""
        return features.astype(self._dtype) if self.quantiser is None else self.quantiser.quantise(features)


def gather_inputs(bundle: Bundle, data: Path | None, count: int) -> Inputs:
    """Real images by a fixed seed, or drawn pictures where no folder of real ones is given."""
    size = bundle.manifest.input.size
    if data is None:
        return Inputs(draw_lesions(size, count), f"{count} drawn pictures; give --data DIR to use real images")
    chosen = choose_images(data, count)
    pictures = np.concatenate([load_inputs(data, images, size) for images in chosen.values()])
    return Inputs(pictures, ", ".join(f"{len(images)} images of {name}" for name, images in chosen.items()))


def verify(bundle: Bundle, inputs: Inputs) -> list[Check]:
    """Run every check. None raises: a caller that wants an error calls :func:`require`."""
    parts = Parts(bundle)
    exact, features = (infer(head, inputs.pictures) for head in (parts.exact_head, parts.head))
    return [
        *_golden_checks(bundle, parts),
        *_network_checks(bundle, parts, inputs, exact, features),
        *_engine_checks(bundle.manifest, parts, parts.to_wire(features)),
    ]


def require(checks: list[Check]) -> None:
    """Raise VerificationFailed, naming the first failure, unless every check passed."""
    for check in checks:
        if not check.passed:
            flips = f" and {check.flips} decisions flipped" if check.flips else ""
            raise VerificationFailed(
                f"{check.name}: expected a difference of {check.unit} of at most {check.bound:g}, "
                f"found {check.difference:.3g}{flips}. Make the bundle again with `dermsplit convert`."
            )


def check_golden(bundle: Bundle) -> Bundle:
    """Return the bundle if its golden case holds on every engine. Raises VerificationFailed."""
    require(list(_golden_checks(bundle, Parts(bundle))))
    return bundle


def _golden_checks(bundle: Bundle, parts: Parts) -> Iterator[Check]:
    picture = load_photo(bundle.path(names.GOLDEN_INPUT))
    inputs = to_input(picture, bundle.manifest.input.size)[None].astype(np.float32)
    features, domains = bundle.golden_features(), bundle.golden_domains()
    expected = [bundle.golden_probabilities(), *([] if domains is None else [domains])]
    engines = {"Keras": infer_all(parts.tail, features)}
    if parts.fast is not None:
        engines["OpenVINO"] = parts.fast(features)
    for engine, found in engines.items():
        for output, one, other in zip(("tail", "tail, domains"), found, expected, strict=False):
            difference = float(np.abs(one - other).max())
            bound = FLOAT32_BOUND if engine == "Keras" else ENGINES_BOUND
            passed = difference <= bound
            yield Check(f"golden case: {engine} {output}", 1, difference, "probability", bound, None, passed)
    yield _features_check("golden case: Keras head", parts.to_wire(infer(parts.head, inputs)), features)
    yield _features_check("golden case: LiteRT head", parts.lite(inputs), features)


def _features_check(name: str, found: NDArray[np.generic], expected: NDArray[np.generic]) -> Check:
    off = np.abs(found.astype(np.float64) - expected.astype(np.float64))
    if expected.dtype == np.uint8:
        passed = bool(off.max() <= 1 and (off > 0).mean() <= SHARE_OFF_BY_ONE)
        return Check(name, 1, float(off.max()), "features in levels", 1.0, None, passed)
    relative = float(off.max() / max(float(np.abs(expected.astype(np.float64)).max()), 1e-9))
    return Check(
        name,
        1,
        relative,
        "features in shares of the largest",
        FLOAT_FEATURES_BOUND,
        None,
        relative <= FLOAT_FEATURES_BOUND,
    )


def _network_checks(bundle: Bundle, parts: Parts, inputs: Inputs, exact: Floats, features: Floats) -> Iterator[Check]:
    wire = parts.to_wire(features)
    lite = parts.lite(inputs.pictures).astype(wire.dtype)
    datatype = bundle.manifest.features.datatype
    ways: list[tuple[str, Any, NDArray[np.generic], float | None]] = [
        ("float32", parts.float_tail, exact, FLOAT32_BOUND),
        (f"{datatype}, Keras", parts.tail, wire, None),
        (f"{datatype}, LiteRT", parts.tail, lite, None),
    ]
    for ending, metadata in _tellings(bundle.manifest.metadata, len(wire)):
        expected = infer_all(parts.whole, inputs.pictures, metadata)
        for way, tail, taken, bound in ways:
            found = infer_all(tail, taken, metadata)
            yield from _answers_checks(bundle.manifest, f"whole = tail(head): {way}{ending}", found, expected, bound)


def _engine_checks(manifest: Manifest, parts: Parts, wire: NDArray[np.generic]) -> Iterator[Check]:
    """The fast engine against the reference one, on the features that would be sent."""
    if parts.fast is None:
        return
    for ending, metadata in _tellings(manifest.metadata, len(wire)):
        found, expected = parts.fast(wire, metadata), infer_all(parts.tail, wire, metadata)
        yield from _answers_checks(manifest, f"OpenVINO tail = Keras tail{ending}", found, expected, ENGINES_BOUND)


def _tellings(spec: MetadataSpec | None, count: int) -> Iterator[tuple[str, Floats | None]]:
    """Nothing told; and all of it told, where metadata may be."""
    yield "", None
    if spec is not None:
        yield ", metadata given", draw_metadata(spec, count, seed=0)


def _answers_checks(
    manifest: Manifest, name: str, found: list[Floats], expected: list[Floats], bound: float | None
) -> Iterator[Check]:
    """One check an output. The first counts decisions that flip, the second domains."""
    judge = Judge(manifest.malignant_indices, manifest.operating_points[0], manifest.domains)
    yield _answers_check(name, found[0], expected[0], judge(found).flips(judge(expected)), bound)
    if manifest.domains is not None:
        named = [name_domains(manifest.domains, answers[1]) for answers in (found, expected)]
        flips = int((named[0] != named[1]).sum())
        yield _answers_check(f"{name}, domains", found[1], expected[1], flips, bound)


def _answers_check(name: str, found: Floats, expected: Floats, flips: int, bound: float | None) -> Check:
    difference = float(np.abs(found - expected).max())
    passed = bound is None or (difference <= bound and flips == 0)
    return Check(name, len(expected), difference, "probability", bound, flips, passed)
