"""The bundles and their public files, which never change: they are named by the hash of what they hold.

A file is found by its name in the manifest, never by a path, so nothing else on the disk can be reached.
"""

from pathlib import PurePosixPath
from typing import Any

from anyio import Path
from fastapi import APIRouter, Request, Response

from dermsplit_contract.bundle import MANIFEST_FILE
from dermsplit_contract.errors import InternalError
from dermsplit_server.problems import documented
from dermsplit_server.registry import Registry

router = APIRouter(prefix="/bundles", tags=["bundles"])

IMMUTABLE = "public, max-age=31536000, immutable"
MEDIA_TYPES = {".json": "application/json", ".png": "image/png", ".md": "text/markdown; charset=utf-8"}
RAW = "application/octet-stream"


@router.get("", summary="The bundles that are served", responses=documented(503))
async def list_bundles(request: Request, response: Response) -> dict[str, Any]:
    registry: Registry = request.app.state.registry
    response.headers["Cache-Control"] = "no-cache"
    named = [{"name": served.manifest.name, "id": bundle_id} for bundle_id, served in registry.bundles.items()]
    default = registry.default.manifest
    return {"default": {"name": default.name, "id": default.id}, "bundles": named}


@router.get("/{bundle_id}/{file:path}", summary="manifest.json or a public file of a bundle", responses=documented(404))
async def bundle_file(request: Request, bundle_id: str, file: str) -> Response:
    registry: Registry = request.app.state.registry
    bundle = registry.bundle(bundle_id).bundle
    if file == MANIFEST_FILE:
        path, tag, size = bundle.directory / MANIFEST_FILE, bundle.manifest.id, None
    else:
        path, entry = bundle.public_path(file), bundle.manifest.files[file]
        tag, size = entry.sha256, entry.bytes
    headers = {"ETag": f'"{tag}"', "Cache-Control": IMMUTABLE}
    if f'"{tag}"' in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    content = await Path(path).read_bytes()
    if size is not None and len(content) != size:
        raise InternalError("A file of this bundle has changed on the server's disk, so it is not sent.")
    media_type = MEDIA_TYPES.get(PurePosixPath(file).suffix, RAW)
    return Response(content, headers=headers, media_type=media_type)
