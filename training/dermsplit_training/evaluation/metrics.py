"""metrics.json: everything that was measured about a run, for `dermsplit compare` and for people's own scripts."""

from pydantic import Field

from dermsplit_contract.measures import Interval, OperatingResult, Record

METRICS_FILE = "metrics.json"
ALL = "all"
"""The name under which the data sets are measured together."""


class ClassMetrics(Record):
    """One class against the rest, by the network's own answers: the class of the highest logit."""

    label: str
    images: int
    precision: float | None = Field(description="None where the class was never answered")
    recall: float | None = Field(description="None where there is no image of the class")
    f1: float


COMPARED_AT = (0.95, 0.9)
"""Sensitivities at which models are held against each other, whatever their operating points are for."""


class SpecificityAt(Record):
    """What the ROC curve has at one sensitivity: for comparing models, not for use, since the part's labels set it."""

    sensitivity: float = Field(gt=0, le=1, description="At least this")
    specificity: Interval


class MalignancyMetrics(Record):
    """Malignant against benign, by the sum of the malignant classes' calibrated probabilities."""

    malignant_images: int
    auc: Interval
    average_precision: Interval
    partial_auc: Interval = Field(
        description="ROC area above 80% sensitivity over the largest there can be, 0.2 (ISIC 2024, there undivided)"
    )
    specificity_at: list[SpecificityAt] = Field(
        default=[], description="At 95% and 90% sensitivity, with the threshold set on this part itself"
    )
    operating_results: list[OperatingResult]
    sensitivity_by_class: Interval = Field(description="Of the network's own answers: what an accuracy goes with")
    calibration_error: Interval = Field(description="Expected calibration error after calibration, 15 equal-width bins")
    calibration_error_before: Interval = Field(description="The same with the network's own softmax")


class PartMetrics(Record):
    """How a model did on one part of one data set, or of all together."""

    model: str = Field(description="network, or baseline")
    data_set: str = Field(description="Its name, or all")
    part: str = Field(description="train, validation or test")
    images: int
    groups: int = Field(description="Lesions or patients: the unit of the bootstrap")
    majority_class: str
    majority_rate: float = Field(description="Accuracy of always answering the commonest class of this part")
    accuracy: Interval = Field(description="Of the network's own answers, the class of the highest logit")
    balanced_accuracy: Interval = Field(description="Mean recall of the classes that have images")
    macro_auc: Interval | None = Field(description="Mean over the classes of each against the rest; None for one class")
    classes: list[ClassMetrics]
    confusion: list[list[int]] = Field(description="Rows the true class, columns the answer, in the order of classes")
    malignancy: MalignancyMetrics | None = Field(description="None where not known, or all images are of one kind")


class SubgroupMetrics(Record):
    """How the network did on test images that have something in common. None: fewer than five images to tell from."""

    data_set: str
    field: str = Field(description="age, sex, site or skin_type")
    value: str = Field(description="For age a band of years; unknown where the data set does not say")
    images: int
    malignant_images: int
    auc: Interval | None = Field(description="None with fewer than five images of either label")
    sensitivity: Interval | None = Field(description="At the first operating point, as is the specificity")
    specificity: Interval | None


class Metrics(Record):
    """What lies in metrics.json beside run.json."""

    schema_version: int = 1
    run: str
    classes: list[str]
    malignant: list[str]
    split_sha256: str
    split_by: str
    leaked_groups: int = Field(description="Lesions or patients with images in more than one part; 0 in a sound split")
    leaked_test_images: int = Field(description="Test images whose lesion or patient also has images in train")
    parameters: int
    warnings: list[str] = Field(description="What a reader must know before the figures, worst first")
    parts: list[PartMetrics]
    subgroups: list[SubgroupMetrics]
