"""The words for how good a model is, shared by run.json and manifest.json."""

from pydantic import BaseModel, ConfigDict, Field


class Record(BaseModel):
    """A strict, immutable record: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Interval(Record):
    """An estimate with its 95% interval (percentile bootstrap over groups, not over images)."""

    value: float
    low: float
    high: float


class OperatingPoint(Record):
    """A threshold and what it was chosen for: malignant probability >= threshold is suspicious."""

    name: str = Field(description="For example sensitivity_95", pattern=r"^[a-z0-9_]+$")
    threshold: float = Field(ge=0, le=1, description="On the calibrated malignant probability")
    target_sensitivity: float = Field(ge=0, le=1)
    chosen_on: str = Field(description="The part of the data it was chosen on, never the test part")


class OperatingResult(Record):
    """What an operating point did on images it was not chosen on."""

    operating_point: str
    sensitivity: Interval
    specificity: Interval


class Evaluation(Record):
    """How a model did on one part of one data set."""

    data_set: str = Field(description="For example HAM10000")
    domain: str = Field(description="dermoscopic or phone", pattern="^(dermoscopic|phone)$")
    part: str = Field(description="test or validation", pattern="^(test|validation)$")
    model: str = Field(description="network, or baseline: frozen backbone with a linear head")
    images: int = Field(ge=1)
    groups: int = Field(ge=1, description="Lesions or patients: the unit of the split and of the bootstrap")
    malignant_images: int = Field(ge=0)
    majority_rate: float = Field(ge=0, le=1, description="Accuracy of always answering the commonest class")
    accuracy: Interval = Field(description="At the operating point named first, or 0.5 where there is none")
    auc: Interval
    calibration_error: float = Field(ge=0, le=1, description="Expected calibration error, 15 equal-width bins")
    operating_results: list[OperatingResult]


class DataSet(Record):
    """Where the training images came from."""

    name: str
    citation: str
    doi: str
    licence: str
    images: dict[str, int] = Field(description="Images by part: train, validation, test")
    malignant_means: list[str] = Field(description="The diagnoses counted malignant in this data set")
