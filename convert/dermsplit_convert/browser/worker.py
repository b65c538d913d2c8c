"""The page's head worker, loaded in a browser and run from here."""

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract import bundle as names
from dermsplit_contract.bundle import NUMPY_DTYPE, Bundle
from dermsplit_contract.preprocess import load_photo, to_input
from dermsplit_convert.browser.site import HARNESS

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONGEST_MILLISECONDS = 120_000


class WorkerFailed(Exception):
    """The worker threw: the back end is not there, or it does not give the golden features."""


class BrowserHead:
    """The head on one back end of the page's worker, or of what another harness makes of the script."""

    def __init__(
        self,
        page: "Page",
        address: str,
        script: str,
        bundle: Bundle,
        backend: str,
        harness: str = HARNESS.name,
        told: Mapping[str, object] | None = None,
    ) -> None:
        """Load the head; the worker proves it on the golden case. Raises WorkerFailed with the worker's own words.

        ``told`` is what another harness needs beside the rest.
        """
        from playwright.sync_api import Error

        self._page, self._error = page, Error
        self._spec = bundle.manifest.features
        size = bundle.manifest.input.size
        golden = to_input(load_photo(bundle.path(names.GOLDEN_INPUT)), size)
        page.set_default_timeout(LONGEST_MILLISECONDS)
        page.goto(f"{address}{harness}")
        page.wait_for_function("window.ready")
        loaded = self._call(
            "order => window.load(order)",
            {
                "script": script,
                "backend": backend,
                "shards": _shards(bundle),
                "inputSize": size,
                "features": self._spec.model_dump(mode="json"),
                "goldenInput": base64.b64encode(golden.tobytes()).decode(),
                **(told or {}),
            },
        )
        self.cold_milliseconds = float(str(loaded["cold"]))
        """From nothing to the first answer, downloads from loopback in it."""
        self.golden = golden
        """The golden input, uint8 [S, S, 3]."""

    def __call__(self, pictures: NDArray[np.uint8]) -> tuple[NDArray[np.generic], float]:
        """uint8 [N, S, S, 3] to features [N, ...] in the wire's datatype, and the median milliseconds of a run."""
        features, times = [], []
        for picture in pictures:
            answer = self._call("input => window.run(input)", base64.b64encode(picture.tobytes()).decode())
            raw = base64.b64decode(str(answer["features"]))
            features.append(np.frombuffer(raw, NUMPY_DTYPE[self._spec.datatype]).reshape(self._spec.shape))
            times.append(float(str(answer["milliseconds"])))
        return np.stack(features), float(np.median(times))

    def _call(self, code: str, given: object) -> dict[str, object]:
        try:
            answer: dict[str, object] = self._page.evaluate(code, given)
        except self._error as error:
            raise WorkerFailed(error.message.splitlines()[0].removeprefix("Page.evaluate: ")) from error
        return answer


def _shards(bundle: Bundle) -> list[str]:
    model = json.loads(bundle.path(names.HEAD_TFJS).read_bytes())
    return [path for group in model["weightsManifest"] for path in group["paths"]]
