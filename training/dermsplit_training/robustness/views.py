"""How much a network's answers hang on how the image is turned, which should not matter: AUC by view.

The views are also a steadier measure of the network than the images as they are: the mean of their AUCs counts every
lesion several times, so chance in one view's order weighs less when two networks are compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import RunInvalid
from dermsplit_contract.measures import Interval
from dermsplit_contract.run import Run, read_run
from dermsplit_training.evaluation import resampled
from dermsplit_training.evaluation.bootstrap import Measure, draw_groups, interval
from dermsplit_training.evaluation.calibrate import softmax
from dermsplit_training.evaluation.reevaluate import load_network, prepare_again
from dermsplit_training.evaluation.wording import bracketed, markdown_table, signed
from dermsplit_training.learning.examples import Examples, examples_of
from dermsplit_training.learning.infer import outputs_for, predictor
from dermsplit_training.learning.told import without_told
from dermsplit_training.learning.views import views_of
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe_file import parse_recipe

HEADER = ["run", "domain", "images (malignant)", "as it is", "views", "their mean", "less the first run", "averaged"]


@dataclass(frozen=True)
class ViewedDomain:
    """The AUCs of one network on one domain's validation images."""

    run: str
    """The name of its directory."""
    domain: str
    images: int
    malignant: int
    areas: tuple[float, ...]
    """Of each view by itself, the images as they are first."""
    mean: Interval
    """Of these, with its 95% interval over lesions or patients."""
    less_first: Interval | None
    """This mean less the first run's on the same images; None for the first run."""
    averaged: float
    """Of the mean of the views' log-odds: test-time averaging."""


@dataclass(frozen=True)
class _Seen:
    """Log-odds of malignant by view, float64 [V, N], and what the N images are."""

    run: str
    scores: NDArray[np.float64]
    malignant: NDArray[np.bool_]
    groups: NDArray[np.str_]
    domains: NDArray[np.str_]


def measure_views(runs: Sequence[Path], data: Path, cache: Path, views: int) -> list[ViewedDomain]:
    """Ask the networks of finished runs for their validation images in ``views`` views, a row a run and domain.

    Validation and not test images, since networks are chosen by it. Nothing is told of the person. Raises RunInvalid
    where a run does not tell malignant from benign or the runs have several splits, DataInvalid where ``data`` does
    not give a run's split.
    """
    opened = [read_run(directory) for directory in runs]
    for directory, run in zip(runs, opened, strict=True):
        if not run.operating_points:
            raise RunInvalid(f"Expected runs that tell malignant from benign, '{directory}' does not.")
        if run.split_sha256 != opened[0].split_sha256:
            raise RunInvalid(
                f"Expected runs of one split, '{runs[0]}' has {opened[0].split_sha256[:12]} and '{directory}' "
                f"{run.split_sha256[:12]}: their validation images differ. Measure them one at a time."
            )
    seen = [_look(directory, run, data, cache, views) for directory, run in zip(runs, opened, strict=True)]
    return [_judge(one, seen[0], domain) for one in seen for domain in np.unique(one.domains)]


def views_table(rows: Sequence[ViewedDomain]) -> str:
    """In Markdown, a row a run and domain."""
    cells = [
        [
            row.run,
            row.domain,
            f"{row.images:,} ({row.malignant})",
            f"{row.areas[0]:.3f}",
            f"{min(row.areas):.3f} to {max(row.areas):.3f}",
            bracketed(row.mean),
            signed(row.less_first) if row.less_first else "",
            f"{row.averaged:.3f}",
        ]
        for row in rows
    ]
    return markdown_table(HEADER, cells)


def _look(directory: Path, run: Run, data: Path, cache: Path, views: int) -> _Seen:
    recipe = parse_recipe(dict(run.recipe))
    prepared = prepare_again(recipe, run, data, cache)
    rows = prepared.indices("validation")
    pictures = [prepared.pictures[row] for row in rows]
    examples = examples_of(prepared, recipe)
    metadata = None if examples.metadata is None else examples.metadata[rows]
    network = predictor(without_told(load_network(directory)))
    columns = prepared.classes.malignant_indices
    scores = []
    with progress_bar() as progress:
        for number, view in enumerate(views_of(prepared.inputs[rows], views, np), start=1):
            asked = Examples(view, metadata)
            logits = outputs_for(network, asked, np.arange(len(rows)), progress, f"{directory.name}, view {number}")
            malignant = np.clip(softmax(logits / run.temperature)[:, columns].sum(axis=1), 1e-12, 1 - 1e-12)
            scores.append(np.log(malignant) - np.log1p(-malignant))
    return _Seen(
        run=directory.name,
        scores=np.stack(scores),
        malignant=np.array([bool(picture.malignant) for picture in pictures]),
        groups=np.array([picture.group for picture in pictures]),
        domains=prepared.domains[rows],
    )


def _judge(seen: _Seen, first: _Seen, domain: str) -> ViewedDomain:
    mine = seen.domains == domain
    labels, scores = seen.malignant[mine], seen.scores[:, mine]
    draws = draw_groups(seen.groups[mine])
    mean = _mean_area(labels, scores)
    before = _mean_area(labels, first.scores[:, mine])
    once = np.ones((1, int(mine.sum())))
    return ViewedDomain(
        run=seen.run,
        domain=str(domain),
        images=int(mine.sum()),
        malignant=int(labels.sum()),
        areas=tuple(float(resampled.auc(labels, view)(once)[0]) for view in scores),
        mean=interval(mean, draws),
        less_first=None if seen is first else interval(lambda weights: mean(weights) - before(weights), draws),
        averaged=float(resampled.auc(labels, scores.mean(axis=0))(once)[0]),
    )


def _mean_area(labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> Measure:
    areas = [resampled.auc(labels, view) for view in scores]
    return lambda weights: np.mean([area(weights) for area in areas], axis=0)
