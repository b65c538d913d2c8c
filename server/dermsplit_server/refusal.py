"""A problem as the bytes of a whole HTTP/1.1 response, for what is refused before the application is reached."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from dermsplit_contract.errors import DermsplitError
from dermsplit_server.envelope import REQUEST_ID, SECURITY_HEADERS
from dermsplit_server.problems import problem

_SOME_ID = "0" * 32
_CHANGING = {b"content-length", b"connection"}
_SECURITY = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class Refusal:
    """The response to ``error`` with the headers that the envelope gives to others, made once for any request id."""

    def __init__(self, error: DermsplitError) -> None:
        response = problem(error, _SOME_ID)
        headers = [header for header in response.raw_headers if header[0] not in _CHANGING] + _SECURITY
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.status = error.status
        self._head = (STATUS_LINE[error.status] + lines).decode()
        self._body = bytes(response.body).decode()

    def told(self, request_id: str, *, last: bool) -> bytes:
        """It for one request, whose id is ASCII. ``last`` is one after which the connection is closed."""
        body = self._body.replace(_SOME_ID, request_id)
        end = "Connection: close\r\n" if last else ""
        return f"{self._head}{REQUEST_ID}: {request_id}\r\nContent-Length: {len(body)}\r\n{end}\r\n{body}".encode()
