"""The bundles that this process serves at one moment. A look at their folder makes the next one, see shelf.py."""

from dataclasses import dataclass, field
from functools import cached_property

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import BundleError, NotReady, UnknownFile, UnknownModel, UnknownVersion
from dermsplit_contract.manifest import Datatype, Manifest
from dermsplit_contract.wire import MAX_HEADER
from dermsplit_server.engines import Tail

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
    """Bundles by id, the current one first. ``refused`` says for each folder that is not taken why; ``retired`` are the
    ids that the folder holds no more, and that are answered for a while yet."""

    bundles: dict[str, Served] = field(default_factory=dict)
    refused: dict[str, BundleError] = field(default_factory=dict)
    max_batch: int = 1
    retired: frozenset[str] = frozenset()

    @property
    def default(self) -> Served:
        """What is served where nothing is named. Raises NotReady where there is no bundle at all."""
        for served in self.bundles.values():
            return served
        raise NotReady("The server holds no bundle that passed its checks. Its log says why.")

    @cached_property
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
