"""The server as a client sees it: bundles to fetch, features to send, and its refusals in words."""

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import numpy as np
from pydantic import ValidationError

from dermsplit_contract.bundle import MANIFEST_FILE
from dermsplit_contract.errors import DermsplitError, ServerRefused, ServerUnreachable
from dermsplit_contract.manifest import Manifest, manifest_id
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import LENGTH_HEADER, Headers, InferReply, InferRequest, decode_reply, encode_request
from dermsplit_server.engines import Features
from dermsplit_server.prediction import SUM_TOLERANCE

TIMEOUT_S = httpx.Timeout(60, connect=5)


@dataclass(frozen=True)
class Answer:
    """What the server said about one photo. Probabilities are in 0..1 by label and add up to 1."""

    probabilities: dict[str, float]
    malignant: float
    decision: str
    operating_point: str
    threshold: float
    request_bytes: int
    round_trip_ms: float
    server_ms: dict[str, float]


class Remote:
    """A connection to one server, kept open over many photos."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            self._client = httpx.Client(base_url=self.url, timeout=TIMEOUT_S)
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
            manifest = Manifest.model_validate_json(self.file(bundle_id, MANIFEST_FILE))
        except (KeyError, TypeError, ValidationError) as error:
            raise ServerRefused("What answers there is not a dermsplit server of this version.") from error
        if not manifest.id == bundle_id == manifest_id(manifest.model_dump(mode="json")):
            raise ServerRefused("The server's manifest does not hash to its id; it was changed on its way or its disk.")
        return manifest

    def file(self, bundle_id: str, name: str) -> bytes:
        """A public file of a bundle. Raises ServerUnreachable or ServerRefused."""
        return self._ask("GET", f"/bundles/{bundle_id}/{name}").content

    def infer(self, manifest: Manifest, features: Features) -> Answer:
        """Send features [1, *shape] and read the answer. Raises ServerUnreachable or ServerRefused."""
        body, headers = request_for(manifest, features)
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


def request_for(manifest: Manifest, features: Features) -> tuple[bytes, Headers]:
    """The body and headers that carry features [1, *shape]: binary there, JSON back."""
    return encode_request(InferRequest((Tensor(manifest.features.name, features),)))


def infer_path(manifest: Manifest) -> str:
    """Where a bundle's features are sent. Its id stands in the path, so that head and tail cannot be mixed."""
    return f"/v2/models/{manifest.name}/versions/{manifest.id}/infer"


def _read(reply: InferReply, manifest: Manifest, request_bytes: int, round_trip_ms: float) -> Answer:
    tensors = [reply.output(name) for name in ("probabilities", "labels", "decisions")]
    if reply.model_version != manifest.id or any(tensor is None for tensor in tensors):
        raise ValueError("another bundle, or an output is missing")
    probabilities, labels, decisions = (tensor.data for tensor in tensors if tensor is not None)
    if probabilities.shape != (1, len(manifest.labels)) or list(labels) != manifest.labels or decisions.shape != (1,):
        raise ValueError("shapes or labels")
    row = probabilities[0].astype(np.float64)
    if not (np.isfinite(row).all() and (row >= 0).all() and abs(row.sum() - 1) <= SUM_TOLERANCE):
        raise ValueError("not probabilities")
    return Answer(
        probabilities=dict(zip(manifest.labels, row.tolist(), strict=True)),
        malignant=float(row[manifest.malignant_indices].sum()),
        decision=str(decisions[0]),
        operating_point=str(reply.parameters["operating_point"]),
        threshold=float(reply.parameters["threshold"]),
        request_bytes=request_bytes,
        round_trip_ms=round_trip_ms,
        server_ms={key: float(value) for key, value in reply.parameters.items() if key.endswith("_ms")},
    )


def _refusal(response: httpx.Response) -> ServerRefused:
    try:
        document = response.json()
        detail, code = str(document["detail"]), str(document["code"])
    except (ValueError, KeyError, TypeError):
        return ServerRefused(f"Expected a dermsplit server there, it answered {response.status_code} and no reason.")
    return ServerRefused(f"The server refused: {detail}", server_code=code)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise ServerRefused("What answers there is not a dermsplit server: its reply is not JSON.") from error
