"""gate.json: the calibration of each domain, with the error that chance alone would give, and the domain's accuracy."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dermsplit_contract.measures import Interval, Record
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.evaluation.measures import calibration_error
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.gate.calibrate import DOMAINS, DomainCalibration

GATE_FILE = "gate.json"
DRAWS = 2000


class DomainResult(Record):
    """How one domain was calibrated, on validation images, and how that held on test images."""

    domain: str
    temperature: float
    shift: list[float]
    validation_images: int
    test_images: int
    calibration_error: float | None = Field(description="Expected calibration error on the test images, 15 bins")
    by_chance: Interval | None = Field(
        description="What that error would be, on the mean and in 95% of draws, were the calibration perfect"
    )


class GateRecord(Record):
    """What lies in gate.json beside run.json."""

    schema_version: int = 1
    run: str
    domain_accuracy: dict[str, float] = Field(description="By data set, on the test part")
    domains: list[DomainResult]


def describe_domains(outcome: Outcome, calibration: DomainCalibration, prepared: Prepared) -> list[DomainResult]:
    """What is to be said of each domain from the calibrated probabilities of all prepared pictures."""
    parts, results = np.array(prepared.parts), []
    for domain, one in zip(DOMAINS, calibration.each, strict=True):
        own = (prepared.domains == domain) & (parts == "test")
        probabilities = np.clip(outcome.malignant_probabilities[own], 0, 1)
        known = bool(outcome.classes.malignant) and own.any()
        results.append(
            DomainResult(
                domain=domain,
                temperature=one.temperature,
                shift=one.shift.tolist(),
                validation_images=int(((prepared.domains == domain) & (parts == "validation")).sum()),
                test_images=int(own.sum()),
                calibration_error=calibration_error(outcome.malignant[own].astype(int), probabilities)
                if known
                else None,
                by_chance=error_by_chance(probabilities) if known else None,
            )
        )
    return results


def error_by_chance(probabilities: NDArray[np.float64], draws: int = DRAWS, seed: int = 0) -> Interval:
    """The expected calibration error that perfectly calibrated probabilities [N] have by chance alone.

    Labels are drawn by the probabilities again and again (consistency resampling, Broecker and Smith 2007): the mean,
    and the 2.5th and 97.5th percentile. Few images in many bins have a large one: seventy images about 0.1.
    """
    rng = np.random.default_rng(seed)
    labels = rng.random((draws, len(probabilities))) < probabilities
    errors = [calibration_error(drawn.astype(np.int64), probabilities) for drawn in labels]
    low, high = np.percentile(errors, [2.5, 97.5])
    return Interval(value=float(np.mean(errors)), low=float(low), high=float(high))


def write_gate(directory: Path, found: GateRecord) -> Path:
    """Write gate.json into a directory and return its path."""
    unfinished = directory / f"{GATE_FILE}.part"
    unfinished.write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return unfinished.replace(directory / GATE_FILE)
