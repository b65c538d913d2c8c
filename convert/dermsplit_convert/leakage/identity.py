"""Which features these are: a hash of the head's weights and of the form in which its features are sent.

Two bundles whose heads and quantisers are the same send the same features, whatever else was made anew, so what one of
them gives away the other does too.
"""

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from dermsplit_convert.bench.forms import FeatureForm

if TYPE_CHECKING:
    import keras


def features_sha256(head: "keras.Model", cut: str, form: FeatureForm) -> str:
    """SHA-256, in hexadecimal digits, of a head [N, S, S, 3] -> features, its cut, and the form that they are sent in.

    The quantiser's operations may be the head's last or not there yet: they hold no weights. The order of layers does
    not count, nor do their names, which a fold changes.
    """
    said = [cut, str(head.inputs[0].shape[1:]), form.datatype, str(form.levels)]
    if form.quantiser is not None:
        said += [_digest(form.quantiser.scale), _digest(form.quantiser.offset)]
    said += sorted(_digest(weight) for weight in head.get_weights())
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _digest(values: Any) -> str:
    # Zero is added since the quantiser that is read back from a tail may have one of the other sign.
    array = np.ascontiguousarray(np.asarray(values, dtype=np.float32) + np.float32(0))
    return hashlib.sha256(str(array.shape).encode() + array.tobytes()).hexdigest()
