"""What a full queue refuses at the connection, on real sockets: a whole answer, counted, and the connection goes on."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from .test_connection import LIVE, SECONDS, build_app, listening, send

ASK = b"POST /v2/models/mole/infer HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"Content-Length: 6\r\n\r\n"
LAST = b"Connection: close\r\n"
STATUS = b"HTTP/1.1 503 Service Unavailable\r\n"


@asynccontextmanager
async def full() -> AsyncIterator[tuple[FastAPI, int]]:
    """An application whose queue is full, and its port."""
    app = build_app()
    async with listening(app) as port:
        app.state.admission.inside = app.state.admission.most
        yield app, port


def read(answer: bytes) -> tuple[dict[str, str], dict[str, object]]:
    """Headers and document of the first response."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
    document: dict[str, object] = json.loads(rest[: int(headers["content-length"])])
    return headers, document


async def test_the_answer_is_whole_and_the_connection_goes_on() -> None:
    async with full() as (_, port):
        first, second = ASK + BODY, ASK + b"X-Request-ID: mine-1\r\n" + BODY
        answered, _ = await send(port, first, b"abc", b"def", second + b"abcdef", LIVE + LAST + b"\r\n", pause=0.05)
        assert answered.count(STATUS) == 2
        assert answered.rpartition(STATUS)[2].count(b"HTTP/1.1 200 OK") == 1
        headers, document = read(answered)
        assert headers["content-type"] == "application/problem+json"
        assert headers["retry-after"] == "1"
        assert headers["x-request-id"] == document["request_id"]
        assert "content-security-policy" in headers
        assert (document["code"], document["status"]) == ("overloaded", 503)
        _, again = read(answered[answered.index(STATUS, 1) :])
        assert again["request_id"] == "mine-1"


async def test_it_is_counted_and_logged_like_any_other(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "dermsplit.requests")
    async with full() as (app, port):
        logging.getLogger("dermsplit").propagate = True
        await send(port, ASK + LAST + BODY + b"abcdef")
        told, _ = await send(port, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + LAST + b"\r\n")
        assert b'dermsplit_requests_total{route="/v2/models/{name}/infer",status="503"} 1.0' in told
        app.state.admission.inside = 0
        after, _ = await send(port, ASK + LAST + BODY + b"abcdef")
        assert b'"code":"overloaded"' not in after.replace(b'": ', b'":')
    assert [record.route for record in caplog.records if record.status == 503][:1] == ["/v2/models/{name}/infer"]


async def test_only_questions_are_refused() -> None:
    async with full() as (_, port):
        for other in (LIVE, b"POST /v2/models/mole/other HTTP/1.1\r\nHost: localhost\r\n"):
            answered, _ = await send(port, other + LAST + b"\r\n")
            assert not answered.startswith(STATUS), other


async def test_a_client_that_waits_for_a_word_to_go_on_is_answered_by_the_application() -> None:
    async with full() as (_, port):
        answered, _ = await send(port, ASK + LAST + b"Expect: 100-continue\r\n" + BODY, b"abcdef", pause=0.1)
        assert answered.count(STATUS) == 1
        assert b"server: uvicorn" in answered


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_a_client_that_sends_no_other_is_left(version: bytes) -> None:
    async with full() as (_, port):
        asking = ASK.replace(b"1.1", version) + (LAST if version == b"1.1" else b"") + BODY
        answered, spent = await send(port, asking + b"abcdef")
        assert answered.startswith(STATUS)
        assert read(answered)[0]["connection"] == "close"
        assert spent < SECONDS


async def test_a_body_that_never_ends_holds_nobody() -> None:
    async with full() as (_, port):
        answered, spent = await send(port, ASK + b"Content-Length: 100\r\n\r\n", *[b"a"] * 4, pause=0.1)
        assert answered.count(b"HTTP/1.1") == 1
        assert SECONDS * 0.5 < spent < SECONDS * 4


async def test_the_next_question_is_taken_once_there_is_room() -> None:
    async with full() as (app, port):
        sent = asyncio.create_task(send(port, ASK + BODY + b"abcdef", ASK + LAST + BODY + b"abcdef", pause=0.3))
        await asyncio.sleep(0.15)
        app.state.admission.inside = 0
        answered, _ = await sent
        assert answered.startswith(STATUS)
        assert b'"not_ready"' in answered.rpartition(b"HTTP/1.1")[2]
