"""Is the server alive, and may it be asked?"""

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
