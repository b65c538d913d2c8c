"""Why a contender is not in the table."""

import re


class ContenderFailed(Exception):
    """It could not be installed, did not start, or answered something else; the message is one line."""


def last_line(printed: str) -> str:
    """The last line that names an error, else the last that says anything; at most 200 characters of it."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(\w+\.)*\w*(Error|Exception)\b", line)]
    return [*lines, *errors][-1][:200] if lines else "it printed nothing"
