"""Every address of the API: what it answers, and with which headers."""

import json

import httpx
import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import LENGTH_HEADER, Headers, InferRequest, decode_reply, encode_request
from dermsplit_server.app import create_app
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings

PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "request_id", "error"}


async def test_health_and_metadata(client: httpx.AsyncClient, bundle: Bundle) -> None:
    identity = bundle.manifest.id
    assert (await client.get("/v2/health/live")).json() == {"live": True}
    assert (await client.get("/v2/health/ready")).json() == {"ready": True}
    assert (await client.get("/v2")).json()["extensions"] == ["binary_tensor_data"]
    for path in ("/v2/models/tiny", f"/v2/models/tiny/versions/{identity}"):
        metadata = (await client.get(path)).json()
        assert metadata["versions"] == [identity]
        assert metadata["inputs"] == [{"name": "features", "datatype": "UINT8", "shape": [-1, 4, 4, 3]}]
        assert metadata["outputs"][0] == {"name": "probabilities", "datatype": "FP32", "shape": [-1, 2]}
        assert (await client.get(f"{path}/ready")).json() == {"name": "tiny", "ready": True}


async def test_bundles_are_listed_with_the_default(client: httpx.AsyncClient, registry: Registry) -> None:
    listing = (await client.get("/bundles")).json()
    assert listing["default"] == {"name": "tiny", "id": registry.default.manifest.id}
    assert {entry["name"] for entry in listing["bundles"]} == {"tiny", "tinyfloat"}
    assert {entry["id"] for entry in listing["bundles"]} == set(registry.bundles)


