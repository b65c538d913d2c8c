"""run.json: what a training leaves for the conversion. Training writes it, convert reads it."""

from pathlib import Path

from pydantic import Field, JsonValue, ValidationError

from dermsplit_contract.errors import RunInvalid
from dermsplit_contract.measures import (
    DataSet,
    DomainSpec,
    Evaluation,
    GroupResult,
    MetadataSpec,
    NoveltyResult,
    OperatingPoint,
    Record,
    ShortcutResult,
)

RUN_FILE = "run.json"
MODEL_FILE = "model.keras"


class Run(Record):
    """One training. ``model.keras`` beside it maps float32 [N, size, size, 3] RGB in 0..255 to logits [N, C].

    With ``metadata`` it takes that as its second input, float32 [N, M]. With ``domains`` it has a second output, their
    probabilities float32 [N, 3], and its logits are calibrated for each domain already."""

    schema_version: int = 1
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="The recipe's name; becomes the model's name")
    recipe: dict[str, JsonValue] = Field(description="The recipe as it was run, every default filled in")
    backbone: str
    input_size: int = Field(ge=32, le=1024, description="Pixels, square")
    labels: list[str] = Field(min_length=2)
    malignant: list[str] = Field(description="The labels counted malignant; none where malignancy is not known")
    temperature: float = Field(gt=0, description="Logits are divided by it (Guo et al. 2017), fitted on validation")
    shift: list[float] = Field(
        default=[], description="What calibration added to each logit; the saved network's bias holds it already"
    )
    prevalence: float = Field(ge=0, le=1, description="Share of malignant images that the calibration holds for")
    operating_points: list[OperatingPoint] = Field(description="None where malignancy is not known")
    evaluations: list[Evaluation]
    metadata: MetadataSpec | None = Field(default=None, description="What may be told beside the picture, if anything")
    domains: DomainSpec | None = Field(default=None, description="None where the network tells no domains apart")
    novelty: list[NoveltyResult] = Field(default=[], description="What the gate marks as neither")
    shortcuts: list[ShortcutResult] = Field(default=[], description="What changes that should not matter do")
    groups: list[GroupResult] = Field(default=[], description="On the test part")
    data: list[DataSet]
    weights_licence: str
    epochs: int
    best_epoch: int
    seconds: float
    split_sha256: str = Field(description="Hash of the sorted (image, part) list, so that runs can be compared")
    versions: dict[str, str]
    teachers: list[str] = Field(default=[], description="Runs that it learned from: name:start of the model's SHA-256")
    calibration_images: list[str] = Field(
        description="Paths relative to --data, of training images that ranges of a quantiser may be taken from"
    )


def read_run(directory: Path) -> Run:
    """Read ``run.json`` of a run directory. Raises RunInvalid with one sentence where it is missing or broken."""
    path = directory / RUN_FILE
    if not path.is_file() or not (directory / MODEL_FILE).is_file():
        raise RunInvalid(
            f"Expected a run directory with {RUN_FILE} and {MODEL_FILE}, found neither or only one of them in "
            f"'{directory}'. Make one with `dermsplit train RECIPE --out {directory}`."
        )
    try:
        return Run.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RunInvalid(f"{RUN_FILE} in '{directory}' is not valid at {where}: {first['msg']}.") from error
