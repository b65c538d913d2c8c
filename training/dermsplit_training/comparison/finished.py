"""A finished training as it lies on disk: its run.json and its metrics.json."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from dermsplit_contract.errors import RecipeInvalid, RunInvalid
from dermsplit_contract.run import read_run
from dermsplit_training.data.split import Part
from dermsplit_training.evaluation.metrics import ALL, METRICS_FILE, Metrics, PartMetrics
from dermsplit_training.recipe import Recipe
from dermsplit_training.recipe_file import parse_recipe


@dataclass(frozen=True)
class Finished:
    """One finished training, with the recipe as it was run."""

    directory: Path
    name: str
    recipe: Recipe
    seconds: float
    split_sha256: str
    metrics: Metrics

    def part(self, part: Part) -> PartMetrics | None:
        """The network's figures on a part, all data sets together; None where they were not measured."""
        return whole_part(self.metrics, part)


def read_finished(directory: Path) -> Finished:
    """Read a run directory. Raises RunInvalid with one sentence where it is no finished run with figures in it."""
    run = read_run(directory)
    path = directory / METRICS_FILE
    if not path.is_file():
        raise RunInvalid(f"Expected {METRICS_FILE} beside run.json in '{directory}', found none. Train it again.")
    try:
        metrics = Metrics.model_validate_json(path.read_bytes())
        recipe = parse_recipe(run.recipe)
    except (ValidationError, RecipeInvalid) as error:
        raise RunInvalid(f"'{directory}' was made by another version of dermsplit. Train it again.") from error
    if whole_part(metrics, "test") is None:
        raise RunInvalid(f"{METRICS_FILE} in '{directory}' has no figures of the test part. Train it again.")
    return Finished(directory, run.name, recipe, run.seconds, run.split_sha256, metrics)


def whole_part(metrics: Metrics, part: Part) -> PartMetrics | None:
    """The network's figures on a part, all data sets together; None where they were not measured."""
    found = [one for one in metrics.parts if one.model == "network" and one.part == part]
    together = [one for one in found if one.data_set == ALL]
    if together:
        return together[0]
    return found[0] if len(found) == 1 else None


def require_same_classes(runs: Sequence[Finished]) -> None:
    """Raise RunInvalid where two runs tell different classes apart, or count different ones malignant."""
    first = runs[0]
    for other in runs[1:]:
        for what in ("classes", "malignant"):
            mine, theirs = getattr(first.metrics, what), getattr(other.metrics, what)
            if mine != theirs:
                word = "the classes" if what == "classes" else "as malignant classes"
                raise RunInvalid(
                    f"Expected runs of the same classes, but '{first.directory.name}' has {word} {_listed(mine)} and "
                    f"'{other.directory.name}' {_listed(theirs)}. Compare runs that answer the same question."
                )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
