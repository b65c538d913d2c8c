"""A question that there is no room for is refused where it comes in, before anything else is done for it.

Under five times the load that a server can bear, most of its requests are refusals: what each costs is lost to the
answers. So nothing of the application runs for it: it is counted and logged like any other, and its answer, which
differs from the next one's in its id alone, is made once. The queue's own check stays, for what arrives while a body is
read, and for a server that is started with another protocol than :class:`dermsplit_server.connection.Connection`.
"""

import re
import time
from collections.abc import Iterable

from dermsplit_server.admission import Admission
from dermsplit_server.envelope import REQUEST_ID, SECURITY_HEADERS, request_id_of, tell
from dermsplit_server.metrics import Metrics
from dermsplit_server.problems import problem
from dermsplit_server.routes.infer import CURRENT, WITH_VERSION

INFER = re.compile(rb"/v2/models/[^/?]+(/versions/[^/?]+)?/infer(\?.*)?")
STATE = "overload"
"""Its place in the state that the lifespan gives every connection."""
_CLOSE = "Connection: close\r\n"
_SOME_ID = "0" * 32


class Overload:
    """Says no for a full queue. ``admission`` is that queue, ``metrics`` are told of every refusal."""

    def __init__(self, admission: Admission, metrics: Metrics) -> None:
        self._admission = admission
        self._metrics = metrics
        response = problem(admission.refusal(), _SOME_ID)
        headers = {name.decode(): value.decode() for name, value in response.raw_headers if name != b"content-length"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**headers, **SECURITY_HEADERS}.items())
        self._status = response.status_code
        self._head = f"HTTP/1.1 {self._status} Service Unavailable\r\n{lines}"
        self._body = bytes(response.body).decode()

    def refusal(
        self, method: bytes, target: bytes, headers: Iterable[tuple[bytes, bytes]], *, last: bool
    ) -> bytes | None:
        """The whole response to a request that is not to be taken, None where it is. ``last`` is one after which the
        connection is closed."""
        if not self._admission.is_full or method != b"POST":
            return None
        asked = INFER.fullmatch(target)
        if asked is None:
            return None
        started = time.perf_counter()
        request_id = request_id_of(headers)
        body = self._body.replace(_SOME_ID, request_id)
        route = WITH_VERSION if asked[1] else CURRENT
        tell(self._metrics, "POST", route, self._status, time.perf_counter() - started, request_id)
        head = f"{self._head}{REQUEST_ID}: {request_id}\r\nContent-Length: {len(body)}\r\n"
        return f"{head}{_CLOSE if last else ''}\r\n{body}".encode()
