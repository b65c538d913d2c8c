"""How many requests may be worked on, and how many may wait for that: over it a request is refused at once."""

import math
from collections.abc import Awaitable, Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from dermsplit_contract.errors import Overloaded

Result = TypeVar("Result")


class Admission:
    """Runs work in threads: ``threads`` times ``together`` at a time, of ``threads`` and ``queue`` that may be inside.

    ``together`` is how many may be run as one: so many must be there at a time for that.
    """

    def __init__(self, threads: int, queue: int, together: int = 1) -> None:
        self.most = threads + queue
        self.inside = 0
        self._working = CapacityLimiter(min(threads * together, self.most))
        self._unlimited = CapacityLimiter(math.inf)

    @property
    def is_full(self) -> bool:
        """Whether there is no room for one more."""
        return self.inside >= self.most

    def refusal(self) -> Overloaded:
        """What is said then."""
        return Overloaded(f"The server is busy with {self.most} requests already. Try again in a second.")

    async def run(self, has_left: Callable[[], Awaitable[bool]], work: Callable[..., Result], *given: object) -> Result:
        """What ``work(*given)`` returns. A client that ``has_left`` while it waited costs no thread.

        Raises Overloaded where the queue is full, ClientLeft where nobody waits for the result.
        """
        if self.is_full:
            raise self.refusal()
        self.inside += 1
        try:
            waits = self._working.available_tokens < 1
            async with self._working:
                if waits and await has_left():
                    raise ClientLeft
                return await to_thread.run_sync(work, *given, limiter=self._unlimited)
        finally:
            self.inside -= 1


class ClientLeft(Exception):
    """Nobody is there to hear the answer."""
