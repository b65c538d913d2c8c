"""Answer only to names that the server goes by, so that a foreign page whose name was pointed here learns nothing.

That attack is DNS rebinding: the browser takes page and server for one origin, and only the Host header tells.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dermsplit_contract.errors import WrongHost
from dermsplit_server.problems import problem

ANY = "*"
PROBES = {"/v2/health/live", "/v2/health/ready"}
"""What probes ask for, by address; they tell nothing."""


class HostCheck:
    """ASGI middleware. ``allowed`` are names or addresses without port; ``*`` allows every one."""

    def __init__(self, app: ASGIApp, allowed: list[str]) -> None:
        self.app = app
        self.allowed = {name.lower() for name in allowed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_allowed(scope):
            await self.app(scope, receive, send)
            return
        error = WrongHost("The server does not go by that name. Its operator sets the names: DERMSPLIT_ALLOWED_HOSTS.")
        await problem(error, scope["state"]["request_id"])(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        if ANY in self.allowed or scope["path"] in PROBES:
            return True
        given = Headers(scope=scope).getlist("Host")
        return len(given) == 1 and _without_port(given[0]).lower() in self.allowed


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
