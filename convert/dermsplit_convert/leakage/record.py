"""leakage.json: what a study found, for `dermsplit convert --leakage` and `dermsplit cuts --leakage` to read."""

from pathlib import Path

from pydantic import Field, ValidationError

from dermsplit_contract.errors import UsageError
from dermsplit_contract.manifest import ITEM_SIZE
from dermsplit_contract.measures import Interval, LeakageResult, RebuiltResult, Record


class HeadCost(Record):
    """For one picture: multiply-accumulates of the head, and bytes of its float32 weights."""

    macs: int
    download_bytes: int


class Price(Record):
    """What it costs the answer, over all test images of the run, both kinds of photo together."""

    images: int
    auc: Interval
    auc_change: Interval = Field(description="AUC less that of the uncut float network, paired")
    flips: Interval = Field(description="Share of decisions that differ from the uncut float network's")


class OptimisedResult(Record):
    """The attack by optimisation on a few test images, with the other attacks and the baselines on the same ones."""

    images: int
    steps: int
    prior: float = Field(description="Weight of the total variation, chosen on held-out images")
    rebuilt: list[RebuiltResult]


class CodingRecord(Record):
    """One cut and coding."""

    coding: str = Field(description="In words, for example 16 levels")
    noise: float = Field(ge=0, description="Deviation of added noise, as a share of each channel's")
    features_sha256: str
    leakage: float = Field(description="Mean SSIM of the attack that does best")
    gap: float = Field(description="That less the SSIM of the nearest training picture")
    head: HeadCost | None
    price: Price | None
    optimised: OptimisedResult | None
    result: LeakageResult

    @property
    def bits(self) -> int:
        """Of one value that crosses, as they are packed."""
        levels = self.result.levels
        return 8 * ITEM_SIZE[self.result.datatype] if levels is None else (levels - 1).bit_length()


class LeakageRecord(Record):
    """The whole file; the bundle's own cut and coding come first."""

    bundle: str
    model: str
    codings: list[CodingRecord] = Field(min_length=1)
    notes: list[str]


def read_record(path: Path) -> LeakageRecord:
    """Read a leakage.json. Raises UsageError where the file is missing or no such file."""
    try:
        return LeakageRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"Expected a leakage.json at '{path}', but it cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise UsageError(
            f"Expected the leakage.json that `dermsplit leakage` writes, '{path}' is none. Measure the bundle again."
        ) from error


def summary_of(path: Path, features_sha256: str) -> LeakageResult:
    """The figures of the features with that hash, for a manifest. Raises UsageError where the file has none of them."""
    record = read_record(path)
    for one in record.codings:
        if one.features_sha256 == features_sha256:
            return one.result
    measured = ", ".join(f"{one.result.cut} ({one.coding}) {one.features_sha256[:12]}" for one in record.codings)
    raise UsageError(
        f"Expected leakage measured on the features {features_sha256[:12]} of this head and quantiser, '{path}' has "
        f"{measured}. Measure a bundle made of this run with `dermsplit leakage`."
    )
