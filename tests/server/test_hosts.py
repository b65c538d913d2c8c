"""The server answers to its own names only, and who listens for others must say under which."""

import httpx
import pytest

from dermsplit_contract.errors import UsageError
from dermsplit_server.app import create_app
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings


async def status_of(host: str | None, path: str = "/docs", **settings: object) -> int:
    app = create_app(read_settings(**settings), Registry())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get(path, headers={} if host is None else {"Host": host})
    if response.status_code == 421:
        assert response.json()["code"] == "wrong_host"
        assert "x-request-id" in response.headers
    return response.status_code


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
async def test_its_own_names(host: str) -> None:
    assert await status_of(host) == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", "[::2]"])
async def test_other_names_are_refused(host: str) -> None:
    assert await status_of(host) == 421
    assert await status_of(host, "/v2/health/live") == 200
    assert await status_of(host, "/v2/health/detail") == 421


async def test_an_operator_says_the_names() -> None:
    assert await status_of("mole.example:443", allowed_hosts="mole.example, other.example") == 200
    assert await status_of("localhost", allowed_hosts="mole.example") == 421
    assert await status_of("any.example", allowed_hosts="*") == 200


def test_names_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DERMSPLIT_ALLOWED_HOSTS", "a.example,b.example")
    assert read_settings().allowed_hosts == ["a.example", "b.example"]


def test_listening_for_others_without_names_is_refused() -> None:
    with pytest.raises(UsageError, match=r"listens on 0\.0\.0\.0 .* --allowed-hosts"):
        read_settings(host="0.0.0.0")
    assert read_settings(host="0.0.0.0", allowed_hosts="*").host == "0.0.0.0"
