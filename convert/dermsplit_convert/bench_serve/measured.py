"""What is measured of one contender in one round, plain numbers all of it."""

from dataclasses import asdict, dataclass

import numpy as np

from dermsplit_convert.bench_serve.load import Sample
from dermsplit_convert.bench_serve.stages import Stages


@dataclass(frozen=True)
class Load:
    """One closed loop: ``rate`` in right answers a second; latencies in milliseconds, NaN where nothing was answered.

    ``errors`` are replies that were not right, refusals included; ``busy`` is the client's share of its processor, and
    ``processor_ms`` the processor time of all of the server's processes for each right answer, in milliseconds.
    """

    connections: int
    rate: float
    mean: float
    p50: float
    p95: float
    p99: float
    errors: int
    busy: float
    processor_ms: float
    stages: Stages | None = None

    @classmethod
    def of(cls, sample: Sample, wrong: int, connections: int, worked: float, stages: Stages | None) -> "Load":
        """Sum up a sample of which ``wrong`` replies were not the answer, and for which the server worked so many s."""
        right = len(sample.latencies) - wrong
        times = sample.latencies or [float("nan")]
        p50, p95, p99 = (float(value) for value in np.percentile(times, [50, 95, 99]))
        return cls(
            connections,
            right / sample.seconds,
            float(np.mean(times)),
            p50,
            p95,
            p99,
            sample.errors + sample.refused + wrong,
            sample.busy,
            worked / right * 1000 if right else float("nan"),
            stages,
        )


@dataclass(frozen=True)
class Overload:
    """One open loop: requests a second ``offered`` and, of them, rightly answered (``goodput``) and ``refused``.

    ``unsent`` are those for which the client had no idle connection, ``errors`` what was neither answered nor refused,
    each a second too; ``p95`` in milliseconds, from when a request was due, of those answered.
    """

    offered: float
    goodput: float
    refused: float
    unsent: float
    errors: float
    p95: float

    @classmethod
    def of(cls, sample: Sample, wrong: int, offered: float) -> "Overload":
        """Sum up a sample of which ``wrong`` replies were not the answer."""
        seconds = sample.seconds
        return cls(
            offered,
            (len(sample.latencies) - wrong) / seconds,
            sample.refused / seconds,
            sample.unsent / seconds,
            (sample.errors + wrong) / seconds,
            float(np.percentile(sample.latencies or [float("nan")], 95)),
        )


@dataclass(frozen=True)
class Visit:
    """One contender in one round: seconds from its start to its first right answer, megabytes, and its loads."""

    contender: str
    round: int
    ready_s: float
    resident_mb: float
    proportional_mb: float
    request_bytes: int
    loads: tuple[Load, ...]
    overload: Overload | None = None

    @property
    def peak(self) -> float:
        """The highest rate of its loads."""
        return max(load.rate for load in self.loads)

    def load(self, connections: int) -> Load:
        """The load of so many connections."""
        return next(load for load in self.loads if load.connections == connections)

    def as_json(self) -> dict[str, object]:
        """Plain JSON."""
        return asdict(self)
