"""The shift to another prevalence: by the formula, by domain, and only where it is asked for."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from dermsplit_contract.errors import InvalidParameter, UsageError
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferRequest, decode_reply, encode_request
from dermsplit_server.app import create_app
from dermsplit_server.prevalence import read_prevalence, shift
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings
from dermsplit_server.shelf import load_registry

from .tiny import fields
from .told import DOMAINS, build_told_bundle, features_of_each_domain

BODY = {**fields("tiny", "UINT8"), "id": "0" * 16, "files": {}, "prevalence": 0.25}
PLAIN = Manifest.model_validate(BODY)
BY_DOMAIN = Manifest.model_validate({**BODY, "domains": DOMAINS})
ROWS = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8], [1.0, 0.0]], dtype=np.float32)


def log_odds(share: np.ndarray | float) -> np.ndarray:
    value = np.asarray(share, dtype=np.float64)
    return np.log(value / (1 - value))


def test_two_labels_move_by_the_difference_of_the_log_odds() -> None:
    shifted = shift(PLAIN, ROWS[:3], None, 0.02)
    assert shifted.calibrated_prevalence == 0.25
    assert shifted.probabilities.dtype == np.float32
    expected = log_odds(ROWS[:3, 1]) + log_odds(0.02) - log_odds(0.25)
    np.testing.assert_allclose(log_odds(shifted.probabilities[:, 1]), expected, atol=1e-4)
    np.testing.assert_allclose(shifted.probabilities.sum(axis=1), 1, atol=1e-6)


def test_certainty_stays_and_the_calibrated_prevalence_changes_nothing() -> None:
    assert shift(PLAIN, ROWS, None, 0.001).probabilities[3].tolist() == [1, 0]
    np.testing.assert_allclose(shift(PLAIN, ROWS, None, 0.25).probabilities, ROWS, atol=1e-7)


def test_each_row_moves_from_its_own_domains_prevalence() -> None:
    rows = ROWS[:3]
    shifted = shift(BY_DOMAIN, rows, ["dermoscopic", "phone", "neither"], 0.02)
    assert shifted.calibrated_prevalence is None
    expected = log_odds(rows[:, 1]) + log_odds(0.02) - log_odds(np.array([0.2, 0.4, 0.25]))
    np.testing.assert_allclose(log_odds(shifted.probabilities[:, 1]), expected, atol=1e-4)
    assert shift(BY_DOMAIN, rows, ["phone"] * 3, 0.02).calibrated_prevalence == 0.4


def test_labels_of_one_kind_keep_their_ratio() -> None:
    several = PLAIN.model_copy(update={"labels": ["nv", "mel", "bcc"], "malignant": ["mel", "bcc"]})
    rows = np.array([[0.5, 0.3, 0.2]], dtype=np.float32)
    shifted = shift(several, rows, None, 0.05).probabilities[0]
    assert shifted[1] / shifted[2] == pytest.approx(1.5, rel=1e-5)
    assert log_odds(shifted[1] + shifted[2]) == pytest.approx(log_odds(0.05) - log_odds(0.25), abs=1e-5)


def test_a_population_of_that_prevalence_is_calibrated_after_the_shift() -> None:
    # Scores of a known model: benign and malignant lesions are normal with means -1 and 1, so the log odds are 2x.
    random = np.random.default_rng(0)
    malignant = random.random(200_000) < 0.02
    scores = random.normal(np.where(malignant, 1.0, -1.0))
    at_calibration = 1 / (1 + np.exp(-(2 * scores + log_odds(0.25))))
    shifted = shift(PLAIN, np.stack([1 - at_calibration, at_calibration], 1).astype(np.float32), None, 0.02)
    told = shifted.probabilities[:, 1]
    for low, high in ((0.0, 0.01), (0.01, 0.1), (0.1, 0.5)):
        inside = (told >= low) & (told < high)
        assert malignant[inside].mean() == pytest.approx(told[inside].mean(), rel=0.15)


@pytest.mark.parametrize("value", [0, 1, -0.1, 1.5, True, "0.1", None, [0.1], float("inf"), float("nan")])
def test_what_is_no_prevalence(value: object) -> None:
    with pytest.raises(InvalidParameter, match="above 0 and below 1"):
        read_prevalence({"prevalence": value}, PLAIN, None)


def test_the_request_goes_before_the_setting() -> None:
    assert read_prevalence({}, PLAIN, None) is None
    assert read_prevalence({}, PLAIN, 0.1) == 0.1
    assert read_prevalence({"prevalence": 0.3, "priority": 1}, PLAIN, 0.1) == 0.3


def test_a_bundle_of_no_known_prevalence_is_not_shifted() -> None:
    unknown = PLAIN.model_copy(update={"prevalence": 0.0})
    assert read_prevalence({}, unknown, 0.1) is None
    with pytest.raises(InvalidParameter, match="not calibrated"):
        read_prevalence({"prevalence": 0.1}, unknown, None)


def test_the_setting_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DERMSPLIT_PREVALENCE", "0.02")
    assert read_settings().prevalence == 0.02
    monkeypatch.setenv("DERMSPLIT_PREVALENCE", "2")
    with pytest.raises(UsageError, match="DERMSPLIT_PREVALENCE"):
        read_settings()


@pytest.fixture(scope="module")
def told_registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder: Path = tmp_path_factory.mktemp("shifted") / "bundles"
    build_told_bundle(folder / "told")
    return load_registry(read_settings(bundles=folder))


@pytest.fixture
async def by_setting(told_registry: Registry) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(read_settings(prevalence=0.1), told_registry)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as open_,
    ):
        yield open_


async def test_the_reply_has_both_and_the_decision_is_that_of_the_first(
    by_setting: httpx.AsyncClient, told_registry: Registry
) -> None:
    manifest = told_registry.default.manifest
    replies = []
    for parameters in ({}, {"prevalence": 0.1}, {"prevalence": 0.6}):
        request = InferRequest((Tensor("features", features_of_each_domain()),), parameters=parameters)
        body, headers = encode_request(request)
        response = await by_setting.post("/v2/models/told/infer", content=body, headers=headers)
        replies.append(decode_reply(response.content, None))
    names = ("probabilities", "decisions", "domains", "shifted_probabilities")
    setting, low, high = ({name: reply.output(name).data for name in names} for reply in replies)
    for name in names:
        np.testing.assert_array_equal(setting[name], low[name])
    for name in names[:3]:
        np.testing.assert_array_equal(low[name], high[name])
    for reply, told in zip(replies, (0.1, 0.1, 0.6), strict=True):
        assert reply.parameters["prevalence"] == told
        assert "calibrated_prevalence" not in reply.parameters
    expected = shift(manifest, low["probabilities"], low["domains"].tolist(), 0.6).probabilities
    np.testing.assert_allclose(high["shifted_probabilities"], expected, atol=1e-6)


async def test_without_a_prevalence_there_is_no_such_output(
    client: httpx.AsyncClient, infer_path: str, features: np.ndarray
) -> None:
    tensor = Tensor("features", features)
    asked = {"shifted_probabilities": False}
    body, headers = encode_request(InferRequest((tensor,), outputs=asked))
    refused = await client.post(infer_path, content=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_tensor")
    assert "'prevalence'" in refused.json()["detail"]
    body, headers = encode_request(InferRequest((tensor,), outputs=asked, parameters={"prevalence": 0.01}))
    reply = (await client.post(infer_path, content=body, headers=headers)).json()
    assert [output["name"] for output in reply["outputs"]] == ["shifted_probabilities"]
    assert (reply["parameters"]["prevalence"], reply["parameters"]["calibrated_prevalence"]) == (0.01, 0.5)
    body, headers = encode_request(InferRequest((tensor,)))
    plain = (await client.post(infer_path, content=body, headers=headers)).json()
    assert [output["name"] for output in plain["outputs"]] == ["probabilities", "labels", "decisions", "thresholds"]
    assert "prevalence" not in plain["parameters"]


@pytest.mark.parametrize("text", ["0", "1", "-1", "1e999", "true", '"0.1"', "[0.1]", "null"])
async def test_a_bad_prevalence_is_a_problem(client: httpx.AsyncClient, infer_path: str, text: str) -> None:
    body = f'{{"inputs": [{{"name": "features", "shape": [1, 4, 4, 3], "datatype": "UINT8", "data": {[0] * 48}}}], '
    body += f'"parameters": {{"prevalence": {text}}}}}'
    response = await client.post(infer_path, content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
