"""Keras model files that are the same bytes for the same model, so that a bundle's id says what is in it."""

import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dermsplit_contract.errors import RunInvalid
from dermsplit_convert.start import start_keras

if TYPE_CHECKING:
    import keras

THE_BEGINNING = (1980, 1, 1, 0, 0, 0)


def save_model(model: "keras.Model", path: Path) -> None:
    """Write a ``.keras`` file without the dates and the memory addresses that Keras puts into it."""
    with tempfile.TemporaryDirectory() as scratch:
        dated = Path(scratch) / "model.keras"
        model.save(dated)
        with zipfile.ZipFile(dated) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
            for name in sorted(source.namelist()):
                with source.open(name) as content, target.open(zipfile.ZipInfo(name, THE_BEGINNING), "w") as written:
                    if name.endswith(".json"):
                        written.write(json.dumps(_timeless(json.load(content), {})).encode())
                    else:
                        shutil.copyfileobj(content, written)


def load_model(path: Path) -> Any:
    """Load a ``.keras`` file as data only: nothing in it may name code. Raises RunInvalid where it cannot be read."""
    start_keras()
    import keras

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise RunInvalid(
            f"{path.name} cannot be loaded as a Keras model of stock layers. Train the run again, or copy it again."
        ) from error


def _timeless(value: Any, seen: dict[int, int]) -> Any:
    """Replace the date by nothing, and memory addresses that mark shared objects by 1, 2, 3 as they first appear."""
    if isinstance(value, list):
        return [_timeless(item, seen) for item in value]
    if not isinstance(value, dict):
        return value
    fixed = {key: _timeless(item, seen) for key, item in value.items()}
    if "shared_object_id" in fixed:
        fixed["shared_object_id"] = seen.setdefault(fixed["shared_object_id"], len(seen) + 1)
    if "date_saved" in fixed:
        fixed["date_saved"] = ""
    return fixed
