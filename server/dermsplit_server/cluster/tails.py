"""One replica of the tails: what came from several requests in a moment is one batch for the engine."""

import asyncio
from typing import Any

from ray import serve

from dermsplit_server.cluster.bundles import open_bundles
from dermsplit_server.cluster.together import Asked, answer_together
from dermsplit_server.engines import Features, Metadata, load_tail
from dermsplit_server.settings import Settings

MOST_TOGETHER = 8
"""Requests in one batch."""
WAIT_S = 0.002
"""How long a batch waits for more: less than the tail takes."""


class Tails:
    """The tails of every bundle, each proven on its golden case before the replica counts as ready."""

    def __init__(self, settings: Settings) -> None:
        """Load them. Raises what ``load_tail`` raises, and then Ray tries again and tells why."""
        # One batch at a time has the replica's processor for itself.
        own = settings.model_copy(update={"threads": 1, "engine_threads": 1})
        self._tails = {bundle.manifest.id: load_tail(bundle, own) for bundle in open_bundles(settings)}

    async def __call__(self, bundle: str, features: Features, metadata: Metadata | None) -> tuple[Any, ...]:
        """The answers of :class:`dermsplit_server.engines.Tail` as a plain tuple."""
        found: tuple[Any, ...] = await self._together(Asked(bundle, features, metadata))
        return found

    @serve.batch(max_batch_size=MOST_TOGETHER, batch_wait_timeout_s=WAIT_S)  # type: ignore[untyped-decorator]
    async def _together(self, asked: list[Asked]) -> list[tuple[Any, ...]]:
        return await asyncio.to_thread(answer_together, self._tails, asked)
