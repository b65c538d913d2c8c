"""Tiny bundles, the application without a socket, and a real server process."""

import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import Headers, InferRequest, encode_request
from dermsplit_server.app import create_app
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings
from dermsplit_server.shelf import load_registry
from tests import process
from tests.process import COMMAND, Process, free_port

from .fast import with_fast_tail
from .tiny import LEVELS, SHAPE, build_bundle

EXIT_INTERRUPTED = 130


Serving = Callable[..., AbstractContextManager[Process]]


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model tiny (UINT8), the one served by default, and tinyfloat (FP32)."""
    folder = tmp_path_factory.mktemp("bundles")
    build_bundle(folder / "float", name="tinyfloat", datatype="FP32")
    build_bundle(folder / "whole", name="tiny")
    for age, name in ((100, "float"), (0, "whole")):
        stamp = time.time() - age
        os.utime(folder / name / "manifest.json", (stamp, stamp))
    return folder


@pytest.fixture(scope="session")
def registry(bundles: Path) -> Registry:
    return load_registry(read_settings(bundles=bundles))


@pytest.fixture(scope="session")
def bundle(registry: Registry) -> Bundle:
    return registry.default.bundle


@pytest.fixture(scope="session")
def fast(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The tiny bundle with its tail for OpenVINO too: a server starts with it in a second."""
    return with_fast_tail(bundle, tmp_path_factory.mktemp("fast") / "fast")


@pytest.fixture
async def client(registry: Registry, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The application with the tiny bundles, in this process. An unforeseen error becomes a reply, as in a server."""
    app = create_app(read_settings(page=tmp_path / "page"), registry)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as open_,
    ):
        yield open_


@pytest.fixture(scope="session")
def features() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Good features [1, 4, 4, 3]."""
    return np.random.default_rng(1).integers(0, LEVELS, (1, *SHAPE), dtype=np.uint8)


@pytest.fixture(scope="session")
def good(features: np.ndarray[Any, Any]) -> tuple[bytes, Headers]:
    """Body and headers of a good request."""
    return encode_request(InferRequest((Tensor("features", features),)))


@pytest.fixture(scope="session")
def infer_path(bundle: Bundle) -> str:
    return f"/v2/models/{bundle.manifest.name}/versions/{bundle.manifest.id}/infer"


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Serving:
    """Start a server process by a command line, wait until it is ready, and stop it."""

    def start(*command: str, port: int, **environment: str) -> AbstractContextManager[Process]:
        return process.serving(
            *command, port=port, output=tmp_path_factory.mktemp("server") / "output.txt", **environment
        )

    return start


@pytest.fixture(scope="session")
def server(
    serving: Serving, bundles: Path, default_bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Process]:
    """`dermsplit serve` with the tiny bundles and the one that ships. Ctrl-C ends it in order, seen at the end."""
    folder = tmp_path_factory.mktemp("served") / "bundles"
    shutil.copytree(bundles, folder)
    shutil.copytree(default_bundle, folder / "shipped")
    os.utime(folder / "shipped" / "manifest.json", (0, 0))
    port = free_port()
    with serving(COMMAND, "serve", "--bundles", str(folder), "--port", str(port), port=port) as started:
        yield started
        started.handle.send_signal(signal.SIGINT)
        assert started.handle.wait(timeout=30) == EXIT_INTERRUPTED, started.printed()
        assert "Traceback" not in started.printed()
