"""Progress of the loops that Keras runs."""

from typing import Any

import keras
from rich.progress import Progress


class KerasProgress(keras.callbacks.Callback):  # type: ignore[misc]
    """Advances a task by one for every batch of ``fit`` or ``predict``."""

    def __init__(self, progress: Progress, description: str, total: int, completed: int = 0) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task(description, total=total, completed=completed)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Keras calls this after every batch of ``fit``."""
        self._progress.advance(self._task)

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Keras calls this after every batch of ``predict``."""
        self._progress.advance(self._task)
