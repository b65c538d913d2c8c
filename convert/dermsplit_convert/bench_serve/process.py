"""A contender as a real process on loopback: started on its own processor, awaited, weighed, stopped."""

import http.client
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from dermsplit_convert.bench_serve.contenders import Contender
from dermsplit_convert.bench_serve.failure import ContenderFailed, last_line
from dermsplit_convert.bench_serve.load import GOOD, HOST

APPS = Path(__file__).parent / "apps"
STOP_S = 10.0
MEGABYTE = 1e6


@dataclass(frozen=True)
class Running:
    """A server that gave its first right answer ``ready_s`` seconds after it was started."""

    port: int
    path: str
    ready_s: float
    handle: subprocess.Popen[bytes]

    def megabytes(self) -> tuple[float, float]:
        """Resident memory of all its processes, added up; and the same with shared pages counted once between them."""
        resident, proportional = 0, 0
        for process in _tree(self.handle.pid):
            try:
                memory = process.memory_full_info()
            except psutil.Error:
                continue
            resident, proportional = resident + memory.rss, proportional + memory.pss
        return resident / MEGABYTE, proportional / MEGABYTE

    def worked(self) -> float:
        """Seconds that processors have worked for it so far, all its processes together."""
        total = 0.0
        for process in _tree(self.handle.pid):
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue
            total += times.user + times.system
        return total


@contextmanager
def running(
    contender: Contender,
    python: Path,
    known: dict[str, str],
    cores: Sequence[int],
    first: tuple[bytes, dict[str, str]],
    is_right: Callable[[bytes], bool],
    seconds: float,
) -> Iterator[Running]:
    """Start it on ``cores``, wait at most ``seconds`` for a right answer to ``first``, and stop all its processes.

    ``known`` fills the contender's command; its item "tail" is what apps/tail.py reads. Raises ContenderFailed.
    """
    port, spare, other = free_ports(3)
    filling = {**known, "python": str(python), "bin": str(python.parent), "apps": str(APPS)}
    filling |= {"port": str(port), "spare": str(spare), "other": str(other)}
    variables = {name: value.format(**filling) for name, value in contender.variables.items()}
    variables |= {"PYTHONPATH": str(APPS), "PORT": str(port), "TAIL": known["tail"]}
    with tempfile.TemporaryDirectory(prefix="dermsplit-") as scratch:
        for name, content in contender.files.items():
            (Path(scratch) / name).write_text(content.format(**filling), encoding="utf-8")
        # A file, since a pipe that nobody reads would fill up and stop the server.
        output = Path(scratch) / "printed.txt"
        with output.open("wb") as sink:
            started = time.perf_counter()
            handle = subprocess.Popen(
                [part.format(**filling) for part in contender.command],
                cwd=scratch,
                env={**os.environ, **variables},
                stdout=sink,
                stderr=sink,
                stdin=subprocess.DEVNULL,
                preexec_fn=pin_to(cores),
            )
        try:
            path = contender.path.format(**filling)
            _await(handle, port, path, first, is_right, started + seconds, output)
            yield Running(port, path, time.perf_counter() - started, handle)
        finally:
            stop(handle)


def _await(
    handle: subprocess.Popen[bytes],
    port: int,
    path: str,
    first: tuple[bytes, dict[str, str]],
    is_right: Callable[[bytes], bool],
    deadline: float,
    output: Path,
) -> None:
    said = "no answer"
    while time.perf_counter() < deadline:
        if handle.poll() is not None:
            raise ContenderFailed(f"it stopped: {last_line(output.read_text(errors='replace'))}")
        try:
            status, body = post(port, path, *first)
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
            continue
        if status == GOOD and is_right(body):
            return
        said = f"its answer was {status} {body[:120].decode(errors='replace')}"
        time.sleep(0.1)
    raise ContenderFailed(f"not ready in time: {said}")


def post(port: int, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """One request; status and body of the reply."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("POST", path, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def pin_to(cores: Sequence[int]) -> Callable[[], None] | None:
    """What a process does first to stay on these processors; None where the system has no such call."""
    return (lambda: os.sched_setaffinity(0, cores)) if hasattr(os, "sched_setaffinity") else None


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def stop(handle: subprocess.Popen[Any]) -> None:
    """Ask a process to stop, and then make it and all that it started."""
    tree = _tree(handle.pid)
    handle.terminate()
    try:
        handle.wait(STOP_S)
    except subprocess.TimeoutExpired:
        handle.kill()
        handle.wait()
    for process in tree:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
