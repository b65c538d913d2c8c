"""What Prometheus may know: counts, times and sizes of requests, never anything of what was asked or answered."""

import os
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from dermsplit_server.registry import Registry

MILLISECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15)
BYTES = (512, 1024, 2048, 4096, 8192, 14336, 32768, 131072, 1048576)
METRICS = "metrics"
"""Their place in the state that the lifespan gives every connection."""
WORKERS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""Where the client library lets several workers add up what they count; without it each answers for itself."""


class Metrics:
    """The figures of one application. Routes are templates, so that no label holds what a client wrote."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "dermsplit_requests", "Requests answered, refusals among them", ["route", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "dermsplit_request_seconds", "From head to reply", ["route"], buckets=MILLISECONDS, registry=self._registry
        )
        self.stages = Histogram(
            "dermsplit_stage_seconds", "Inference by stage", ["stage"], buckets=MILLISECONDS, registry=self._registry
        )
        self.bytes = Histogram("dermsplit_request_bytes", "Body as it came", buckets=BYTES, registry=self._registry)
        self.inside = Gauge(
            "dermsplit_inside",
            "Inferences that run or wait",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._refused = Gauge(
            "dermsplit_bundles_refused",
            "Folders that hold a broken bundle",
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        # Looking a label's figures up costs more than counting does. There are few routes, and fewer statuses.
        self._by_status = cache(self.requests.labels)
        self._by_route = cache(self.seconds.labels)
        self.decoding, self.running = self.stages.labels("decode"), self.stages.labels("tail")
        self._told: set[tuple[str, str, str]] = set()
        self._bundles = Gauge(
            "dermsplit_bundle",
            "1 for each bundle that is served, 0 for one that was",
            ["model", "bundle", "engine"],
            registry=self._registry,
            multiprocess_mode="livemax",
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered with this status after so many seconds."""
        self._by_status(route, status).inc()
        self._by_route(route).observe(seconds)

    def text(self, bundles: Registry) -> bytes:
        """Everything in Prometheus' text format."""
        held = {(one.manifest.name, one.manifest.id, one.tail.engine) for one in bundles.bundles.values()}
        self._told |= held
        for labels in self._told:
            self._bundles.labels(*labels).set(labels in held)
        self._refused.set(len(bundles.refused))
        if WORKERS_DIRECTORY not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
