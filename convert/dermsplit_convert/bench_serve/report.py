"""All that was measured of one bundle, and what it comes to over the rounds."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.bench_serve.bare import Loop
from dermsplit_convert.bench_serve.contenders import OURS, Contender
from dermsplit_convert.bench_serve.measured import Load, Visit


@dataclass(frozen=True)
class Spread:
    """The median over the rounds, and the least and the most of them."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least one value."""
        return cls(float(np.median(values)), min(values), max(values))


@dataclass(frozen=True)
class Report:
    """``visits`` of every contender in every round it took part in, ``failed`` with one line for each that did not.

    ``weights_mb`` are the megabytes of the tail's weights, ``questions`` the different requests that were sent.
    """

    manifest: Manifest
    contenders: dict[str, Contender]
    visits: list[Visit]
    loops: list[Loop]
    failed: dict[str, str]
    weights_mb: float
    connections: tuple[int, ...]
    questions: int

    @property
    def names(self) -> list[str]:
        """The contenders that were measured, in their order."""
        seen = {visit.contender for visit in self.visits}
        return [name for name in self.contenders if name in seen and name not in self.failed]

    def of(self, name: str, value: Callable[[Visit], float]) -> Spread:
        """A figure of a contender over its rounds."""
        return Spread.of([value(visit) for visit in self.visits if visit.contender == name])

    def of_load(self, name: str, connections: int, value: Callable[[Load], float]) -> Spread:
        """A figure of a contender's load of so many connections over its rounds."""
        return self.of(name, lambda visit: value(visit.load(connections)))

    def to_ours(self, name: str, connections: int, value: Callable[[Load], float]) -> Spread | None:
        """A figure of ours over that of another in the same round; None where ours was not measured."""
        ours = {visit.round: value(visit.load(connections)) for visit in self.visits if visit.contender == OURS}
        pairs = [
            (ours[visit.round], value(visit.load(connections)))
            for visit in self.visits
            if visit.contender == name and visit.round in ours
        ]
        return Spread.of([own / other for own, other in pairs if other]) if any(other for _, other in pairs) else None

    def as_json(self) -> dict[str, object]:
        """Plain JSON: every round, nothing summed up."""
        return {
            "bundle": self.manifest.id,
            "model": self.manifest.name,
            "cut": self.manifest.cut,
            "weights_mb": self.weights_mb,
            "questions": self.questions,
            "failed": self.failed,
            "bare": [asdict(loop) for loop in self.loops],
            "visits": [visit.as_json() for visit in self.visits],
        }
