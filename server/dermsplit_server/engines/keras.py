"""The reference engine: tail.keras through one tf.function of a fixed signature.

``predict()`` builds a data pipeline a call and an eager call walks the layers in Python: both cost several times the
mathematics of a small tail. One concrete function, traced once for any batch size, costs a fraction of a millisecond.
"""

from typing import Any

import numpy as np

from dermsplit_contract.bundle import NUMPY_DTYPE, TAIL_KERAS, Bundle
from dermsplit_contract.errors import BundleInvalid
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.quiet import quiet
from dermsplit_server.engines import Answers, Features, Metadata


class KerasTail:
    """``tail.keras`` on TensorFlow."""

    engine = "keras"

    def __init__(self, bundle: Bundle, max_batch: int) -> None:
        """Load, trace and warm up. Raises BundleInvalid where the file is not a tail of the manifest's shapes."""
        with quiet():
            import keras
            import tensorflow as tf

            tf.config.list_physical_devices()

        manifest = bundle.manifest
        self._width = manifest.metadata.width if manifest.metadata else None
        try:
            # safe_mode refuses code hidden in the file; only stock layers load.
            model = keras.saving.load_model(bundle.path(TAIL_KERAS), compile=False, safe_mode=True)
            self._run = _traced(model, manifest)
            self._constant = tf.constant
            for batch in {1, max_batch}:
                self._warm_up(manifest, batch)
        except (ValueError, TypeError, KeyError, OSError, tf.errors.OpError) as error:
            raise BundleInvalid(
                f"The tail of bundle {manifest.id} does not load as a Keras model from {_takes(manifest)} to "
                f"{_gives(manifest)}."
            ) from error

    def __call__(self, features: Features, metadata: Metadata | None = None) -> Answers:
        """See :class:`dermsplit_server.engines.Tail`."""
        taken = [self._constant(features)]
        if self._width is not None:
            told = np.zeros((len(features), self._width), np.float32) if metadata is None else metadata
            taken.append(self._constant(told))
        return Answers(*(answer.numpy() for answer in self._run(*taken)))

    def _warm_up(self, manifest: Manifest, batch: int) -> None:
        spec = manifest.features
        found = self(np.zeros((batch, *spec.shape), dtype=NUMPY_DTYPE[spec.datatype]))
        expected = [(batch, len(manifest.labels))]
        if manifest.domains:
            expected.append((batch, len(manifest.domains.labels)))
        if [answer.shape for answer in found if answer is not None] != expected:
            raise ValueError("shape of the answer")


def _traced(model: Any, manifest: Manifest) -> Any:
    """The model as one function of features and, where the manifest has it, metadata, to a tuple of its outputs."""
    import tensorflow as tf

    spec, metadata = manifest.features, manifest.metadata
    signature = [tf.TensorSpec([None, *spec.shape], tf.as_dtype(NUMPY_DTYPE[spec.datatype]), name=spec.name)]
    if metadata is not None:
        signature.append(tf.TensorSpec([None, metadata.width], tf.float32, name="metadata"))

    @tf.function(input_signature=signature)  # type: ignore[untyped-decorator]
    def run(features: Any, *metadata: Any) -> tuple[Any, ...]:
        floats = tf.cast(features, tf.float32)
        answers = model([floats, *metadata] if metadata else floats, training=False)
        return tuple(answers) if isinstance(answers, (list, tuple)) else (answers,)

    return run.get_concrete_function()


def _takes(manifest: Manifest) -> str:
    metadata = f" and metadata [{manifest.metadata.width}]" if manifest.metadata else ""
    return f"features {list(manifest.features.shape)}{metadata}"


def _gives(manifest: Manifest) -> str:
    domains = f" and {len(manifest.domains.labels)} of domains" if manifest.domains else ""
    return f"{len(manifest.labels)} probabilities{domains}"
