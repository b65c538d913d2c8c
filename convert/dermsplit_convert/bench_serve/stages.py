"""Where the time of a request goes, from the server's own /metrics before and after a load."""

import http.client
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from dermsplit_convert.bench_serve.load import GOOD, HOST

STAGES = ("decode", "tail")
WHOLE = "whole"


@dataclass(frozen=True)
class Stages:
    """Mean milliseconds a request: in the server as a whole, and of it decoding and the tail."""

    whole: float
    decode: float
    tail: float

    @property
    def rest(self) -> float:
        """Reading the body, waiting for a thread, encoding and writing the reply."""
        return self.whole - self.decode - self.tail


Counts = dict[str, tuple[float, float]]
"""Seconds and number by stage."""


def read_counts(port: int) -> Counts | None:
    """What the server has counted so far; None where it tells nothing of stages."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", "/metrics")
        reply = connection.getresponse()
        text = reply.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    if reply.status != GOOD or "dermsplit_stage_seconds" not in text:
        return None
    return {name: (_value(text, name, "sum"), _value(text, name, "count")) for name in (*STAGES, WHOLE)}


def between(before: Counts | None, after: Counts | None) -> Stages | None:
    """The means of what was counted in between."""
    if before is None or after is None:
        return None
    means = {}
    for name in (*STAGES, WHOLE):
        number = after[name][1] - before[name][1]
        if number < 1:
            return None
        means[name] = (after[name][0] - before[name][0]) / number * 1000
    return Stages(means[WHOLE], means["decode"], means["tail"])


def _value(text: str, stage: str, kind: str) -> float:
    family = "dermsplit_request_seconds" if stage == WHOLE else "dermsplit_stage_seconds"
    total = 0.0
    for metric in text_string_to_metric_families(text):
        for sample in metric.samples if metric.name == family else ():
            is_it = sample.labels.get("stage") == stage or sample.labels.get("route", "").endswith("/infer")
            total += sample.value if is_it and sample.name == f"{family}_{kind}" else 0.0
    return total
