"""The engine is proven before it counts, and what it answers is looked at every time."""

import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio
import httpx
import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import GoldenMismatch
from dermsplit_contract.wire import Headers
from dermsplit_server.app import create_app
from dermsplit_server.engines import Answers, check_golden
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings


class Faulty:
    """A tail that does what a broken engine might do; a real one cannot be made to."""

    engine = "faulty"

    def __init__(self, answer: Callable[[np.ndarray], Any]) -> None:
        self.answer = answer

    def __call__(self, features: np.ndarray, _: np.ndarray | None = None) -> Answers:
        return Answers(self.answer(features))


@asynccontextmanager
async def serving_with(registry: Registry, answer: Callable[[np.ndarray], Any]) -> AsyncIterator[httpx.AsyncClient]:
    served = replace(registry.default, tail=Faulty(answer))
    app = create_app(read_settings(threads=2, batch=1), Registry({served.manifest.id: served}, {}, 8))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        yield client


def test_any_batch_size_uses_one_trace(registry: Registry, features: np.ndarray) -> None:
    tail = registry.default.tail
    alone = tail(features).probabilities
    assert alone.dtype == np.float32
    assert alone.shape == (1, 2)
    for batch in (2, 5, 8):
        together = tail(np.repeat(features, batch, axis=0)).probabilities
        np.testing.assert_allclose(together, np.repeat(alone, batch, axis=0), atol=1e-6)


def test_golden_case_passes_and_fails_for_another_answer(registry: Registry, bundle: Bundle) -> None:
    check_golden(bundle, registry.default.tail)
    expected = bundle.golden_probabilities()
    with pytest.raises(GoldenMismatch, match="off by"):
        check_golden(bundle, Faulty(lambda _: expected + np.float32(0.01)))
    with pytest.raises(GoldenMismatch, match="off by nan"):
        check_golden(bundle, Faulty(lambda _: np.full_like(expected, np.nan)))
    with pytest.raises(GoldenMismatch, match="shape"):
        check_golden(bundle, Faulty(lambda _: expected[0]))


def raise_with_values(features: np.ndarray) -> Any:
    raise ValueError(f"cannot take {features.ravel().tolist()} of /secret/path")


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: np.array([[np.nan, np.nan]], dtype=np.float32),
        lambda _: np.array([[np.inf, 0]], dtype=np.float32),
        lambda _: np.array([[0.5, 0.6]], dtype=np.float32),
        lambda _: np.array([[1.5, -0.5]], dtype=np.float32),
        lambda _: np.array([0.5, 0.5], dtype=np.float32),
        lambda _: np.array([[0.2, 0.3, 0.5]], dtype=np.float32),
        lambda _: np.array([[0.5, 0.5]], dtype=np.float64),
        lambda _: np.zeros((0, 2), dtype=np.float32),
        raise_with_values,
    ],
    ids=["nan", "inf", "sum", "range", "rank", "labels", "dtype", "empty", "raises"],
)
async def test_what_is_not_a_probability_is_never_an_answer(
    registry: Registry,
    good: tuple[bytes, Headers],
    infer_path: str,
    answer: Callable[[np.ndarray], Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving_with(registry, answer) as client:
        response = await client.post(infer_path, content=good[0], headers=good[1])
        assert (response.status_code, response.json()["code"]) == (500, "internal")
        assert (await client.get("/v2/health/ready")).status_code == 200
    assert "secret" not in response.text + caplog.text
    assert "ValueError" not in response.text


async def test_the_operator_reads_which_error_of_the_engine_it_was_and_no_values(
    registry: Registry, good: tuple[bytes, Headers], infer_path: str
) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("dermsplit.requests")
    logger.addHandler(handler)
    try:
        async with serving_with(registry, raise_with_values) as client:
            response = await client.post(infer_path, content=good[0], headers={**good[1], "X-Request-ID": "asked-7"})
    finally:
        logger.removeHandler(handler)
    assert response.status_code == 500
    (failure,) = (line for line in lines if "failed" in line)
    assert failure.startswith("request asked-7 failed with ValueError at ")
    assert "test_engine.py:" in failure
    assert "secret" not in "".join(lines)


async def test_what_nobody_foresaw_is_a_problem_too(
    registry: Registry, good: tuple[bytes, Headers], infer_path: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(read_settings(), registry)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        app.state.admission = "no limiter at /secret/path"
        response = await client.post(infer_path, content=good[0], headers=good[1])
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert "secret" not in response.text + caplog.text


async def test_health_answers_while_the_engine_is_busy(
    registry: Registry, good: tuple[bytes, Headers], infer_path: str
) -> None:
    release, inside = threading.Event(), threading.Semaphore(0)
    expected = registry.default.bundle.golden_probabilities()

    def slow(_: np.ndarray) -> np.ndarray:
        inside.release()
        assert release.wait(timeout=20)
        return expected

    statuses: list[int] = []
    async with serving_with(registry, slow) as client, anyio.create_task_group() as requests:

        async def ask() -> None:
            statuses.append((await client.post(infer_path, content=good[0], headers=good[1])).status_code)

        for _ in range(6):
            requests.start_soon(ask)
        for _ in range(2):
            assert await anyio.to_thread.run_sync(lambda: inside.acquire(timeout=10))
        started = time.perf_counter()
        assert (await client.get("/v2/health/live")).status_code == 200
        assert time.perf_counter() - started < 2
        # Two threads were allowed, so the third request is not inside.
        assert not inside.acquire(blocking=False)
        release.set()
    assert statuses == [200] * 6
