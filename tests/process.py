"""A real server process: started by a command line, waited for, stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

COMMAND = str(Path(sys.executable).with_name("dermsplit"))
READY_WITHIN_S = 180


@dataclass(frozen=True)
class Process:
    """A server process that is ready, and the file that its output goes to."""

    url: str
    handle: subprocess.Popen[bytes]
    output: Path

    def printed(self) -> str:
        return self.output.read_text()


@contextmanager
def serving(*command: str, port: int, output: Path, **environment: str) -> Iterator[Process]:
    """Start a server process that will listen on ``port``, wait until it is ready, and stop it."""
    # A file, since a pipe that nobody reads would fill up and stop the server.
    with output.open("wb") as sink:
        handle = subprocess.Popen(
            command, stdout=sink, stderr=sink, env={**os.environ, **environment}, preexec_fn=_heed_interrupts
        )
    process = Process(f"http://127.0.0.1:{port}", handle, output)
    try:
        wait_until_ready(process)
        yield process
    finally:
        handle.terminate()
        handle.wait(timeout=30)


def _heed_interrupts() -> None:
    """A shell lets what it runs in the background ignore Ctrl-C, and its children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_until_ready(process: Process) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.handle.poll() is not None:
            pytest.fail(f"the server stopped: {process.printed()}")
        try:
            if httpx.get(f"{process.url}/v2/health/ready", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the server was not ready within {READY_WITHIN_S} s: {process.printed()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
