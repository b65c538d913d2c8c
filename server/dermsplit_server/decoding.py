"""From the bytes of a body and its headers to a request of the protocol."""

from starlette.datastructures import Headers

from dermsplit_contract.errors import MalformedRequest, UnsupportedEncoding, UnsupportedMediaType
from dermsplit_contract.wire import BINARY, JSON, LENGTH_HEADER, InferRequest, decode_request
from dermsplit_server.limits import inflate


def decode(body: bytes, headers: Headers, limit: int) -> InferRequest:
    """Read a request of at most ``limit`` bytes after inflating.

    A client that sends no Content-Type, as tritonclient does, is taken at its length header. Raises
    UnsupportedMediaType, UnsupportedEncoding, PayloadTooLarge, and what ``decode_request`` raises.
    """
    header_length = _header_length(headers)
    _check_media_type(headers, header_length)
    return decode_request(_decoded(body, headers, limit), header_length)


def _header_length(headers: Headers) -> int | None:
    given = headers.getlist(LENGTH_HEADER)
    if not given:
        return None
    # More digits than any body has would only cost time to parse.
    if len(given) > 1 or not (given[0].isascii() and given[0].isdecimal() and len(given[0]) <= 20):
        raise MalformedRequest(f"Expected {LENGTH_HEADER} once, as a whole number of bytes.")
    return int(given[0])


def _check_media_type(headers: Headers, header_length: int | None) -> None:
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type not in (BINARY, JSON, ""):
        raise UnsupportedMediaType(f"Expected Content-Type {BINARY} or {JSON}, another came.")
    if media_type == BINARY and header_length is None:
        raise MalformedRequest(f"A body of type {BINARY} needs the header {LENGTH_HEADER}; it is missing.")


def _decoded(body: bytes, headers: Headers, limit: int) -> bytes:
    encoding = ", ".join(headers.getlist("Content-Encoding")).strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding == "gzip":
        return inflate(body, limit)
    raise UnsupportedEncoding("Expected Content-Encoding gzip, once, or none; another came.")
