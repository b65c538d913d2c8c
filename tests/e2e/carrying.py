"""The bundle that ships, with the tail's TF.js model for pages, and without it."""

import shutil
from pathlib import Path

from dermsplit_contract.bundle import TAIL_KERAS, Bundle, open_bundle
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.tfjs import TAIL_FOLDER, TAIL_WEIGHTS, export_tail

from .remade import remake


def build_carrying_bundle(shipped: Path, directory: Path) -> Bundle:
    """Write the bundle into ``directory``, which must not exist, from the bundle in ``shipped``."""
    old = open_bundle(shipped)
    if TAIL_FOLDER in {name.partition("/")[0] for name in old.manifest.files}:
        shutil.copytree(shipped, directory)
        return open_bundle(directory)
    tail = load_model(old.path(TAIL_KERAS))
    return remake(shipped, directory, TAIL_FOLDER, {"tail_in_page": TAIL_WEIGHTS}, lambda into: export_tail(tail, into))


def build_keeping_bundle(shipped: Path, directory: Path) -> Bundle:
    """Write the bundle into ``directory``, which must not exist, without the tail for pages."""
    return remake(shipped, directory, TAIL_FOLDER, {"tail_in_page": None})
