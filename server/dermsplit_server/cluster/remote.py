"""A tail that is elsewhere, called as if it were here. A replica that dies costs a question nothing but time."""

import time
from typing import Any

from ray.exceptions import ActorDiedError, ActorUnavailableError, RayActorError, WorkerCrashedError

from dermsplit_server.engines import Answers, Features, Metadata

TRIES = 5
PAUSE_S = 0.2
"""Before the second try; twice as long before each further one."""
ANSWER_WITHIN_S = 30.0
_DEAD = (ActorDiedError, ActorUnavailableError, RayActorError, WorkerCrashedError)


class RemoteTail:
    """The tail of one bundle in the replicas of :class:`dermsplit_server.cluster.tails.Tails`."""

    engine = "ray"

    def __init__(self, handle: Any, bundle: str) -> None:
        self._handle = handle
        self._bundle = bundle

    def __call__(self, features: Features, metadata: Metadata | None = None) -> Answers:
        """See :class:`dermsplit_server.engines.Tail`. Not to be called from an event loop, which it would stop.

        A tail keeps nothing from one question to the next, so what a dead replica did not answer is asked again.
        Raises Ray's error where five replicas died one after the other, TimeoutError after 30 seconds.
        """
        for attempt in range(TRIES):
            try:
                return Answers(*self._handle.remote(self._bundle, features, metadata).result(timeout_s=ANSWER_WITHIN_S))
            except _DEAD:
                if attempt == TRIES - 1:
                    raise
                time.sleep(PAUSE_S * 2**attempt)
        raise AssertionError("the loop returns or raises")
