"""The server as a client sees it: bundles to fetch, features to send, and its refusals in words."""

import re
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import numpy as np

from dermsplit_contract.bundle import MANIFEST_FILE, parse_manifest
from dermsplit_contract.decision import DECISIONS
from dermsplit_contract.errors import (
    BundleCorrupt,
    BundleInvalid,
    DermsplitError,
    KeyRequired,
    ServerRefused,
    ServerUnreachable,
    UsageError,
)
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import LENGTH_HEADER, Headers, InferReply, InferRequest, decode_reply, encode_request
from dermsplit_server.engines import Features, Metadata
from dermsplit_server.outputs import SHIFTED
from dermsplit_server.prediction import SUM_TOLERANCE
from dermsplit_server.prevalence import PREVALENCE
from dermsplit_server.validation import METADATA

MANIFEST_CHANGED = "The server's manifest does not hash to its id; it was changed on its way or its disk."
TIMEOUT_S = httpx.Timeout(60, connect=5)


@dataclass(frozen=True)
class Answer:
    """What the server said about one photo. Probabilities are in 0..1 by label and add up to 1.

    ``domain`` and ``domain_probabilities`` are None where the bundle tells no domains apart, ``shifted`` and
    ``prevalence`` where none was told. ``calibrated_prevalence`` is the one that ``probabilities`` hold for.
    """

    probabilities: dict[str, float]
    malignant: float
    decision: str
    operating_point: str
    threshold: float
    request_bytes: int
    round_trip_ms: float
    server_ms: dict[str, float]
    domain: str | None = None
    domain_probabilities: dict[str, float] | None = None
    shifted: dict[str, float] | None = None
    prevalence: float | None = None
    calibrated_prevalence: float | None = None


@dataclass(frozen=True)
class Request:
    """What is asked about one photo: features [1, *shape], metadata float32 [1, M], the prevalence in 0..1."""

    manifest: Manifest
    features: Features
    metadata: Metadata | None = None
    prevalence: float | None = None

    def encode(self) -> tuple[bytes, Headers]:
        """Body and headers: binary there, JSON back."""
        tensors = [Tensor(self.manifest.features.name, self.features)]
        if self.metadata is not None:
            tensors.append(Tensor(METADATA, self.metadata))
        parameters = {} if self.prevalence is None else {PREVALENCE: self.prevalence}
        return encode_request(InferRequest(tuple(tensors), parameters=parameters))


