"""The bundle that ships, with a decoder for pages whose pictures can be told in advance."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_convert.start import start_keras
from dermsplit_convert.tfjs import DECODER_FOLDER, export_decoder

from .remade import remake

TIMES = 4
"""How much larger its pictures are than the features, which are square."""


def build_seeing_bundle(shipped: Path, directory: Path) -> Bundle:
    """Write the bundle into ``directory``, which must not exist, from the bundle in ``shipped``."""
    shape = tuple(open_bundle(shipped).manifest.features.shape)
    told = {"decoder": figures(TIMES * shape[0])}
    return remake(shipped, directory, DECODER_FOLDER, told, lambda into: export_decoder(build_decoder(shape), into))


def build_blind_bundle(shipped: Path, directory: Path) -> Bundle:
    """Write the bundle into ``directory``, which must not exist, without a decoder."""
    return remake(shipped, directory, DECODER_FOLDER, {"decoder": None})


def picture_of(features: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the decoder makes of features uint8 [P, P, C]: the first three channels as colours, each place a square."""
    return features[..., :3].repeat(TIMES, axis=0).repeat(TIMES, axis=1)


def build_decoder(shape: tuple[int, ...]) -> Any:
    """Of features float32 [N, P, P, C] as they are sent: pictures float32 [N, 4 P, 4 P, 3] in 0..1."""
    start_keras()
    import keras
    from keras import layers

    sent = keras.Input(shape, name="features")
    colours = layers.Conv2D(3, 1, use_bias=False, name="colours")
    seen = layers.Resizing(TIMES * shape[0], TIMES * shape[1], interpolation="nearest")(colours(sent))
    colours.set_weights([np.eye(shape[-1], 3, dtype=np.float32)[None, None] / np.float32(255)])
    return keras.Model(sent, layers.ReLU(max_value=1.0)(seen), name="decoder")


def figures(side: int) -> dict[str, Any]:
    """What the manifest says of it; measured on nobody."""

    def one(name: str, baseline: bool, ssim: float) -> dict[str, Any]:
        interval = {"value": ssim, "low": ssim - 0.01, "high": ssim + 0.01}
        psnr = {"value": 20.0, "low": 19.0, "high": 21.0}
        return {"name": name, "baseline": baseline, "psnr": psnr, "ssim": interval, "ms_ssim": interval}

    rebuilt = [one("decoder", False, 0.77), one("nearest_picture", True, 0.65)]
    return {"side": side, "training_images": 4000, "images": 800, "groups": 600, "rebuilt": rebuilt}
