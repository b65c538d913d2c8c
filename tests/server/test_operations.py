"""What an operator sees and sets: metrics, logs, keys, rates, and settings that are refused."""

import hashlib
import json
import logging
from pathlib import Path

import httpx
import pytest

from dermsplit_contract.errors import UsageError
from dermsplit_contract.wire import Headers
from dermsplit_server.access import Buckets
from dermsplit_server.app import create_app
from dermsplit_server.logs import JsonLines
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings

KEY = "a-key-of-somebody"
DIGEST = hashlib.sha256(KEY.encode()).hexdigest()


async def test_metrics_count_what_was_asked(
    client: httpx.AsyncClient, registry: Registry, good: tuple[bytes, Headers], infer_path: str
) -> None:
    for content in (good[0], good[0], b"nothing"):
        await client.post(infer_path, content=content, headers=good[1])
    await client.get("/secret-path")
    text = (await client.get("/metrics")).text
    route = "/v2/models/{name}/versions/{version}/infer"
    for line in (
        f'dermsplit_requests_total{{route="{route}",status="200"}} 2.0',
        f'dermsplit_requests_total{{route="{route}",status="400"}} 1.0',
        f'dermsplit_request_seconds_count{{route="{route}"}} 3.0',
        'dermsplit_stage_seconds_count{stage="tail"} 2.0',
        "dermsplit_request_bytes_count 3.0",
        "dermsplit_inside 0.0",
        f'dermsplit_bundle{{bundle="{registry.default.manifest.id}",engine="keras",model="tiny"}} 1.0',
    ):
        assert line in text.splitlines(), line
    assert "secret-path" not in text


async def statuses(settings: dict[str, object], *authorizations: str | None) -> list[httpx.Response]:
    """What a server without a bundle says to one inference after another: 503 where it lets them in."""
    app = create_app(read_settings(**settings), Registry())
    app.state.admission = None
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        return [
            await client.post("/v2/models/tiny/infer", headers={"Authorization": given} if given is not None else {})
            for given in authorizations
        ]


async def test_a_key_lets_in_and_every_other_cause_is_answered_alike() -> None:
    given = (f"Bearer {KEY}", f"bearer {KEY}", None, "", "Bearer ", "Bearer wrong", f"Basic {KEY}", f"Bearer {DIGEST}")
    answers = await statuses({"api_keys": f"{'0' * 64},{DIGEST}"}, *given)
    assert [answer.status_code for answer in answers] == [503, 503, *[401] * 6]
    refused = {json.dumps({**answer.json(), "request_id": ""}) for answer in answers[2:]}
    assert len(refused) == 1
    assert {answer.headers["www-authenticate"] for answer in answers[2:]} == {"Bearer"}
    assert answers[2].json()["code"] == "key_required"


async def test_a_rate_is_kept_for_each_client() -> None:
    answers = await statuses({"rate_limit": 2}, None, None, None)
    assert [answer.status_code for answer in answers] == [503, 503, 429]
    assert answers[2].json()["code"] == "too_many_requests"
    assert answers[2].headers["retry-after"] == "60"


def test_a_bucket_fills_again_over_a_minute() -> None:
    buckets = Buckets(2)
    assert [buckets.take("a", 0.0) for _ in range(3)] == [True, True, False]
    assert buckets.take("b", 0.0)
    assert not buckets.take("a", 29.0)
    assert buckets.take("a", 31.0)
    assert not buckets.take("a", 31.0)
    assert [buckets.take("a", 1000.0) for _ in range(3)] == [True, True, False]


def test_json_lines_hold_the_fields_of_a_request() -> None:
    record = logging.makeLogRecord({"name": "dermsplit.requests", "levelno": 20, "levelname": "INFO", "created": 0.0})
    record.msg, record.args = "%s %s", ("POST", 'a "quoted" route')
    record.__dict__.update({"method": "POST", "status": 200, "ms": 1.5, "request_id": "r-1"})
    assert json.loads(JsonLines().format(record)) == {
        "time": "1970-01-01T00:00:00.000+00:00",
        "level": "info",
        "logger": "dermsplit.requests",
        "message": 'POST a "quoted" route',
        "method": "POST",
        "status": 200,
        "ms": 1.5,
        "request_id": "r-1",
    }


def test_settings_come_from_flags_then_environment_then_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "server.env"
    file.write_text("DERMSPLIT_PORT=1001\nDERMSPLIT_QUEUE=7\nDERMSPLIT_THREADS=3\n")
    monkeypatch.setenv("DERMSPLIT_SETTINGS", str(file))
    monkeypatch.setenv("DERMSPLIT_PORT", "1002")
    monkeypatch.setenv("DERMSPLIT_THREADS", "4")
    settings = read_settings(threads=5)
    assert (settings.port, settings.queue, settings.threads) == (1002, 7, 5)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("DERMSPLIT_PROT=1", "DERMSPLIT_PROT"),
        ("DERMSPLIT_QUEUE=-1", "DERMSPLIT_QUEUE"),
        ("DERMSPLIT_HOST=0.0.0.0", "--allowed-hosts"),
        ("DERMSPLIT_API_KEYS=hunter2", "never a key itself"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(tmp_path: Path, line: str, words: str) -> None:
    file = tmp_path / "server.env"
    file.write_text(line + "\n")
    with pytest.raises(UsageError, match=words) as caught:
        read_settings(file)
    assert "hunter2" not in caught.value.detail


def test_a_file_of_settings_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found none"):
        read_settings(tmp_path / "none.env")


def test_the_cores_are_shared_by_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = read_settings().engine_threads
    monkeypatch.setenv("WEB_CONCURRENCY", str(alone * 2))
    assert read_settings().engine_threads == 1
