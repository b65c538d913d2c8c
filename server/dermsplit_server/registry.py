"""The bundles that this process serves. One that is broken is refused by name, and the others go on."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from dermsplit_contract.bundle import MANIFEST_FILE, Bundle, open_bundle
from dermsplit_contract.errors import (
    BundleError,
    BundleInvalid,
    BundleMissing,
    NotReady,
    UnknownFile,
    UnknownModel,
    UnknownVersion,
)
from dermsplit_contract.manifest import Datatype, Manifest
from dermsplit_contract.wire import MAX_HEADER
from dermsplit_server.engines import Tail, load_tail
from dermsplit_server.settings import Settings

log = logging.getLogger("dermsplit.registry")

METADATA_JSON_BYTES = 32
JSON_BYTES: dict[Datatype, int] = {"UINT8": 8, "FP16": 32, "FP32": 32}
"""Most bytes that one number takes in a JSON tensor, with separators, spaces and a share of the brackets."""


@dataclass(frozen=True)
class Served:
    """A checked bundle with its tail, loaded, warm and proven on the golden case."""

    bundle: Bundle
    tail: Tail

    @property
    def manifest(self) -> Manifest:
        """The bundle's manifest."""
        return self.bundle.manifest

    @property
    def item_json_bytes(self) -> int:
        """Most bytes that one item of a request takes in JSON, its metadata included."""
        features, metadata = self.manifest.features, self.manifest.metadata
        told = metadata.width * METADATA_JSON_BYTES if metadata else 0
        return features.values * JSON_BYTES[features.datatype] + told


@dataclass(frozen=True)
class Registry:
    """Bundles by id, the newest first. ``refused`` holds one sentence for each folder that was not taken."""

    bundles: dict[str, Served] = field(default_factory=dict)
    refused: dict[str, BundleError] = field(default_factory=dict)
    max_batch: int = 1

    @property
    def default(self) -> Served:
        """What is served where nothing is named. Raises NotReady where there is no bundle at all."""
        for served in self.bundles.values():
            return served
        raise NotReady("The server holds no bundle that passed its checks. Its log says why.")

    @property
    def largest_body(self) -> int:
        """Bytes that the largest request may have: the JSON header and a full batch in JSON form."""
        return MAX_HEADER + self.max_batch * max(
            (served.item_json_bytes for served in self.bundles.values()), default=0
        )

    def find(self, name: str, version: str | None = None) -> Served:
        """The bundle of that id, or the model's current one where ``version`` is None.

        Raises UnknownModel, or UnknownVersion with the id that is current.
        """
        versions = self.versions(name)
        if version is None:
            return versions[0]
        for served in versions:
            if served.manifest.id == version:
                return served
        current = versions[0].manifest.id
        raise UnknownVersion(
            f"The server does not hold that version of '{name}'. Fetch the head of {current} and try again.",
            current=current,
        )

    def versions(self, name: str) -> list[Served]:
        """Every bundle of a model, the current one first. Raises UnknownModel."""
        default = self.default.manifest.name
        versions = [served for served in self.bundles.values() if served.manifest.name == name]
        if not versions:
            raise UnknownModel(f"The server has no model of that name. Its default model is '{default}'.")
        return versions

    def bundle(self, bundle_id: str) -> Served:
        """The bundle of that id. Raises UnknownFile."""
        served = self.bundles.get(bundle_id)
        if served is None:
            raise UnknownFile("The server has no bundle of that id. GET /bundles lists those it has.")
        return served


def load_registry(settings: Settings) -> Registry:
    """Open every bundle of the settings' folder, load its tail and run its golden case; takes seconds.

    A bundle that fails stands in ``refused``. Raises BundleMissing where the folder holds none at all.
    """
    taken: dict[str, tuple[bool, float, Served]] = {}
    refused: dict[str, BundleError] = {}
    for directory in _bundle_folders(settings.bundles):
        try:
            bundle = open_bundle(directory)
            if bundle.manifest.id in taken:
                raise BundleInvalid(f"Bundle {bundle.manifest.id} lies there twice; remove one of the folders.")
            served = Served(bundle, load_tail(bundle, settings))
        except BundleError as error:
            refused[directory.name] = error
            log.error("bundle %s refused: %s", directory.name, error.detail)
            continue
        written = (directory / MANIFEST_FILE).stat().st_mtime
        taken[bundle.manifest.id] = (bundle.manifest.id == settings.current, written, served)
        log.info("bundle %s of model %s is ready", bundle.manifest.id, bundle.manifest.name)
    if settings.current is not None and settings.current not in taken:
        log.error("bundle %s was to be the current one and is not here", settings.current)
    newest_first = sorted(taken.items(), key=lambda item: (*item[1][:2], item[0]), reverse=True)
    return Registry({bundle_id: served for bundle_id, (_, _, served) in newest_first}, refused, settings.max_batch)


def _bundle_folders(place: Path) -> list[Path]:
    if (place / MANIFEST_FILE).is_file():
        return [place]
    folders = [path for path in place.iterdir() if path.is_dir()] if place.is_dir() else []
    folders = sorted(path for path in folders if not path.name.startswith((".", "_")))
    if not folders:
        raise BundleMissing(
            f"Expected bundles in '{place}', found none. Make one with `dermsplit convert`, or say where they are "
            "with --bundles."
        )
    return folders
