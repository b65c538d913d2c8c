"""The server's wiring, from top to bottom. `uvicorn dermsplit_server.app:app` starts it, and so does `dermsplit serve`.

Importing this module loads no model and no TensorFlow: the lifespan does.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import FastAPI

from dermsplit_contract.errors import BundleError
from dermsplit_server.access import AccessCheck
from dermsplit_server.admission import Admission
from dermsplit_server.envelope import Envelope
from dermsplit_server.hosts import HostCheck
from dermsplit_server.limits import BodyLimit
from dermsplit_server.logs import set_up_logs
from dermsplit_server.metrics import METRICS, Metrics
from dermsplit_server.overload import STATE, Overload
from dermsplit_server.problems import install_problems
from dermsplit_server.registry import Registry
from dermsplit_server.routes import bundles, health, infer, metrics, models, reference
from dermsplit_server.routes.page import Page
from dermsplit_server.settings import Settings, read_settings
from dermsplit_server.shelf import Shelf
from dermsplit_server.version import VERSION
from dermsplit_server.watch import watched

log = logging.getLogger("dermsplit.app")


def create_app(settings: Settings | None = None, given: Registry | Shelf | None = None) -> FastAPI:
    """Wire the application, for the bundles given; without any it opens those of the settings when it starts.

    A registry stays as it is, a shelf is looked at again while the application runs. Where no bundle passes its checks
    the server stays alive and not ready, and its log says why.
    """
    settings = settings or read_settings()
    shelf = None if isinstance(given, Registry) else given or Shelf(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        set_up_logs(settings.log_level, settings.log_format)
        app.state.admission = admission = Admission(settings.threads, settings.queue, settings.batch)
        if shelf is not None and not shelf.is_open:
            app.state.registry = await to_thread.run_sync(_opened, shelf)
        async with watched(shelf, settings.look_every, partial(setattr, app.state, "registry")):
            yield {STATE: Overload(admission, app.state.metrics), METRICS: app.state.metrics}

    app = FastAPI(
        title="dermsplit",
        version=VERSION,
        description="Runs the tail on features that a head computed elsewhere. Research software, not a diagnosis.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.registry = given if shelf is None else shelf.registry
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


def _opened(shelf: Shelf) -> Registry:
    try:
        return shelf.open()
    except BundleError as error:
        log.error("%s", error.detail)
        return shelf.registry


app = create_app()
