"""A question that there is no room for is refused before anything else is done for it.

Under five times the load that a server can bear, most of its requests are refusals: what each costs is lost to the
answers. The queue's own check behind it stays, for what arrives while a body is read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from dermsplit_server.admission import Admission
from dermsplit_server.problems import problem
from dermsplit_server.routes.infer import CURRENT, WITH_VERSION

INFER = re.compile(r"/v2/models/[^/]+(/versions/[^/]+)?/infer")


@dataclass(frozen=True)
class _Template:
    """What log and metrics call the route."""

    path: str


class Overload:
    """ASGI middleware, directly inside the envelope. ``admission`` gives the queue, None before there is one."""

    def __init__(self, app: ASGIApp, admission: Callable[[], Admission | None]) -> None:
        self.app = app
        self.admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        admission = self.admission()
        if scope["type"] == "http" and admission is not None and admission.is_full and scope["method"] == "POST":
            asked = INFER.fullmatch(scope["path"])
            if asked:
                scope["route"] = _Template(WITH_VERSION if asked[1] else CURRENT)
                await problem(admission.refusal(), scope["state"]["request_id"])(scope, receive, send)
                return
        await self.app(scope, receive, send)
