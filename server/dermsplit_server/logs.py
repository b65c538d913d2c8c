"""Logs to standard error: one line an event, and none of the kind that names a client."""

import json
import logging
import traceback
from datetime import UTC, datetime

REQUEST_FIELDS = ("method", "route", "status", "ms", "request_id")
"""What the line about a request holds beside its message."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and for a request the fields of :data:`REQUEST_FIELDS`."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: getattr(record, name) for name in REQUEST_FIELDS if hasattr(record, name)},
        }
        return json.dumps(line, ensure_ascii=False)


def log_failure(request_id: str, error: BaseException) -> None:
    """Tell the operator what went wrong with a request and where. An error that has a cause is known by its cause."""
    cause = error.__cause__ or error
    frames = traceback.extract_tb(cause.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    # Never its message, which may quote what was sent.
    logging.getLogger("dermsplit.requests").error(
        "request %s failed with %s at %s", request_id, type(cause).__name__, place
    )


def set_up_logs(level: str, form: str = "text") -> None:
    """Give the ``dermsplit`` loggers a handler and their level, and silence the access log of uvicorn.

    That log writes the whole address and the path of every client.
    """
    root = logging.getLogger("dermsplit")
    root.setLevel(level.upper())
    root.propagate = False
    if not root.handlers:
        handler = logging.StreamHandler()
        root.addHandler(handler)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    for there in root.handlers:
        there.setFormatter(JsonLines() if form == "json" else plain)
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
