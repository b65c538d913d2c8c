"""report.md: a run in words and tables, what must be known before the figures first."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from dermsplit_training.data.split import PARTS
from dermsplit_training.evaluation.lookalikes import Lookalikes
from dermsplit_training.evaluation.metrics import METRICS_FILE, MalignancyMetrics, Metrics, PartMetrics
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.versions import installed_versions
from dermsplit_training.evaluation.wording import NONE, bracketed, decimals, markdown_table
from dermsplit_training.recipe import Recipe

REPORT_FILE = "report.md"
PLOTS_FOLDER = "plots"
OF_PATIENTS = ("gallery.png", "lookalikes.png")
TITLES = {
    "history.png": "How it learned",
    "roc.png": "ROC",
    "precision_recall.png": "Precision and recall",
    "confusion.png": "Confusion",
    "reliability.png": "Reliability",
    "subgroups.png": "Subgroups",
    "gallery.png": "Right and wrong answers it was surest of",
    "lookalikes.png": "Look-alikes",
}


def write_report(
    directory: Path,
    recipe: Recipe,
    metrics: Metrics,
    network: Outcome,
    rows: Sequence[dict[str, float]],
    plots: Sequence[Path],
    pairs: Sequence[Lookalikes],
) -> Path:
    """Write report.md into the run directory and return its path.

    ``network`` is the outcome that ``metrics`` were measured from and ``pairs`` point into; ``rows`` are those of
    history.csv; ``plots`` are embedded in their order, by paths relative to the report.
    """
    sections = [
        _head(recipe, metrics, rows),
        _warnings(metrics),
        *(_part(metrics, part) for part in reversed(PARTS)),
        _operating_points(network),
        _classes(metrics),
        _subgroups(metrics),
        _plots(directory, [plot for plot in plots if plot.name not in OF_PATIENTS]),
        _pictures(directory, [plot for plot in plots if plot.name in OF_PATIENTS], network, pairs),
        _recipe(recipe),
    ]
    path = directory / REPORT_FILE
    path.write_text("\n".join(section for section in sections if section), encoding="utf-8")
    return path


def _head(recipe: Recipe, metrics: Metrics, rows: Sequence[dict[str, float]]) -> str:
    network = recipe.network
    minutes = sum(row.get("seconds", 0) for row in rows) / 60
    epochs = f", {len(rows)} epochs in {minutes:.1f} min" if rows else ""
    lines = [f"# {recipe.name}\n"]
    if recipe.description:
        lines.append(f"{recipe.description}\n")
    lines.append(
        f"{network.backbone}, {network.input_size} px, {metrics.parameters:,} parameters{epochs}. "
        f"Split by {metrics.split_by}, hash {metrics.split_sha256[:12]}. Figures in brackets "
        f"are 95% intervals, drawn by lesion or patient. All figures are in `{METRICS_FILE}` too.\n"
    )
    return "\n".join(lines)


def _warnings(metrics: Metrics) -> str:
    if not metrics.warnings:
        return "## Warnings\n\nNone of the things that are looked for was found.\n"
    return "## Warnings\n\n" + "".join(f"- **{warning}**\n" for warning in metrics.warnings)


def _part(metrics: Metrics, part: str) -> str:
    found = [one for one in metrics.parts if one.part == part]
    if not found:
        return ""
    rows = [[name, *(say(one) for one in found)] for name, say in _measures(found)]
    rows = [row for row in rows if any(cell != NONE for cell in row[1:])]
    return f"## {part.capitalize()} part\n\n" + markdown_table(
        ["", *(f"{one.data_set}, {one.model}" for one in found)], rows
    )


def _measures(found: Sequence[PartMetrics]) -> list[tuple[str, Callable[[PartMetrics], str]]]:
    """The rows of a part's table: a name, and what it says of each column."""
    points = next((one.malignancy.operating_results for one in found if one.malignancy), [])
    measures: list[tuple[str, Callable[[PartMetrics], str]]] = [
        ("images", lambda one: f"{one.images:,}"),
        ("lesions or patients", lambda one: f"{one.groups:,}"),
        ("accuracy", lambda one: bracketed(one.accuracy)),
        ("majority rate", lambda one: f"{one.majority_rate:.3f} (always {one.majority_class})"),
        ("balanced accuracy", lambda one: bracketed(one.balanced_accuracy)),
        ("macro AUC", lambda one: bracketed(one.macro_auc if len(one.classes) > 2 else None)),
        ("malignant images", _malignancy(lambda own: f"{own.malignant_images:,}")),
        ("AUC, malignant", _malignancy(lambda own: bracketed(own.auc))),
        ("average precision", _malignancy(lambda own: bracketed(own.average_precision))),
        ("partial AUC above 80% sensitivity", _malignancy(lambda own: bracketed(own.partial_auc))),
    ]
    for position, at in enumerate(next((one.malignancy.specificity_at for one in found if one.malignancy), [])):
        measures.append((f"specificity where sensitivity is {at.sensitivity:.0%} here", _specificity_at(position)))
    for position, point in enumerate(points):
        measures += [
            (f"sensitivity at {point.operating_point}", _result(position, "sensitivity")),
            (f"specificity at {point.operating_point}", _result(position, "specificity")),
        ]
    return [
        *measures,
        ("sensitivity of its own answers", _malignancy(lambda own: bracketed(own.sensitivity_by_class))),
        ("calibration error", _malignancy(lambda own: bracketed(own.calibration_error))),
        ("calibration error before calibration", _malignancy(lambda own: bracketed(own.calibration_error_before))),
    ]


