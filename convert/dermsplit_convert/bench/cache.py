"""What has been measured, on disk after every form, so that a stopped measurement goes on where it stopped."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from dermsplit_convert.bench.measure import Measured
from dermsplit_convert.decisions import Said

FOLDER = "measured"
SIZES = "bytes of "


class Cache:
    """The forms measured so far of one bundle over one list of images, a file each below ``directory/measured``.

    Files of another bundle or of other images are taken for missing and replaced.
    """

    def __init__(self, directory: Path, bundle_id: str, images: Sequence[str]) -> None:
        self._directory = directory / FOLDER
        self._directory.mkdir(parents=True, exist_ok=True)
        self._key = hashlib.sha256("\n".join([bundle_id, *images]).encode()).hexdigest()

    def load(self, name: str) -> Measured | None:
        """What was measured of the form of that name, None where there is nothing that can be used."""
        try:
            with np.load(self._path(name), allow_pickle=False) as saved:
                if str(saved["key"]) != self._key:
                    return None
                sizes = {key.removeprefix(SIZES): saved[key] for key in saved.files if key.startswith(SIZES)}
                entropy = float(saved["entropy"])
                said = Said(saved["malignant"], saved["decisions"])
                return Measured(name, said, sizes, None if np.isnan(entropy) else entropy)
        except (OSError, KeyError, ValueError, BadZipFile):
            return None

    def save(self, measured: Measured) -> None:
        """Keep it, whole or not at all."""
        path = self._path(measured.name)
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            np.savez(
                file,
                allow_pickle=False,
                key=np.array(self._key),
                malignant=measured.said.malignant,
                decisions=measured.said.decisions,
                entropy=np.array(np.nan if measured.entropy is None else measured.entropy),
                **{SIZES + name: values for name, values in measured.sizes.items()},
            )
        unfinished.replace(path)

    def _path(self, name: str) -> Path:
        return self._directory / f"{name.replace(', ', '-').replace(' ', '-').lower()}.npz"
