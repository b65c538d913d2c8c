"""The gate, fitted on tensors of real pictures and of negatives."""

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_training.gate.distances import NEITHER, fit_distances
from dermsplit_training.gate.layers import MEMBERS, Known, lay_gate, members_of
from dermsplit_training.gate.surface import fit_surface
from dermsplit_training.learning.infer import jit_compile
from dermsplit_training.progress_bar import console

Tensors = NDArray[np.float32]

BATCH = 512
MOST_EPOCHS = 200
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 5e-2


def build_gate(known: Known) -> keras.Model:
    """The gate, not trained yet: ``crossing`` float32 [N, ...] -> logits float32 [N, 3], as ``lay_gate``."""
    crossing = keras.Input(known.shape, name="crossing")
    return keras.Model(crossing, lay_gate(crossing, known), name="gate")


def fit_gate(
    tensors: Tensors, kinds: NDArray[np.int64], weights: NDArray[np.float32], steps: int, seed: int
) -> tuple[keras.Model, Known]:
    """Fit each small network of the gate in ``steps`` batches to vectors [n, G] or maps [n, H, W, C].

    They are of ``kinds`` [n], in the domains' order, with weights [n]. That it learns from pictures that are none of
    the domains' is outlier exposure (Hendrycks et al. 2019); that several are averaged which differ by chance alone, a
    deep ensemble (Lakshminarayanan et al. 2017).
    """
    keras.utils.set_random_seed(seed)
    real = kinds != NEITHER
    known: Known = fit_surface(tensors[real]) if tensors.ndim == 4 else fit_distances(tensors[real], kinds[real])
    gate = build_gate(known)
    if tensors.ndim == 4:
        # A lesion mirrored is one; the head sees it mirrored too, nearly enough.
        tensors = np.concatenate([tensors, tensors[:, :, ::-1]])
        kinds, weights = np.tile(kinds, 2), np.tile(weights, 2)
    an_epoch = -(-len(tensors) // BATCH)
    epochs = min(-(-steps // an_epoch), MOST_EPOCHS)
    for number, member in enumerate(members_of(gate), start=1):
        console.print(f"Gate: network {number} of {MEMBERS}")
        schedule = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, epochs * an_epoch)
        member.compile(
            keras.optimizers.AdamW(schedule, weight_decay=WEIGHT_DECAY),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=jit_compile(),
        )
        member.fit(tensors, kinds, sample_weight=weights, batch_size=BATCH, epochs=epochs, verbose=0)
    return gate, known
