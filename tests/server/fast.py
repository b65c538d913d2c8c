"""Bundles whose tail is there for OpenVINO too."""

import shutil
from pathlib import Path

from dermsplit_contract.bundle import MANIFEST_FILE, TAIL_KERAS, Bundle, open_bundle, seal_bundle
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.openvino import export_openvino

from .tiny import PUBLIC


def with_fast_tail(bundle: Bundle, directory: Path) -> Bundle:
    """The same bundle, with its tail for OpenVINO."""
    shutil.copytree(bundle.directory, directory)
    export_openvino(load_model(bundle.path(TAIL_KERAS)), directory)
    return sealed(directory, bundle)


def sealed(directory: Path, like: Bundle) -> Bundle:
    """What lies in a folder, sealed anew with the manifest of another bundle."""
    (directory / MANIFEST_FILE).unlink()
    seal_bundle(directory, like.manifest.model_dump(mode="json", exclude={"id", "files"}), PUBLIC)
    return open_bundle(directory)
