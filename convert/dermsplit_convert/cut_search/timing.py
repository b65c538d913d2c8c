"""How long head and tail take on this machine, each compiled as one graph as the server runs it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from dermsplit_convert.split import make_head, make_tail

if TYPE_CHECKING:
    import keras

ROUNDS = 9
WARM_UP = 2
SEED = 1

Run = Callable[[], object]


@dataclass(frozen=True)
class Times:
    """Medians in milliseconds, of one input at a time."""

    head_ms: float
    tail_ms: float


def time_cuts(
    model: "keras.Model", layers: Sequence[str], report: Callable[[str], None], rounds: int = ROUNDS
) -> dict[str, Times]:
    """Measure head and tail of each cut, all of them once a round, so that a busy moment is shared by all.

    ``report`` hears what is being done in a few words. The features are the head's own, of a picture of noise: time
    does not depend on what is in it, except that of values too small for a float, which a picture of zeros makes.
    """
    picture = np.random.default_rng(SEED).uniform(0, 255, (1, *model.inputs[0].shape[1:])).astype(np.float32)
    runs: list[Run] = []
    for place, layer in enumerate(layers, start=1):
        report(f"compiling head and tail at {layer} ({place} of {len(layers)})")
        head = make_head(model, layer)
        run_head = _compiled(head, [picture])
        run_tail = _compiled(make_tail(model, layer, temperature=1.0), [np.asarray(run_head())])
        runs += [run_head, run_tail]
    report(f"timing {len(layers)} cuts, {rounds} rounds")
    for _ in range(WARM_UP):
        _round(runs)
    found = np.array([_round(runs) for _ in range(rounds)]).T
    medians = [float(median(row)) for row in found]
    return {
        layer: Times(*pair) for layer, pair in zip(layers, zip(medians[::2], medians[1::2], strict=True), strict=True)
    }


def _round(runs: Sequence[Run]) -> list[float]:
    spent = []
    for run in runs:
        start = time.perf_counter()
        run()
        spent.append((time.perf_counter() - start) * 1000)
    return spent


def _compiled(model: "keras.Model", given: list[Any]) -> Run:
    """One call of a model as a graph of fixed shapes. Inputs that are not given are zeros."""
    import tensorflow as tf

    zeros = [np.zeros((1, *taken.shape[1:]), np.float32) for taken in model.inputs[len(given) :]]
    tensors = [tf.constant(array) for array in (*given, *zeros)]
    taken = tensors if len(tensors) > 1 else tensors[0]
    function = tf.function(lambda inputs: model(inputs, training=False), autograph=False)
    concrete = function.get_concrete_function(taken)
    return lambda: _finished(concrete(taken))


def _finished(results: Any) -> Any:
    # Reading the numbers waits for them, on devices that answer a call before they are done, too.
    return results.numpy() if hasattr(results, "numpy") else [one.numpy() for one in results]
