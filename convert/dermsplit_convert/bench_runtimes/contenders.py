"""Who runs the head: the page's own worker, and other runtimes with what they are installed from."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dermsplit_contract.bundle import HEAD_TFLITE
from dermsplit_contract.errors import UsageError
from dermsplit_convert.browser.check import BACKENDS

APPS = Path(__file__).parent / "apps"
OWN = "TF.js"
MOST_THREADS = 4
"""A phone's quick cores."""
BUNDLED, ONNX = f"bundle/{HEAD_TFLITE}", "made/head.onnx"
"""Addresses of the head: as it lies in the bundle, and as it is made from that."""


@dataclass(frozen=True)
class Runtime:
    """``script`` is a file in ``apps``, ``package`` what npm installs in ``folder``, ``model`` an address."""

    name: str
    script: str
    folder: str
    package: str
    model: str


LITERT = Runtime("LiteRT.js", "litert.js", "litert", "@litertjs/core@2.5.3", BUNDLED)
ONNXRUNTIME = Runtime("onnxruntime-web", "onnxruntime.js", "onnxruntime", "onnxruntime-web@1.30.0", ONNX)
RIVALS = (LITERT, ONNXRUNTIME)


@dataclass(frozen=True)
class Contender:
    """A runtime on a back end; None is TF.js in the page's own worker. ``threads`` are those of WebAssembly."""

    runtime: Runtime | None
    backend: str
    threads: int = 1

    @property
    def name(self) -> str:
        """Of the runtime."""
        return self.runtime.name if self.runtime else OWN

    @property
    def said(self) -> str:
        """In a line of words."""
        threads = f", {self.threads} threads" if self.threads > 1 else ""
        return f"{self.name} on {self.backend}{threads}"


REFERENCE = Contender(None, "wasm")
"""What the others are held against."""


def all_contenders(
    backends: Sequence[str] = BACKENDS, rivals: Sequence[Runtime] = RIVALS, threads: int | None = None
) -> list[Contender]:
    """The reference first, and the others on these back ends.

    The page has no threads; rivals are asked with one and with ``threads``, by default as many as there are cores.
    """
    many = min(MOST_THREADS, os.cpu_count() or 1) if threads is None else threads
    found = [REFERENCE, Contender(None, "webgl"), Contender(None, "webgpu")]
    for rival in rivals:
        found += [Contender(rival, "wasm", count) for count in sorted({1, many})]
        found.append(Contender(rival, "webgpu"))
    return [one for one in found if one.backend in backends or one is REFERENCE]


def require_backends(wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Those that were asked for, all where none was. Raises UsageError for one that is none."""
    for name in wanted or ():
        if name not in BACKENDS:
            raise UsageError(f"Expected a back end of {', '.join(BACKENDS)}, got '{name}'.")
    return tuple(wanted) if wanted else BACKENDS
