"""Learning from other networks' answers beside the labels (Hinton, Vinyals, Dean 2015)."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
from keras import ops

from dermsplit_contract.errors import RecipeInvalid, UsageError
from dermsplit_contract.run import MODEL_FILE, read_run
from dermsplit_training.learning.told import without_told
from dermsplit_training.learning.views import views_of
from dermsplit_training.networks.flow import rest_of
from dermsplit_training.networks.network import learning_network
from dermsplit_training.recipe import DistillationRecipe, Recipe


class Teachers:
    """Networks that are learned from, each from the picture to the same logits [N, D] as the network that learns.

    With ``views`` 2, 4 or 8 each sees a picture that often, turned and mirrored: test-time averaging, taught to a
    network that sees it once.
    """

    def __init__(self, networks: Sequence[keras.Model], views: int = 1) -> None:
        for network in networks:
            network.trainable = False
        self.networks = networks
        self.views = views

    def __len__(self) -> int:
        return len(self.networks)

    def logits(self, images: Any, temperature: float) -> Any:
        """What the teachers say of symbolic images [N, S, S, 3] together: log-probabilities [N, D] at a temperature,
        the mean of theirs and of the views'."""
        seen = views_of(images, self.views)
        return _together([network(view, training=False) for network in self.networks for view in seen], temperature)

    def logits_behind(self, layer: str, features: Any, temperature: float) -> Any:
        """The same from the features that all of them share at a layer, of one view."""
        rests = [rest_of(network, layer) for network in self.networks]
        return _together([rest(features, training=False) for rest in rests], temperature)


NO_TEACHERS = Teachers([])


def open_teachers(runs: Sequence[Path], network: keras.Model, recipe: Recipe) -> Teachers:
    """Load the runs' networks. Raises UsageError where the recipe wants teachers and there are none, or the reverse,
    RunInvalid for a directory that holds no run, RecipeInvalid for a teacher that answers something else."""
    wanted = recipe.distillation.weight > 0 or recipe.distillation.start
    if wanted and not runs:
        raise UsageError(f"The recipe '{recipe.name}' learns from teachers. Give their runs with --teacher RUN.")
    if runs and not wanted:
        raise UsageError(f"The recipe '{recipe.name}' has no use for a teacher. Set distillation.weight in it.")
    expected = learning_network(network).output_shape
    found = []
    for run in runs:
        read_run(run)
        teacher = learning_network(without_told(keras.saving.load_model(run / MODEL_FILE, compile=False)))
        # One to start from gives its weights alone, and may differ in what it takes besides.
        learned_from = recipe.distillation.weight > 0
        if learned_from and (teacher.input_shape != network.input_shape or teacher.output_shape != expected):
            raise RecipeInvalid(
                f"The teacher '{run.name}' goes from {list(teacher.input_shape)} to {list(teacher.output_shape)}, "
                f"expected {list(network.input_shape)} to {list(expected)}: train it on the same diagnoses and size."
            )
        found.append(teacher)
    return Teachers(found, recipe.distillation.views)


def start_from_teacher(network: keras.Model, teacher: keras.Model) -> int:
    """Give the network the teacher's weights wherever a layer has its name and shapes; how many layers did.

    Raises RecipeInvalid where none does."""
    own = {layer.name: layer for layer in teacher.layers if layer.weights}
    taken = 0
    for layer in network.layers:
        like = own.get(layer.name)
        if like is not None and [w.shape for w in layer.weights] == [w.shape for w in like.weights]:
            layer.set_weights(like.get_weights())
            taken += bool(layer.weights)
    if not taken:
        raise RecipeInvalid("No layer of the teacher fits the recipe's network: train it on the same backbone.")
    return taken


def identity_of(run: Path) -> str:
    """What tells one teacher from another: the run's name and the start of its network's SHA-256."""
    return f"{run.name}:{hashlib.sha256((run / MODEL_FILE).read_bytes()).hexdigest()[:16]}"


class DistillationLoss(keras.losses.Loss):  # type: ignore[misc]
    """(1 - weight) * the loss on labels + weight * T^2 * cross-entropy to the teachers at temperature T.

    It is called with labels [N, D] and with the network's logits and the teachers' log-probabilities side by side,
    [N, 2 D].
    """

    def __init__(self, on_labels: keras.losses.Loss, recipe: DistillationRecipe) -> None:
        super().__init__(name="distillation")
        self.on_labels, self.weight, self.temperature = on_labels, recipe.weight, recipe.temperature

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """A loss for each row: float32 [N]."""
        logits, taught = ops.split(y_pred, 2, axis=-1)
        said = ops.log_softmax(logits / self.temperature, axis=-1)
        distance = -ops.sum(ops.exp(taught) * said, axis=-1) * self.temperature**2
        return (1 - self.weight) * self.on_labels.call(y_true, logits) + self.weight * distance


class DistilledAccuracy(keras.metrics.CategoricalAccuracy):  # type: ignore[misc]
    """Accuracy of the network's own half of what :class:`DistillationLoss` takes."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch."""
        super().update_state(y_true, ops.split(y_pred, 2, axis=-1)[0], sample_weight)


def _together(logits: Sequence[Any], temperature: float) -> Any:
    probabilities = [ops.softmax(own / temperature, axis=-1) for own in logits]
    mean = probabilities[0]
    for other in probabilities[1:]:
        mean = mean + other
    return ops.log(ops.maximum(mean / len(probabilities), 1e-7))
