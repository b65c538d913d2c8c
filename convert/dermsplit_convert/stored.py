"""A head in the weights that its files hold, made for a new bundle, and as Keras runs it for one that is there.

Folded and rounded before anything is measured, the head of the golden case, of LiteRT and of the page is one head.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import Bundle
from dermsplit_convert.fold import fold_to_float16
from dermsplit_convert.int8 import round_to_int8
from dermsplit_convert.split import make_head
from dermsplit_convert.tfjs import export_tfjs
from dermsplit_convert.tfjs_int8 import export_int8, read_int8

if TYPE_CHECKING:
    import keras

HeadWeights = Literal["float32", "float16", "int8"]


@dataclass(frozen=True)
class StoredHead:
    """The head [N, S, S, 3] -> features, and what writes its TF.js files into a new directory."""

    model: "keras.Model"
    export: Callable[[Path], None]


def store_head(head: "keras.Model", weights: HeadWeights, pictures: Callable[[], NDArray[np.float32]]) -> StoredHead:
    """The head with the weights that it will be stored with.

    ``pictures`` gives training images float32 [N, S, S, 3] of 0..255 to round kernels on, and is asked for int8 only.
    """
    if weights == "int8":
        rounded = round_to_int8(head, pictures())
        return StoredHead(rounded.model, partial(export_int8, rounded))
    model = fold_to_float16(head) if weights == "float16" else head
    return StoredHead(model, partial(export_tfjs, model, weights=weights))


def head_as_sent(whole: "keras.Model", bundle: Bundle) -> "keras.Model":
    """The head [N, S, S, 3] -> features float32 [N, ...] before the quantiser, cut from the bundle's network.

    Raises BundleInvalid where its kernels are to be read from the bundle's files and cannot.
    """
    head = make_head(whole, bundle.manifest.cut)
    if bundle.manifest.head_weights == "float32":
        return head
    folded = fold_to_float16(head)
    if bundle.manifest.head_weights == "int8":
        for name, weights in read_int8(bundle).items():
            folded.get_layer(name).set_weights(weights)
    return folded
