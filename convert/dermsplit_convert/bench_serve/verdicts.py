"""What was aimed at, and whether it was met. A figure that was not measured has no verdict."""

from collections.abc import Iterator
from dataclasses import dataclass

from dermsplit_convert.bench_serve.contenders import NAIVE, NOTHING, OURS, OURS_KERAS
from dermsplit_convert.bench_serve.report import Report, Spread

OVERHEAD_MS = 0.8
SHARE_OF_BARE = 0.80
SHARE_OF_BARE_LARGE = 0.95
"""For a tail so large that a request's own cost should not be felt."""
LARGE = "inception"
TIMES_NAIVE = 5.0
GOODPUT = 0.9
READY_S = 2.0
MEMORY_MB = 150.0


@dataclass(frozen=True)
class Verdict:
    """One aim in words, what was found, and whether that meets it."""

    aim: str
    found: str
    met: bool

    def line(self) -> str:
        """As it is printed."""
        return f"{'met' if self.met else 'NOT MET'}: {self.aim}: {self.found}"


def verdicts(report: Report) -> list[Verdict]:
    """Every aim that the report has figures for."""
    return list(_verdicts(report)) if OURS in report.names else []


def _verdicts(report: Report) -> Iterator[Verdict]:
    first = report.connections[0]
    ours = [visit for visit in report.visits if visit.contender == OURS]
    bare = [report.loops[visit.round] for visit in ours]
    pairs = list(zip(ours, bare, strict=True))

    overhead = Spread.of([visit.load(first).p50 - loop.p50 for visit, loop in pairs])
    aim = f"p50 over HTTP less p50 of the bare tail, at most {OVERHEAD_MS} ms"
    yield Verdict(aim, _ranged(overhead, " ms"), overhead.median <= OVERHEAD_MS)

    bar = SHARE_OF_BARE_LARGE if report.manifest.backbone.startswith(LARGE) else SHARE_OF_BARE
    share = Spread.of([visit.peak / loop.rate for visit, loop in pairs])
    aim = f"requests a second over those of the bare tail's loop, at least {bar:.2f}"
    yield Verdict(aim, _ranged(share), share.median >= bar)
    share = Spread.of([loop.processor_ms / min(load.processor_ms for load in visit.loads) for visit, loop in pairs])
    aim = f"processor time of the bare tail over that of an answer, at least {bar:.2f}"
    yield Verdict(aim, _ranged(share), share.median >= bar)

    if NAIVE in report.names:
        times = _slowness(report, NAIVE, first)
        aim = f"p50 of Keras predict in FastAPI over ours, at least {TIMES_NAIVE:g}"
        yield Verdict(aim, f"{times:.1f}", times >= TIMES_NAIVE)
    yield from _ahead(report)

    overloads = [(visit.overload.goodput / visit.peak, visit) for visit in ours if visit.overload]
    if overloads:
        goodput = Spread.of([value for value, _ in overloads])
        aim = f"right answers a second at five times the peak over the peak, at least {GOODPUT}"
        yield Verdict(aim, _ranged(goodput), goodput.median >= GOODPUT)

    ready = report.of(OURS, lambda visit: visit.ready_s)
    yield Verdict(f"start to first right answer, at most {READY_S:g} s", _ranged(ready, " s"), ready.median <= READY_S)

    most = report.weights_mb + MEMORY_MB
    memory = report.of(OURS, lambda visit: visit.resident_mb)
    aim = f"resident memory, at most the weights and {MEMORY_MB:g} MB, here {most:.0f} MB"
    yield Verdict(aim, f"{memory.median:.0f} MB", memory.median <= most)


def _ahead(report: Report) -> Iterator[Verdict]:
    others = [name for name in report.names if name not in (OURS, OURS_KERAS, NAIVE, NOTHING)]
    for name in others:
        by_load = {connections: _slowness(report, name, connections) for connections in report.connections}
        found = ", ".join(f"{value:.2f} at {connections}" for connections, value in by_load.items())
        yield Verdict(f"p50 of {name} over ours, above 1", found, min(by_load.values()) > 1)


def _slowness(report: Report, name: str, connections: int) -> float:
    ratio = report.to_ours(name, connections, lambda load: load.p50)
    return 1 / ratio.median if ratio and ratio.median else float("nan")


def _ranged(spread: Spread, unit: str = "") -> str:
    return f"{spread.median:.2f}{unit} ({spread.low:.2f} to {spread.high:.2f})"
