"""A network by the word a person typed: a run's directory, or the name of a backbone in keras.applications."""

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


def open_named(network: str, alpha: float = 1.0, size: int = 224) -> "keras.Model":
    """A run's network, or a backbone with random weights, average pooling and two logits, at [N, size, size, 3].

    Raises RunInvalid for a directory that is no run, UsageError for a name that is neither.
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

    known = {key: value for key, value in vars(keras.applications).items() if inspect.isfunction(value)}
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.4)
        guess = f" Did you mean {', '.join(near)}?" if near else ""
        raise UsageError(f"Expected a run's directory or a backbone of keras.applications, got '{name}'.{guess}")
    options: dict[str, Any] = {"include_top": False, "weights": None, "input_shape": (size, size, 3)}
    if "alpha" in inspect.signature(known[name]).parameters:
        options["alpha"] = alpha
    elif alpha != 1.0:
        raise UsageError(f"{name} has no --alpha; the MobileNet backbones have.")
    try:
        base = known[name](**options)
    except ValueError as error:
        raise UnsupportedModel(f"{name} cannot be built at {size} pixels: {str(error).splitlines()[0]}") from error
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(base.output)
    return keras.Model(base.input, keras.layers.Dense(2, name="logits")(pooled))
