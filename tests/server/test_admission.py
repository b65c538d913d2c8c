"""The queue is bounded, a client that left costs nothing, and what was accepted is answered."""

import asyncio
import signal
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import httpx
import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import Overloaded
from dermsplit_contract.wire import Headers
from dermsplit_server.admission import LONG_WAIT, Admission, ClientLeft
from dermsplit_server.app import create_app
from dermsplit_server.engines import Answers
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings
from tests.process import COMMAND, free_port

from .conftest import Serving


async def here() -> bool:
    return False


async def gone() -> bool:
    return True


async def test_over_the_queue_it_refuses_at_once() -> None:
    admission, release = Admission(threads=1, queue=2), threading.Event()
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(admission.run, here, release.wait, 20)
        await anyio.sleep(0.05)
        started = time.perf_counter()
        with pytest.raises(Overloaded):
            await admission.run(here, release.wait, 20)
        assert time.perf_counter() - started < 0.02
        release.set()
    assert admission.inside == 0
    assert await admission.run(here, lambda value: value + 1, 6) == 7


async def test_a_client_that_left_while_it_waited_costs_no_work() -> None:
    admission, release, worked = Admission(threads=1, queue=2), threading.Event(), threading.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(admission.run, here, release.wait, 20)
        await anyio.sleep(0.05)
        waiting = asyncio.create_task(admission.run(gone, worked.set))
        await anyio.sleep(LONG_WAIT + 0.1)
        release.set()
        with pytest.raises(ClientLeft):
            await waiting
    assert not worked.is_set()
    assert admission.inside == 0


class Gate:
    """A tail that answers when it is told to."""

    engine = "gate"

    def __init__(self) -> None:
        self.open, self.calls = threading.Event(), 0

    def __call__(self, features: np.ndarray, _: np.ndarray | None = None) -> Answers:
        self.calls += 1
        assert self.open.wait(20)
        return Answers(np.full((len(features), 2), 0.5, np.float32))


@asynccontextmanager
async def gated(registry: Registry, gate: Gate) -> AsyncIterator[httpx.AsyncClient]:
    served = replace(registry.default, tail=gate)
    app = create_app(read_settings(threads=1, queue=1, batch=1), Registry({served.manifest.id: served}, {}, 8))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
    ):
        yield client


async def test_a_full_queue_is_a_503_that_says_when_to_come_back(
    registry: Registry, good: tuple[bytes, Headers], infer_path: str
) -> None:
    gate = Gate()
    async with gated(registry, gate) as client:

        async def ask() -> httpx.Response:
            return await client.post(infer_path, content=good[0], headers=good[1])

        accepted = [asyncio.create_task(ask()) for _ in range(2)]
        await anyio.sleep(0.2)
        refused = await ask()
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert refused.headers["retry-after"] == "1"
        assert refused.headers["x-request-id"] == refused.json()["request_id"]
        assert "content-security-policy" in refused.headers
        told = (await client.get("/metrics")).text
        assert 'route="/v2/models/{name}/versions/{version}/infer",status="503"} 1.0' in told
        assert (await client.get("/v2/health/ready")).status_code == 200
        gate.open.set()
        assert [(await task).status_code for task in accepted] == [200, 200]
        assert (await ask()).status_code == 200
    assert gate.calls == 3


def test_what_was_accepted_is_answered_after_sigterm(
    serving: Serving, fast: Bundle, good: tuple[bytes, Headers]
) -> None:
    port = free_port()
    body, headers = good
    statuses: list[int] = []
    asking = threading.Barrier(9)

    def ask(url: str) -> None:
        with httpx.Client(timeout=30) as client:
            asking.wait()
            statuses.append(
                client.post(f"{url}/v2/models/tiny/infer", content=slowly(body), headers=headers).status_code
            )

    def slowly(whole: bytes) -> object:
        yield whole[:20]
        time.sleep(1.0)
        yield whole[20:]

    command = [COMMAND, "serve", "--bundles", str(fast.directory), "--port", str(port)]
    with serving(*command, port=port) as server:
        clients = [threading.Thread(target=ask, args=(server.url,)) for _ in range(8)]
        for client in clients:
            client.start()
        asking.wait()
        time.sleep(0.6)
        server.handle.send_signal(signal.SIGTERM)
        for client in clients:
            client.join()
        server.handle.wait(30)
        assert "Traceback" not in server.printed()
    assert statuses == [200] * 8
