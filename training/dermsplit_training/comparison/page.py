"""A comparison in words and tables."""

from dermsplit_training.comparison.comparison import CURVE_FILE, LOSSES_FILE, PLOT_FILE, Comparison
from dermsplit_training.comparison.document import UNKNOWN, Block, Cell, Grid, Heading, Image, Points
from dermsplit_training.comparison.inflation import Inflation
from dermsplit_training.comparison.rows import Figure, Row
from dermsplit_training.data.split import PARTS, Part

LEGEND = (
    "In square brackets the 95% interval of one run (bootstrap over lesions or patients); in round ones the smallest "
    "and the largest value of several seeds, behind their mean. Majority: the accuracy of always answering the "
    "commonest class of that part. Balanced accuracy, AUC, sensitivity and specificity are of the test part, the last "
    "two at the first operating point; its threshold was chosen on validation, so the rows' sensitivities differ, and "
    "specificity at 95% sensitivity is what to compare. MACs: multiply-accumulates of the whole network for one "
    "input. Best cut: the fewest feature bytes (UINT8) of one input, among cuts behind a convolution and before the "
    "pooling whose head is a download of at most 3 MB (float32 weights)."
)

MOST_WARNINGS = 3
"""Of a row, the worst first."""


def describe(comparison: Comparison) -> list[Block]:
    """The whole page."""
    page: list[Block] = [Heading("Comparison", 1), _about_splits(comparison), _grid(comparison), LEGEND]
    if notes := _notes(comparison):
        page.append(Points(notes))
    page.append(Image(PLOT_FILE, "Test accuracy of each recipe, with the majority rate"))
    if comparison.inflation:
        page.append(Heading("Inflation"))
        for pair in comparison.inflation:
            page += [_pair_grid(pair, comparison.auc_name), pair.sentence]
    if comparison.curve:
        page += [Heading("Learning curve"), _curve_grid(comparison)]
        page.append(Image(CURVE_FILE, "Test figures against the number of train images of a class"))
    page += [Heading("How they learned"), Image(LOSSES_FILE, "Training and validation loss of each run, by epoch")]
    return page


def _about_splits(comparison: Comparison) -> str:
    hashes = sorted({found[:12] for row in comparison.rows for found in row.split_sha256})
    changed = [row.label for row in comparison.rows if len(row.split_sha256) > 1]
    if changed:
        return f"The images changed between the runs of {', '.join(changed)}: they do not share one split."
    if len(comparison.splits) == 1:
        what = f"one split ({hashes[0]})" if len(hashes) == 1 else "one validation and one test part"
        return f"All runs share {what}: the rows may be compared."
    groups = [f"{', '.join(row.label for row in rows)} ({rows[0].split_sha256[0][:12]})" for rows in comparison.splits]
    listed = "; ".join(groups)
    return f"These runs do not share one split, so a difference between rows may come from the split: {listed}."


def _grid(comparison: Comparison) -> Grid:
    header = ["recipe", *(f"{part} accuracy" for part in PARTS), "balanced accuracy", comparison.auc_name]
    header += [
        "sensitivity",
        "specificity",
        "specificity at 95% sensitivity",
        "parameters",
        "M MACs",
        "best cut",
        "head KB",
        "feature bytes",
    ]
    return Grid(header, [[_label(row), *_figures(row), *_costs(row)] for row in comparison.rows])


def _label(row: Row) -> Cell:
    seeds = f"seeds {', '.join(map(str, row.seeds))}" if len(row.seeds) > 1 else f"seed {row.seeds[0]}"
    return row.label, f"({seeds})"


def _figures(row: Row) -> list[Cell]:
    test = row.test
    accuracies = [_accuracy(row, part) for part in PARTS]
    others = (test.balanced_accuracy, test.auc, test.sensitivity, test.specificity, test.specificity_at_95)
    return [*accuracies, *(_cell(one) for one in others)]


def _accuracy(row: Row, part: Part) -> Cell:
    """Never without what always answering the commonest class would give."""
    if part not in row.parts:
        return UNKNOWN
    found = row.parts[part]
    return *found.accuracy.lines, f"majority {found.majority_rate:.3f}"


def _cell(figure: Figure | None) -> Cell:
    return figure.lines if figure else UNKNOWN


def _costs(row: Row) -> list[Cell]:
    costs, cut = row.costs, row.costs.cut
    macs = UNKNOWN if costs.macs is None else (f"{costs.macs / 1e6:,.1f}",)
    if cut is None:
        return [(f"{row.parameters:,}",), macs, UNKNOWN, UNKNOWN, UNKNOWN]
    at_cut: list[Cell] = [(cut.layer,), (f"{cut.head_download_bytes / 1000:,.1f}",), (f"{cut.feature_bytes:,}",)]
    return [(f"{row.parameters:,}",), macs, *at_cut]


def _notes(comparison: Comparison) -> list[str]:
    notes = []
    for row in comparison.rows:
        more = len(row.warnings) - MOST_WARNINGS
        notes += [f"{row.label}: {warning}" for warning in row.warnings[:MOST_WARNINGS]]
        notes += [f"{row.label}: {more} more in the reports of its runs."] if more > 0 else []
    if not comparison.malignant:
        notes.append("Which classes are malignant is not known: no sensitivity, no specificity, and a macro AUC.")
    whys = dict.fromkeys(row.costs.why for row in comparison.rows if row.costs.why)
    for why in whys:
        labels = [row.label for row in comparison.rows if row.costs.why == why]
        notes.append(f"No best cut for {', '.join(labels)}: {why}")
    return notes + [f"Missing: {failure}" for failure in comparison.failed]


def _pair_grid(pair: Inflation, auc_name: str) -> Grid:
    published, grouped = pair.published, pair.grouped
    before, after = published.test, grouped.test
    figures = {
        "accuracy": (_cell(before.accuracy), _cell(after.accuracy), pair.accuracy),
        "majority rate": ((f"{before.majority_rate:.3f}",), (f"{after.majority_rate:.3f}",), pair.majority_rate),
        "balanced accuracy": (_cell(before.balanced_accuracy), _cell(after.balanced_accuracy), pair.balanced_accuracy),
        auc_name: (_cell(before.auc), _cell(after.auc), pair.auc),
        "validation accuracy": (
            _accuracy(published, "validation"),
            _accuracy(grouped, "validation"),
            pair.validation_accuracy,
        ),
    }
    counts = {
        "test images": (before.images, after.images),
        "groups in several parts": (published.leaked_groups, grouped.leaked_groups),
        "test images whose group is in train": (published.leaked_test_images, grouped.leaked_test_images),
    }
    rows: list[list[Cell]] = []
    for name, (one, other, difference) in figures.items():
        rows.append([(name,), one, other, UNKNOWN if difference is None else (f"{round(difference, 3) + 0.0:+.3f}",)])
    rows += [[(name,), (f"{one:,}",), (f"{other:,}",), ("",)] for name, (one, other) in counts.items()]
    return Grid([pair.name, "as published", "grouped", "difference"], rows)


def _curve_grid(comparison: Comparison) -> Grid:
    header = ["recipe", "images a class", "train images", "test accuracy", "balanced accuracy", comparison.auc_name]
    rows: list[list[Cell]] = []
    for series, found in comparison.curve.items():
        for row in found:
            train = (str(row.parts["train"].images),) if "train" in row.parts else UNKNOWN
            figures = [_accuracy(row, "test"), _cell(row.test.balanced_accuracy), _cell(row.test.auc)]
            rows.append([(series,), (str(row.train_per_class),), train, *figures])
    return Grid(header, rows)
