"""manifest.json: the one description of a bundle that the page, the server and the command line read."""

import hashlib
import json
from typing import Literal

from pydantic import Field, model_validator

from dermsplit_contract.measures import (
    DataSet,
    DecoderResult,
    DomainSpec,
    Evaluation,
    GroupResult,
    LeakageResult,
    MetadataSpec,
    NoveltyResult,
    OperatingPoint,
    Record,
    ShortcutResult,
)

ID_LENGTH = 16

Datatype = Literal["FP32", "FP16", "UINT8"]
ITEM_SIZE: dict[Datatype, int] = {"FP32": 4, "FP16": 2, "UINT8": 1}


class InputSpec(Record):
    """What the head takes: float32 [N, size, size, 3], RGB, 0..255, the square of the photo resized by ``resample``."""

    size: int = Field(ge=32, le=1024, description="Pixels, square")
    resample: Literal["pillow_bilinear"] = "pillow_bilinear"


class FeaturesSpec(Record):
    """The tensor on the wire, row-major and little-endian, without its batch axis."""

    name: str = "features"
    shape: list[int] = Field(min_length=1, max_length=4)
    datatype: Datatype
    levels: int | None = Field(default=None, ge=2, le=256, description="UINT8 only: values are 0..levels-1")

    @property
    def values(self) -> int:
        """Numbers in one item."""
        product = 1
        for extent in self.shape:
            product *= extent
        return product

    @property
    def item_bytes(self) -> int:
        """Bytes of one item before any content encoding."""
        return self.values * ITEM_SIZE[self.datatype]

    @model_validator(mode="after")
    def _levels_go_with_uint8(self) -> "FeaturesSpec":
        if (self.levels is not None) != (self.datatype == "UINT8"):
            raise ValueError("levels must be given for UINT8 and only there")
        if min(self.shape) < 1:
            raise ValueError("every extent of shape must be at least 1")
        return self


class FileEntry(Record):
    """One file of the bundle."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    public: bool = Field(description="May be fetched by anyone: the head and the golden case, never the tail")


class Manifest(Record):
    """Everything about a bundle that is not a weight. ``id`` is the hash of all the rest, file hashes included."""

    schema_version: Literal[1] = 1
    id: str = Field(pattern=rf"^[0-9a-f]{{{ID_LENGTH}}}$")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="The model's name in URLs")
    backbone: str
    cut: str = Field(description="The layer whose output crosses")
    input: InputSpec
    features: FeaturesSpec
    head_weights: Literal["float32", "float16", "int8"] = Field(
        default="float32",
        description="Of the head's files; float16: batch norms folded, then rounded; int8: pointwise kernels too",
    )
    tail_in_page: Literal["float32", "float16"] | None = Field(
        default=None, description="Of the tail's files for browsers, in tail-tfjs/; None where it stays on the server"
    )
    decoder: DecoderResult | None = Field(
        default=None, description="Of the decoder for pages, in decoder/; None where the bundle carries none"
    )
    labels: list[str] = Field(min_length=2)
    malignant: list[str] = Field(min_length=1)
    temperature: float = Field(gt=0)
    prevalence: float = Field(ge=0, le=1, description="Share of malignant images that the calibration holds for")
    operating_points: list[OperatingPoint] = Field(min_length=1, description="The first is the one that decides")
    evaluations: list[Evaluation]
    metadata: MetadataSpec | None = Field(default=None, description="What may be told beside the picture, if anything")
    domains: DomainSpec | None = Field(default=None, description="None where the network tells no domains apart")
    novelty: list[NoveltyResult] = Field(default=[], description="What the gate marks as neither")
    shortcuts: list[ShortcutResult] = Field(default=[], description="What changes that should not matter do")
    groups: list[GroupResult] = Field(default=[], description="On the test part")
    leakage: LeakageResult | None = Field(default=None, description="What the features give away, where measured")
    data: list[DataSet]
    weights_licence: str
    split_sha256: str
    versions: dict[str, str]
    files: dict[str, FileEntry] = Field(description="By path inside the bundle, with forward slashes")

    @model_validator(mode="after")
    def _names_agree(self) -> "Manifest":
        strangers = set(self.malignant) - set(self.labels)
        if strangers:
            raise ValueError(f"malignant names labels that do not exist: {sorted(strangers)}")
        return self

    @property
    def malignant_indices(self) -> list[int]:
        """Columns of the probabilities whose sum is the malignant probability."""
        return [index for index, label in enumerate(self.labels) if label in self.malignant]


def manifest_id(fields: dict[str, object]) -> str:
    """Hash a manifest's fields without ``id``: SHA-256 of its canonical JSON, the first 16 hexadecimal digits."""
    rest = {key: value for key, value in fields.items() if key != "id"}
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:ID_LENGTH]


def manifest_schema() -> str:
    """Return the JSON Schema of manifest.json as text, the same that stands in ``manifest.schema.json``."""
    return json.dumps(Manifest.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
