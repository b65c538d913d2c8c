"""Look at the folder of bundles every few seconds and on SIGHUP, while requests are answered."""

import asyncio
import logging
import math
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from anyio import to_thread

from dermsplit_server.registry import Registry
from dermsplit_server.shelf import Shelf

log = logging.getLogger("dermsplit.watch")

TERMINAL = "/dev/tty"
"""The terminal that a process belongs to; opening it fails where there is none."""


@asynccontextmanager
async def watched(shelf: Shelf | None, every: float, take: Callable[[Registry], None]) -> AsyncIterator[None]:
    """Meanwhile, look every ``every`` seconds, or on SIGHUP alone where that is 0, and hand each registry to ``take``.

    What a look finds is loaded in a thread. Without a shelf nothing is done.
    """
    if shelf is None:
        yield
        return
    task = asyncio.create_task(_watch(shelf, every, take))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(shelf: Shelf, every: float, take: Callable[[Registry], None]) -> None:
    wake = asyncio.Event()
    with _on_hangup(wake.set):
        while True:
            due = min(every or math.inf, shelf.due_in)
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), None if due == math.inf else due)
            wake.clear()
            try:
                take(await to_thread.run_sync(shelf.look))
            except Exception as error:
                # The bundles that are held go on whatever a new one does.
                log.error("looking at the bundles failed with %s", type(error).__name__)


@contextmanager
def _on_hangup(wake: Callable[[], None]) -> Iterator[None]:
    """SIGHUP calls ``wake``, unless the terminal that the server was started from is gone: then the server stops."""
    had_terminal = _has_terminal()

    def heard() -> None:
        if had_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        else:
            wake()

    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGHUP, heard)
    except (AttributeError, NotImplementedError, RuntimeError, ValueError):
        # Windows has no such signal, and only a main thread may listen for one.
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def _has_terminal() -> bool:
    try:
        os.close(os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
