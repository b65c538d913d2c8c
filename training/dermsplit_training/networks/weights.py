"""Where a backbone's weights come from: ImageNet's by their published name, a file of one's own, or nowhere."""

import zipfile
from pathlib import Path
from typing import Any, cast

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid, RecipeInvalid
from dermsplit_training.networks.backbones import TABLE, rescale_inside
from dermsplit_training.networks.scaling import SCALED
from dermsplit_training.recipe import NetworkRecipe

SUFFIXES = (".h5", ".keras", ".npz")
KERAS_2_DEPTHWISE, KERAS_3_DEPTHWISE = "/depthwise_kernel:", "/kernel:"
"""What Keras 2 and Keras 3 call the kernel of a depthwise convolution."""


def load_weights(backbone: keras.Model, features: keras.Model, recipe: NetworkRecipe, folder: Path | None) -> None:
    """Load what ``network.weights`` names, looked for in ``folder`` first.

    ``features`` is the backbone up to ``network.last_layer``, of the same layers. Old ``.h5`` files hold the whole
    backbone, as keras.applications publishes it; ``.keras`` and ``.weights.h5`` files must hold ``features`` at least,
    so a run's model.keras will do; ``.npz`` files hold arrays named ``<layer>/<weight>:0``, as far as they go.
    Raises DataInvalid where weights are missing or do not fit, RecipeInvalid where none can be meant.
    """
    if recipe.weights == "none":
        return
    if folder is not None and not folder.is_dir():
        raise DataInvalid(f"Expected a folder of weight files at '{folder}', found none. Check --weights.")
    path = _imagenet_file(recipe, folder) if recipe.weights == "imagenet" else _own_file(recipe, folder)
    if path.suffix == ".npz":
        _load_by_name(features, path)
    else:
        whole = path.suffix == ".h5" and not path.name.endswith(".weights.h5")
        _load_by_keras(backbone if whole else features, path, recipe)
    rescale_inside(backbone)


def weights_file(recipe: NetworkRecipe) -> str:
    """The name under which keras.applications publishes the backbone's ImageNet weights without their top."""
    return _address(recipe).rpartition("/")[2]


def _address(recipe: NetworkRecipe) -> str:
    row = TABLE[recipe.backbone]
    if not row.weights:
        raise RecipeInvalid(
            f"There are no ImageNet weights for {recipe.backbone}. Set network.weights to none, or to a weight file."
        )
    if not row.alphas:
        return row.weights
    if recipe.alpha not in row.alphas:
        raise RecipeInvalid(
            f"The recipe's 'network.alpha' must be one of {', '.join(map(str, row.alphas))} for the ImageNet weights "
            f"of {recipe.backbone}, got {recipe.alpha}."
        )
    size = recipe.input_size if recipe.input_size in row.sizes else row.sizes[-1]
    percent = "1_0" if recipe.alpha == 1.0 else f"{10 * recipe.alpha:.1f}".replace(".", "_")
    return row.weights.format(alpha=float(recipe.alpha), percent=percent, size=size)


def _imagenet_file(recipe: NetworkRecipe, folder: Path | None) -> Path:
    origin = _address(recipe)
    name = weights_file(recipe)
    if folder is not None and (folder / name).is_file():
        return folder / name
    try:
        return Path(cast(str, keras.utils.get_file(name, origin, cache_subdir="models")))
    except Exception as error:  # get_file raises a bare Exception for every network trouble
        raise DataInvalid(
            f"The ImageNet weights {name} could not be fetched. Put the file into a folder and give it with "
            "--weights, or set network.weights to none."
        ) from error


def _own_file(recipe: NetworkRecipe, folder: Path | None) -> Path:
    if not recipe.weights.endswith(SUFFIXES):
        raise RecipeInvalid(
            f"The recipe's 'network.weights' must be imagenet, none, or a file ending in {', '.join(SUFFIXES)}, "
            f"got '{recipe.weights}'."
        )
    path = (folder or Path()) / recipe.weights
    if not path.is_file():
        raise DataInvalid(
            f"Expected the weights '{recipe.weights}' in the folder given with --weights, or at an absolute path; "
            "found no file."
        )
    return path


def _load_by_keras(model: keras.Model, path: Path, recipe: NetworkRecipe) -> None:
    try:
        model.load_weights(path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        described = recipe.backbone + (f" alpha {recipe.alpha}" if TABLE[recipe.backbone].alphas else "")
        raise DataInvalid(f"The weights {path.name} do not fit {described}, or are cut short.") from error


def _load_by_name(features: keras.Model, path: Path) -> None:
    layers = [layer for layer in features.layers if layer.weights and layer.name != SCALED]
    expected = {layer.name: {f"{layer.name}/{weight.name}:0": weight for weight in layer.weights} for layer in layers}
    variables = {key: variable for keys in expected.values() for key, variable in keys.items()}
    arrays = {_as_now(key, variables): array for key, array in _read_arrays(path).items()}
    for key, array in arrays.items():
        _check_fits(key, array, variables, path)
    reached = max((place for place, keys in enumerate(expected.values()) if keys.keys() & arrays.keys()), default=-1)
    missing = [name for name in list(expected)[: reached + 1] if not expected[name].keys() <= arrays.keys()]
    if missing or not arrays:
        raise DataInvalid(
            f"The weights {path.name} must hold every layer up to the last that they hold; "
            f"missing or incomplete: {', '.join(missing or list(expected))}."
        )
    for key, array in arrays.items():
        variables[key].assign(array)


def _as_now(key: str, variables: dict[str, Any]) -> str:
    """Keras 2 called the weight of a depthwise convolution what Keras 3 calls a kernel like any other."""
    return key if key in variables else key.replace("/depthwise_kernel:", "/kernel:")


def _check_fits(key: str, array: NDArray[Any], variables: dict[str, Any], path: Path) -> None:
    if key not in variables:
        raise DataInvalid(
            f"The weights {path.name} hold '{key}', which fits no layer of the backbone up to network.last_layer. "
            "Expected names like 'conv1/kernel:0'."
        )
    shape = tuple(variables[key].shape)
    if array.shape != shape or array.dtype.kind != "f":
        raise DataInvalid(
            f"The weights {path.name} hold '{key}' as {array.dtype} {array.shape}, expected float32 {shape}."
        )


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name.replace(KERAS_2_DEPTHWISE, KERAS_3_DEPTHWISE): file[name] for name in file.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataInvalid(f"The weights {path.name} cannot be read as an .npz file of arrays.") from error
