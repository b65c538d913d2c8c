"""The sweep over a finished run's validation pictures, as a table and a file."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from dermsplit_contract.errors import RunInvalid
from dermsplit_contract.run import read_run
from dermsplit_training.evaluation.reevaluate import load_network, prepare_again
from dermsplit_training.evaluation.wording import signed
from dermsplit_training.learning.told import without_told
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe_file import parse_recipe
from dermsplit_training.robustness.decide import decider
from dermsplit_training.robustness.quality import MOST_LOST, Limit, Step, sweep_page_quality
from dermsplit_training.robustness.sweep import draw_shown

QUALITY_FILES = ("quality.json", "quality.md")


def sweep_run_quality(run_directory: Path, data: Path, out: Path, cache: Path, images: int) -> str:
    """Make validation pictures of a run worse, write quality.json and quality.md into ``out``, return the table.

    The validation part, since the limits are chosen by it: the test part has to stay unseen. Raises DataInvalid where
    ``data`` does not give the run's split, RunInvalid where the run has no operating point.
    """
    run = read_run(run_directory)
    if not run.operating_points:
        raise RunInvalid("Expected a run with an operating point, found none. Train it with a validation part.")
    recipe = parse_recipe(dict(run.recipe))
    prepared = prepare_again(recipe, run, data, cache)
    rows = np.sort(prepared.indices("validation"))
    shown = draw_shown(
        [prepared.pictures[row] for row in rows],
        prepared.inputs[rows],
        None,
        images,
        recipe.train.seed,
    )
    malignant = prepared.classes.malignant_indices
    decide = decider(
        without_told(load_network(run_directory)), run.temperature, malignant, run.operating_points[0], run.domains
    )
    with progress_bar() as progress:
        steps, limits = sweep_page_quality(decide, shown, recipe.train.seed, progress)
    phones = int((shown.domains == "phone").sum())
    title = f"{run.name}: {len(shown.pictures)} validation images, {phones} of them phone photos"
    text = f"{title}\n\n{steps_table(steps)}\n\n{limits_table(limits)}\n"
    out.mkdir(parents=True, exist_ok=True)
    document = {"run": run.name, "images": len(shown.pictures), "phone": phones, "most_lost": MOST_LOST}
    document |= {"steps": [asdict(one) | {"lost": one.lost.model_dump()} for one in steps]}
    document |= {"limits": [asdict(one) for one in limits]}
    (out / QUALITY_FILES[0]).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    (out / QUALITY_FILES[1]).write_text(text, encoding="utf-8")
    return text


def steps_table(steps: Sequence[Step]) -> str:
    """In Markdown, a row a step."""
    lines = ["| change | strength | AUC | lost [95%] | the page measures | 5% | median | 95% |"]
    lines.append("|---|--:|--:|--:|---|--:|--:|--:|")
    for one in steps:
        strength = "none" if one.lost.low == one.lost.high == 0 and one.strength == 0 else f"{one.strength:g}"
        lost = "" if strength == "none" else signed(one.lost)
        low, middle, high = one.measured
        name = f"{one.change}, {one.unit}"
        lines.append(
            f"| {name} | {strength} | {one.auc:.3f} | {lost} | {one.measure} | {low:.3g} | {middle:.3g} | {high:.3g} |"
        )
    return "\n".join(lines)


def limits_table(limits: Sequence[Limit]) -> str:
    """In Markdown, a row a change."""
    lines = [f"| change | AUC falls by {MOST_LOST:g} at | the page should speak from |", "|---|--:|--:|"]
    for one in limits:
        at = "no strength tried" if one.strength is None else f"{one.strength:.2f}"
        value = "-" if one.value is None else f"{one.measure} {one.value:.3g}"
        lines.append(f"| {one.change} | {at} | {value} |")
    return "\n".join(lines)
