"""Load from one process: connections that are kept open, over asyncio and uvloop, replies parsed by httptools.

A general client costs a millisecond a request and would be measured itself. This one costs some hundredths, which the
contender that does nothing shows in the same run.
"""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import httptools
import uvloop

HOST = "127.0.0.1"
GOOD = 200
PATIENCE_S = 30.0
"""How long after the end of a load a reply is waited for."""


@dataclass
class Sample:
    """What came back. ``latencies`` in milliseconds and ``replies`` as (question, body) are of those answered with 200.

    ``refused`` were answered 503, ``errors`` otherwise or not at all; ``unsent`` found no idle connection. ``busy`` is
    the share of the time in which the client's own processor worked.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    replies: list[tuple[int, bytes]] = field(default_factory=list)
    refused: int = 0
    errors: int = 0
    unsent: int = 0
    busy: float = 0.0

    def add(self, question: int, sent: float, status: int, body: bytes) -> None:
        """Take one reply to what was to be sent at ``sent``, in seconds of the performance counter."""
        if status == GOOD:
            self.latencies.append((time.perf_counter() - sent) * 1000)
            self.replies.append((question, body))
        elif status == 503:
            self.refused += 1
        else:
            self.errors += 1


def request_bytes(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A whole POST of HTTP/1.1."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def closed_loop(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Sample:
    """Each connection sends the next request as soon as it has its reply, for so many seconds."""
    return _measured(lambda sample: _closed(port, requests, connections, seconds, sample))


def open_loop(port: int, requests: Sequence[bytes], rate: float, connections: int, seconds: float) -> Sample:
    """Send ``rate`` requests a second whatever comes back; latencies count from when each was due."""
    return _measured(lambda sample: _open(port, requests, rate, connections, seconds, sample))


def _measured(run: Any) -> Sample:
    sample = Sample()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        started, worked = time.perf_counter(), time.process_time()
        runner.run(run(sample))
        sample.seconds = time.perf_counter() - started
        sample.busy = (time.process_time() - worked) / sample.seconds
    return sample


async def _closed(port: int, requests: Sequence[bytes], connections: int, seconds: float, sample: Sample) -> None:
    until = time.perf_counter() + seconds

    async def go_on(number: int) -> None:
        line = await _connect(port)
        place = number
        try:
            while time.perf_counter() < until:
                question = place % len(requests)
                sent = time.perf_counter()
                status, body = await line.ask(requests[question])
                sample.add(question, sent, status, body)
                if not status:
                    line = await _connect(port)
                place += connections
        finally:
            line.close()

    await _patiently([go_on(number) for number in range(connections)], seconds, sample)


async def _open(
    port: int, requests: Sequence[bytes], rate: float, connections: int, seconds: float, sample: Sample
) -> None:
    idle = deque([await _connect(port) for _ in range(connections)])
    under_way: set[asyncio.Task[None]] = set()

    async def ask(line: "_Line", question: int, due: float) -> None:
        status, body = await line.ask(requests[question])
        sample.add(question, due, status, body)
        idle.append(line if status else await _connect(port))

    begun = time.perf_counter()
    for place in range(int(rate * seconds)):
        due = begun + place / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        if not idle:
            sample.unsent += 1
            await asyncio.sleep(0)
            continue
        task = asyncio.create_task(ask(idle.popleft(), place % len(requests), due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await _patiently([_finished(task) for task in under_way], 0, sample)
    for line in idle:
        line.close()


async def _finished(task: asyncio.Task[None]) -> None:
    await task


async def _patiently(work: list[Coroutine[Any, Any, None]], seconds: float, sample: Sample) -> None:
    """Wait for all of it; what does not come to an end, or cannot connect, is an error each."""
    tasks = [asyncio.ensure_future(one) for one in work]
    if not tasks:
        return
    done, hanging = await asyncio.wait(tasks, timeout=seconds + PATIENCE_S)
    for task in hanging:
        task.cancel()
    sample.errors += len(hanging) + sum(task.exception() is not None for task in done)


async def _connect(port: int) -> "_Line":
    _, line = await asyncio.get_running_loop().create_connection(_Line, HOST, port)
    return line


class _Line(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._reply: asyncio.Future[tuple[int, bytes]] | None = None
        self._body: list[bytes] = []

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body; status 0 where the connection was lost or gave no HTTP."""
        if self._transport.is_closing():
            return 0, b""
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._reply

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()
            self._answer(0, b"")

    def connection_lost(self, _: Exception | None) -> None:
        self._answer(0, b"")

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        body, self._body = b"".join(self._body), []
        self._answer(self._parser.get_status_code(), body)

    def _answer(self, status: int, body: bytes) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_result((status, body))
