"""Logs to standard error: one line an event, and none of the kind that names a client."""

import logging


def set_up_logs(level: str) -> None:
    """Give the ``dermsplit`` loggers a handler and their level, and silence the access log of uvicorn.

    That log writes the whole address and the path of every client.
    """
    root = logging.getLogger("dermsplit")
    root.setLevel(level.upper())
    root.propagate = False
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        root.addHandler(handler)
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