class Remote:
    """A connection to one server, kept open over many photos."""

    def __init__(self, url: str, api_key: str | None = None) -> None:
        """Raises ServerUnreachable where ``url`` is no address, UsageError where ``api_key`` cannot be a key."""
        self.url = url.rstrip("/")
        try:
            self._client = httpx.Client(base_url=self.url, timeout=TIMEOUT_S, headers=_authorization(api_key))
        except (httpx.InvalidURL, ValueError) as error:
            raise ServerUnreachable(f"'{url}' is not the address of a server. Give one as http://host:port.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def current_manifest(self) -> Manifest:
        """The manifest of the server's default bundle. Raises ServerUnreachable or ServerRefused."""
        listing = _json(self._ask("GET", "/bundles"))
        try:
            bundle_id = str(listing["default"]["id"])
            manifest = parse_manifest(self.file(bundle_id, MANIFEST_FILE))
        except (KeyError, TypeError, BundleInvalid) as error:
            raise ServerRefused("What answers there is not a dermsplit server of this version.") from error
        except BundleCorrupt as error:
            raise ServerRefused(MANIFEST_CHANGED) from error
        if manifest.id != bundle_id:
            raise ServerRefused(MANIFEST_CHANGED)
        return manifest

    def file(self, bundle_id: str, name: str) -> bytes:
        """A public file of a bundle. Raises ServerUnreachable or ServerRefused."""
        return self._ask("GET", f"/bundles/{bundle_id}/{name}").content

    def infer(self, request: Request) -> Answer:
        """Send a request and read the answer. Raises ServerUnreachable or ServerRefused."""
        manifest = request.manifest
        body, headers = request.encode()
        started = time.perf_counter()
        response = self._ask("POST", infer_path(manifest), content=body, headers=headers)
        spent = (time.perf_counter() - started) * 1000
        length = response.headers.get(LENGTH_HEADER)
        try:
            reply = decode_reply(response.content, int(length) if length else None)
            return _read(reply, manifest, len(body), spent)
        except (DermsplitError, ValueError, TypeError) as error:
            raise ServerRefused("The server's reply is not an answer for this bundle, so it is not used.") from error

    def _ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, **sent)
        except httpx.TimeoutException as error:
            raise ServerUnreachable(f"The server at {self.url} did not answer in time. Try again later.") from error
        except (httpx.TransportError, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise ServerUnreachable(
                f"Nothing answers at {self.url}. Start a server with `dermsplit serve`, or name one with --server."
            ) from error
        if response.status_code != httpx.codes.OK:
            raise _refusal(response)
        return response


def infer_path(manifest: Manifest) -> str:
    """Where a bundle's features are sent. Its id stands in the path, so that head and tail cannot be mixed."""
    return f"/v2/models/{manifest.name}/versions/{manifest.id}/infer"


def _read(reply: InferReply, manifest: Manifest, request_bytes: int, round_trip_ms: float) -> Answer:
    if reply.model_version != manifest.id or _texts(reply, "labels") != manifest.labels:
        raise ValueError("another bundle")
    probabilities = _row(reply, "probabilities", manifest.labels)
    (decision,) = _texts(reply, "decisions")
    if decision not in DECISIONS:
        raise ValueError("a decision that this client does not know")
    domain = domain_probabilities = None
    if manifest.domains is not None:
        (domain,) = _texts(reply, "domains")
        domain_probabilities = _row(reply, "domain_probabilities", manifest.domains.labels)
    told, calibrated = reply.parameters.get("prevalence"), reply.parameters.get("calibrated_prevalence")
    return Answer(
        probabilities=probabilities,
        malignant=malignant_of(probabilities, manifest),
        decision=decision,
        operating_point=str(reply.parameters["operating_point"]),
        threshold=_number(reply, "thresholds"),
        request_bytes=request_bytes,
        round_trip_ms=round_trip_ms,
        server_ms={key: float(value) for key, value in reply.parameters.items() if key.endswith("_ms")},
        domain=domain,
        domain_probabilities=domain_probabilities,
        shifted=None if told is None else _row(reply, SHIFTED, manifest.labels),
        prevalence=None if told is None else float(told),
        calibrated_prevalence=None if calibrated is None else float(calibrated),
    )


def malignant_of(probabilities: dict[str, float], manifest: Manifest) -> float:
    """The malignant probability: the sum over the malignant labels."""
    return sum(probabilities[label] for label in manifest.malignant)


def _number(reply: InferReply, name: str) -> float:
    tensor = reply.output(name)
    if tensor is None or tensor.datatype == "BYTES" or tensor.data.shape != (1,):
        raise ValueError("an output is missing")
    return float(tensor.data[0])


def _texts(reply: InferReply, name: str) -> list[str]:
    tensor = reply.output(name)
    if tensor is None or tensor.datatype != "BYTES":
        raise ValueError("an output is missing")
    return [str(text) for text in tensor.data.ravel()]


def _row(reply: InferReply, name: str, labels: list[str]) -> dict[str, float]:
    tensor = reply.output(name)
    if tensor is None or tensor.data.shape != (1, len(labels)):
        raise ValueError("an output is missing or of another shape")
    row = tensor.data[0].astype(np.float64)
    if not (np.isfinite(row).all() and (row >= 0).all() and abs(row.sum() - 1) <= SUM_TOLERANCE):
        raise ValueError("not probabilities")
    return dict(zip(labels, row.tolist(), strict=True))


def _authorization(api_key: str | None) -> dict[str, str]:
    if api_key is None:
        return {}
    if not re.fullmatch(r"[!-~]+", api_key):
        raise UsageError("Expected an API key of printable ASCII without spaces, something else came.")
    return {"Authorization": f"Bearer {api_key}"}


def _refusal(response: httpx.Response) -> ServerRefused:
    try:
        document = response.json()
        detail, code = str(document["detail"]), str(document["code"])
    except (ValueError, KeyError, TypeError):
        return ServerRefused(f"Expected a dermsplit server there, it answered {response.status_code} and no reason.")
    if code == KeyRequired.code:
        detail = "it answers to valid API keys only. Give yours with --api-key or DERMSPLIT_API_KEY."
    return ServerRefused(f"The server refused: {detail}", server_code=code)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise ServerRefused("What answers there is not a dermsplit server: its reply is not JSON.") from error
