"""The application as Ray Serve runs it: `serve run dermsplit_server.cluster.app:build`.

Requests come to replicas of the same FastAPI application that `dermsplit serve` runs, and the tails are replicas of
their own, as many as the load needs.
"""

from typing import Any

from fastapi import FastAPI
from ray import serve

from dermsplit_server.app import create_app
from dermsplit_server.cluster.bundles import open_bundles
from dermsplit_server.cluster.remote import RemoteTail
from dermsplit_server.cluster.tails import Tails
from dermsplit_server.registry import Registry, Served
from dermsplit_server.settings import Settings, read_settings

WAITING = 64
"""Questions that one ingress has out at a time: it only waits for them, so far more than it has processors."""
TARGET = 4
"""Requests under way in each replica of the tails that autoscaling aims at: half a batch."""


def build(given: dict[str, str]) -> Any:
    """The application for `serve run`, with the settings of the environment.

    ``given`` are the command's arguments: ``ingresses`` and ``least``, ``most`` replicas of the tails; 1, 1 and 4.
    """
    ingresses, least, most = (int(given.get(name, usual)) for name, usual in _USUAL.items())
    return application(read_settings(), ingresses, least, most)


_USUAL = {"ingresses": "1", "least": "1", "most": "4"}


def application(settings: Settings, ingresses: int = 1, least: int = 1, most: int = 4) -> Any:
    """``ingresses`` replicas of the application, and ``least`` to ``most`` of the tails, a processor each.

    Every machine needs the settings' folder of bundles at the same path. Raises what ``open_bundles`` raises.
    """
    # Here rather than in a replica, whose failure would be told in a log only.
    open_bundles(settings)
    scaling = {"min_replicas": least, "max_replicas": most, "target_ongoing_requests": TARGET}
    tails = serve.deployment(Tails, name="Tails").options(
        autoscaling_config=scaling,
        # Enough for a batch to fill while another is computed.
        max_ongoing_requests=16,
        ray_actor_options={"num_cpus": 1},
        health_check_period_s=2,
    )
    front = serve.deployment(serve.ingress(lambda: ingress(settings))(), name="Ingress").options(
        num_replicas=ingresses,
        max_ongoing_requests=WAITING + settings.queue,
        ray_actor_options={"num_cpus": 0.5},
    )
    return front.bind(tails.bind(settings))


def ingress(settings: Settings) -> FastAPI:
    """The application in its replica: the bundles are read here, their tails asked elsewhere."""
    handle = serve.get_deployment_handle("Tails", serve.get_replica_context().app_name)
    served = {
        bundle.manifest.id: Served(bundle, RemoteTail(handle, bundle.manifest.id)) for bundle in open_bundles(settings)
    }
    own = settings.model_copy(update={"threads": WAITING})
    return create_app(own, Registry(served, max_batch=settings.max_batch))
