"""A bundle with metadata and domains, asked over HTTP: what may be told, what comes back, and what is refused."""

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle, open_bundle, seal_bundle
from dermsplit_contract.decision import name_domains
from dermsplit_contract.errors import BundleInvalid, GoldenMismatch, InternalError, UsageError
from dermsplit_contract.measures import DomainSpec
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferReply, InferRequest, decode_reply, encode_request
from dermsplit_server.app import create_app
from dermsplit_server.client.told import Told, metadata_for
from dermsplit_server.engines import Answers, check_golden, load_tail
from dermsplit_server.prediction import predict
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings
from dermsplit_server.shelf import load_registry
from dermsplit_server.validation import Question

from .tiny import PUBLIC, fields
from .told import (
    BETWEEN,
    DECLINED_FROM,
    DERMOSCOPIC,
    DOMAINS,
    NEITHER,
    PHONE,
    WIDTH,
    build_told_bundle,
    features_of_each_domain,
)


class Fixed:
    """A tail that answers the same whatever it is asked; a real one cannot be made to answer what it must not."""

    engine = "fixed"

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def __call__(self, _: np.ndarray, __: np.ndarray | None = None) -> Answers:
        return self.answers


PATH = "/v2/models/told/infer"
FEATURES = features_of_each_domain()
KNOWN = np.array([[0.6, 1, 0, 1, 0, 0, 1]] * 4, dtype="<f4")


@pytest.fixture(scope="module")
def told_registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder = tmp_path_factory.mktemp("told") / "bundles"
    build_told_bundle(folder / "told")
    return load_registry(read_settings(bundles=folder))


@pytest.fixture
async def told(told_registry: Registry) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(read_settings(), told_registry)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as open_,
    ):
        yield open_


async def ask(
    client: httpx.AsyncClient, metadata: np.ndarray | None = None, *, as_json: bool = False, **parameters: Any
) -> InferReply:
    tensors = [Tensor("features", FEATURES)]
    tensors += [] if metadata is None else [Tensor("metadata", metadata)]
    body, headers = encode_request(InferRequest(tuple(tensors), parameters=parameters), as_json=as_json)
    response = await client.post(PATH, content=body, headers=headers)
    assert response.status_code == 200, response.text
    return decode_reply(response.content, None)


def data(reply: InferReply, name: str) -> np.ndarray:
    output = reply.output(name)
    assert output is not None, name
    return output.data


async def test_each_row_has_its_domain_and_neither_gets_no_decision(told: httpx.AsyncClient) -> None:
    reply = await ask(told)
    probabilities, domains = data(reply, "probabilities"), data(reply, "domain_probabilities")
    assert domains.shape == (4, 3)
    np.testing.assert_allclose(domains.sum(axis=1), 1, atol=1e-6)
    assert domains[BETWEEN].argmax() == 2
    assert domains[BETWEEN, 2] < DECLINED_FROM
    assert data(reply, "domains").tolist() == ["dermoscopic", "phone", "neither", "dermoscopic"]
    decisions = data(reply, "decisions").tolist()
    assert decisions[NEITHER] == "cannot_tell"
    for row in (DERMOSCOPIC, PHONE, BETWEEN):
        assert decisions[row] == ("suspicious" if probabilities[row, 1] >= 0.5 else "not_suspicious")
    assert [output.name for output in reply.outputs] == [
        "probabilities",
        "labels",
        "decisions",
        "thresholds",
        "domain_probabilities",
        "domains",
    ]


