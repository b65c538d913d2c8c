"""A gate for a finished run, or another one, without training again."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dermsplit_contract.errors import RunInvalid
from dermsplit_contract.run import RUN_FILE, Run, read_run
from dermsplit_training.evaluation.finish import finish_run
from dermsplit_training.evaluation.reevaluate import load_network, prepare_again
from dermsplit_training.gate.attach import without_gate
from dermsplit_training.learning.examples import examples_of
from dermsplit_training.learning.state import HISTORY_FILE, begin_run, read_history
from dermsplit_training.networks.network import LOGITS
from dermsplit_training.recipe_file import lay_over, parse_recipe


def regate(directory: Path, data: Path, out: Path, cache: Path, settings: Sequence[str] = ()) -> Run:
    """Give the network of a run a gate and a calibration by domain, and leave a complete run in ``out``.

    ``out`` may be the run's own directory. Settings such as ``gate.images=200`` are laid over the run's recipe. The
    baseline, if the run had one, is not there to be measured again: its evaluations in run.json are kept. Raises
    RunInvalid, RecipeInvalid, or DataInvalid where the images below ``data`` do not give the run's split.
    """
    before = read_run(directory)
    rows = read_history(directory)
    if not rows:
        raise RunInvalid(f"Expected {HISTORY_FILE} in '{directory}', found none or an empty one. Give a whole run.")
    recipe = parse_recipe(lay_over(dict(before.recipe), [*settings, "gate.enabled=true"]))
    prepared = prepare_again(recipe, before, data, cache)
    network = without_gate(load_network(directory))
    kernel, bias = network.get_layer(LOGITS).get_weights()
    if before.shift:
        network.get_layer(LOGITS).set_weights([kernel, bias - np.array(before.shift, dtype=np.float32)])
    out.mkdir(parents=True, exist_ok=True)
    if out != directory:
        (out / HISTORY_FILE).write_bytes((directory / HISTORY_FILE).read_bytes())
    begin_run(out, recipe)
    examples = examples_of(prepared, recipe)
    made = finish_run(
        network, None, examples, prepared, recipe, rows, before.seconds, out, data, cache, before.teachers
    )
    kept = [one for one in before.evaluations if one.model == "baseline"]
    run = made.model_copy(update={"evaluations": [*made.evaluations, *kept]})
    (out / "run.part").write_text(run.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (out / "run.part").replace(out / RUN_FILE)
    return run
