"""Replicas: devices that each hold the network and train it together, by TensorFlow's tf.distribute.

Every replica gets an equal share of the rows of every batch, and the gradients are summed over all replicas before each
step. Keras divides a replica's sum of weighted losses by its number of rows and by the number of replicas, so the step
is that of the whole batch on a single device, with unequal sample weights too, but for rounding. That does not hold for
batch normalisation, which sees a replica's rows only, nor for random layers (augmentation, dropout): each replica draws
numbers for its own rows, the same ones as every other replica for theirs.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import TrainingError, UsageError
from dermsplit_training.learning.devices import Devices


class Replicas(Devices):
    """Several devices, each with the network and a share of every batch."""

    def __init__(self, strategy: Any, chief: bool) -> None:
        self._strategy = strategy
        self.replicas = int(strategy.num_replicas_in_sync)
        self.chief = chief

    @contextmanager
    def scope(self) -> Iterator[None]:
        with _together(), self._strategy.scope():
            yield

    def trainer(self, inputs: Any, outputs: Any, name: str) -> keras.Model:
        return _ReplicatedTrainer(inputs, outputs, name=name)

    def epoch_batches(self, batches: keras.utils.PyDataset) -> "_Epoch":
        """Raises UsageError where a batch cannot be shared equally, or the workers do not have the same batches."""
        import tensorflow as tf

        steps, first = len(batches), keras.tree.lists_to_tuples(batches[0])
        size = len(keras.tree.flatten(first)[0])
        if size % self.replicas:
            raise UsageError(
                f"A batch of {size} cannot be shared equally by {self.replicas} devices. Give a train.batch_size that "
                f"is a multiple of {self.replicas}."
            )
        self._expect_alike(steps, first)
        rows = size // self.replicas
        example = keras.tree.map_structure(lambda array: array[:rows], first)
        signature = keras.tree.map_structure(lambda array: tf.TensorSpec(array.shape, array.dtype), example)

        def shares(worker: Any) -> Any:
            local = self.replicas // worker.num_input_pipelines
            parts = [slice(part * rows, (part + 1) * rows) for part in range(self.replicas)]
            own = parts[worker.input_pipeline_id * local :][:local]

            def generate() -> Iterator[Any]:
                for index in range(steps):
                    batch = keras.tree.lists_to_tuples(batches[index])
                    for part in own:
                        yield keras.tree.map_structure(lambda array, part=part: array[part], batch)

            # Said to be endless, it is not asked at every step, over the network, whether all workers have more.
            endless = tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
            shared = tf.data.Dataset.from_generator(generate, output_signature=signature)
            return shared.apply(endless).prefetch(tf.data.AUTOTUNE)

        return _Epoch(self._strategy.distribute_datasets_from_function(shares), steps, example)

    def from_chief(self, numbers: Sequence[float]) -> list[float]:
        chiefs: list[float] = self._gather(numbers)[0].tolist()
        return chiefs

    def _expect_alike(self, steps: int, first: Any) -> None:
        """Labels and weights, not the pixels, which may differ by a rounding between two hosts' decoders."""
        seen = b"".join(np.ascontiguousarray(array).tobytes() for array in keras.tree.flatten(first[1:]))
        everyones = self._gather([steps, zlib.crc32(seen)])
        if (everyones != everyones[0]).any():
            raise UsageError(
                "The workers do not have the same batches. Give each the same recipe and --set, the same images with "
                "--data and, to resume, the same --out."
            )

    def _gather(self, numbers: Sequence[float]) -> NDArray[np.float64]:
        """What every replica's worker gave: float64 [replicas, len(numbers)]."""
        with _together():
            gathered = self._gather_function(np.array([numbers], dtype=np.float64))
            everyones: NDArray[np.float64] = self._strategy.experimental_local_results(gathered)[0].numpy()
        return everyones

    @cached_property
    def _gather_function(self) -> Any:
        import tensorflow as tf

        def gather(own: Any) -> Any:
            here = tf.identity(own)  # an argument has no device, which all_gather asks for
            return tf.distribute.get_replica_context().all_gather(here, axis=0)

        signature = [tf.TensorSpec((1, None), tf.float64)]
        return tf.function(lambda own: self._strategy.run(gather, args=(own,)), input_signature=signature)


@dataclass(frozen=True)
class _Epoch:
    """An endless distributed dataset, the steps to take from it, and one replica's rows of a batch."""

    dataset: Any
    steps: int
    example: Any


class _ReplicatedTrainer(keras.Model):  # type: ignore[misc]
    """Works round ``fit`` of Keras 3.15, which breaks with several workers: it reduces the logs, which have no axis,
    over axis 0, and averages the first batch over the workers to learn its shape.
    """

    train_function: Any

    def fit(self, x: _Epoch, **settings: Any) -> keras.callbacks.History:
        """``keras.Model.fit``; afterwards every replica has the mean of all moving statistics, so that all validate
        the same network. Raises TrainingError where another worker ended, UsageError for mixed precision in float16.
        """
        alone = self.distribute_strategy.num_replicas_in_sync == 1
        if isinstance(self.optimizer, keras.optimizers.LossScaleOptimizer) and not alone:
            # Keras asks a single replica whether its gradients overflow: the others stop at their next exchange.
            raise UsageError("Mixed precision in float16 works on a single device only. Leave out one or the other.")
        with _together():
            with self.distribute_strategy.scope():
                self._symbolic_build(data_batch=x.example)  # metrics cannot be made inside a replica
            history = super().fit(x.dataset, steps_per_epoch=x.steps, **settings)
            self._average_moving_statistics()
        return history

    def make_train_function(self, force: bool = False) -> None:
        """Set ``train_function``: a step on every replica. The logs are the mean over all of them, so that callbacks
        decide alike in every worker.
        """
        import tensorflow as tf

        if self.train_function is not None and not force:
            return
        strategy = self.distribute_strategy

        @tf.function  # type: ignore[untyped-decorator]
        def train(iterator: Any) -> dict[str, Any]:
            logs = strategy.run(self.train_step, args=(next(iterator),))
            return {name: strategy.reduce("MEAN", value, axis=None) for name, value in logs.items()}

        self.train_function = train

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Nothing, where Keras would average the first batch: ``fit`` has built already."""

    @cached_property
    def _average_moving_statistics(self) -> Any:
        import tensorflow as tf

        ends = ("/moving_mean", "/moving_variance")
        statistics = [variable for variable in self.non_trainable_variables if variable.path.endswith(ends)]

        def average() -> None:
            own = [tf.identity(variable.value) for variable in statistics]
            means = tf.distribute.get_replica_context().all_reduce("MEAN", own) if own else []
            for variable, mean in zip(statistics, means, strict=True):
                variable.assign(mean)

        return tf.function(lambda: self.distribute_strategy.run(average))


@contextmanager
def _together() -> Iterator[None]:
    """Raise TrainingError where another worker does not take part any more."""
    import tensorflow as tf

    try:
        yield
    except tf.errors.OpError as error:
        if "Collective ops is aborted" not in str(error.message):
            raise
        raise TrainingError(
            "Another worker ended or cannot be reached any more. Its own output says why; then start all again with "
            "--resume."
        ) from error
