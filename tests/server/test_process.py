"""A real server process: its start, its refusals, its log, and clients that know nothing of us."""

import gzip
import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
import tritonclient.http as triton

from dermsplit_contract.bundle import TAIL_KERAS, Bundle
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import Headers, InferRequest, encode_request
from dermsplit_server.registry import Registry
from tests.process import COMMAND, Process, free_port

from .conftest import Serving


def ask(server: Process, path: str, request: tuple[bytes, Headers]) -> list[float]:
    response = httpx.post(server.url + path, content=request[0], headers=request[1])
    assert response.status_code == 200, response.text
    found: list[float] = response.json()["outputs"][0]["data"]
    return found


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, "serve", *arguments], capture_output=True, text=True, timeout=60, check=False)


def assert_one_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 2, result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    for word in words:
        assert word in result.stderr


def test_serve_says_that_it_is_ready(server: Process, bundle: Bundle) -> None:
    line = f"dermsplit is ready on {server.url} (model tiny, bundle {bundle.manifest.id})"
    assert line in server.printed().splitlines()


def test_a_port_in_use_is_said(bundles: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert_one_sentence(serve("--bundles", str(bundles), "--port", str(port)), str(port), "in use", "--port")


@pytest.mark.parametrize("arguments", [("--engine", "steam"), ("--port", "70000"), ("--host", "no.such.host.invalid")])
def test_a_wrong_setting_is_said(arguments: tuple[str, str]) -> None:
    assert_one_sentence(serve(*arguments))


def test_no_bundle_is_said(tmp_path: Path) -> None:
    assert_one_sentence(serve("--bundles", str(tmp_path), "--port", "0"), "none", "--bundles")


def test_a_corrupt_bundle_is_said(bundles: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(bundles / "whole", tmp_path / "broken")
    (broken / TAIL_KERAS).write_bytes(b"x" * (broken / TAIL_KERAS).stat().st_size)
    assert_one_sentence(serve("--bundles", str(tmp_path), "--port", "0"), "broken", TAIL_KERAS, "SHA-256")


def test_uvicorn_starts_the_same_app(
    serving: Serving, bundles: Path, server: Process, infer_path: str, good: tuple[bytes, Headers]
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "dermsplit_server.app:app", "--port", str(port)]
    command += ["--http", "dermsplit_server.connection:Connection"]
    with serving(*command, port=port, DERMSPLIT_BUNDLES=str(bundles)) as other:
        assert ask(other, infer_path, good) == ask(server, infer_path, good)
        assert other.handle.poll() is None
        assert "127.0.0.1:" not in other.printed().replace(other.url.removeprefix("http://"), "")


def test_importing_the_app_loads_no_tensorflow() -> None:
    program = (
        "import sys, dermsplit_server.app; print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "[]"


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
@pytest.mark.parametrize("squeeze", [None, "gzip"])
def test_tritonclient_round_trip(
    server: Process,
    registry: Registry,
    features: np.ndarray,
    binary_in: bool,
    binary_out: bool,
    squeeze: str | None,
) -> None:
    served = registry.default
    client = triton.InferenceServerClient(server.url.removeprefix("http://"))
    taken = triton.InferInput("features", list(features.shape), "UINT8")
    taken.set_data_from_numpy(features, binary_data=binary_in)
    names = ("probabilities", "labels", "decisions")
    result = client.infer(
        "tiny",
        [taken],
        model_version=served.manifest.id,
        request_id="7",
        outputs=[triton.InferRequestedOutput(name, binary_data=binary_out) for name in names],
        request_compression_algorithm=squeeze,
    )
    np.testing.assert_allclose(result.as_numpy("probabilities"), served.tail(features).probabilities, atol=1e-6)
    texts = [text.decode() if isinstance(text, bytes) else text for text in result.as_numpy("labels")]
    assert texts == served.manifest.labels
    assert result.get_response()["id"] == "7"
    client.close()


def test_tritonclient_asks_for_health_and_metadata(server: Process, features: np.ndarray, bundle: Bundle) -> None:
    client = triton.InferenceServerClient(server.url.removeprefix("http://"))
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("tiny")
    assert client.is_model_ready("tiny", bundle.manifest.id)
    assert not client.is_model_ready("wart")
    assert client.get_server_metadata()["name"] == "dermsplit"
    assert client.get_model_metadata("tiny")["inputs"][0]["shape"] == [-1, 4, 4, 3]
    taken = triton.InferInput("features", list(features.shape), "UINT8")
    taken.set_data_from_numpy(features)
    # Without outputs it asks for all of them as binary.
    assert client.infer("tiny", [taken]).as_numpy("probabilities").shape == (1, 2)
    wrong = triton.InferInput("features", [1, 48], "UINT8")
    wrong.set_data_from_numpy(features.reshape(1, 48))
    with pytest.raises(triton.InferenceServerException, match="Expected 'features' of shape"):
        client.infer("tiny", [wrong])
    client.close()


def test_a_large_body_is_refused_and_the_connection_ends(
    server: Process, good: tuple[bytes, Headers], infer_path: str
) -> None:
    before = ask(server, infer_path, good)
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    started = time.perf_counter()
    with socket.create_connection(address, timeout=10) as raw:
        head = ["Host: localhost", "Content-Type: application/json", f"Content-Length: {200 << 20}", "", ""]
        raw.sendall("\r\n".join([f"POST {infer_path} HTTP/1.1", *head]).encode())
        answered = b""
        while chunk := raw.recv(65536):
            answered += chunk
    assert time.perf_counter() - started < 2
    assert answered.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answered.partition(b"\r\n\r\n")[2])["code"] == "payload_too_large"
    assert ask(server, infer_path, good) == before


def test_nothing_that_was_sent_is_in_the_log(server: Process, infer_path: str) -> None:
    canary = secrets.token_hex(24)
    raw = canary.encode()
    assert len(raw) == 48
    body, headers = encode_request(
        InferRequest((Tensor("features", np.frombuffer(raw, dtype=np.uint8).reshape(1, 4, 4, 3)),), id=canary)
    )
    reply = httpx.post(f"{server.url}{infer_path}?q={canary}", content=body, headers=headers).json()
    malformed = raw + body
    for content, more in (
        (malformed, {}),
        (gzip.compress(malformed), {"Content-Encoding": "gzip"}),
        (body, {"X-A": canary}),
    ):
        httpx.post(f"{server.url}{infer_path}", content=content, headers={**headers, **more})
    httpx.get(f"{server.url}/{canary}")
    httpx.get(f"{server.url}/v2/models/{canary}")
    httpx.get(f"{server.url}/bundles/{canary}/{canary}", headers={"X-Request-ID": f"{canary}!"})
    printed = server.printed()
    assert "POST /v2/models/{name}/versions/{version}/infer 200" in printed
    assert canary not in printed
    assert str(list(raw))[1:20] not in printed
    for probability in reply["outputs"][0]["data"]:
        assert f"{probability:.4f}" not in printed
    assert "127.0.0.1" not in printed.replace(f"ready on {server.url}", "")
