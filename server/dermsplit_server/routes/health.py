"""Is the server alive, may it be asked, and which bundles does it hold?"""

from typing import Any

from fastapi import APIRouter, Request

from dermsplit_server.problems import documented
from dermsplit_server.registry import Registry

router = APIRouter(prefix="/v2/health", tags=["health"])


@router.get("/live", summary="The process answers")
async def live() -> dict[str, bool]:
    return {"live": True}


@router.get("/ready", summary="A bundle is loaded and its golden case passed", responses=documented(503))
async def ready(request: Request) -> dict[str, bool]:
    registry: Registry = request.app.state.registry
    return {"ready": registry.default is not None}


@router.get("/detail", summary="The bundles that are answered, and the folders that are refused")
async def detail(request: Request) -> dict[str, Any]:
    """The whole sentence about a refused folder is in the log, since it may name a path."""
    registry: Registry = request.app.state.registry
    bundles = [
        {
            "name": served.manifest.name,
            "id": bundle_id,
            "engine": served.tail.engine,
            "current": registry.versions(served.manifest.name)[0] is served,
            "retired": bundle_id in registry.retired,
        }
        for bundle_id, served in registry.bundles.items()
    ]
    refused = [{"folder": name, "code": error.code, "title": error.title} for name, error in registry.refused.items()]
    return {"ready": bool(bundles), "bundles": bundles, "refused": refused}
