"""A line as slow as a poor mobile one, between a browser and a server: workers' downloads are slowed as well."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

BYTES_A_SECOND = 200_000
"""1.6 Mb/s down, which browsers' tools call slow 4G; requests are small, so the way up is as fast."""
ONE_WAY_SECONDS = 0.075
CHUNK = 4096


@contextmanager
def slow_line(port: int) -> Iterator[int]:
    """A loopback port whose connections reach ``port`` with 150 ms of round trip and a shared 200 KB/s back."""
    loop = asyncio.new_event_loop()
    line = _Line(port)
    server = loop.run_until_complete(asyncio.start_server(line.connect, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)


class _Line:
    def __init__(self, port: int) -> None:
        self.port = port
        self.free_at = 0.0
        """When the line has carried all that it was given, in the loop's seconds."""

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Opening a connection takes a round trip, too.
        await asyncio.sleep(2 * ONE_WAY_SECONDS)
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(
            self._carry(reader, back_writer, limited=False),
            self._carry(back_reader, writer, limited=True),
            return_exceptions=True,
        )

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limited: bool) -> None:
        loop = asyncio.get_running_loop()
        arrivals: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=64)

        async def deliver() -> None:
            while True:
                due, piece = await arrivals.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                if not piece:
                    writer.close()
                    return
                writer.write(piece)
                await writer.drain()

        delivering = asyncio.create_task(deliver())
        while piece := await reader.read(CHUNK):
            if limited:
                self.free_at = max(self.free_at, loop.time()) + len(piece) / BYTES_A_SECOND
            due = max(self.free_at, loop.time()) if limited else loop.time()
            await arrivals.put((due + ONE_WAY_SECONDS, piece))
        await arrivals.put((loop.time(), b""))
        await delivering