async def test_public_files_come_whole_and_for_ever(client: httpx.AsyncClient, bundle: Bundle) -> None:
    for name, entry in bundle.manifest.files.items():
        response = await client.get(f"/bundles/{bundle.manifest.id}/{name}")
        if not entry.public:
            assert response.status_code == 404
            assert response.json()["code"] == "unknown_file"
            continue
        assert response.content == bundle.path(name).read_bytes()
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["etag"] == f'W/"{entry.sha256}"'
        again = await client.get(response.url.path, headers={"If-None-Match": response.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert not bundle.manifest.files["tail.keras"].public


async def test_manifest_and_content_types(client: httpx.AsyncClient, bundle: Bundle) -> None:
    base = f"/bundles/{bundle.manifest.id}"
    manifest = await client.get(f"{base}/manifest.json")
    assert manifest.json() == bundle.manifest.model_dump(mode="json")
    types = {
        "manifest.json": "application/json",
        "head/model.json": "application/json",
        "head/weights.bin": "application/octet-stream",
        "head.tflite": "application/octet-stream",
        "golden/input.png": "image/png",
        "CARD.md": "text/markdown; charset=utf-8",
    }
    for name, media_type in types.items():
        assert (await client.get(f"{base}/{name}")).headers["content-type"] == media_type


@pytest.mark.parametrize(
    "path",
    ["tail.keras", "../whole/tail.keras", "..%2f..%2fetc%2fpasswd", "%2e%2e/manifest.json", "head", "head/", "", "x"],
)
async def test_nothing_but_public_files_can_be_reached(client: httpx.AsyncClient, bundle: Bundle, path: str) -> None:
    response = await client.get(f"/bundles/{bundle.manifest.id}/{path}")
    assert response.status_code == 404
    assert response.json().keys() >= PROBLEM_KEYS


@pytest.mark.parametrize("versioned", [True, False])
async def test_inference_gives_the_tails_probabilities(
    client: httpx.AsyncClient, registry: Registry, versioned: bool
) -> None:
    served = registry.default
    golden = served.bundle.golden_features()
    body, headers = encode_request(InferRequest((Tensor("features", golden),), id="photo 7"))
    version = f"/versions/{served.manifest.id}" if versioned else ""
    response = await client.post(f"/v2/models/tiny{version}/infer", content=body, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    reply = response.json()
    assert (reply["model_name"], reply["model_version"], reply["id"]) == ("tiny", served.manifest.id, "photo 7")
    outputs = {output["name"]: output for output in reply["outputs"]}
    expected = served.bundle.golden_probabilities()[0]
    np.testing.assert_allclose(outputs["probabilities"]["data"], expected, atol=1e-6)
    assert outputs["labels"]["data"] == ["benign", "malignant"]
    assert outputs["decisions"]["data"] == ["suspicious" if expected[1] >= 0.5 else "not_suspicious"]
    parameters = reply["parameters"]
    assert (parameters["bundle"], parameters["operating_point"]) == (served.manifest.id, "sensitivity_95")
    assert outputs["thresholds"]["data"] == [0.5]
    assert 0 < parameters["tail_ms"] <= parameters["total_ms"]


async def test_every_form_of_the_same_request_gives_the_same_bits(
    client: httpx.AsyncClient, infer_path: str, features: np.ndarray
) -> None:
    tensor = Tensor("features", features)
    forms = [
        encode_request(InferRequest((tensor,))),
        encode_request(InferRequest((tensor,)), as_json=True),
        encode_request(InferRequest((tensor,), binary=True)),
        encode_request(InferRequest((tensor,), outputs={"probabilities": True})),
    ]
    seen = set()
    for body, headers in forms:
        response = await client.post(infer_path, content=body, headers=headers)
        length = response.headers.get(LENGTH_HEADER)
        output = decode_reply(response.content, int(length) if length else None).output("probabilities")
        assert output is not None
        seen.add(output.data.tobytes())
    assert len(seen) == 1


async def test_a_batch_is_answered_in_order(client: httpx.AsyncClient, registry: Registry, infer_path: str) -> None:
    batch = np.random.default_rng(3).integers(0, 200, (8, 4, 4, 3), dtype=np.uint8)
    body, headers = encode_request(InferRequest((Tensor("features", batch),)))
    reply = decode_reply((await client.post(infer_path, content=body, headers=headers)).content, None)
    probabilities, decisions = reply.output("probabilities"), reply.output("decisions")
    assert probabilities is not None
    assert decisions is not None
    one_by_one = np.concatenate([registry.default.tail(item[None]).probabilities for item in batch])
    np.testing.assert_allclose(probabilities.data, one_by_one, atol=1e-6)
    expected = ["suspicious" if row[1] >= 0.5 else "not_suspicious" for row in one_by_one]
    assert decisions.data.tolist() == expected
    assert len(set(expected)) == 2


async def test_only_the_outputs_asked_for_come(
    client: httpx.AsyncClient, infer_path: str, features: np.ndarray
) -> None:
    asked = InferRequest((Tensor("features", features),), outputs={"decisions": False})
    body, headers = encode_request(asked)
    reply = (await client.post(infer_path, content=body, headers=headers)).json()
    assert [output["name"] for output in reply["outputs"]] == ["decisions"]


async def test_unknown_names_say_what_is_current(
    client: httpx.AsyncClient, good: tuple[bytes, Headers], bundle: Bundle
) -> None:
    body, headers = good
    gone = await client.post(f"/v2/models/tiny/versions/{'0' * 16}/infer", content=body, headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_version")
    assert gone.json()["current"] == bundle.manifest.id
    other = await client.post("/v2/models/wart/infer", content=body, headers=headers)
    assert (other.status_code, other.json()["code"]) == (404, "unknown_model")
    for path in ("/v2/models/wart", "/v2/models/wart/ready", "/v2/models/tiny/versions/x", "/bundles/x/manifest.json"):
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("POST", "/nowhere", 404),
        ("GET", "/v2/models/tiny/infer", 405),
        ("DELETE", "/v2/health/live", 405),
        ("GET", "/", 404),
    ],
)
async def test_the_frameworks_own_refusals_are_problems(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document.keys() >= PROBLEM_KEYS
    assert document["status"] == status
    assert document["request_id"] == response.headers["x-request-id"]
    assert document["error"] == document["detail"]


async def test_every_answer_has_its_id_and_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/v2/health/live", "/nowhere", "/docs"):
        headers = (await client.get(path, headers={"X-Request-ID": "abc-1"})).headers
        assert headers["x-request-id"] == "abc-1"
        policy = headers["content-security-policy"]
        assert "script-src 'self' 'wasm-unsafe-eval';" in policy
        assert "unsafe-inline" not in policy
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-embedder-policy"] == "require-corp"
        assert headers["permissions-policy"].startswith("camera=(self)")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb"])
async def test_a_request_id_that_is_not_plain_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    answered = (await client.get("/v2/health/live", headers={"X-Request-ID": given})).headers["x-request-id"]
    assert answered != given
    assert len(answered) == 32


async def test_openapi_and_docs_describe_every_route(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/openapi.json")).json()
    infer = schema["paths"]["/v2/models/{name}/versions/{version}/infer"]["post"]
    assert set(infer["requestBody"]["content"]) == {"application/octet-stream", "application/json"}
    assert "application/problem+json" in infer["responses"]["413"]["content"]
    docs = (await client.get("/docs")).text
    assert [path for path in schema["paths"] if path not in docs] == []
    assert "<script" not in docs


async def test_the_page_is_served_with_caching(registry: Registry, tmp_path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>mole</title>")
    (tmp_path / "assets" / "app-1234.js").write_text("export const a = 1;\n" * 200)
    app = create_app(read_settings(page=tmp_path), registry)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as page,
    ):
        index = await page.get("/")
        assert index.text == "<!doctype html><title>mole</title>"
        assert index.headers["cache-control"] == "no-cache"
        script = await page.get("/assets/app-1234.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.headers["content-encoding"] == "gzip"
        assert "immutable" in script.headers["cache-control"]
        missing = await page.get("/assets/none.js")
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        assert (await page.get("/..%2f..%2fetc%2fpasswd")).status_code == 404


async def test_a_page_that_is_not_built_says_how(client: httpx.AsyncClient) -> None:
    assert "make page" in (await client.get("/")).json()["detail"]


async def test_no_bundle_means_alive_and_not_ready(tmp_path, good: tuple[bytes, Headers]) -> None:
    app = create_app(read_settings(bundles=tmp_path))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as empty,
    ):
        assert (await empty.get("/v2/health/live")).status_code == 200
        for response in (
            await empty.get("/v2/health/ready"),
            await empty.get("/bundles"),
            await empty.post("/v2/models/tiny/infer", content=good[0], headers=good[1]),
        ):
            assert (response.status_code, response.json()["code"]) == (503, "not_ready")
            assert int(response.headers["retry-after"]) > 0


async def test_the_default_bundle_answers_its_golden_case(default_bundle) -> None:
    bundle = open_bundle(default_bundle)
    app = create_app(read_settings(bundles=default_bundle))
    transport = httpx.ASGITransport(app)
    body, headers = encode_request(InferRequest((Tensor("features", bundle.golden_features()),)))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as real,
    ):
        assert (await real.get("/v2/health/ready")).json() == {"ready": True}
        path = f"/v2/models/{bundle.manifest.name}/versions/{bundle.manifest.id}/infer"
        reply = json.loads((await real.post(path, content=body, headers=headers)).content)
    np.testing.assert_allclose(reply["outputs"][0]["data"], bundle.golden_probabilities()[0], atol=1e-4)
