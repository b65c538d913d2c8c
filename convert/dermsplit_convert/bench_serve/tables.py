"""The report as text tables and as rows of a CSV file."""

from collections.abc import Iterator

from dermsplit_convert.bench.tables import TextTable
from dermsplit_convert.bench_serve.contenders import OURS
from dermsplit_convert.bench_serve.report import Report, Spread


def load_table(report: Report, connections: int) -> TextTable:
    """Requests a second and latencies at one number of connections, a row a contender."""
    columns = [
        "server",
        "requests/s",
        "ours over it",
        "p50 ms",
        "it over ours",
        "p95 ms",
        "p99 ms",
        "errors",
        "processor ms",
        "client",
    ]
    return TextTable(columns, [_load_cells(report, name, connections) for name in report.names])


def server_table(report: Report) -> TextTable:
    """What a server costs before the first request: start and memory, and the bytes of a request."""
    columns = [
        "server",
        "form of a request",
        "bytes",
        "start to first answer s",
        "resident MB",
        "shared counted once MB",
    ]
    cells = []
    for name in report.names:
        ready = report.of(name, lambda visit: visit.ready_s)
        resident = report.of(name, lambda visit: visit.resident_mb).median
        proportional = report.of(name, lambda visit: visit.proportional_mb).median
        size = report.of(name, lambda visit: visit.request_bytes).median
        form = report.contenders[name].form
        cells.append([name, form, f"{size:,.0f}", _ranged(ready, 1), f"{resident:.0f}", f"{proportional:.0f}"])
    return TextTable(columns, cells)


def stage_table(report: Report) -> TextTable:
    """Where a request's time goes at our server, mean milliseconds, a row a number of connections."""
    columns = ["connections", "client", "in the server", "decode", "tail", "reading, waiting, encoding", "round it"]
    cells = []
    for connections in report.connections:
        loads = [visit.load(connections) for visit in report.visits if visit.contender == OURS]
        known = [(load.mean, load.stages) for load in loads if load.stages]
        if not known:
            continue
        rows = [(mean, one.whole, one.decode, one.tail, one.rest, mean - one.whole) for mean, one in known]
        medians = [Spread.of(column).median for column in zip(*rows, strict=True)]
        cells.append([str(connections), *(f"{value:.2f}" for value in medians)])
    return TextTable(columns, cells)


def overload_table(report: Report) -> TextTable:
    """The open loop at five times the peak, a row a round."""
    columns = [
        "round",
        "offered/s",
        "right answers/s",
        "refused/s",
        "not sent/s",
        "errors/s",
        "over the peak",
        "p95 ms",
    ]
    cells = []
    for visit in report.visits:
        if visit.overload:
            one = visit.overload
            rates = [one.offered, one.goodput, one.refused, one.unsent, one.errors]
            shown = [f"{value:,.0f}" for value in rates]
            cells.append([str(visit.round + 1), *shown, f"{one.goodput / visit.peak:.2f}", f"{one.p95:.0f}"])
    return TextTable(columns, cells)


def csv_rows(report: Report) -> Iterator[dict[str, object]]:
    """One row a contender, round and number of connections."""
    for visit in report.visits:
        for load in visit.loads:
            row: dict[str, object] = {
                "server": visit.contender,
                "round": visit.round + 1,
                "connections": load.connections,
                "requests_a_second": load.rate,
                "mean_ms": load.mean,
                "p50_ms": load.p50,
                "p95_ms": load.p95,
                "p99_ms": load.p99,
                "errors": load.errors,
                "client_busy": load.busy,
                "processor_ms": load.processor_ms,
                "request_bytes": visit.request_bytes,
                "ready_s": visit.ready_s,
                "resident_mb": visit.resident_mb,
                "proportional_mb": visit.proportional_mb,
            }
            stages = load.stages
            for name in ("whole", "decode", "tail", "rest"):
                row[f"{name}_ms"] = getattr(stages, name) if stages else ""
            yield row


def _load_cells(report: Report, name: str, connections: int) -> list[str]:
    rate = report.of_load(name, connections, lambda load: load.rate)
    p50, p95, p99 = (
        report.of_load(name, connections, lambda load, which=which: getattr(load, which)).median  # type: ignore[misc]
        for which in ("p50", "p95", "p99")
    )
    errors = sum(visit.load(connections).errors for visit in report.visits if visit.contender == name)
    busy = report.of_load(name, connections, lambda load: load.busy).median
    worked = report.of_load(name, connections, lambda load: load.processor_ms).median
    faster = report.to_ours(name, connections, lambda load: load.rate)
    slower = report.to_ours(name, connections, lambda load: load.p50)
    return [
        name,
        _ranged(rate, 0),
        _ratio(faster.median if faster else None),
        f"{p50:.2f}",
        _ratio(1 / slower.median if slower else None),
        f"{p95:.2f}",
        f"{p99:.2f}",
        str(errors),
        f"{worked:.2f}",
        f"{busy:.0%}",
    ]


def _ranged(spread: Spread, digits: int) -> str:
    return f"{spread.median:,.{digits}f} ({spread.low:,.{digits}f}–{spread.high:,.{digits}f})"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
