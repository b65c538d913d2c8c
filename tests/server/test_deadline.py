"""A client that says how long it waits: what comes too late for it is not computed."""

import asyncio
import time

import anyio
import httpx
import numpy as np
import pytest
import tritonclient.http as triton

from dermsplit_contract.errors import DeadlinePassed, InvalidParameter
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferRequest, encode_request
from dermsplit_server.deadline import check_deadline
from dermsplit_server.registry import Registry
from tests.process import Process

from .test_admission import Gate, gated


def test_time_that_is_left_and_time_that_is_not() -> None:
    now = time.monotonic()
    for parameters in ({}, {"timeout": 0}, {"timeout": 60_000_000}):
        check_deadline(parameters, now)
    with pytest.raises(DeadlinePassed):
        check_deadline({"timeout": 60_000_000}, now - 61)
    for wrong in (-1, 1.5, "5", True, None):
        with pytest.raises(InvalidParameter, match="microseconds"):
            check_deadline({"timeout": wrong}, now)


async def test_who_waited_too_long_in_the_queue_is_told_and_not_computed(
    registry: Registry, features: np.ndarray, infer_path: str
) -> None:
    gate = Gate()
    async with gated(registry, gate) as client:

        async def ask(**parameters: int) -> httpx.Response:
            body, headers = encode_request(InferRequest((Tensor("features", features),), parameters=parameters))
            return await client.post(infer_path, content=body, headers=headers)

        first = asyncio.create_task(ask())
        await anyio.sleep(0.2)
        waiting = asyncio.create_task(ask(timeout=100_000))
        await anyio.sleep(0.3)
        gate.open.set()
        assert (await first).status_code == 200
        refused = await waiting
        assert (refused.status_code, refused.json()["code"]) == (503, "deadline_passed")
        assert "retry-after" not in refused.headers
        assert gate.calls == 1
        assert (await ask(timeout=10_000_000)).status_code == 200
        wrong = await ask(timeout=-1)
        assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_parameter")


def test_tritonclient_tells_it_in_microseconds(server: Process, features: np.ndarray) -> None:
    client = triton.InferenceServerClient(server.url.removeprefix("http://"))
    taken = triton.InferInput("features", list(features.shape), "UINT8")
    taken.set_data_from_numpy(features)
    assert client.infer("tiny", [taken], timeout=60_000_000).as_numpy("probabilities").shape == (1, 2)
    with pytest.raises(triton.InferenceServerException, match="waited longer than its timeout"):
        client.infer("tiny", [taken], timeout=1)
    client.close()
