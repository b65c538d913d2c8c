"""The gate's layers on what crosses the cut: a map, or pooled features where no cut was named."""

from typing import Any

import keras
import numpy as np

from dermsplit_training.gate.distances import NEITHER, Distances, Vectors, fixed_dense
from dermsplit_training.gate.surface import Surface

Known = Distances | Surface
"""What is known of real tensors: of vectors [N, G], or of maps [N, H, W, C]."""

HELD_IN = 6.0
"""Standardised values are held within so many deviations, that no single one decides."""
MEMBERS = 4
"""Small networks whose logits are averaged: what one of them has learned by chance, the others have not."""
FILTERS = 96
HIDDEN = {Distances: 256, Surface: 64}
DROPOUT = 0.3
SAID = "gate_said"
"""The layer of the mean logits, whose bias the threshold is set by."""
TOO_FAR = "gate_too_far"
BEYOND = 1.5
"""Times the largest distance of a real training picture, from which a picture is too far whatever else is said."""
STEEPNESS = 20.0
"""How fast the logit of neither grows from there on, by that largest distance."""


def lay_gate(tensor: Any, known: Known) -> Any:
    """Lay the gate on a symbolic tensor [N, ...]: logits float32 [N, 3] in the order of the domains.

    Small networks on what crosses, and the mean of their logits. Beyond any distance that a real picture had, neither
    wins whatever they say: ReLU networks are surest far away from all that they know (Hein et al. 2019). Layers alone
    are used, each with a name of its own: operations get names by themselves, which may collide with those of a network
    that was loaded.
    """
    if isinstance(known, Surface):
        whitened, away = known.lay(tensor)
        held = _held(whitened)
        seen = [_seen_in_map(held, number) for number in range(1, MEMBERS + 1)]
    else:
        vector, away = _seen_in_vector(tensor, known)
        seen = [vector] * MEMBERS
    said = [_said(one, HIDDEN[type(known)], number) for number, one in enumerate(seen, start=1)]
    every = keras.layers.Concatenate(name="gate_said_by_every_member")(said)
    shares = np.tile(np.eye(3, dtype=np.float32) / MEMBERS, (MEMBERS, 1))
    mean = fixed_dense(every, shares, np.zeros(3, dtype=np.float32), SAID)
    return keras.layers.Add(name="gate_logits")([mean, _too_far(away, known.furthest)])


def members_of(gate: keras.Model) -> list[keras.Model]:
    """Each small network of a gate by itself, [N, ...] -> logits float32 [N, 3]; they share the gate's layers."""
    too_far = gate.get_layer(TOO_FAR).output
    outputs = [gate.get_layer(f"{SAID}_{number}").output for number in range(1, MEMBERS + 1)]
    return [keras.Model(gate.inputs, keras.layers.Add()([said, too_far])) for said in outputs]


def _said(seen: Any, hidden: int, number: int) -> Any:
    """One small network's logits [N, 3] of what it has seen [N, F]."""
    seen = keras.layers.Dropout(DROPOUT, name=f"gate_dropout_{number}")(seen)
    flowing = keras.layers.Dense(hidden, "relu", name=f"gate_hidden_{number}")(seen)
    return keras.layers.Dense(3, name=f"{SAID}_{number}")(flowing)


def _seen_in_map(flowing: Any, number: int) -> Any:
    """Two convolutions over the whitened map: their mean and largest values [N, 2 F]."""
    for layer in (1, 2):
        convolution = keras.layers.Conv2D(
            FILTERS, 3, padding="same", activation="relu", name=f"gate_conv_{number}_{layer}"
        )
        flowing = convolution(flowing)
    mean = keras.layers.GlobalAveragePooling2D(name=f"gate_mean_{number}")(flowing)
    largest = keras.layers.GlobalMaxPooling2D(name=f"gate_largest_{number}")(flowing)
    return keras.layers.Concatenate(name=f"gate_seen_{number}")([mean, largest])


def _seen_in_vector(tensor: Any, known: Distances) -> tuple[Any, Any]:
    """The standardised values and the distances by their medians [N, G + 3]; and two distances [N, 2]."""
    scaled, squares = known.lay(tensor)
    every = keras.layers.Concatenate(name="gate_squares")(squares)
    times = fixed_dense(every, np.diag(1 / known.middle[[0, 0, 1]]), None, "gate_times_middle")
    near = keras.layers.Activation("softsign", name="gate_near")(times)
    nearer = keras.layers.Minimum(name="gate_nearer")(squares[:2])
    away = keras.layers.Concatenate(name="gate_nearer_and_rest")([nearer, squares[2]])
    return keras.layers.Concatenate(name="gate_seen")([_held(scaled), near]), away


def _held(tensor: Any) -> Any:
    # From -6..6 to 0..12 and back: what is not held in 0..12 has no layer of its own.
    raised = keras.layers.Rescaling(1.0, offset=HELD_IN, name="gate_raised")(tensor)
    held = keras.layers.ReLU(max_value=2 * HELD_IN, name="gate_held")(raised)
    return keras.layers.Rescaling(1.0, offset=-HELD_IN, name="gate_lowered")(held)


def _too_far(away: Any, furthest: Vectors) -> Any:
    """What is added to the logits [N, 3]: nothing near real pictures, beyond them ever more to neither's."""
    bias = np.full(2, -BEYOND, dtype=np.float32)
    times = fixed_dense(away, np.diag(1 / furthest), bias, "gate_times_furthest")
    beyond = keras.layers.ReLU(name="gate_beyond")(times)
    to_neither = np.zeros((2, 3), dtype=np.float32)
    to_neither[:, NEITHER] = STEEPNESS
    return fixed_dense(beyond, to_neither, None, TOO_FAR)
