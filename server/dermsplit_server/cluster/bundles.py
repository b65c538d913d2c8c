"""The bundles of the settings' folder, opened and checked, without their tails."""

import logging
from pathlib import Path

from dermsplit_contract.bundle import MANIFEST_FILE, Bundle, open_bundle
from dermsplit_contract.errors import BundleError, BundleMissing
from dermsplit_server.settings import Settings

log = logging.getLogger("dermsplit.cluster")


def open_bundles(settings: Settings) -> list[Bundle]:
    """Every bundle that passes its checks, the current one first, then the newest. A broken one is named in the log.

    Raises BundleMissing where there is none, the last one's error where all are broken.
    """
    taken: dict[str, tuple[bool, float, Bundle]] = {}
    broken: BundleError = BundleMissing(f"Expected bundles in '{settings.bundles}', found none. Check --bundles.")
    for directory in _folders(settings.bundles):
        try:
            bundle = open_bundle(directory)
        except BundleError as error:
            log.error("bundle %s refused: %s", directory.name, error.detail)
            broken = error
            continue
        written = (directory / MANIFEST_FILE).stat().st_mtime
        taken[bundle.manifest.id] = (bundle.manifest.id == settings.current, written, bundle)
    if not taken:
        raise broken
    # The id decides between equals, so that every process comes to the same order.
    ordered = sorted(taken.values(), key=lambda one: (*one[:2], one[2].manifest.id), reverse=True)
    return [bundle for _, _, bundle in ordered]


def _folders(place: Path) -> list[Path]:
    if (place / MANIFEST_FILE).is_file():
        return [place]
    folders = [path for path in place.iterdir() if path.is_dir()] if place.is_dir() else []
    return sorted(path for path in folders if not path.name.startswith((".", "_")))
