"""The reference engine: tail.keras through one tf.function of a fixed signature.

``predict()`` builds a data pipeline a call and an eager call walks the layers in Python: both cost several times the
mathematics of a small tail. One concrete function, traced once for any batch size, costs a fraction of a millisecond.
"""

import numpy as np

from dermsplit_contract.bundle import NUMPY_DTYPE, TAIL_KERAS, Bundle
from dermsplit_contract.errors import BundleInvalid
from dermsplit_contract.quiet import quiet
from dermsplit_server.engines import Features, Probabilities


class KerasTail:
    """``tail.keras`` on TensorFlow."""

    engine = "keras"

    def __init__(self, bundle: Bundle, max_batch: int) -> None:
        """Load, trace and warm up. Raises BundleInvalid where the file is not a tail of the manifest's shapes."""
        with quiet():
            import keras
            import tensorflow as tf

            tf.config.list_physical_devices()

        spec = bundle.manifest.features
        dtype = NUMPY_DTYPE[spec.datatype]
        try:
            # safe_mode refuses code hidden in the file; only stock layers load.
            model = keras.saving.load_model(bundle.path(TAIL_KERAS), compile=False, safe_mode=True)
            signature = tf.TensorSpec([None, *spec.shape], tf.as_dtype(dtype), name=spec.name)

            @tf.function(input_signature=[signature])  # type: ignore[untyped-decorator]
            def run(features: "tf.Tensor") -> "tf.Tensor":
                return model(tf.cast(features, tf.float32), training=False)

            self._run = run.get_concrete_function()
            self._constant = tf.constant
            for batch in {1, max_batch}:
                found = self(np.zeros((batch, *spec.shape), dtype=dtype)).shape
                if found != (batch, len(bundle.manifest.labels)):
                    raise ValueError("shape of the answer")
        except (ValueError, TypeError, KeyError, OSError, tf.errors.OpError) as error:
            raise BundleInvalid(
                f"The tail of bundle {bundle.manifest.id} does not load as a Keras model from features "
                f"{list(spec.shape)} to {len(bundle.manifest.labels)} probabilities."
            ) from error

    def __call__(self, features: Features) -> Probabilities:
        """See :class:`dermsplit_server.engines.Tail`."""
        probabilities: Probabilities = self._run(self._constant(features)).numpy()
        return probabilities
