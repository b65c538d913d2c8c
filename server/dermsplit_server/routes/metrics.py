"""/metrics, for Prometheus. A proxy that faces the internet should keep it to itself."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

router = APIRouter(tags=["health"])


@router.get("/metrics", summary="Counts, times and sizes for Prometheus", response_class=Response)
async def metrics(request: Request) -> Response:
    content = request.app.state.metrics.text(request.app.state.registry)
    return Response(content, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
