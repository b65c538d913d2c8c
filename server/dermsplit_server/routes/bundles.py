"""The bundles and their public files, which never change: they are named by the hash of what they hold.

A file is found by its name in the manifest, never by a path, so nothing else on the disk can be reached.
"""

from pathlib import PurePosixPath
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from dermsplit_contract.bundle import MANIFEST_FILE
from dermsplit_contract.errors import UnknownFile
from dermsplit_server.precompressed import CODINGS, accepts, compressed, read_whole
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


_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file's bytes, under gzip where the client takes it",
        "content": {kind: {} for kind in (*MEDIA_TYPES.values(), RAW)},
    },
    304: {"description": "The client's copy is the file"},
}


@router.get(
    "/{bundle_id}/{file:path}",
    summary="manifest.json or a public file of a bundle",
    responses={**_FILE, **documented(404)},
    response_class=Response,
)
async def bundle_file(request: Request, bundle_id: str, file: str) -> Response:
    registry: Registry = request.app.state.registry
    bundle = registry.bundle(bundle_id).bundle
    if file == MANIFEST_FILE:
        path, tag, size = bundle.directory / MANIFEST_FILE, bundle.manifest.id, None
    else:
        path, entry = bundle.public_path(file), bundle.manifest.files[file]
        tag, size = entry.sha256, entry.bytes
    # Weak, since the plain and the compressed copy share it.
    headers = {"ETag": f'W/"{tag}"', "Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding"}
    if f'"{tag}"' in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    content = None
    try:
        coding = next((coding for coding, _ in CODINGS if accepts(request.headers, coding)), None)
        if coding is not None:
            content = await to_thread.run_sync(compressed, path, size, coding)
        if coding is not None and content is not None:
            headers["Content-Encoding"] = coding
        else:
            content = await to_thread.run_sync(read_whole, path, size)
    except FileNotFoundError as error:
        raise UnknownFile("This bundle has left the server's disk. GET /bundles names the one to take.") from error
    media_type = MEDIA_TYPES.get(PurePosixPath(file).suffix, RAW)
    return Response(content, headers=headers, media_type=media_type)
