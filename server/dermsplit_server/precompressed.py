"""Files that never change, compressed once: the page's by its build, beside each file, a bundle's in memory."""

import gzip
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import brotli
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from dermsplit_contract.errors import InternalError

CODINGS = (("br", ".br"), ("gzip", ".gz"))
"""Content codings that the page's build writes, the smaller first, with what it appends to a file's name."""
WORTH_IT = 0.97
"""A copy in memory is kept where it is at most so large a share of the file."""
MOST_COPIES = 128
LARGEST_FOR_BEST = 1 << 20
"""Bytes up to which brotli takes its time, half a second for a head; above, a tail would be waited for ten."""


class PrecompressedFiles(StaticFiles):
    """Static files, each answered with the copy that the build compressed, where there is one that the client takes."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        asked = Headers(scope=scope)
        for coding, ending in CODINGS:
            copy = Path(f"{os.fspath(full_path)}{ending}")
            if accepts(asked, coding) and copy.is_file():
                return self._answer(FileResponse(copy, status_code), full_path, copy.stat(), asked, coding)
        return self._answer(FileResponse(full_path, status_code), full_path, stat_result, asked, None)

    def _answer(
        self,
        response: FileResponse,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        asked: Headers,
        coding: str | None,
    ) -> Response:
        """The file or its copy, of the type that the file's own name tells, or 304 where the client has it."""
        response.set_stat_headers(stat_result)
        response.headers["Content-Type"] = FileResponse(full_path).headers["content-type"]
        response.headers.add_vary_header("Accept-Encoding")
        if coding is not None:
            response.headers["Content-Encoding"] = coding
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, asked) else response


def accepts(asked: Headers, coding: str) -> bool:
    """Whether a request's Accept-Encoding names the coding, and not with a weight of 0."""
    for part in asked.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if name == coding:
            return not weight or weight.strip("0.") != ""
    return False


def compressed(path: Path, size: int | None, coding: str) -> bytes | None:
    """A file in one of ``CODINGS``, or None where that is hardly smaller; made once a file and coding.

    Raises InternalError where the file is not ``size`` bytes, FileNotFoundError where it is gone.
    """
    found = path.stat()
    return _compressed(path, size, coding, found.st_mtime_ns, found.st_size)


def read_whole(path: Path, size: int | None) -> bytes:
    """A file's bytes. Raises InternalError where they are not ``size`` many, FileNotFoundError where it is gone."""
    content = path.read_bytes()
    if size is not None and len(content) != size:
        raise InternalError("A file of this bundle has changed on the server's disk, so it is not sent.")
    return content


@lru_cache(MOST_COPIES)
def _compressed(path: Path, size: int | None, coding: str, *_written: int) -> bytes | None:
    content = read_whole(path, size)
    copy = _CODERS[coding](content)
    return copy if len(copy) <= WORTH_IT * len(content) else None


def _brotli(content: bytes) -> bytes:
    copy: bytes = brotli.compress(content, quality=10 if len(content) <= LARGEST_FOR_BEST else 5)
    return copy


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


_CODERS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}
