"""A round: every runtime opened anew, its answer judged, and all of them timed in turns."""

import random
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import Bundle
from dermsplit_convert.bench_runtimes.answer import Answer, judge
from dermsplit_convert.bench_runtimes.contenders import Contender
from dermsplit_convert.bench_runtimes.row import Visit
from dermsplit_convert.browser.site import Beside
from dermsplit_convert.browser.worker import BrowserHead, WorkerFailed
from dermsplit_convert.inputs import SEED

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TURNS = 10
"""Warm runs of each runtime in a round."""
WARM_UP = 2
"""Runs before those, since engines compile what they meet often."""


@dataclass
class Seen:
    """Of one contender, so far."""

    error: str | None = None
    answer: Answer | None = None
    visits: dict[int, Visit] = field(default_factory=dict)
    fetched: Mapping[str, Path] = field(default_factory=dict)

    @property
    def out(self) -> bool:
        """Failed, or wrong: not asked again."""
        return self.error is not None or (self.answer is not None and not self.answer.right)


@dataclass(frozen=True)
class Site:
    """What is asked, and where: ``script`` is the page's worker, ``beside`` knows what was fetched."""

    browser: "Browser"
    address: str
    script: str
    bundle: Bundle
    beside: Beside

    def open(self, contender: Contender, stack: ExitStack) -> BrowserHead:
        """In a browser profile of its own, so that nothing is cached."""
        context = self.browser.new_context()
        stack.callback(context.close)
        self.beside.fetched.clear()
        tab = (context.new_page(), self.address)
        rival = contender.runtime
        if rival is None:
            return BrowserHead(*tab, self.script, self.bundle, contender.backend)
        told = {"threads": contender.threads, "model": rival.model}
        return BrowserHead(*tab, f"apps/{rival.script}", self.bundle, contender.backend, "rival.html", told)


def run_round(site: Site, seen: Mapping[Contender, Seen], turn: int) -> None:
    """Open all that are still in it, each alone, then run them one after the other, ten times."""
    with ExitStack() as stack:
        heads: dict[Contender, BrowserHead] = {}
        for contender, one in seen.items():
            if one.out:
                continue
            try:
                head = site.open(contender, stack)
                found, _ = head(np.stack([head.golden] * WARM_UP))
            except WorkerFailed as error:
                one.error = str(error)
                continue
            one.answer = judge(found[-1:], site.bundle.golden_features())
            one.fetched = one.fetched or dict(site.beside.fetched)
            heads[contender] = head
        times = _turns(heads, seen, site.bundle.golden_features(), turn)
    for contender, milliseconds in times.items():
        if not seen[contender].out:
            seen[contender].visits[turn] = Visit(heads[contender].cold_milliseconds, float(np.median(milliseconds)))


def _turns(
    heads: Mapping[Contender, BrowserHead], seen: Mapping[Contender, Seen], golden: NDArray[np.generic], turn: int
) -> dict[Contender, list[float]]:
    times: dict[Contender, list[float]] = {contender: [] for contender in heads}
    chance = random.Random(SEED + turn)
    for _ in range(TURNS):
        # Whoever comes after one that leaves threads spinning is another each time.
        for contender in chance.sample(list(heads), len(heads)):
            head, one = heads[contender], seen[contender]
            if one.out:
                continue
            try:
                found, milliseconds = head(head.golden[None])
            except WorkerFailed as error:
                one.error = str(error)
                continue
            one.answer = judge(found, golden)
            times[contender].append(milliseconds)
    return times
