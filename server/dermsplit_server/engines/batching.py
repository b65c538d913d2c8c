"""What waits for the tail together is run together: a batch costs a processor less than its items one by one.

Nobody waits for a batch to fill. Whoever comes while a lane is free runs at once, alone; whoever comes while all of
them are busy is taken along by the next that gets free.
"""

from collections import deque
from dataclasses import dataclass, field
from threading import Event, Lock

import numpy as np

from dermsplit_server.engines import Answers, Features, Metadata, Tail


@dataclass(eq=False)
class _Asked:
    """One call that waits. Woken with a ``turn`` it runs that batch, itself the first of it."""

    features: Features
    metadata: Metadata | None
    woken: Event = field(default_factory=Event)
    turn: "list[_Asked] | None" = None
    answers: Answers | None = None
    error: Exception | None = None


class BatchingTail:
    """A tail that runs calls which wait as one batch of up to ``largest`` items, ``lanes`` batches at a time.

    Each call gets its own rows back, in their order. Where a batch fails its calls are run one by one, so that only
    those that are at fault fail.
    """

    def __init__(self, tail: Tail, largest: int, lanes: int) -> None:
        self.engine = tail.engine
        self._tail = tail
        self._largest = largest
        self._lock = Lock()
        self._free = lanes
        self._waiting: deque[_Asked] = deque()

    def __call__(self, features: Features, metadata: Metadata | None = None) -> Answers:
        """See :class:`dermsplit_server.engines.Tail`."""
        asked = _Asked(features, metadata)
        with self._lock:
            if self._free:
                self._free -= 1
                asked.turn = [asked]
            else:
                self._waiting.append(asked)
        if asked.turn is None:
            asked.woken.wait()
        if asked.turn is not None:
            self._run(asked.turn)
        if asked.error is not None:
            raise asked.error
        assert asked.answers is not None
        return asked.answers

    def _run(self, batch: list[_Asked]) -> None:
        try:
            _answer(self._tail, batch)
        finally:
            self._hand_over()
            for asked in batch:
                asked.woken.set()

    def _hand_over(self) -> None:
        """The lane goes to the first that waits, with as many more in their order as fit."""
        with self._lock:
            if not self._waiting:
                self._free += 1
                return
            batch = [self._waiting.popleft()]
            items = len(batch[0].features)
            while self._waiting and items + len(self._waiting[0].features) <= self._largest:
                batch.append(self._waiting.popleft())
                items += len(batch[-1].features)
            batch[0].turn = batch
            batch[0].woken.set()


def _answer(tail: Tail, batch: list[_Asked]) -> None:
    """Give every call of the batch its answers or its error."""
    try:
        together = _together(tail, batch)
    except Exception as error:
        if len(batch) == 1:
            batch[0].error = error
            return
        for asked in batch:
            _answer(tail, [asked])
        return
    start = 0
    for asked in batch:
        rows = slice(start, start + len(asked.features))
        domains = None if together.domains is None else together.domains[rows]
        asked.answers = Answers(together.probabilities[rows], domains)
        start = rows.stop


def _together(tail: Tail, batch: list[_Asked]) -> Answers:
    if len(batch) == 1:
        return tail(batch[0].features, batch[0].metadata)
    features = np.concatenate([asked.features for asked in batch])
    told = next((asked.metadata for asked in batch if asked.metadata is not None), None)
    if told is None:
        return tail(features)
    nothing = np.zeros((1, told.shape[1]), np.float32)
    metadata = [
        nothing.repeat(len(asked.features), axis=0) if asked.metadata is None else asked.metadata for asked in batch
    ]
    return tail(features, np.concatenate(metadata))
