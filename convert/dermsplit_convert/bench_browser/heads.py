"""The head against the whole network on each back end of the page's worker, in turns."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dermsplit_contract import bundle as names
from dermsplit_contract.bundle import Bundle
from dermsplit_convert.bench_browser.whole import macs_of, uncut, write_whole
from dermsplit_convert.browser.chromium import chromium
from dermsplit_convert.browser.site import find_page, find_worker, serving
from dermsplit_convert.browser.worker import BrowserHead, WorkerFailed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUNS = 3
"""Runs of the golden input in a turn; their median counts."""
SLACK = 0.10


@dataclass(frozen=True)
class BackendTimes:
    """One back end: median milliseconds over the rounds, and the ratio in each round. ``error``: why it did not run."""

    backend: str
    error: str | None
    head_ms: float = 0.0
    whole_ms: float = 0.0
    ratios: tuple[float, ...] = ()

    @property
    def ratio(self) -> float:
        """Median of head over whole network."""
        return float(np.median(self.ratios)) if self.ratios else float("nan")


def time_heads(bundle: Bundle, backends: Sequence[str], rounds: int, page: Path | None = None) -> list[BackendTimes]:
    """Head and whole network, A B A B, ``rounds`` times on each back end.

    Raises MissingExtra without Chromium or Playwright, UsageError where the page is not built.
    """
    page = page or find_page()
    script = find_worker(page)
    with tempfile.TemporaryDirectory() as scratch:
        whole = write_whole(bundle, Path(scratch))
        with serving(page, bundle) as head_site, serving(page, whole) as whole_site, chromium() as browser:
            sites = ((head_site, bundle), (whole_site, whole))
            return [_time(browser, script, sites, backend, rounds) for backend in backends]


def head_share(bundle: Bundle) -> float:
    """The head's multiply-accumulates over the whole network's up to its pooled features."""
    from dermsplit_convert.keras_file import load_model
    from dermsplit_convert.split import make_head

    whole = load_model(bundle.path(names.WHOLE_KERAS))
    return macs_of(make_head(whole, bundle.manifest.cut)) / macs_of(uncut(whole))


def _time(
    browser: "Browser", script: str, sites: Sequence[tuple[str, Bundle]], backend: str, rounds: int
) -> BackendTimes:
    tabs = [browser.new_page() for _ in sites]
    try:
        heads = [
            BrowserHead(tab, address, script, bundle, backend)
            for tab, (address, bundle) in zip(tabs, sites, strict=True)
        ]
        times = [[head(np.stack([head.golden] * RUNS))[1] for head in heads] for _ in range(rounds)]
    except WorkerFailed as error:
        return BackendTimes(backend, str(error))
    finally:
        for tab in tabs:
            tab.close()
    head_ms, whole_ms = (float(value) for value in np.median(times, axis=0))
    return BackendTimes(backend, None, head_ms, whole_ms, tuple(one / other for one, other in times))
