"""A real server over a long time and in a bad place: its memory, its connections, its workers, its disk."""

import os
import resource
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import Headers, InferRequest, encode_request
from tests.process import COMMAND, Process, free_port

from .conftest import Serving
from .test_openvino import children_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

REQUESTS = 2_000
IDLE = 2_000
AS_ROOT = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="mounts, which needs root")


def request_of(bundle: Bundle) -> tuple[bytes, Headers]:
    return encode_request(InferRequest((Tensor("features", bundle.golden_features()),)))


def command_for(bundle: Bundle, port: int) -> list[str]:
    return [COMMAND, "serve", "--bundles", str(bundle.directory), "--port", str(port)]


def held(server: Process) -> tuple[int, int, float]:
    """Files that are open, threads, and MB of memory, of a server."""
    place = Path(f"/proc/{server.handle.pid}")
    lines = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines())
    return len(list((place / "fd").iterdir())), int(lines["Threads"]), int(lines["VmRSS"].split()[0]) / 1000


def test_many_requests_leave_nothing_behind(serving: Serving, fast: Bundle) -> None:
    port = free_port()
    body, headers = request_of(fast)
    bad = [(body[:-1], headers), (b"", headers), (body, {**headers, "Content-Encoding": "gzip"})]
    with serving(*command_for(fast, port), port=port, DERMSPLIT_LOG_LEVEL="error") as server:
        statuses: set[int] = set()
        for round_ in range(2):
            with httpx.Client(base_url=server.url) as client:
                for number in range(REQUESTS // 2 if round_ else 200):
                    content, given = bad[number % 3] if number % 10 == 0 else (body, headers)
                    statuses.add(client.post("/v2/models/tiny/infer", content=content, headers=given).status_code)
                    if number % 20 == 0:
                        httpx.get(f"{server.url}/bundles")
            if not round_:
                files, threads, memory = held(server)
        assert statuses == {200, 400}
        time.sleep(0.2)
        after = held(server)
    assert after[0] <= files
    assert after[1] <= threads + 1
    assert after[2] < memory + 8


def test_two_thousand_idle_connections_keep_nobody_out(serving: Serving, fast: Bundle) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < IDLE + 500:
        pytest.skip(f"only {hard} files may be open")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, IDLE + 500), hard))
    port = free_port()
    body, headers = request_of(fast)
    try:
        with serving(*command_for(fast, port), port=port, DERMSPLIT_HEADER_TIMEOUT="4") as server:
            expected = httpx.post(f"{server.url}/v2/models/tiny/infer", content=body, headers=headers).json()["outputs"]
            idle = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(IDLE)]
            found = httpx.post(f"{server.url}/v2/models/tiny/infer", content=body, headers=headers, timeout=20).json()
            assert found["outputs"] == expected
            assert {connection.recv(1) for connection in idle} == {b""}
            for connection in idle:
                connection.close()
            assert held(server)[0] < 100
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_while_a_worker_dies_the_other_answers(serving: Serving, fast: Bundle) -> None:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "dermsplit_server.app:app", "--port", str(port), "--workers", "2"]
    command += ["--http", "dermsplit_server.connection:Connection"]
    body, headers = request_of(fast)
    answers: list[int] = []
    failed: list[str] = []
    over = threading.Event()

    def ask(url: str) -> None:
        while not over.is_set():
            try:
                # Each time a new connection, as it is from another phone.
                answers.append(httpx.post(f"{url}/v2/models/tiny/infer", content=body, headers=headers).status_code)
            except httpx.TransportError as error:
                failed.append(type(error).__name__)

    with serving(*command, port=port, DERMSPLIT_BUNDLES=str(fast.directory)) as server:
        clients = [threading.Thread(target=ask, args=(server.url,)) for _ in range(3)]
        for client in clients:
            client.start()
        workers = children_of(server.handle.pid)
        os.kill(workers[0], signal.SIGKILL)
        before, killed = len(answers), time.monotonic()
        while len(set(children_of(server.handle.pid)) - set(workers)) < 1 and time.monotonic() < killed + 30:
            time.sleep(0.05)
        time.sleep(0.5)
        over.set()
        for client in clients:
            client.join()
    assert set(answers) == {200}
    assert len(answers) > before
    # What the dead worker held is lost, and a client may have a few more connections in its queue; nothing else is.
    assert len(failed) <= 10, failed


@AS_ROOT
def test_on_a_disk_that_is_read_only_nothing_is_missed_or_kept(serving: Serving, fast: Bundle) -> None:
    port, canary = free_port(), secrets.token_hex(24)
    script = 'mount --make-rprivate / && mount -t tmpfs none /mnt && mount -o remount,ro,bind / && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", script, "sh", *command_for(fast, port)]
    raw = np.frombuffer(canary.encode(), np.uint8).reshape(1, 4, 4, 3)
    body, headers = encode_request(InferRequest((Tensor("features", raw),), id=canary))
    environment = {"HOME": "/mnt", "TMPDIR": "/mnt", "XDG_CACHE_HOME": "/mnt"}
    with serving(*command, port=port, **environment) as server:
        for content in (body, canary.encode() + body):
            httpx.post(f"{server.url}/v2/models/tiny/infer?q={canary}", content=content, headers=headers)
        reply = httpx.post(f"{server.url}/v2/models/tiny/infer", content=body, headers=headers)
        assert reply.status_code == 200
        assert reply.json()["id"] == canary
        root = Path(f"/proc/{server.handle.pid}/root")
        # The only place that could be written to, and it was not.
        assert list((root / "mnt").iterdir()) == []
        with pytest.raises(OSError, match="Read-only"):
            (root / "opt" / canary).write_text("")
        assert canary not in server.printed()


def test_a_log_that_cannot_be_written_stops_nobody(fast: Bundle) -> None:
    port = free_port()
    body, headers = request_of(fast)
    with Path("/dev/full").open("wb") as full:
        server = subprocess.Popen(command_for(fast, port), stdout=full, stderr=full)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                reply = httpx.post(f"http://127.0.0.1:{port}/v2/models/tiny/infer", content=body, headers=headers)
                break
            except httpx.TransportError:
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert reply.status_code == 200
    finally:
        server.terminate()
        server.wait(20)
