"""The protocol's metadata: the server, its models, and whether one is ready."""

from typing import Any

from fastapi import APIRouter, Request

from dermsplit_contract.manifest import Manifest
from dermsplit_server.outputs import outputs_of
from dermsplit_server.problems import documented
from dermsplit_server.registry import Registry
from dermsplit_server.validation import METADATA
from dermsplit_server.version import VERSION

router = APIRouter(prefix="/v2", tags=["models"])
NAMED = documented(404, 503)


@router.get("", summary="Name, version and extensions of the server")
async def server_metadata() -> dict[str, Any]:
    return {"name": "dermsplit", "version": VERSION, "extensions": ["binary_tensor_data"]}


@router.get("/models/{name}", summary="The current version's tensors", responses=NAMED)
@router.get("/models/{name}/versions/{version}", summary="A version's tensors", responses=NAMED)
async def model_metadata(request: Request, name: str, version: str | None = None) -> dict[str, Any]:
    registry: Registry = request.app.state.registry
    served = registry.find(name, version)
    held = [version] if version else [other.manifest.id for other in registry.versions(name)]
    limits = {"max_batch_size": registry.max_batch}
    described = {"name": name, "versions": held, "platform": served.tail.engine, **_tensors(served.manifest)}
    return {**described, "parameters": limits}


@router.get("/models/{name}/ready", summary="Whether the current version may be asked", responses=NAMED)
@router.get("/models/{name}/versions/{version}/ready", summary="Whether a version may be asked", responses=NAMED)
async def model_ready(request: Request, name: str, version: str | None = None) -> dict[str, Any]:
    registry: Registry = request.app.state.registry
    registry.find(name, version)
    return {"name": name, "ready": True}


def _tensors(manifest: Manifest) -> dict[str, Any]:
    spec = manifest.features
    inputs: list[dict[str, Any]] = [{"name": spec.name, "datatype": spec.datatype, "shape": [-1, *spec.shape]}]
    if manifest.metadata is not None:
        told = {"name": METADATA, "datatype": "FP32", "shape": [-1, manifest.metadata.width]}
        inputs.append({**told, "parameters": {"optional": True}})
    return {"inputs": inputs, "outputs": outputs_of(manifest)}
