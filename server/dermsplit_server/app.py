"""The server's wiring, from top to bottom. `uvicorn dermsplit_server.app:app` starts it, and so does `dermsplit serve`.

Importing this module loads no model and no TensorFlow: the lifespan does.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI

from dermsplit_contract.errors import BundleError
from dermsplit_server.access import AccessCheck
from dermsplit_server.admission import Admission
from dermsplit_server.envelope import Envelope
from dermsplit_server.hosts import HostCheck
from dermsplit_server.limits import BodyLimit
from dermsplit_server.logs import set_up_logs
from dermsplit_server.metrics import Metrics
from dermsplit_server.problems import install_problems
from dermsplit_server.registry import Registry, load_registry
from dermsplit_server.routes import bundles, health, infer, metrics, models, reference
from dermsplit_server.routes.page import Page
from dermsplit_server.settings import Settings, read_settings
from dermsplit_server.version import VERSION

log = logging.getLogger("dermsplit.app")


def create_app(settings: Settings | None = None, registry: Registry | None = None) -> FastAPI:
    """Wire the application. Without a ``registry`` it opens the bundles of the settings when it starts.

    Where no bundle passes its checks the server stays alive and not ready, and its log says why.
    """
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        set_up_logs(settings.log_level, settings.log_format)
        app.state.admission = Admission(settings.threads, settings.queue)
        if registry is None:
            app.state.registry = await to_thread.run_sync(_load, settings)
        yield

    app = FastAPI(
        title="dermsplit",
        version=VERSION,
        description="Runs the tail on features that a head computed elsewhere. Research software, not a diagnosis.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.registry = registry or Registry()
    app.state.prevalence = settings.prevalence
    app.state.metrics = Metrics()

    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=lambda: app.state.registry.largest_body, seconds=settings.body_timeout)
    app.add_middleware(AccessCheck, keys=settings.api_keys, rate=settings.rate_limit)
    app.add_middleware(HostCheck, allowed=settings.allowed_hosts)
    app.add_middleware(Envelope, metrics=app.state.metrics)
    install_problems(app)

    # Routes are tried in this order, and that of inference is asked for most.
    app.include_router(infer.router)
    app.include_router(health.router)
    app.include_router(models.router)
    app.include_router(bundles.router)
    app.include_router(metrics.router)
    app.include_router(reference.router)
    app.router.default = Page(settings.page)
    return app


def _load(settings: Settings) -> Registry:
    try:
        return load_registry(settings)
    except BundleError as error:
        log.error("%s", error.detail)
        return Registry()


app = create_app()
