"""Many versions of one bundle, put into a served folder while clients ask: what a deployment does, only faster.

    python -m tests.server.versions [SWAPS]

starts a server, swaps as often, and prints what the clients saw.
"""

import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from dermsplit_contract.bundle import CARD, Bundle, open_bundle
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferRequest, encode_request
from tests import process

from .fast import sealed, with_fast_tail
from .tiny import build_bundle

WITHIN_S = 30.0
PAUSE_S = 0.005
"""Between two requests of a client, so that clients and server fit on two cores."""


def version(like: Bundle, directory: Path, number: int) -> Bundle:
    """The same bundle under another id, since its card says another number."""
    shutil.copytree(like.directory, directory)
    (directory / CARD).write_text(f"# Version {number}\n")
    return sealed(directory, like)


def wait_for(url: str, bundle_id: str) -> None:
    """Until the server's current bundle is that one."""
    deadline = time.monotonic() + WITHIN_S
    while httpx.get(f"{url}/bundles").json()["default"]["id"] != bundle_id:
        assert time.monotonic() < deadline, f"{bundle_id} did not become current"
        time.sleep(0.01)


@dataclass
class Clients:
    """What clients saw: how often each status, for each way of asking."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def wrong(self) -> dict[str, int]:
        """Every answer that is not 200, and every connection that failed."""
        told = {f"{way} {status}": count for (way, status), count in self.statuses.items() if status != 200}
        return {**told, **Counter(self.failures)}


@contextmanager
def asking(url: str, bundle: Bundle) -> Iterator[Clients]:
    """Clients that ask all the while: without a version, as a fresh page, and as one that stays open for a while."""
    body, headers = encode_request(InferRequest((Tensor("features", bundle.golden_features()),)))
    clients = Clients()

    def ask(way: str, requests: int) -> None:
        path = f"/v2/models/{bundle.manifest.name}"
        with httpx.Client(base_url=url, timeout=20) as client:
            while not clients.over.is_set():
                try:
                    listing = client.get("/bundles")
                    version = f"/versions/{listing.json()['default']['id']}" if requests else ""
                    for _ in range(requests or 1):
                        reply = client.post(f"{path}{version}/infer", content=body, headers=headers)
                        clients.statuses[way, reply.status_code] += 1
                        time.sleep(PAUSE_S)
                except (httpx.HTTPError, KeyError) as error:
                    clients.failures.append(f"{way} {type(error).__name__}")

    ways = {"unversioned": 0, "fresh": 1, "open": 20}
    threads = [threading.Thread(target=ask, args=item) for item in ways.items()]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        clients.over.set()
        for thread in threads:
            thread.join()


def swap(url: str, folder: Path, new: Bundle) -> None:
    """Put a version in the place of the one that is there, by renaming, and wait until it is current."""
    place, aside = folder / "served", new.directory.with_name(f"{new.directory.name}-before")
    place.rename(aside)
    new.directory.rename(place)
    wait_for(url, new.manifest.id)
    shutil.rmtree(aside)


def main() -> None:
    """See above."""
    swaps = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as name:
        work, port = Path(name), process.free_port()
        first = with_fast_tail(build_bundle(work / "tiny"), work / "fast")
        folder = work / "bundles"
        version(first, folder / "served", 0)
        command = [process.COMMAND, "serve", "--bundles", str(folder), "--port", str(port)]
        often = {"DERMSPLIT_LOOK_EVERY": "0.05", "DERMSPLIT_LOG_LEVEL": "warning"}
        with process.serving(*command, port=port, output=work / "output.txt", **often) as server:
            wait_for(server.url, open_bundle(folder / "served").manifest.id)
            started = time.perf_counter()
            with asking(server.url, first) as clients:
                for number in range(1, swaps + 1):
                    swap(server.url, folder, version(first, work / f"version{number}", number))
                    if number in (swaps // 10, swaps):
                        print(f"after {number} swaps {resident_mb(server.handle.pid):.0f} MB resident")
            spent = time.perf_counter() - started
    print(f"{swaps} swaps in {spent:.0f} s; answers: {dict(clients.statuses)}; wrong: {clients.wrong}")


def resident_mb(pid: int) -> float:
    """Memory that a process holds, in MB, from Linux' /proc."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
