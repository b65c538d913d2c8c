"""Training on several devices and hosts: real processes, real sockets, and the result of a single device."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dermsplit_contract.errors import UsageError
from dermsplit_training.learning.devices import open_devices

ROOT = Path(__file__).parents[3]


def free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def tf_config(index: int, ports: list[int]) -> str:
    workers = [f"127.0.0.1:{port}" for port in ports]
    return json.dumps({"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}})


def start(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", *map(str, arguments)]
    quiet = {"CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | quiet | environment, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def finish(process: subprocess.Popen[str], returncode: int = 0) -> str:
    try:
        _, stderr = process.communicate(timeout=240)
    finally:
        process.kill()
    assert process.returncode == returncode, stderr[-3000:]
    return stderr


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What ``worker`` found on one device, on two of one process, and on two hosts of which the second is killed."""
    folder, ports = tmp_path_factory.mktemp("devices"), free_ports(2)
    worker = "tests.training.learning.worker"
    workers = [
        start(worker, "multi-worker", 1, folder / f"{index}.json", TF_CONFIG=tf_config(index, ports))
        for index in range(2)
    ]
    mirrored = start(worker, "mirrored", 2, folder / "mirrored.json")
    for process, returncode in ((workers[0], 0), (workers[1], -signal.SIGKILL), (mirrored, 0)):
        finish(process, returncode)
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.iterdir()}
    return found | {"single": found["mirrored"].pop("single")}


@pytest.mark.parametrize("name", ["mirrored", "0", "1"])
def test_two_devices_or_hosts_give_the_result_of_one(measured: dict[str, dict[str, Any]], name: str) -> None:
    several, single = measured[name], measured["single"]
    assert (several["replicas"], single["replicas"]) == (2, 1)
    for row, expected in zip(several["rows"], single["rows"], strict=True):
        assert row == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(several["weights"], single["weights"], atol=1e-5)
    assert several["rows"][1]["loss"] < several["rows"][0]["loss"]


def test_one_worker_is_the_chief_and_decides(measured: dict[str, dict[str, Any]]) -> None:
    assert [measured[name]["chief"] for name in ("0", "1", "mirrored", "single")] == [True, False, True, True]
    assert measured["0"]["from_chief"] == measured["1"]["from_chief"] == [0.25, 7.0]


def test_workers_agree_on_moving_statistics(measured: dict[str, dict[str, Any]]) -> None:
    assert measured["0"]["normed_weights"] == measured["1"]["normed_weights"]
    np.testing.assert_allclose(measured["0"]["normed_weights"], measured["mirrored"]["normed_weights"], atol=1e-5)
    assert not np.allclose(measured["0"]["normed_weights"], measured["single"]["normed_weights"], atol=1e-5)


@pytest.mark.parametrize("name", ["single", "mirrored", "0", "1"])
def test_a_loss_that_is_no_number_in_one_share_stops_all(measured: dict[str, dict[str, Any]], name: str) -> None:
    losses = measured[name]["losses_to_nan"]
    assert len(losses) == 2
    assert np.isfinite(losses[0])
    assert np.isnan(losses[1])


def test_workers_with_other_batches_are_told(measured: dict[str, dict[str, Any]]) -> None:
    for name in ("0", "1"):
        assert measured[name]["unlike"].startswith("The workers do not have the same batches.")


def test_a_batch_that_cannot_be_shared(measured: dict[str, dict[str, Any]]) -> None:
    expected = "A batch of 9 cannot be shared equally by 2 devices. Give a train.batch_size that is a multiple of 2."
    assert measured["mirrored"]["uneven"] == expected


def test_a_killed_worker_ends_the_other(measured: dict[str, dict[str, Any]]) -> None:
    assert "alone" not in measured["1"]
    assert measured["0"]["alone"].startswith("Another worker ended or cannot be reached any more.")


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (None, r"Strategy 'multi-worker' needs the environment variable TF_CONFIG\. "),
        ("{", r"TF_CONFIG is broken: Invalid JSON: .*\. "),
        ("{}", r"TF_CONFIG is broken: cluster: Field required\. "),
        (tf_config(0, [12345]).replace("worker", "ps"), r"TF_CONFIG is broken: cluster\.worker: Field required\. "),
        (tf_config(2, [12345, 12346]), r"TF_CONFIG is broken: task\.index is 2, but there are 2 workers, .*\. "),
        (tf_config(0, [12345, 12345]), r"TF_CONFIG is broken: two workers have the same host and port\. "),
        (tf_config(0, [99999]), r"TF_CONFIG is broken: a port is not between 1 and 65535\. "),
    ],
)
def test_hosts_that_are_not_named(config: str | None, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if config is not None:
        monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(UsageError, match=f"^{problem}It must name all workers and which one this is, as {{.*}}\\.$"):
        open_devices("multi-worker")


def test_a_worker_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = free_ports(2)
    monkeypatch.setenv("TF_CONFIG", tf_config(0, ports))
    began = time.monotonic()
    with pytest.raises(UsageError, match=rf"^No worker came to 127\.0\.0\.1:{ports[1]} within 0\.2 seconds\."):
        open_devices("multi-worker", patience=0.2)
    assert time.monotonic() - began < 5


def test_a_port_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("", 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setenv("TF_CONFIG", tf_config(0, [port]))
        with pytest.raises(UsageError, match=rf"^TF_CONFIG makes this worker 127\.0\.0\.1:{port}, but: "):
            open_devices("multi-worker")


def test_other_backends_have_no_strategies() -> None:
    script = "from dermsplit_training.learning.devices import open_devices as o; print(o('none').chief); o('mirrored')"
    code = ["-c", script]
    run = subprocess.run(
        [sys.executable, *code],
        env=os.environ | {"KERAS_BACKEND": "numpy"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "True\n"
    assert "UsageError: Strategy 'mirrored' needs the TensorFlow backend, but Keras runs on numpy." in run.stderr
