"""Training on one device, several devices of a host, or several hosts: the same result by TensorFlow's tf.distribute.

Every replica (a device that holds the network) gets an equal share of the rows of every batch, and the gradients are
summed over all replicas before each step. Keras divides a replica's sum of weighted losses by its number of rows and by
the number of replicas, so the step is that of the whole batch on a single device, with unequal sample weights too, but
for rounding. That does not hold for batch normalisation, which sees a replica's rows only, nor for augmentation, MixUp
and dropout: each replica draws its random numbers for its own rows, the same ones as every other replica for theirs.
"""

import os
import signal
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import keras
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, ValidationError, model_validator

from dermsplit_contract.errors import TrainingError, UsageError
from dermsplit_training.progress_bar import console

Strategy = Literal["none", "mirrored", "multi-worker"]

TF_CONFIG = '{"cluster": {"worker": ["host-a:12345", "host-b:12345"]}, "task": {"type": "worker", "index": 0}}'
"""What the environment variable of that name looks like on the first of two hosts."""


class Devices:
    """Where a training runs: here, on the one device that the backend of Keras chooses."""

    replicas: int = 1
    """How many devices share a batch; its rows must divide by this."""
    chief: bool = True
    """Whether this process writes the run's files: true in one worker only."""

    def scope(self) -> AbstractContextManager[Any]:
        """Wherein to build and compile network, trainer and optimizer, and to load their weights."""
        return nullcontext()

    def trainer(self, inputs: Any, outputs: Any, name: str) -> keras.Model:
        """A model from symbolic inputs to outputs, whose ``fit`` takes ``epoch_batches``."""
        return keras.Model(inputs, outputs, name=name)

    def epoch_batches(self, batches: keras.utils.PyDataset) -> Any:
        """What to give to ``fit`` for one epoch of whole batches (inputs, labels, weights) of one size."""
        return batches

    def from_chief(self, numbers: Sequence[float]) -> list[float]:
        """The chief's numbers in every worker, for what all must decide alike; waits until each has called this."""
        return list(numbers)


def open_devices(strategy: Strategy, patience: float = 600.0) -> Devices:
    """Open the devices to train on. Several hosts must be opened before anything else is computed in TensorFlow.

    ``mirrored`` takes all GPUs of this host, or its processors where there is none; ``multi-worker`` the hosts that
    the environment variable TF_CONFIG names, and waits ``patience`` seconds for the other workers to be started. A
    worker that ends, or cannot be reached for about ten seconds, ends the others with TrainingError.

    Raises UsageError where Keras has another backend than TensorFlow, where TF_CONFIG is missing or broken, or where
    another worker does not come.
    """
    if strategy == "none":
        return Devices()
    if keras.backend.backend() != "tensorflow":
        raise UsageError(
            f"Strategy '{strategy}' needs the TensorFlow backend, but Keras runs on {keras.backend.backend()}. "
            "Set KERAS_BACKEND=tensorflow or leave the strategy out."
        )
    if strategy == "multi-worker":
        return _open_workers(patience)
    import tensorflow as tf

    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return _Replicas(tf.distribute.MirroredStrategy([device.name for device in found]), chief=True)


class _Cluster(BaseModel):
    worker: list[Annotated[str, Field(pattern=r"^[^\s:]+:\d{1,5}$")]]


class _Task(BaseModel):
    type: Literal["worker"]
    index: int = Field(ge=0)


class _Config(BaseModel):
    """TF_CONFIG, as far as it matters here."""

    cluster: _Cluster
    task: _Task

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        workers = self.cluster.worker
        if self.task.index >= len(workers):
            raise ValueError(f"task.index is {self.task.index}, but there are {len(workers)} workers, counted from 0")
        if len(set(workers)) < len(workers):
            raise ValueError("two workers have the same host and port")
        if any(not 0 < _port(worker) < 65536 for worker in workers):
            raise ValueError("a port is not between 1 and 65535")
        return self


def _open_workers(patience: float) -> Devices:
    config = _read_config()
    _meet(config.cluster.worker, config.task.index, patience)
    import tensorflow as tf

    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # TensorFlow swallows it, and nobody asks it for preemptions
    return _Replicas(strategy, chief=config.task.index == 0)


def _read_config() -> _Config:
    text = os.environ.get("TF_CONFIG", "")
    example = f"It must name all workers and which one this is, as {TF_CONFIG}."
    if not text:
        raise UsageError(f"Strategy 'multi-worker' needs the environment variable TF_CONFIG. {example}")
    try:
        return _Config.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        problem = f"{place}: {first['msg']}" if place else first["msg"].removeprefix("Value error, ")
        raise UsageError(f"TF_CONFIG is broken: {problem}. {example}") from error


def _meet(workers: list[str], index: int, patience: float) -> None:
    """Wait until every worker listens on its port: TensorFlow itself would wait for an hour and heed no Ctrl-C."""
    try:
        listener = socket.create_server(("", _port(workers[index])))
    except OSError as error:
        raise UsageError(f"TF_CONFIG makes this worker {workers[index]}, but: {error.strerror}.") from error
    console.print(f"Waiting for the workers {', '.join(workers)}", soft_wrap=True)
    deadline = time.monotonic() + patience
    with listener:
        missing = workers
        while missing := [worker for worker in missing if not _listens(worker)]:
            if time.monotonic() > deadline:
                raise UsageError(
                    f"No worker came to {', '.join(missing)} within {patience:g} seconds. Start the same command on "
                    "every host that TF_CONFIG names, and see that its port can be reached."
                )
            time.sleep(0.5)


def _port(worker: str) -> int:
    return int(worker.rpartition(":")[2])


def _listens(worker: str) -> bool:
    try:
        socket.create_connection((worker.rpartition(":")[0], _port(worker)), timeout=5).close()
    except OSError:
        return False
    return True


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


class _Replicas(Devices):
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
            return tf.distribute.get_replica_context().all_gather(own, axis=0)

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
        the same network. Raises TrainingError where another worker ended.
        """
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
