"""Would collecting requests into batches pay? The default bundle's tail on OpenVINO, and the server round it.

    python -m tests.server.measure_batching

prints two tables. Processor time tells the same on a busy machine as on an idle one, the clock does not.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np

from dermsplit_contract.bundle import NUMPY_DTYPE, Bundle, open_bundle
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferRequest, encode_request
from dermsplit_server.engines import Tail, load_tail
from dermsplit_server.settings import read_settings
from tests import process
from tests.conftest import DEFAULT_BUNDLES

BATCHES = (1, 2, 4, 8, 16)
CALLERS = (1, 4, 16, 32)
ROUNDS = 3
RANDOM = np.random.default_rng(0)
ITEMS = 128
"""Items of one round, so many for every size of batch."""


def main() -> None:
    """See above."""
    bundle = open_bundle(next(DEFAULT_BUNDLES.glob("*/manifest.json")).parent)
    alone, together = (load_tail(bundle, read_settings(max_batch=max(BATCHES), batch=batch)) for batch in (1, 8))
    print(f"bundle {bundle.manifest.id}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("items in a call  clock ms/item  processor ms/item")
    for size in BATCHES:
        batch, calls = drawn(bundle, size), ITEMS // size
        clock, cpu = best(lambda batch=batch, calls=calls: [alone(batch) for _ in range(calls)])
        print(f"{size:15}  {clock / calls / size * 1e3:13.3f}  {cpu / ITEMS * 1e3:17.3f}")
    items = [drawn(bundle, 1) for _ in range(16)]
    one_by_one = np.concatenate([alone(item).probabilities for item in items])
    as_one = alone(np.concatenate(items)).probabilities
    differing = int((one_by_one != as_one).any(axis=1).sum())
    print(f"{differing} of {len(items)} answers differ in a batch, by {np.abs(one_by_one - as_one).max():.1g} at most")
    print("callers  processor ms/item alone, together  items/s alone, together  p99 ms alone, together")
    for callers in CALLERS:
        found = [at_once(tail, items[0], callers) for tail in (alone, together)]
        print(f"{callers:7}  " + "  ".join(f"{one:14.3f} {other:9.3f}" for one, other in zip(*found, strict=True)))
    for batch in ("1", "8"):
        for clients in (1, 32):
            whole_server(bundle, batch, clients)


def drawn(bundle: Bundle, size: int) -> np.ndarray:
    """Features [size, *shape] that any head could give."""
    spec = bundle.manifest.features
    levels = spec.levels or 2
    found = RANDOM.integers(0, levels, (size, *spec.shape))
    return found.astype(NUMPY_DTYPE[spec.datatype])


def best(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and by the processor, the least of the rounds of each."""
    work()
    spent = []
    for _ in range(ROUNDS):
        clock, cpu = time.perf_counter(), time.process_time()
        work()
        spent.append((time.perf_counter() - clock, time.process_time() - cpu))
    return min(clock for clock, _ in spent), min(cpu for _, cpu in spent)


def at_once(tail: Tail, item: np.ndarray, callers: int) -> tuple[float, float, float]:
    """Processor ms an item, items a second and the 99th percentile in ms, for so many threads that ask at a time."""

    def ask(_: int) -> float:
        started = time.perf_counter()
        tail(item)
        return time.perf_counter() - started

    with ThreadPoolExecutor(callers) as pool:
        waits: list[float] = []
        clock, cpu = best(lambda: waits.extend(pool.map(ask, range(ITEMS))))
    return cpu / ITEMS * 1e3, ITEMS / clock, statistics.quantiles(waits, n=100)[98] * 1e3


def whole_server(bundle: Bundle, batch: str, clients: int) -> None:
    """Processor time of `dermsplit serve` a request, the tail within it, while so many clients ask."""
    body, headers = encode_request(InferRequest((Tensor(bundle.manifest.features.name, bundle.golden_features()),)))
    port = process.free_port()
    command = [process.COMMAND, "serve", "--bundles", str(bundle.directory), "--port", str(port)]
    environment = {"DERMSPLIT_LOG_LEVEL": "error", "DERMSPLIT_BATCH": batch}
    with (
        tempfile.TemporaryDirectory() as work,
        process.serving(*command, port=port, output=Path(work) / "output.txt", **environment) as server,
        httpx.Client(base_url=server.url, timeout=60, limits=httpx.Limits(max_connections=None)) as client,
        ThreadPoolExecutor(clients) as pool,
    ):

        def ask(_: int) -> int:
            return client.post(f"/v2/models/{bundle.manifest.name}/infer", content=body, headers=headers).status_code

        spent = []
        for _ in range(ROUNDS):
            before = processor_seconds(server.handle.pid)
            assert set(pool.map(ask, range(ITEMS))) == {200}
            spent.append((processor_seconds(server.handle.pid) - before) / ITEMS)
    print(f"server, batch {batch}, {clients} clients: {min(spent) * 1e3:.2f} ms of processor time a request")


def processor_seconds(pid: int) -> float:
    """What a process has used so far, from Linux' /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
