"""`dermsplit predict` against a server that asks for an API key."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import UsageError
from dermsplit_server.client.remote import Remote
from tests.process import COMMAND, Process, free_port

from .conftest import Serving
from .tiny import draw

KEY = "0f" * 32


@pytest.fixture(scope="module")
def keyed(serving: Serving, fast: Bundle) -> Iterator[Process]:
    port = free_port()
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    command = [COMMAND, "serve", "--bundles", str(fast.directory), "--port", str(port)]
    with serving(*command, port=port, DERMSPLIT_API_KEYS=digest) as server:
        yield server


def predict(keyed: Process, tmp_path: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    photo = tmp_path / "photo.png"
    Image.fromarray(draw(3)).save(photo)
    return subprocess.run(
        [COMMAND, "predict", str(photo), "--server", keyed.url, *more],
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_key_from_the_environment_or_the_flag_is_sent(keyed: Process, tmp_path: Path) -> None:
    for more, environment in (((), {"DERMSPLIT_API_KEY": KEY}), (("--api-key", KEY), {"DERMSPLIT_API_KEY": "wrong"})):
        result = predict(keyed, tmp_path, "--json", *more, **environment)
        assert result.returncode == 0, result.stderr
        assert '"decision"' in result.stdout
    assert KEY not in keyed.printed()


@pytest.mark.parametrize("key", [None, "wrong"])
def test_without_the_key_it_says_how_to_give_it(keyed: Process, tmp_path: Path, key: str | None) -> None:
    result = predict(keyed, tmp_path, **({} if key is None else {"DERMSPLIT_API_KEY": key}))
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == (
        "error: The server refused: it answers to valid API keys only. Give yours with --api-key or DERMSPLIT_API_KEY."
    )


def test_a_saved_request_does_not_hold_the_key(keyed: Process, tmp_path: Path) -> None:
    saved = tmp_path / "request.bin"
    result = predict(keyed, tmp_path, "--save-request", str(saved), DERMSPLIT_API_KEY=KEY)
    assert result.returncode == 0, result.stderr
    assert '-H "Authorization: Bearer $DERMSPLIT_API_KEY"' in result.stderr
    assert KEY not in result.stderr + result.stdout
    assert KEY.encode() not in saved.read_bytes()


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "schlüssel"])
def test_what_cannot_be_a_key_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="API key"):
        Remote("http://127.0.0.1:1", key)
