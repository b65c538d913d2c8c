"""The gate from top to bottom: gather real pictures and others, fit, and set the threshold on validation lesions."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.augmentation.layers import build_augmentation
from dermsplit_training.augmentation.presets import Augmentation
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.gate.calibrate import DOMAINS
from dermsplit_training.gate.distances import NEITHER
from dermsplit_training.gate.fit import Tensors, fit_gate
from dermsplit_training.gate.layers import SAID, Known
from dermsplit_training.gate.negatives.features import LEARNED, draw_features
from dermsplit_training.gate.negatives.kinds import DRAWN, MADE, draw, make
from dermsplit_training.gate.reader import Reader
from dermsplit_training.gate.threshold import shift_for
from dermsplit_training.recipe import GateRecipe

CHANGED = Augmentation(
    flip="both", rotation=0.5, zoom=0.15, brightness=0.1, contrast=0.15, saturation=0.15, hue=0.02, blur=0.8, hair=0.2
)
"""How real pictures are changed for the gate: they are still what they were."""
MOST_CHANGED = 4000
"""Changed pictures of each domain, at most."""
TIMES_CHANGED = 12
"""How often a picture is changed, at most: of phone photos there are few."""
SEED_LEARN = 1


@dataclass(frozen=True)
class LearnedGate:
    """``model`` maps what crosses, float32 [N, ...], to logits float32 [N, 3], shifted so that neither is declined
    from 0.5. ``known`` is what its fixed layers were made of."""

    model: keras.Model
    known: Known

    def logits(self, tensors: Tensors) -> NDArray[np.float32]:
        """Logits float32 [N, 3] in the order of the domains."""
        return np.asarray(self.model.predict(tensors, batch_size=512, verbose=0), dtype=np.float32)


def learn_gate(reader: Reader, tensors: Tensors, prepared: Prepared, recipe: GateRecipe, seed: int) -> LearnedGate:
    """Fit the gate on the train part and on the recipe's number of pictures of each kind that shows no lesion.

    ``tensors`` float32 [N, ...] are those of all prepared pictures. Raises DataInvalid where not both domains have
    pictures in the train and the validation part.
    """
    train, validation = prepared.indices("train"), prepared.indices("validation")
    for part in (train, validation):
        if missing := set(DOMAINS) - set(prepared.domains[part]):
            raise DataInvalid(
                f"The gate tells {' from '.join(DOMAINS)} pictures and needs both, and there is no {min(missing)} one "
                "to learn from. Add such a data set, or set gate.enabled to false."
            )
    rows = changed_rows(prepared, seed)
    nearer = f"-{recipe.crop:g}" if recipe.crop else ""
    changed = reader.of_pictures(
        f"changed-{len(rows)}-{seed}{nearer}", partial(changed_pictures, prepared, rows, recipe.crop, seed)
    )
    kinds = [np.array([DOMAINS.index(domain) for domain in prepared.domains[chosen]]) for chosen in (train, rows)]
    others = list(_others(reader, tensors[train], prepared, recipe.images))
    every = np.concatenate([tensors[train], changed, *others])
    labels = np.concatenate([*kinds, np.full(len(every) - len(train) - len(rows), NEITHER)])
    # Each of the three counts as much as the others.
    weights = len(labels) / 3 / np.bincount(labels, minlength=3)[labels]
    model, known = fit_gate(every, labels, weights.astype(np.float32), recipe.steps, seed)
    gate = LearnedGate(model, known)
    shift = shift_for(gate.logits(tensors[validation]), prepared.domains[validation])
    kernel, bias = model.get_layer(SAID).get_weights()
    bias[NEITHER] -= shift
    model.get_layer(SAID).set_weights([kernel, bias])
    return gate


def changed_rows(prepared: Prepared, seed: int) -> NDArray[np.int64]:
    """Which pictures of the train part are changed for the gate, some of them several times: int64 [n]."""
    rng = np.random.default_rng(seed)
    train = prepared.indices("train")
    rows = []
    for domain in DOMAINS:
        own = train[prepared.domains[train] == domain]
        rows.append(np.concatenate([rng.permutation(own) for _ in range(TIMES_CHANGED)])[:MOST_CHANGED])
    return np.concatenate(rows)


def changed_pictures(prepared: Prepared, rows: NDArray[np.int64], crop: float, seed: int) -> NDArray[np.uint8]:
    """The pictures of ``rows``, each changed by chance as ``CHANGED`` says: uint8 [n, S, S, 3].

    What lies in the middle is shown nearer by up to ``crop`` of the picture's side.
    """
    change = build_augmentation(dataclasses.replace(CHANGED, crop=crop), seed)
    parts = [prepared.inputs[rows[start : start + 128]].astype(np.float32) for start in range(0, len(rows), 128)]
    return np.concatenate([np.rint(np.asarray(change(part, training=True))).astype(np.uint8) for part in parts])


def _others(reader: Reader, real: Tensors, prepared: Prepared, images: int) -> Iterator[Tensors]:
    """What crosses for every kind that is learned from; ``real`` [n, ...] is what does for the train part."""
    size = prepared.inputs.shape[1]
    train = np.sort(prepared.indices("train"))
    shown = prepared.inputs[train[:: max(1, len(train) // (4 * images))]]
    for name in DRAWN:
        yield reader.of_pictures(f"{name}-{images}", partial(draw, name, images, SEED_LEARN, size))
    for name in MADE:
        yield reader.of_pictures(f"{name}-{images}", partial(make, name, images, SEED_LEARN, shown))
    for name in LEARNED:
        yield draw_features(name, images, SEED_LEARN, real)
