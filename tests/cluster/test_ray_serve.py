"""Two replicas of the tail behind the application, and one is killed while questions come in."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferRequest, decode_reply, encode_request
from dermsplit_server.settings import read_settings
from tests.fuzz.bundles import LEVELS, SHAPE, answer, build
from tests.process import free_port

ray = pytest.importorskip("ray", reason="Ray has an environment of its own: `make cluster` runs these tests there")

CLIENTS = 4
KILL_AFTER = 40
"""Answers before the replica is killed."""
STOP_AFTER = 160
WITHIN_S = 240


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return build(tmp_path_factory.mktemp("cluster") / "uint8", "whole", "UINT8")


@pytest.fixture(scope="module")
def url(bundle: Bundle) -> Iterator[str]:
    """The application on Ray, two replicas of the tail."""
    from ray import serve

    from dermsplit_server.cluster.app import application

    port = free_port()
    # A cluster that RAY_ADDRESS names is taken; else one of this machine alone, on loopback, with processors to share.
    own = {"num_cpus": 4, "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    ray.init(log_to_driver=False, configure_logging=False, **({} if "RAY_ADDRESS" in os.environ else own))
    serve.start(http_options={"host": "127.0.0.1", "port": port})
    serve.run(application(read_settings(bundles=bundle.directory.parent), least=2, most=2), name="dermsplit")
    yield f"http://127.0.0.1:{port}"
    serve.shutdown()
    ray.shutdown()


def replicas() -> set[int]:
    """Processes that hold the tail: Ray names them."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                title = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if title.startswith(b"ray::ServeReplica:dermsplit:Tails"):
                found.add(int(entry.name))
    return found


def ask(client: httpx.Client, bundle: Bundle, seed: int) -> tuple[int, bool]:
    """The status of one question, and whether its answer is right."""
    features = np.random.default_rng(seed).integers(0, LEVELS, (1, *SHAPE), dtype=np.uint8)
    body, headers = encode_request(InferRequest((Tensor("features", features),)))
    path = f"/v2/models/{bundle.manifest.name}/versions/{bundle.manifest.id}/infer"
    reply = client.post(path, content=body, headers=headers)
    if reply.status_code != 200:
        return reply.status_code, False
    found = decode_reply(reply.content, None).output("probabilities")
    return 200, found is not None and bool(np.allclose(found.data, answer(features), atol=1e-5))


def test_it_is_the_same_application(url: str, bundle: Bundle) -> None:
    with httpx.Client(base_url=url, timeout=60) as client:
        assert ask(client, bundle, 1) == (200, True)
        assert client.get("/v2/health/ready").status_code == 200
        assert client.get("/bundles").json()["bundles"][0]["id"] == bundle.manifest.id
        refused = client.post(f"/v2/models/{bundle.manifest.name}/infer", json={"inputs": []})
        assert (refused.status_code, refused.json()["code"]) == (400, "malformed_request")
        assert client.get("/v2", headers={"Host": "elsewhere.example"}).status_code == 421


def test_a_replica_that_dies_loses_no_question(url: str, bundle: Bundle) -> None:
    before = replicas()
    assert len(before) == 2
    seen: Counter[tuple[int, bool]] = Counter()
    stop, deadline = threading.Event(), time.monotonic() + WITHIN_S

    def go_on(number: int) -> None:
        with httpx.Client(base_url=url, timeout=120) as client:
            seed = number
            while not stop.is_set():
                seen[ask(client, bundle, seed)] += 1
                seed += CLIENTS

    def wait_for(answers: int) -> None:
        while seen.total() < answers and time.monotonic() < deadline:
            time.sleep(0.05)

    clients = [threading.Thread(target=go_on, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    wait_for(KILL_AFTER)
    os.kill(min(before), signal.SIGKILL)
    wait_for(STOP_AFTER)
    stop.set()
    for client in clients:
        client.join()
    assert set(seen) == {(200, True)}, seen
    assert seen.total() >= STOP_AFTER
    while len(replicas() - before) < 1 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(replicas()) == 2
    assert min(before) not in replicas()
