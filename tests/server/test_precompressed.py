"""What is compressed ahead, and who gets it."""

import gzip
from pathlib import Path

import brotli
import httpx
import numpy as np
import pytest
from starlette.datastructures import Headers

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import InternalError
from dermsplit_server.app import create_app
from dermsplit_server.precompressed import LARGEST_FOR_BEST, accepts, compressed
from dermsplit_server.registry import Registry
from dermsplit_server.settings import read_settings

SCRIPT = "export const a = 1;\n" * 200


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("br, gzip", True),
        ("gzip, deflate, BR;q=0.5", True),
        ("gzip", False),
        ("br;q=0", False),
        ("br; q=0.0", False),
        ("", False),
        ("brotli", False),
    ],
)
def test_a_coding_is_taken_where_it_is_named(given: str, wanted: bool) -> None:
    assert accepts(Headers({"Accept-Encoding": given}), "br") is wanted


async def test_the_pages_compressed_copies_are_sent(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>mole</title>")
    script = tmp_path / "assets" / "app-1234.js"
    script.write_text(SCRIPT)
    # Not real brotli: what matters is which bytes are sent.
    script.with_name("app-1234.js.br").write_bytes(b"brotli")
    script.with_name("app-1234.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    app = create_app(read_settings(page=tmp_path), registry)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as page,
    ):

        async def ask(coding: str, **headers: str) -> tuple[httpx.Response, bytes]:
            asked = {"Accept-Encoding": coding, **headers}
            async with page.stream("GET", "/assets/app-1234.js", headers=asked) as response:
                return response, b"".join([part async for part in response.aiter_raw()])

        for coding, expected, body in (
            ("gzip, br", "br", b"brotli"),
            ("gzip", "gzip", script.with_name("app-1234.js.gz").read_bytes()),
            ("identity", None, SCRIPT.encode()),
        ):
            response, raw = await ask(coding)
            assert raw == body
            assert response.headers.get("content-encoding") == expected
            assert response.headers["content-type"].startswith("text/javascript")
            assert "Accept-Encoding" in response.headers["vary"]
            assert "immutable" in response.headers["cache-control"]
            again, nothing = await ask(coding, **{"If-None-Match": response.headers["etag"]})
            assert (again.status_code, nothing) == (304, b"")


async def test_a_bundles_files_are_compressed_once(client: httpx.AsyncClient, bundle: Bundle) -> None:
    path = f"/bundles/{bundle.manifest.id}/manifest.json"
    file = bundle.directory / "manifest.json"
    plain = file.read_bytes()
    for coding, sent in (("gzip", "gzip"), ("gzip, br", "br"), ("br;q=0, gzip", "gzip"), ("identity", None)):
        response = await client.get(path, headers={"Accept-Encoding": coding})
        assert response.content == plain
        assert response.headers.get("content-encoding") == sent
        assert response.headers["vary"] == "Accept-Encoding"
    assert compressed(file, None, "gzip") is compressed(file, None, "gzip")
    assert compressed(file, None, "br") is compressed(file, None, "br")


@pytest.mark.parametrize("size", [20_000, LARGEST_FOR_BEST + 1])
def test_both_codings_give_the_file_back_and_brotli_is_the_smaller(tmp_path: Path, size: int) -> None:
    file = tmp_path / "kernels.bin"
    # Whole numbers such as a head's: about six bits in eight.
    content = np.random.default_rng(0).normal(scale=16, size=size).astype(np.int8).tobytes()
    file.write_bytes(content)
    copies = {coding: compressed(file, size, coding) for coding in ("br", "gzip")}
    assert copies["br"] is not None
    assert copies["gzip"] is not None
    assert brotli.decompress(copies["br"]) == content
    assert gzip.decompress(copies["gzip"]) == content
    assert len(copies["br"]) < len(copies["gzip"]) < len(content)


def test_a_copy_that_saves_nothing_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "noise.bin"
    file.write_bytes(gzip.compress(SCRIPT.encode()))
    assert compressed(file, None, "gzip") is None
    assert compressed(file, None, "br") is None


def test_a_file_of_another_size_is_not_sent(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("[]")
    with pytest.raises(InternalError):
        compressed(file, 3, "gzip")
