"""How many requests may be worked on, and how many may wait for that: over it a request is refused at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from dermsplit_contract.errors import Overloaded

Result = TypeVar("Result")

LONG_WAIT = 0.1
"""Seconds in a queue after which it is worth asking whether the client is still there: asking costs as well."""


class Admission:
    """Runs work in threads: ``threads`` times ``together`` at a time, of ``threads`` and ``queue`` that may be inside.

    ``together`` is how many may be run as one: so many must be there at a time for that. It belongs to one event loop.
    """

    def __init__(self, threads: int, queue: int, together: int = 1) -> None:
        self.most = threads + queue
        self.inside = 0
        working = min(threads * together, self.most)
        self._free = asyncio.Semaphore(working)
        self._threads = ThreadPoolExecutor(working, "inference")

    @property
    def is_full(self) -> bool:
        """Whether there is no room for one more."""
        return self.inside >= self.most

    def refusal(self) -> Overloaded:
        """What is said then."""
        return Overloaded(f"The server is busy with {self.most} requests already. Try again in a second.")

    async def run(self, has_left: Callable[[], Awaitable[bool]], work: Callable[..., Result], *given: object) -> Result:
        """What ``work(*given)`` returns. A client that ``has_left`` while it waited for long costs no thread.

        Raises Overloaded where the queue is full, ClientLeft where nobody waits for the result.
        """
        if self.is_full:
            raise self.refusal()
        self.inside += 1
        came = time.monotonic()
        try:
            async with self._free:
                if time.monotonic() - came > LONG_WAIT and await has_left():
                    raise ClientLeft
                return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *given))
        finally:
            self.inside -= 1


class ClientLeft(Exception):
    """Nobody is there to hear the answer."""
