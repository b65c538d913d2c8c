"""Run directories written by hand, with figures that a test chooses."""

from pathlib import Path
from typing import Any

from dermsplit_contract.measures import Interval, OperatingResult
from dermsplit_contract.run import MODEL_FILE, RUN_FILE, Run
from dermsplit_training.evaluation.metrics import METRICS_FILE, MalignancyMetrics, Metrics, PartMetrics, SpecificityAt
from dermsplit_training.learning.state import HISTORY_FILE
from dermsplit_training.recipe import Recipe
from tests.training.conftest import tiny_recipe

MAJORITY = {"train": 0.66, "validation": 0.68, "test": 0.67}


def around(value: float, reach: float = 0.02) -> Interval:
    return Interval(value=value, low=value - reach, high=value + reach)


def named(name: str, seed: int = 1, size: int = 0, **sections: dict[str, Any]) -> Recipe:
    split = {"train_per_class": size, **sections.pop("split", {})}
    return tiny_recipe({"split": split, **sections}, seed=seed).model_copy(update={"name": name})


def part_metrics(part: str, accuracy: float, malignant: bool = True, **changes: Any) -> PartMetrics:
    """One part whose AUC is 0.1 and balanced accuracy 0.05 below its accuracy."""
    malignancy = MalignancyMetrics(
        malignant_images=33,
        auc=around(accuracy - 0.1),
        average_precision=around(0.5),
        partial_auc=around(0.5),
        operating_results=[
            OperatingResult(operating_point="sensitivity_95", sensitivity=around(0.95), specificity=around(0.4)),
            OperatingResult(operating_point="sensitivity_90", sensitivity=around(0.90), specificity=around(0.5)),
        ],
        specificity_at=[SpecificityAt(sensitivity=0.95, specificity=around(0.45))],
        sensitivity_by_class=around(0.7),
        calibration_error=around(0.05),
        calibration_error_before=around(0.05),
    )
    fields: dict[str, Any] = {
        "model": "network",
        "data_set": "all",
        "part": part,
        "images": 100,
        "groups": 80,
        "majority_class": "benign",
        "majority_rate": MAJORITY[part],
        "accuracy": around(accuracy),
        "balanced_accuracy": around(accuracy - 0.05),
        "macro_auc": around(0.77),
        "classes": [],
        "confusion": [],
        "malignancy": malignancy if malignant else None,
        **changes,
    }
    return PartMetrics(**fields)


def write_run(directory: Path, recipe: Recipe, test_accuracy: float, **changes: Any) -> Path:
    """Write run.json, metrics.json, two epochs of history.csv and an empty model.keras.

    Train accuracy is 0.99, validation accuracy 0.01 above test. ``changes`` go over the fields of metrics.json.
    """
    fields: dict[str, Any] = {
        "run": recipe.name,
        "classes": ["benign", "malignant"],
        "malignant": ["malignant"],
        "split_sha256": "a" * 64,
        "split_by": recipe.split.by,
        "leaked_groups": 0,
        "leaked_test_images": 0,
        "parameters": 412770,
        "warnings": [],
        "parts": [
            part_metrics("train", 0.99),
            part_metrics("validation", test_accuracy + 0.01),
            part_metrics("test", test_accuracy),
            part_metrics("test", 0.123, data_set="HAM10000"),
            part_metrics("test", 0.321, model="baseline"),
        ],
        "subgroups": [],
        **changes,
    }
    metrics = Metrics(**fields)
    run = Run(
        name=recipe.name,
        recipe=recipe.model_dump(mode="json"),
        backbone="mobilenet_v2_0.35",
        input_size=recipe.network.input_size,
        labels=metrics.classes,
        malignant=metrics.malignant,
        temperature=1.0,
        prevalence=0.33,
        operating_points=[],
        evaluations=[],
        data=[],
        weights_licence="none",
        epochs=1,
        best_epoch=1,
        seconds=60.0,
        split_sha256=metrics.split_sha256,
        versions={},
        calibration_images=[],
    )
    directory.mkdir(parents=True)
    (directory / RUN_FILE).write_text(run.model_dump_json())
    (directory / METRICS_FILE).write_text(metrics.model_dump_json())
    (directory / HISTORY_FILE).write_text("epoch,loss,validation_loss\n1.0,0.7,0.6\n2.0,0.5,0.55\n")
    (directory / MODEL_FILE).touch()
    return directory
