"""The two halves of a bundle's network as they were before rounding, compiled once and run batch by batch."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract import bundle as names
from dermsplit_contract.bundle import Bundle
from dermsplit_contract.manifest import Manifest
from dermsplit_convert.bench.forms import THIS_BUNDLE, FeatureForm
from dermsplit_convert.decisions import Judge, Said
from dermsplit_convert.infer import BATCH
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.quantise import DEQUANTISE, read_quantiser
from dermsplit_convert.stored import head_as_sent

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]

PROBABILITIES = "probabilities"
"""What a tail of several outputs calls them."""


class Halves:
    """Head and tail in float32: ``say(features(pictures))`` is what the whole network says."""

    def __init__(self, head: "keras.Model", tail: "keras.Model", manifest: Manifest) -> None:
        """``head`` gives features that are not rounded; ``tail`` is the bundle's own, its dequantiser included."""
        levels = manifest.features.levels
        quantiser = None if levels is None else read_quantiser(tail, levels)
        self.form = FeatureForm(THIS_BUNDLE, manifest.features.datatype, quantiser)
        """The features as the bundle sends them."""
        self._judge = Judge(manifest.malignant_indices, manifest.operating_points[0], manifest.domains)
        self._head = _compiled(head)
        self._tail = _compiled(tail if quantiser is None else _from_floats(tail))
        # A field of the metadata that is not known is zeros, and here nothing is told.
        self._metadata = manifest.metadata.width if manifest.metadata else 0
        self._places = _places(tail)

    @classmethod
    def of(cls, bundle: Bundle) -> "Halves":
        """Load the network and the tail of a bundle. Raises RunInvalid where one of them cannot be loaded."""
        head = head_as_sent(load_model(bundle.path(names.WHOLE_KERAS)), bundle)
        return cls(head, load_model(bundle.path(names.TAIL_KERAS)), bundle.manifest)

    def features(self, pictures: NDArray[np.generic]) -> Floats:
        """[N, S, S, 3] RGB in 0..255 to float32 features [N, ..., C]."""
        return np.concatenate([self._head([part])[0] for part in _batches(pictures)])

    def outputs(self, features: Floats) -> list[Floats]:
        """Float features [N, ..., C] to calibrated probabilities float32 [N, classes], and domains' [N, 3] if any."""
        found = []
        for part in _batches(features):
            untold = [np.zeros((len(part), self._metadata), np.float32)] if self._metadata else []
            answers = self._tail([part, *untold])
            found.append([answers[place] for place in self._places])
        return [np.concatenate(columns) for columns in zip(*found, strict=True)]

    def probabilities(self, features: Floats) -> Floats:
        """The probabilities alone."""
        return self.outputs(features)[0]

    def say(self, features: Floats) -> Said:
        """Float features [N, ..., C] to malignant probabilities and decisions [N]."""
        return self._judge(self.outputs(features))


def _from_floats(tail: "keras.Model") -> Any:
    """The tail after its dequantiser; the features come first of its inputs, and the others stay as they are."""
    import keras

    floats = tail.get_layer(DEQUANTISE).output
    others = tail.inputs[1:]
    return keras.Model([floats, *others] if others else floats, tail.outputs)


def _places(tail: "keras.Model") -> list[int]:
    """Where the probabilities are among the outputs, and then the others."""
    named = list(tail.output_names)
    first = named.index(PROBABILITIES) if PROBABILITIES in named else 0
    return [first, *(place for place in range(len(named)) if place != first)]


def _compiled(model: Any) -> Callable[[list[Floats]], list[Floats]]:
    import tensorflow as tf

    graph = tf.function(lambda tensors: model(tensors, training=False), autograph=False, reduce_retracing=True)

    def run(tensors: list[Floats]) -> list[Floats]:
        given = [tf.constant(tensor, tf.float32) for tensor in tensors]
        answer = graph(given[0] if len(given) == 1 else given)
        parts = answer if isinstance(answer, (list, tuple)) else [answer]
        return [np.asarray(part, dtype=np.float32) for part in parts]

    return run


def _batches(values: NDArray[np.generic]) -> list[Floats]:
    return [values[start : start + BATCH].astype(np.float32) for start in range(0, len(values), BATCH)]