def _malignancy(say: Callable[[MalignancyMetrics], str]) -> Callable[[PartMetrics], str]:
    return lambda one: say(one.malignancy) if one.malignancy else NONE


def _result(position: int, name: str) -> Callable[[PartMetrics], str]:
    return _malignancy(lambda own: bracketed(getattr(own.operating_results[position], name)))


def _specificity_at(position: int) -> Callable[[PartMetrics], str]:
    return _malignancy(lambda own: bracketed(own.specificity_at[position].specificity))


def _operating_points(network: Outcome) -> str:
    if not network.points:
        return ""
    rows = [
        [point.name, domain, f"{threshold:.6f}", decimals(point.target_sensitivity), point.chosen_on]
        for point in network.points
        for domain, threshold in (point.thresholds or {"any": point.threshold}).items()
    ]
    return "## Operating points\n\n" + markdown_table(
        ["", "domain", "threshold", "target sensitivity", "chosen on"], rows
    )


def _classes(metrics: Metrics) -> str:
    test = [one for one in metrics.parts if one.part == "test" and one.model == metrics.parts[0].model][-1]
    about = [
        [one.label, f"{one.images:,}", decimals(one.precision), decimals(one.recall), decimals(one.f1)]
        for one in test.classes
    ]
    confusion = [
        [name, *(f"{count:,}" for count in row)] for name, row in zip(metrics.classes, test.confusion, strict=True)
    ]
    return (
        f"## Classes\n\nThe network on the test part, {test.data_set}, by its own answers (the class of the highest "
        "logit).\n\n"
        + markdown_table(["class", "images", "precision", "recall", "F1"], about)
        + "\nRows are the true class, columns the answer.\n\n"
        + markdown_table(["", *metrics.classes], confusion)
    )


def _subgroups(metrics: Metrics) -> str:
    if not metrics.subgroups:
        return ""
    rows = [
        [
            f"{one.data_set}, {one.field.replace('_', ' ')}: {one.value}",
            f"{one.images:,}",
            f"{one.malignant_images:,}",
            bracketed(one.auc),
            bracketed(one.sensitivity),
            bracketed(one.specificity),
        ]
        for one in metrics.subgroups
    ]
    header = ["", "images", "malignant", "AUC", "sensitivity", "specificity"]
    return (
        "## Subgroups\n\nThe network on the test part, at the first operating point. A dash stands where there are "
        "fewer than five images to tell from. An interval without width, as where all of a few images were told right, "
        "says nothing: go by the number of images.\n\n" + markdown_table(header, rows)
    )


def _plots(directory: Path, plots: Sequence[Path]) -> str:
    return "## Plots\n\n" + "\n".join(_embedded(directory, plot) for plot in plots)


def _pictures(directory: Path, plots: Sequence[Path], network: Outcome, pairs: Sequence[Lookalikes]) -> str:
    text = (
        "## Pictures\n\n**These show patients' images. They are in this run directory alone, and in no bundle: do not "
        "publish them, and mind the licence of the data.**\n\n"
        + "\n".join(_embedded(directory, plot) for plot in plots)
    )
    if not pairs:
        return text
    rows = [
        [str(number), *(_said(network, index) for index in (pair.first, pair.second)), f"{pair.distance:.3f}"]
        for number, pair in enumerate(pairs, start=1)
    ]
    about = (
        "Pairs of test pictures of different kinds whose pooled features are nearest by cosine distance, each picture "
        "in one pair at most."
    )
    return f"{text}\n{about}\n\n" + markdown_table(["pair", "one", "the other", "distance"], rows)


def _said(network: Outcome, index: int) -> str:
    names = network.classes.names
    label = network.classes.label_of(network.pictures[index])
    answer = int(network.answers[index])
    verdict = "right" if label == answer else "wrong"
    probability = network.own_probabilities[index, answer]
    image = f"`{network.pictures[index].path}`"
    return f"{image}, is {names[label]}, said {names[answer]} {probability:.2f}, {verdict}"


def _embedded(directory: Path, plot: Path) -> str:
    relative = Path(os.path.relpath(plot, directory)).as_posix()
    return f"### {TITLES[plot.name]}\n\n![{TITLES[plot.name]}]({relative})\n"


def _recipe(recipe: Recipe) -> str:
    made = ", ".join(f"{name} {number}" for name, number in installed_versions().items())
    return f"## Recipe\n\n```json\n{recipe.model_dump_json(indent=2)}\n```\n\nMade with {made}.\n"
