"""Proof that the head in a browser gives what Keras gives, back end by back end, through the page's own worker."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import VerificationFailed
from dermsplit_convert.bench.halves import Halves
from dermsplit_convert.browser.chromium import chromium
from dermsplit_convert.browser.site import find_page, find_worker, serving
from dermsplit_convert.browser.worker import BrowserHead, WorkerFailed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BACKENDS = ("wasm", "webgl", "webgpu")

FLOAT_BOUND = 1e-3
"""Largest difference of a probability where features are not rounded, in the browser."""

SHARE_OFF = 0.02
"""Share of whole-number features that may be a level off, as in the page's own self-test; none may be further off."""


@dataclass(frozen=True)
class BackendCheck:
    """One back end against Keras over ``images`` pictures; ``error`` says why it did not run, all else is then None.

    Differences are the largest: of features in levels, or in shares of the largest feature where they are floats;
    of probabilities after the Keras tail. ``share_off`` is the share of features that are not the same number.
    """

    backend: str
    error: str | None
    images: int
    golden_difference: float | None = None
    features_difference: float | None = None
    share_off: float | None = None
    probability_difference: float | None = None
    flips: int | None = None
    milliseconds: float | None = None
    passed: bool | None = None

    def as_json(self) -> dict[str, object]:
        """Plain JSON."""
        return asdict(self)


def verify_browser(
    bundle: Bundle,
    pictures: NDArray[np.generic],
    backends: Sequence[str] = BACKENDS,
    page: Path | None = None,
) -> list[BackendCheck]:
    """Run pictures [N, S, S, 3] RGB of 0..255 through the page's worker in Chromium, and compare with Keras.

    ``page`` is the built page, by default the one that ships with the server. Raises MissingExtra where Playwright or
    Chromium is missing and UsageError where the page is not built; a back end that fails is reported, not raised.
    """
    site = page or find_page()
    script = find_worker(site)
    inputs = pictures.astype(np.uint8)
    with chromium() as browser, serving(site, bundle) as address:
        halves = Halves.of(bundle)
        expected = halves.form.to_wire(halves.features(inputs))
        return [
            _check(browser, f"{address}{script}", address, bundle, backend, halves, inputs, expected)
            for backend in backends
        ]


def require_browser(checks: Sequence[BackendCheck]) -> None:
    """Raise VerificationFailed where a back end that ran differs by more than the bound, or none ran."""
    ran = [check for check in checks if check.error is None]
    if not ran:
        said = "; ".join(f"{check.backend}: {check.error}" for check in checks)
        raise VerificationFailed(f"Expected the head to run on a back end of the browser, none did: {said}")
    for check in ran:
        if not check.passed:
            raise VerificationFailed(
                f"{check.backend}: the head differs from Keras by {check.features_difference:.3g} in features "
                f"({check.share_off:.1%} of them) and {check.probability_difference:.3g} in probability. "
                "Make the bundle again with `dermsplit convert`."
            )


def _check(
    browser: "Browser",
    script: str,
    address: str,
    bundle: Bundle,
    backend: str,
    halves: Halves,
    inputs: NDArray[np.uint8],
    expected: NDArray[np.generic],
) -> BackendCheck:
    tab = browser.new_page()
    try:
        head = BrowserHead(tab, address, script, bundle, backend)
        golden, _ = head(head.golden[None])
        found, milliseconds = head(inputs)
    except WorkerFailed as error:
        return BackendCheck(backend, str(error), len(inputs))
    finally:
        tab.close()
    said = [halves.say(halves.form.from_wire(wire)) for wire in (found, expected)]
    features_difference, share_off = compare_features(found, expected)
    probability_difference = float(np.abs(said[0].malignant - said[1].malignant).max())
    return BackendCheck(
        backend,
        None,
        len(inputs),
        golden_difference=compare_features(golden, bundle.golden_features())[0],
        features_difference=features_difference,
        share_off=share_off,
        probability_difference=probability_difference,
        flips=said[0].flips(said[1]),
        milliseconds=milliseconds,
        passed=_passed(expected, features_difference, share_off, probability_difference),
    )


def compare_features(found: NDArray[np.generic], expected: NDArray[np.generic]) -> tuple[float, float]:
    """Largest difference and share of features that differ; floats in shares of the largest expected feature."""
    off = np.abs(found.astype(np.float64) - expected.astype(np.float64))
    unit = 1.0 if expected.dtype == np.uint8 else max(float(np.abs(expected.astype(np.float64)).max()), 1e-9)
    return float(off.max()) / unit, float((off > 0).mean())


def _passed(expected: NDArray[np.generic], features: float, share_off: float, probability: float) -> bool:
    if expected.dtype == np.uint8:
        return features <= 1 and share_off <= SHARE_OFF
    return probability <= FLOAT_BOUND
