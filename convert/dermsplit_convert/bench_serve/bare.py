"""The tail without a server, in a process of its own: what an HTTP server can at best come near to."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.bench_serve.failure import ContenderFailed
from dermsplit_convert.bench_serve.process import APPS, pin_to, stop
from dermsplit_convert.bench_serve.questions import Features


@dataclass(frozen=True)
class Loop:
    """``rate`` in items a second, ``p50`` in milliseconds, of one thread that does nothing else.

    ``processor_ms`` is the processor time of an item in milliseconds, which others on the machine hardly touch.
    """

    rate: float
    p50: float
    processor_ms: float


@dataclass(frozen=True)
class Bare:
    """A process that holds the tail and waits."""

    handle: subprocess.Popen[str]

    def answer(self, questions: Sequence[Features]) -> NDArray[np.float32]:
        """Probabilities float32 [N, C] of N questions."""
        return np.asarray(self._ask([one.tolist() for one in questions]), np.float32)[:, 0]

    def loop(self, seconds: float) -> Loop:
        """Answer the first of the questions over and over."""
        return Loop(**self._ask(seconds))

    def _ask(self, given: object) -> Any:
        assert self.handle.stdin is not None
        assert self.handle.stdout is not None
        try:
            self.handle.stdin.write(json.dumps(given) + "\n")
            self.handle.stdin.flush()
            return json.loads(self.handle.stdout.readline())
        except (OSError, ValueError) as error:
            raise ContenderFailed("the bare tail stopped") from error


@contextmanager
def bare_tail(tail: str, cores: Sequence[int]) -> Iterator[Bare]:
    """Load the tail that ``tail`` describes (see apps/tail.py) in a process on these processors."""
    handle = subprocess.Popen(
        [sys.executable, str(APPS / "bare.py")],
        env={**os.environ, "TAIL": tail},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=pin_to(cores),
    )
    try:
        yield Bare(handle)
    finally:
        stop(handle)
