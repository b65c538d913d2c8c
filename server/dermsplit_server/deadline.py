"""What a client waits for is not worked on for longer than the client waits."""

import time
from collections.abc import Mapping
from typing import Any

from dermsplit_contract.errors import DeadlinePassed, InvalidParameter

TIMEOUT = "timeout"
"""The parameter of a request that holds microseconds, as Triton's schedule policy extension has it."""


def check_deadline(parameters: Mapping[str, Any], arrived: float) -> None:
    """Raise DeadlinePassed where a request that ``arrived`` at that second of time.monotonic() has waited longer than
    it allows; InvalidParameter where what it allows is not a whole number above 0. 0 is no limit, as in Triton."""
    allowed = parameters.get(TIMEOUT, 0)
    if isinstance(allowed, bool) or not isinstance(allowed, int) or allowed < 0:
        raise InvalidParameter(f"Expected '{TIMEOUT}' as a whole number of microseconds, something else came.")
    if allowed and (time.monotonic() - arrived) * 1e6 > allowed:
        raise DeadlinePassed(
            "The request waited longer than its timeout allows, so nothing was computed. Try again, or wait longer."
        )
