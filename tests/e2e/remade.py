"""The bundle that ships, with one of its folders for pages written anew or left out."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dermsplit_contract.bundle import MANIFEST_FILE, Bundle, open_bundle, seal_bundle
from dermsplit_convert.pipeline import PUBLIC


def remake(
    shipped: Path, directory: Path, folder: str, fields: dict[str, Any], export: Callable[[Path], None] | None = None
) -> Bundle:
    """Write the bundle in ``shipped`` into ``directory``, which must not exist, with other ``fields`` in its manifest.

    ``folder`` is what ``export`` writes into it; without ``export`` the bundle has none.
    """
    old = open_bundle(shipped)
    shutil.copytree(shipped, directory, ignore=shutil.ignore_patterns(folder, MANIFEST_FILE))
    if export is not None:
        export(directory / folder)
    seal_bundle(directory, {**old.manifest.model_dump(mode="json", exclude={"id", "files"}), **fields}, PUBLIC)
    return open_bundle(directory)
