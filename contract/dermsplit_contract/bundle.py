"""A bundle on disk: checked whole before anything in it is parsed, sealed by the hash of its files."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from dermsplit_contract.errors import BundleCorrupt, BundleInvalid, BundleMissing, UnknownFile
from dermsplit_contract.manifest import Datatype, Manifest, manifest_id

MANIFEST_FILE = "manifest.json"
HEAD_TFJS = "head/model.json"
HEAD_TFLITE = "head.tflite"
TAIL_KERAS = "tail.keras"
TAIL_XML = "tail.xml"
TAIL_BIN = "tail.bin"
WHOLE_KERAS = "whole.keras"
GOLDEN_INPUT = "golden/input.png"
GOLDEN_FEATURES = "golden/features.bin"
GOLDEN_PROBABILITIES = "golden/probabilities.json"
CARD = "CARD.md"

LARGEST_MANIFEST = 1 << 20
NUMPY_DTYPE: dict[Datatype, np.dtype[np.generic]] = {
    "FP32": np.dtype("<f4"),
    "FP16": np.dtype("<f2"),
    "UINT8": np.dtype("u1"),
}


@dataclass(frozen=True)
class Bundle:
    """A bundle whose every byte agreed with its manifest when it was opened."""

    directory: Path
    manifest: Manifest

    def path(self, name: str) -> Path:
        """Return the path of a file that the manifest lists. Raises UnknownFile for any other name."""
        if name not in self.manifest.files:
            raise UnknownFile(f"The bundle {self.manifest.id} has no file '{name}'.")
        return self.directory / name

    def public_path(self, name: str) -> Path:
        """Like :meth:`path`, for files that the manifest marks public only."""
        entry = self.manifest.files.get(name)
        if entry is None or not entry.public:
            raise UnknownFile(f"The bundle {self.manifest.id} has no public file '{name}'.")
        return self.directory / name

    def golden_features(self) -> NDArray[np.generic]:
        """The golden case's features [1, *shape] in the wire's datatype."""
        spec = self.manifest.features
        raw = np.frombuffer(self.path(GOLDEN_FEATURES).read_bytes(), dtype=NUMPY_DTYPE[spec.datatype])
        if raw.size != spec.values:
            raise BundleInvalid(f"{GOLDEN_FEATURES} holds {raw.size} values, the manifest's shape has {spec.values}.")
        return raw.reshape((1, *spec.shape))

    def golden_probabilities(self) -> NDArray[np.float32]:
        """The golden case's probabilities float32 [1, C], in the order of the labels."""
        return self._golden_rows("probabilities", "label", len(self.manifest.labels))

    def golden_domains(self) -> NDArray[np.float32] | None:
        """The golden case's probabilities of the domains float32 [1, 3], None where the network tells none apart."""
        domains = self.manifest.domains
        return None if domains is None else self._golden_rows("domain_probabilities", "domain", len(domains.labels))

    def _golden_rows(self, name: str, meaning: str, columns: int) -> NDArray[np.float32]:
        try:
            values = json.loads(self.path(GOLDEN_PROBABILITIES).read_bytes())[name]
            array = np.asarray(values, dtype=np.float32).reshape((1, columns))
        except (ValueError, KeyError, TypeError) as error:
            raise BundleInvalid(f"{GOLDEN_PROBABILITIES} does not hold one probability a {meaning}.") from error
        return array


def open_bundle(directory: Path | str) -> Bundle:
    """Open a bundle: schema, id, names, sizes and SHA-256 of every file are checked before any of them is parsed.

    Raises BundleMissing where there is no manifest, BundleInvalid where it is not a manifest, BundleCorrupt where a
    file is missing, foreign, a link, or differs from what the manifest says.
    """
    directory = Path(directory)
    manifest = _read_manifest(directory)
    _check_names(directory, manifest)
    for name, entry in manifest.files.items():
        path = directory / name
        size = path.stat().st_size
        if size != entry.bytes:
            raise BundleCorrupt(f"Expected {entry.bytes} bytes in {name}, found {size}. {_REMAKE}")
        found = file_sha256(path)
        if found != entry.sha256:
            raise BundleCorrupt(f"Expected {name} with SHA-256 {entry.sha256[:12]}…, found {found[:12]}…. {_REMAKE}")
    return Bundle(directory, manifest)


def parse_manifest(content: bytes) -> Manifest:
    """Read the bytes of a manifest.json and check its id.

    The id is the hash of what the file says, so that a field that came later with a default changes no bundle that was
    sealed without it. Raises BundleInvalid, or BundleCorrupt where the id is not the content's.
    """
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BundleInvalid(f"{MANIFEST_FILE} is not valid at {where}: {first['msg']}. {_REMAKE}") from error
    try:
        expected = manifest_id(json.loads(content))
    except ValueError as error:
        raise BundleInvalid(f"{MANIFEST_FILE} holds NaN or infinity, which are not JSON. {_REMAKE}") from error
    if manifest.id != expected:
        raise BundleCorrupt(f"The manifest says id {manifest.id}, its content hashes to {expected}. {_REMAKE}")
    return manifest


def seal_bundle(directory: Path, fields: dict[str, object], public: set[str]) -> Manifest:
    """Write ``manifest.json`` for the files that lie in ``directory``, and return it.

    ``fields`` are the manifest's fields without ``id`` and ``files``; ``public`` names the files, or the folders
    ending in a slash, that anyone may fetch.
    """
    entries: dict[str, object] = {}
    for name in _files_below(directory):
        if name == MANIFEST_FILE:
            continue
        path = directory / name
        is_public = name in public or any(prefix.endswith("/") and name.startswith(prefix) for prefix in public)
        entries[name] = {"sha256": file_sha256(path), "bytes": path.stat().st_size, "public": is_public}
    body = Manifest.model_validate({**fields, "id": "0" * 16, "files": entries}).model_dump(mode="json")
    body["id"] = manifest_id(body)
    manifest = Manifest.model_validate(body)
    text = json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    (directory / MANIFEST_FILE).write_text(text, encoding="utf-8")
    return manifest


def file_sha256(path: Path) -> str:
    """SHA-256 of a file as 64 hexadecimal digits, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_REMAKE = "Fetch the bundle again, or make it again with `dermsplit convert`."


def _read_manifest(directory: Path) -> Manifest:
    path = directory / MANIFEST_FILE
    if not path.is_file():
        raise BundleMissing(f"Expected a bundle with {MANIFEST_FILE} in '{directory}', found none. Check the path.")
    if path.stat().st_size > LARGEST_MANIFEST:
        raise BundleInvalid(f"{MANIFEST_FILE} is larger than {LARGEST_MANIFEST} bytes.")
    return parse_manifest(path.read_bytes())


def _check_names(directory: Path, manifest: Manifest) -> None:
    found = set(_files_below(directory)) - {MANIFEST_FILE}
    listed = set(manifest.files)
    if missing := sorted(listed - found):
        raise BundleCorrupt(f"Expected {missing[0]} in the bundle, found no such file. {_REMAKE}")
    if foreign := sorted(found - listed):
        raise BundleCorrupt(f"The bundle holds {foreign[0]}, which its manifest does not list. {_REMAKE}")


def _files_below(directory: Path) -> list[str]:
    names: list[str] = []
    for path in sorted(directory.rglob("*")):
        if path.is_symlink():
            raise BundleCorrupt(f"{path.relative_to(directory).as_posix()} is a link; a bundle holds plain files only.")
        if path.is_file():
            names.append(path.relative_to(directory).as_posix())
    return names
