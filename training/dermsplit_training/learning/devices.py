"""Where a training runs: on one device, on several of this host, or on several hosts by the variable TF_CONFIG."""

import atexit
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, Any, Literal, Self

import keras
from pydantic import BaseModel, Field, ValidationError, model_validator

from dermsplit_contract.errors import UsageError
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

    from dermsplit_training.learning.replicas import Replicas

    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return Replicas(tf.distribute.MirroredStrategy([device.name for device in found]), chief=True)


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

    from dermsplit_training.learning.replicas import Replicas

    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # TensorFlow swallows it, and nobody asks it for preemptions
    return Replicas(strategy, chief=config.task.index == 0)


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


@atexit.register
def _stop_reading_ahead() -> None:
    """Let go of epochs that were cut short, whose batches TensorFlow still reads ahead: once Python itself is ending,
    it would wait for ever for that thread, which waits for Python.
    """
    sys.last_value = sys.last_traceback = None
    gc.collect()