async def test_metadata_left_out_is_zeros_and_told_it_counts(told: httpx.AsyncClient) -> None:
    without, zeros = await ask(told), await ask(told, np.zeros((4, WIDTH), "<f4"))
    np.testing.assert_array_equal(data(without, "probabilities"), data(zeros, "probabilities"))
    binary, plain = await ask(told, KNOWN), await ask(told, KNOWN, as_json=True)
    np.testing.assert_array_equal(data(binary, "probabilities"), data(plain, "probabilities"))
    assert np.abs(data(binary, "probabilities") - data(without, "probabilities")).max() > 0.01
    np.testing.assert_array_equal(data(binary, "domain_probabilities"), data(without, "domain_probabilities"))


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        (KNOWN[:, :-1], "invalid_tensor"),
        (KNOWN[:3], "invalid_tensor"),
        (KNOWN.astype("<f2"), "wrong_datatype"),
        (np.where(KNOWN == 1, np.nan, KNOWN).astype("<f4"), "invalid_tensor"),
        (np.where(KNOWN == 1, np.inf, KNOWN).astype("<f4"), "invalid_tensor"),
        (KNOWN - np.float32(0.5), "invalid_tensor"),
        (KNOWN + np.float32(0.5), "invalid_tensor"),
    ],
    ids=["narrow", "rows", "datatype", "nan", "infinity", "below", "above"],
)
async def test_metadata_that_is_none(told: httpx.AsyncClient, metadata: np.ndarray, code: str) -> None:
    request = InferRequest((Tensor("features", FEATURES), Tensor("metadata", np.ascontiguousarray(metadata))))
    body, headers = encode_request(request)
    response = await told.post(PATH, content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert "'metadata'" in response.json()["detail"]


async def test_the_oldest_person_may_be_told(told: httpx.AsyncClient) -> None:
    oldest = np.array([[1.3, 1, 0, 0, 0, 0, 0]] * 4, dtype="<f4")
    assert data(await ask(told, oldest), "probabilities").shape == (4, 2)


async def test_a_bundle_that_takes_no_metadata_refuses_it(
    client: httpx.AsyncClient, infer_path: str, features: np.ndarray
) -> None:
    request = InferRequest((Tensor("features", features), Tensor("metadata", KNOWN[:1])))
    body, headers = encode_request(request)
    response = await client.post(infer_path, content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_tensor")
    assert "one input named 'features'" in response.json()["detail"]


async def test_metadata_alone_or_something_else_beside_it_is_refused(told: httpx.AsyncClient) -> None:
    for tensors in (
        (Tensor("metadata", KNOWN),),
        (Tensor("features", FEATURES), Tensor("metadata", KNOWN), Tensor("photo", KNOWN)),
    ):
        body, headers = encode_request(InferRequest(tensors))
        response = await told.post(PATH, content=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (400, "invalid_tensor")
        assert "beside it at most 'metadata'" in response.json()["detail"]


async def test_models_metadata_lists_every_tensor(told: httpx.AsyncClient) -> None:
    tensors = (await told.get("/v2/models/told")).json()
    optional = {"optional": True}
    assert tensors["inputs"] == [
        {"name": "features", "datatype": "UINT8", "shape": [-1, 4, 4, 3]},
        {"name": "metadata", "datatype": "FP32", "shape": [-1, WIDTH], "parameters": optional},
    ]
    assert tensors["outputs"] == [
        {"name": "probabilities", "datatype": "FP32", "shape": [-1, 2]},
        {"name": "labels", "datatype": "BYTES", "shape": [2]},
        {"name": "decisions", "datatype": "BYTES", "shape": [-1]},
        {"name": "thresholds", "datatype": "FP32", "shape": [-1]},
        {"name": "domain_probabilities", "datatype": "FP32", "shape": [-1, 3]},
        {"name": "domains", "datatype": "BYTES", "shape": [-1]},
        {"name": "shifted_probabilities", "datatype": "FP32", "shape": [-1, 2], "parameters": optional},
    ]
    listed = [output["name"] for output in tensors["outputs"]]
    given = [output.name for output in (await ask(told, prevalence=0.1)).outputs]
    assert given == listed


async def test_a_full_batch_in_verbose_json_with_metadata_is_under_the_cap(
    told: httpx.AsyncClient, told_registry: Registry
) -> None:
    features, metadata = np.full((8, 4, 4, 3), 199), np.full((8, WIDTH), 1.2345678e-30, dtype="<f4")
    inputs = [
        {"name": "features", "shape": [8, 4, 4, 3], "datatype": "UINT8", "data": features.tolist()},
        {"name": "metadata", "shape": [8, WIDTH], "datatype": "FP32", "data": metadata.tolist()},
    ]
    body = json.dumps({"inputs": inputs}).encode()
    response = await told.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 200
    served = told_registry.default
    assert served.item_json_bytes == 48 * 8 + WIDTH * 32


def test_the_golden_case_covers_the_domains(told_registry: Registry) -> None:
    served = told_registry.default
    check_golden(served.bundle, served.tail)
    golden = served.tail(served.bundle.golden_features())
    assert golden.domains is not None

    with pytest.raises(GoldenMismatch, match="off by"):
        check_golden(served.bundle, Fixed(Answers(golden.probabilities, golden.domains + np.float32(0.01))))
    with pytest.raises(GoldenMismatch, match="shape"):
        check_golden(served.bundle, Fixed(Answers(golden.probabilities)))


@pytest.mark.parametrize(
    "domains",
    [
        None,
        np.array([[0.2, 0.2, 0.2]], dtype=np.float32),
        np.array([[np.nan, 0.5, 0.5]], dtype=np.float32),
        np.array([[1.5, -0.5, 0.0]], dtype=np.float32),
        np.array([[0.5, 0.5]], dtype=np.float32),
        np.array([[0.5, 0.25, 0.25]], dtype=np.float64),
    ],
    ids=["none", "sum", "nan", "range", "shape", "dtype"],
)
def test_what_is_no_probability_of_a_domain_is_never_an_answer(
    told_registry: Registry, domains: np.ndarray | None
) -> None:
    good = np.array([[0.25, 0.75]], dtype=np.float32)
    served = replace(told_registry.default, tail=Fixed(Answers(good, domains)))
    with pytest.raises(InternalError, match="not a probability"):
        predict(served, Question(FEATURES[:1]))
    served = replace(served, tail=Fixed(Answers(good, np.array([[0.5, 0.25, 0.25]], dtype=np.float32))))
    assert predict(served, Question(FEATURES[:1])).probabilities is good


@pytest.mark.parametrize(("probability", "name"), [(0.5, "phone"), (0.75, "neither"), (0.7499, "phone")])
def test_neither_is_declined_exactly_from_its_threshold(probability: float, name: str) -> None:
    spec = DomainSpec(declined_from=0.75, prevalence={})
    row = np.array([[0.0, 1 - probability, probability]], dtype=np.float32)
    assert name_domains(spec, row).tolist() == [name]


def test_what_is_told_becomes_columns(told_registry: Registry, registry: Registry) -> None:
    manifest = told_registry.default.manifest
    assert metadata_for(Told(), manifest) is None
    everything = metadata_for(Told(60, "male", "face"), manifest)
    assert everything is not None
    assert everything.dtype == np.float32
    np.testing.assert_allclose(everything, [[0.6, 1, 0, 1, 0, 0, 1]], atol=1e-7)
    np.testing.assert_array_equal(metadata_for(Told(site="arm"), manifest), [[0, 0, 0, 0, 1, 0, 0]])
    np.testing.assert_array_equal(metadata_for(Told(age=0), manifest), [[0, 1, 0, 0, 0, 0, 0]])
    with pytest.raises(UsageError, match=r"--sex to be one of female, male, got 'x'"):
        metadata_for(Told(sex="x"), manifest)
    with pytest.raises(UsageError, match=r"does not take --age: it takes the picture alone"):
        metadata_for(Told(age=60), registry.default.manifest)


@pytest.mark.parametrize(
    ("told", "words"),
    [(Told(age=131), "--age"), (Told(age=-1), "--age"), (Told(age=float("nan")), "--age"), (Told(prevalence=2), "2%")],
)
def test_numbers_that_no_bundle_could_take(told: Told, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        told.check()


def test_a_tail_that_is_not_the_manifests_is_refused(tmp_path: Path, bundle: Bundle) -> None:
    other = shutil.copytree(bundle.directory, tmp_path / "other")
    (other / "manifest.json").unlink()
    seal_bundle(other, {**fields("other", "UINT8"), "domains": DOMAINS}, PUBLIC)
    with pytest.raises(BundleInvalid, match=r"to 2 probabilities and 3 of domains"):
        load_tail(open_bundle(other), read_settings(engine="keras"))
