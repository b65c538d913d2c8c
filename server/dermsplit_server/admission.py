"""How many requests may be worked on, and how many may wait for that: over it a request is refused at once."""

import math
from collections.abc import Awaitable, Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from dermsplit_contract.errors import Overloaded

Result = TypeVar("Result")


class Admission:
    """Runs work in threads, ``threads`` at a time, while at most ``queue`` others wait."""

    def __init__(self, threads: int, queue: int) -> None:
        self.most = threads + queue
        self.inside = 0
        self._working = CapacityLimiter(threads)
        self._unlimited = CapacityLimiter(math.inf)

    async def run(self, has_left: Callable[[], Awaitable[bool]], work: Callable[..., Result], *given: object) -> Result:
        """What ``work(*given)`` returns. A client that ``has_left`` while it waited costs no thread.

        Raises Overloaded where the queue is full, ClientLeft where nobody waits for the result.
        """
        if self.inside >= self.most:
            raise Overloaded(f"The server is busy with {self.most} requests already. Try again in a second.")
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
