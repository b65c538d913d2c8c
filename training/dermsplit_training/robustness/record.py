"""robustness.json: what changes of the pictures do to the decisions."""

from pathlib import Path

from pydantic import Field

from dermsplit_contract.measures import Interval, Record, ShortcutResult

ROBUSTNESS_FILE = "robustness.json"


class QualityResult(Record):
    """What is told of worse pictures of one domain. None: not defined, as the AUC of one label."""

    change: str = Field(description="none, blur, light or scale")
    strength: float = Field(description="In the change's own unit")
    unit: str
    domain: str
    images: int
    auc: Interval | None
    sensitivity: Interval | None = Field(
        description="Share of the malignant called suspicious at the first operating point"
    )
    specificity: Interval | None = Field(description="Share of the benign called not suspicious")
    cannot_tell: Interval = Field(description="Share that was declined; these count in neither of the two above")


class Robustness(Record):
    """What lies in robustness.json beside run.json."""

    schema_version: int = 1
    run: str
    operating_point: str
    shortcuts: list[ShortcutResult]
    quality: list[QualityResult]


def write_robustness(directory: Path, found: Robustness) -> Path:
    """Write robustness.json into a directory and return its path."""
    unfinished = directory / f"{ROBUSTNESS_FILE}.part"
    unfinished.write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return unfinished.replace(directory / ROBUSTNESS_FILE)
