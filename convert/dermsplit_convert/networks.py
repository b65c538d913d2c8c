"""A network by the word a person typed: a run's directory, or a backbone as a recipe or keras.applications names it."""

import inspect
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dermsplit_contract.errors import UnsupportedModel, UsageError
from dermsplit_contract.run import MODEL_FILE, read_run
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.start import start_keras

if TYPE_CHECKING:
    import keras

OF_TRAINING = ("alexnet", "small_cnn")
"""Backbones that only the training builds."""


def open_named(network: str, alpha: float = 1.0, size: int = 224) -> "keras.Model":
    """A run's network, or a backbone with random weights, average pooling and two logits, at [N, size, size, 3].

    ``mobilenet_v2`` and ``MobileNetV2`` mean the same. Raises RunInvalid for a directory that is no run, UsageError for
    a name that is neither, UnsupportedModel for a size that the backbone cannot take.
    """
    directory = Path(network)
    if directory.is_dir():
        read_run(directory)
        model: Any = load_model(directory / MODEL_FILE)
        return model
    return _backbone(network, alpha, size)


def _backbone(name: str, alpha: float, size: int) -> "keras.Model":
    start_keras()
    import keras

    builders = {key: value for key, value in vars(keras.applications).items() if inspect.isfunction(value)}
    found = {_plain(key): key for key in builders}.get(_plain(name))
    if found is None:
        raise UsageError(_unknown(name, list(builders)))
    builder = builders[found]
    options: dict[str, Any] = {"include_top": False, "weights": None, "input_shape": (size, size, 3)}
    if "alpha" in inspect.signature(builder).parameters:
        options["alpha"] = alpha
    elif alpha != 1.0:
        raise UsageError(f"{name} has no --alpha; the MobileNet backbones have.")
    try:
        base = builder(**options)
    except ValueError as error:
        raise UnsupportedModel(f"{name} cannot be built at {size} pixels: {str(error).splitlines()[0]}") from error
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(base.output)
    return keras.Model(base.input, keras.layers.Dense(2, name="logits")(pooled))


def _plain(name: str) -> str:
    """Recipes write inception_resnet_v2 what keras.applications calls InceptionResNetV2."""
    return name.lower().replace("_", "")


def _unknown(name: str, known: list[str]) -> str:
    if name in OF_TRAINING:
        return (
            f'{name} is built by the training alone: train a recipe with `backbone = "{name}"`, for one epoch if '
            "need be, and give its run's directory."
        )
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    guess = f" Did you mean {', '.join(near)}?" if near else ""
    return f"Expected a run's directory or a backbone of keras.applications, got '{name}'.{guess}"
