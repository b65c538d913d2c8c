"""What a run leaves to be read: metrics.json, plots and report.md."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dermsplit_training.evaluation.metrics import METRICS_FILE, Metrics
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.report import report_run
from dermsplit_training.evaluation.wording import bracketed, markdown_table, short
from dermsplit_training.recipe import Recipe
from dermsplit_training.recipe_file import parse_recipe
from tests.training.evaluation.conftest import DIAGNOSES, UNKNOWN, draw_inputs, draw_outcome, saying

ROWS = [{"epoch": float(epoch), "loss": 1 / epoch, "validation_auc": 0.8, "seconds": 30.0} for epoch in (1, 2, 3)]


def recipe() -> Recipe:
    fields = {"name": "drawn", "description": "Answers that were drawn.", "data": {"sets": ["HAM10000", "PAD-UFES-20"]}}
    return parse_recipe(fields)


def report(directory: Path, network: Outcome, baseline: Outcome | None = None, **changes: object) -> Metrics:
    settings = {
        "leaks": (0, 0),
        "split_sha256": "ab" * 32,
        "parameters": 410_000,
        "rows": ROWS,
        "embeddings": np.random.default_rng(0).normal(size=(len(network.pictures), 8)).astype(np.float32),
        "inputs": draw_inputs(network),
        **changes,
    }
    return report_run(directory, recipe(), network, baseline, **settings)


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Metrics]:
    directory = tmp_path_factory.mktemp("run")
    return directory, report(directory, draw_outcome(), draw_outcome(skill=1.0, model="baseline"), leaks=(5, 9))


def test_metrics_parse_back(reported: tuple[Path, Metrics]) -> None:
    directory, metrics = reported
    text = (directory / METRICS_FILE).read_text(encoding="utf-8")
    assert Metrics.model_validate_json(text) == metrics
    assert "null" not in json.dumps(json.loads(text)["parts"])
    assert not list(directory.glob("*.part"))
    assert (metrics.run, metrics.classes, metrics.malignant) == ("drawn", ["benign", "malignant"], ["malignant"])
    assert (metrics.split_by, metrics.leaked_groups, metrics.leaked_test_images) == ("group", 5, 9)
    found = [(one.model, one.part, one.data_set) for one in metrics.parts]
    assert len(set(found)) == len(found) == 2 * 3 * 3


def test_report_says_what_metrics_say(reported: tuple[Path, Metrics]) -> None:
    directory, metrics = reported
    text = (directory / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# drawn\n\nAnswers that were drawn.\n")
    assert "410,000 parameters, 3 epochs in 1.5 min. Split by group, hash abababababab" in text
    assert text.index("## Warnings") < text.index("9 of 80 test images show a lesion") < text.index("## Test part")
    test = [one for one in metrics.parts if one.part == "test"]
    for name, figures in (
        ("accuracy", [one.accuracy for one in test]),
        ("AUC, malignant", [one.malignancy.auc for one in test]),
        ("sensitivity at sensitivity_90", [one.malignancy.operating_results[0].sensitivity for one in test]),
    ):
        assert f"| {name} | {' | '.join(map(bracketed, figures))} |" in text
    assert text.index("## Test part") < text.index("## Validation part") < text.index("## Train part")
    assert "macro AUC" not in text  # of two classes it is the AUC
    assert json.loads(text.split("```json\n")[1].split("```")[0]) == recipe().model_dump(mode="json")
    assert re.search(r"Made with python 3\.\d+", text)


def test_report_embeds_the_plots_that_are_there(reported: tuple[Path, Metrics]) -> None:
    directory, _ = reported
    text = (directory / "report.md").read_text(encoding="utf-8")
    embedded = re.findall(r"!\[.*?\]\((.*?)\)", text)
    assert sorted(embedded) == sorted(f"plots/{path.name}" for path in (directory / "plots").iterdir())
    names = ("history", "roc", "precision_recall", "confusion", "reliability", "subgroups", "gallery", "lookalikes")
    assert embedded == [f"plots/{name}.png" for name in names]
    for name in embedded:
        with Image.open(directory / name) as image:
            low, high = np.array(image.convert("L")).min(), np.array(image.convert("L")).max()
            assert high - low > 100
    assert text.index("These show patients' images.") < text.index("plots/gallery.png")


def test_report_tells_the_lookalikes(reported: tuple[Path, Metrics]) -> None:
    text = (reported[0] / "report.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r"\| \d \| `", line)]
    assert len(lines) == 8
    for line in lines:
        assert re.search(r"`[\w/-]+\.jpg`, is benign, said (benign|malignant) [01]\.\d\d, (right|wrong) \|", line)


def test_a_model_that_calls_everything_benign_is_found_out(tmp_path: Path) -> None:
    network = draw_outcome()
    benign = saying(network, np.tile([0.9, 0.1], (len(network.pictures), 1)))
    metrics = report(tmp_path, benign, rows=[], embeddings=None)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    sentence = re.search(
        r"On HAM10000, it calls every malignant image benign: "
        r"sensitivity 0 with accuracy 0\.\d+, which is the majority rate\.",
        text,
    )
    assert sentence
    assert metrics.warnings[0] == sentence[0]
    assert text.index(sentence[0]) < text.index("## Test part")
    assert "history.png" not in text
    assert "lookalikes.png" not in text


@pytest.mark.parametrize("classes", [DIAGNOSES, UNKNOWN], ids=["diagnosis", "not known"])
def test_classes(classes: object, tmp_path: Path) -> None:
    metrics = report(tmp_path, draw_outcome(classes))
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    whole = next(one for one in metrics.parts if (one.part, one.data_set) == ("test", "all"))
    assert "| macro AUC |" in text
    assert ("AUC, malignant" in text) == ("## Operating points" in text) == bool(classes.malignant)
    for one in whole.classes:
        assert f"| {one.label} | {one.images} | {one.precision:.3f} | {one.recall:.3f} | {one.f1:.3f} |" in text
    for name, row in zip(classes.names, whole.confusion, strict=True):
        assert f"| {name} | {' | '.join(map(str, row))} |" in text
    assert Metrics.model_validate_json((tmp_path / METRICS_FILE).read_bytes()) == metrics


def test_figures_in_words() -> None:
    assert [short(value) for value in (0, 1, 0.98, 0.9836, 0.0004, 0.9999)] == [
        *("0", "1", "0.98", "0.984"),
        *("under 0.001", "over 0.999"),
    ]
    assert bracketed(None) == "–"
    assert markdown_table(["a", "b"], [["x|y", "1\n2"]]) == "| a | b |\n| :-- | --: |\n| x\\|y | 1 2 |\n"
