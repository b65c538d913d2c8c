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
from dermsplit_server.envelope import request_id_of, tell
from dermsplit_server.metrics import Metrics
from dermsplit_server.refusal import Refusal
from dermsplit_server.routes.infer import CURRENT, WITH_VERSION

INFER = re.compile(rb"/v2/models/[^/?]+(/versions/[^/?]+)?/infer(\?.*)?")
STATE = "overload"
"""Its place in the state that the lifespan gives every connection."""


class Overload:
    """Says no for a full queue. ``admission`` is that queue, ``metrics`` are told of every refusal."""

    def __init__(self, admission: Admission, metrics: Metrics) -> None:
        self._admission = admission
        self._metrics = metrics
        self._refusal = Refusal(admission.refusal())

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
        route = WITH_VERSION if asked[1] else CURRENT
        tell(self._metrics, "POST", route, self._refusal.status, time.perf_counter() - started, request_id)
        return self._refusal.told(request_id, last=last)
