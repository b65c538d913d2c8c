"""The words for how good a model is, shared by run.json and manifest.json."""

from typing import Annotated, Literal

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
    threshold: float = Field(
        ge=0, le=1, description="On the calibrated malignant probability, where the picture's domain is not told"
    )
    thresholds: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        default={}, description="The same by domain, where the network tells domains apart"
    )
    target_sensitivity: float = Field(ge=0, le=1)
    chosen_on: str = Field(description="The part of the data it was chosen on, never the test part")

    def threshold_in(self, domain: str) -> float:
        """The threshold for a picture of the domain: its own, else the common one."""
        return self.thresholds.get(domain, self.threshold)


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


class GroupResult(Record):
    """How a model did on the test images of one group of people or lesions, at the first operating point."""

    data_set: str
    attribute: str = Field(description="age, sex, site or skin_type")
    value: str = Field(description="Which of them, for example 60-79")
    images: int = Field(ge=1)
    malignant_images: int = Field(ge=0)
    auc: Interval | None = Field(description="None where one class has too few images to say anything")
    sensitivity: Interval | None
    specificity: Interval | None


class NoveltyResult(Record):
    """How many pictures of one kind were marked as neither a skin-lens picture nor a phone close-up."""

    kind: str = Field(description="For example noise, plain_skin, or the data set of real lesions")
    real: bool = Field(description="Real lesions, that should not be marked; else pictures or features that should")
    trained_on: bool = Field(description="Whether this kind was among what the gate learned from")
    images: int = Field(ge=1)
    flagged: Interval = Field(description="Share marked")


class ShortcutResult(Record):
    """How many decisions flipped when test images were changed in a way that should not matter."""

    change: str = Field(description="For example ink, ruler, hair, vignette, colour_cast, crop_shift")
    strength: float = Field(description="In the change's own unit")
    unit: str
    images: int = Field(ge=1)
    pixel_change: float = Field(ge=0, description="Mean absolute change of the pixels, 0..255")
    flips: Interval = Field(description="Share of decisions that differ from the unchanged image's")
    control_flips: Interval = Field(description="The same for noise of equal pixel change")


class MetadataField(Record):
    """One thing that the tail may be told about the person, and the columns of the metadata tensor that it takes."""

    name: Literal["age", "sex", "site"]
    values: list[str] = Field(
        description="One-hot columns in this order; empty for age, which takes two: years / 100, and 1 where known"
    )


class MetadataSpec(Record):
    """The optional second input of the tail, float32 [N, width]. A field that is not known is zeros throughout."""

    fields: list[MetadataField] = Field(min_length=1)
    helps: bool = Field(
        description="Whether telling it raised the AUC on validation images, so that asking is worth it"
    )
    auc_without: Interval = Field(description="On test images, nothing told")
    auc_with: Interval = Field(description="On the same images, all told that is known")

    @property
    def width(self) -> int:
        """Columns of the tensor."""
        return sum(len(field.values) or 2 for field in self.fields)


class DomainSpec(Record):
    """What kind of picture the features come from, the tail's second output: float32 [N, 3], rows adding up to 1."""

    labels: list[str] = Field(default=["dermoscopic", "phone", "neither"], min_length=3, max_length=3)
    declined_from: float = Field(gt=0, le=1, description="Probability of neither from which there is no decision")
    prevalence: dict[str, float] = Field(
        description="By domain: the share of malignant images that its calibration holds for"
    )


class RebuiltResult(Record):
    """How near pictures come to the photos that they stand for: an attack's, or a baseline's that sees no features."""

    name: str = Field(description="ridge or decoder; mean_picture or nearest_picture are the baselines")
    baseline: bool = Field(description="Whether it was made without the features")
    psnr: Interval = Field(description="Mean over the images, dB")
    ssim: Interval = Field(description="Mean over the images (Wang et al. 2004)")
    ms_ssim: Interval = Field(description="Mean over the images, three scales (Wang et al. 2003)")


class RankResult(Record):
    """How often the picture that was looked for came first, or among the first five, of all the test pictures."""

    looked_for: str = Field(
        description="same_photo, by its rebuilt picture, or same_lesion, another photo, by features"
    )
    asked: int = Field(ge=1, description="Test images that were looked for")
    among: int = Field(ge=1, description="Pictures that each was looked for in")
    rank_1: Interval = Field(description="Share found at the first place")
    rank_5: Interval = Field(description="Share found among the first five")
    chance_1: float = Field(ge=0, le=1, description="Share that guessing finds at the first place")
    chance_5: float = Field(ge=0, le=1, description="Share that guessing finds among the first five")


class AttributeResult(Record):
    """What a linear reader makes of the features about the person, beside always saying the commonest value."""

    data_set: str
    attribute: str = Field(description="age, sex, site or skin_type")
    values: list[str] = Field(min_length=2, description="Those told apart; rarer ones are left out")
    images: int = Field(ge=1, description="Test images whose value is known")
    majority_rate: float = Field(ge=0, le=1, description="Share that the commonest value of the training images hits")
    accuracy: Interval
    auc: Interval | None = Field(description="Mean over the values of one against the rest; None where too few")


class LeakageResult(Record):
    """What can be told of the photo from the features exactly as they are sent, by someone who has the head."""

    cut: str
    datatype: Literal["FP32", "FP16", "UINT8"]
    levels: int | None = Field(default=None, description="UINT8 only")
    item_bytes: int = Field(ge=1, description="Of one item's features, before any content encoding")
    gzip_bytes: float = Field(gt=0, description="The same under gzip, mean over the test images")
    side: int = Field(ge=16, description="Pixels, square, of the pictures that are rebuilt and compared")
    training_images: int = Field(ge=1, description="Of other people's lesions, that the attackers learned from")
    images: int = Field(ge=1, description="Test images")
    groups: int = Field(ge=1, description="Their lesions or patients: the unit of the bootstrap")
    rebuilt: list[RebuiltResult]
    ranks: list[RankResult]
    attributes: list[AttributeResult]


class DecoderResult(Record):
    """A decoder from features as they are sent to pictures, and how like their photos these were in tests."""

    side: int = Field(ge=16, le=1024, description="Pixels, square, of the pictures, RGB in 0..1")
    training_images: int = Field(ge=1, description="Of other people's lesions, that it learned from")
    images: int = Field(ge=1, description="Test images")
    groups: int = Field(ge=1, description="Their lesions or patients: the unit of the bootstrap")
    rebuilt: list[RebuiltResult] = Field(min_length=1, description="The decoder's, the ridge's and the baselines'")


class DataSet(Record):
    """Where the training images came from."""

    name: str
    citation: str
    doi: str
    licence: str
    images: dict[str, int] = Field(description="Images by part: train, validation, test")
    malignant_means: list[str] = Field(description="The diagnoses counted malignant in this data set")
