"""The gate: fitted on vectors of real pictures and of negatives, made of layers that can be laid on the network."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_training.gate.distances import NEITHER, Distances, Vectors, fit_distances, fixed_dense
from dermsplit_training.learning.infer import jit_compile

HELD_IN = 6.0
"""Standardised values are held within so many deviations, that no single one decides."""
HIDDEN = 256
SAID = "gate_said"
"""The layer of the small network's logits, whose bias the threshold is set by."""
BATCH = 128
MOST_EPOCHS = 200
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 1e-3
L2 = 1e-4
DROPOUT = 0.3
BEYOND = 1.5
"""Times the largest distance of a real training picture, from which a picture is too far whatever else is said."""
STEEPNESS = 20.0
"""How fast the logit of neither grows from there on, by that largest distance."""


def build_gate(distances: Distances) -> keras.Model:
    """The gate, not trained yet: ``vectors`` float32 [N, G] -> logits float32 [N, 3], as ``lay_gate``."""
    vectors = keras.Input(distances.mean.shape, name="vectors")
    return keras.Model(vectors, lay_gate(vectors, distances), name="gate")


def lay_gate(vectors: Any, distances: Distances) -> Any:
    """Lay the gate on symbolic vectors [N, G]: logits float32 [N, 3] in the order of the domains.

    A small dense network on the standardised vectors and the distances. Beyond any distance that a real picture had,
    neither wins whatever that network says: ReLU networks are surest far away from all that they know (Hein et al.
    2019).
    """
    scaled, squares = distances.lay(vectors)
    # From -6..6 to 0..12: what is not held in 0..12 has no layer of its own.
    raised = keras.layers.Rescaling(1.0, offset=HELD_IN, name="gate_raised")(scaled)
    held = keras.layers.ReLU(max_value=2 * HELD_IN, name="gate_held")(raised)
    every = keras.layers.Concatenate(name="gate_squares")(squares)
    times = fixed_dense(every, np.diag(1 / distances.middle[[0, 0, 1]]), None, "gate_times_middle")
    near = keras.layers.Activation("softsign", name="gate_near")(times)
    known = keras.layers.Concatenate(name="gate_known")([held, near])
    known = keras.layers.Dropout(DROPOUT, name="gate_dropout")(known)
    penalty = keras.regularizers.L2(L2)
    flowing = keras.layers.Dense(HIDDEN, "relu", kernel_regularizer=penalty, name="gate_hidden")(known)
    said = keras.layers.Dense(3, name=SAID)(flowing)
    return keras.layers.Add(name="gate_logits")([said, _too_far(squares, distances)])


def fit_gate(
    vectors: Vectors, kinds: NDArray[np.int64], weights: NDArray[np.float32], steps: int, seed: int
) -> tuple[keras.Model, Distances]:
    """Fit the gate in ``steps`` batches to vectors [n, G] of ``kinds`` [n], in the domains' order, with weights [n].

    That it learns from pictures that are none of the domains' is outlier exposure (Hendrycks et al. 2019).
    """
    keras.utils.set_random_seed(seed)
    real = kinds != NEITHER
    distances = fit_distances(vectors[real], kinds[real])
    gate = build_gate(distances)
    an_epoch = -(-len(vectors) // BATCH)
    epochs = min(-(-steps // an_epoch), MOST_EPOCHS)
    schedule = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, epochs * an_epoch)
    gate.compile(
        keras.optimizers.AdamW(schedule, weight_decay=WEIGHT_DECAY),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=jit_compile(),
    )
    gate.fit(vectors, kinds, sample_weight=weights, batch_size=BATCH, epochs=epochs, verbose=0)
    return gate, distances


def _too_far(squares: list[Any], distances: Distances) -> Any:
    """What is added to the logits [N, 3]: nothing near real pictures, beyond them ever more to neither's."""
    nearer = keras.layers.Minimum(name="gate_nearer")(squares[:2])
    both = keras.layers.Concatenate(name="gate_nearer_and_rest")([nearer, squares[2]])
    bias = np.full(2, -BEYOND, dtype=np.float32)
    times = fixed_dense(both, np.diag(1 / distances.furthest), bias, "gate_times_furthest")
    beyond = keras.layers.ReLU(name="gate_beyond")(times)
    to_neither = np.zeros((2, 3), dtype=np.float32)
    to_neither[:, NEITHER] = STEEPNESS
    return fixed_dense(beyond, to_neither, None, "gate_too_far")
