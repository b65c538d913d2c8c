"""The fast engine gives the reference engine's answers, and its server never sees TensorFlow."""

import os
import shutil
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest

from dermsplit_contract.bundle import TAIL_BIN, TAIL_XML, Bundle
from dermsplit_contract.errors import BundleInvalid, GoldenMismatch
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferRequest, encode_request
from dermsplit_server.engines import Tail, choose_engine, load_tail
from dermsplit_server.settings import read_settings
from tests.process import COMMAND, free_port

from .conftest import Serving
from .fast import sealed, with_fast_tail
from .tiny import LEVELS, SHAPE
from .told import WIDTH, build_told_bundle, features_of_each_domain


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A bundle with metadata and domains, its tail in both forms."""
    folder = tmp_path_factory.mktemp("told")
    return with_fast_tail(build_told_bundle(folder / "plain"), folder / "fast")


def tails(bundle: Bundle) -> tuple[Tail, Tail]:
    return tuple(load_tail(bundle, read_settings(engine=engine, threads=4)) for engine in ("openvino", "keras"))


@pytest.mark.parametrize("batch", [1, 3, 8])
def test_it_answers_as_keras_does(fast: Bundle, batch: int) -> None:
    features = np.random.default_rng(batch).integers(0, LEVELS, (batch, *SHAPE), dtype=np.uint8)
    found, expected = (tail(features) for tail in tails(fast))
    assert found.probabilities.dtype == np.float32
    assert found.domains is None
    np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=1e-5)
    assert np.ptp(expected.probabilities) > 0.1, "the comparison would mean nothing"


def test_metadata_and_domains_are_those_of_keras(told: Bundle) -> None:
    features = features_of_each_domain()
    metadata = np.random.default_rng(0).uniform(0, 1, (len(features), WIDTH)).astype(np.float32)
    openvino, keras = tails(told)
    for given in (None, metadata):
        found, expected = openvino(features, given), keras(features, given)
        np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=1e-5)
        np.testing.assert_allclose(found.domains, expected.domains, atol=1e-5)
    assert np.abs(openvino(features, metadata).probabilities - openvino(features).probabilities).max() > 1e-3


def test_threads_do_not_see_each_others_answers(fast: Bundle) -> None:
    tail = tails(fast)[0]
    items = np.random.default_rng(2).integers(0, LEVELS, (64, 1, *SHAPE), dtype=np.uint8)
    alone = [tail(item).probabilities for item in items]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda item: tail(item).probabilities, items))
    np.testing.assert_array_equal(together, alone)


def test_auto_takes_it_where_the_bundle_carries_it(fast: Bundle, bundle: Bundle) -> None:
    assert load_tail(fast, read_settings()).engine == "openvino"
    assert choose_engine(fast, "keras") == "keras"
    assert choose_engine(bundle, "auto") == "keras"
    with pytest.raises(BundleInvalid, match=r"carries no tail.xml.*--engine keras"):
        choose_engine(bundle, "openvino")


def test_a_file_that_is_no_tail_is_refused(fast: Bundle, told: Bundle, tmp_path: Path) -> None:
    for name, content in (("text", b"<net/>"), ("other", told.path(TAIL_XML).read_bytes())):
        broken = shutil.copytree(fast.directory, tmp_path / name)
        (broken / TAIL_XML).write_bytes(content)
        with pytest.raises(BundleInvalid, match="does not load on OpenVINO"):
            load_tail(sealed(broken, fast), read_settings(engine="openvino"))


def test_other_weights_fail_the_golden_case(fast: Bundle, tmp_path: Path) -> None:
    broken = shutil.copytree(fast.directory, tmp_path / "broken")
    weights = np.frombuffer((broken / TAIL_BIN).read_bytes(), np.uint8).copy()
    weights[-128:] ^= 0x01
    (broken / TAIL_BIN).write_bytes(weights[::-1].tobytes()[: len(weights)])
    with pytest.raises((GoldenMismatch, BundleInvalid)):
        load_tail(sealed(broken, fast), read_settings(engine="openvino"))


def test_a_real_server_runs_without_tensorflow(fast: Bundle, serving: Serving, tmp_path: Path) -> None:
    for name in ("tensorflow", "keras"):
        (tmp_path / f"{name}.py").write_text(f"raise ImportError('{name} was imported')\n")
    port = free_port()
    command = [COMMAND, "serve", "--bundles", str(fast.directory), "--port", str(port)]
    body, headers = encode_request(InferRequest((Tensor("features", fast.golden_features()),)))
    with serving(*command, port=port, PYTHONPATH=str(tmp_path)) as server:
        reply = httpx.post(f"{server.url}/v2/models/tiny/infer", content=body, headers=headers).json()
        assert httpx.get(f"{server.url}/v2/models/tiny").json()["platform"] == "openvino"
        if sys.platform == "linux":
            assert "libtensorflow" not in Path(f"/proc/{server.handle.pid}/maps").read_text()
        assert "runs on openvino" in server.printed()
    np.testing.assert_allclose(reply["outputs"][0]["data"], fast.golden_probabilities()[0], atol=1e-5)


def children_of(pid: int) -> list[int]:
    """Processes that multiprocessing started, without its tracker of resources."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_uvicorns_workers_answer_alike_and_are_replaced(fast: Bundle, serving: Serving) -> None:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "dermsplit_server.app:app", "--port", str(port), "--workers", "2"]
    command += ["--http", "dermsplit_server.connection:Connection"]
    body, headers = encode_request(InferRequest((Tensor("features", fast.golden_features()),)))

    def ask(url: str) -> str:
        response = httpx.post(f"{url}/v2/models/tiny/infer", content=body, headers=headers, timeout=30)
        return str(response.json()["outputs"][0]["data"])

    with serving(*command, port=port, DERMSPLIT_BUNDLES=str(fast.directory)) as server:
        before = {ask(server.url) for _ in range(10)}
        workers = children_of(server.handle.pid)
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        deadline = time.monotonic() + 60
        while set(children_of(server.handle.pid)) <= set(workers) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(set(children_of(server.handle.pid)) - set(workers)) == 1
        assert {ask(server.url) for _ in range(10)} == before
    assert len(before) == 1
