"""Sizes as a person types them: 700KB, 3MB, 1.5MiB, 12000."""

import re

from dermsplit_contract.errors import UsageError

UNITS = {"": 1, "B": 1, "K": 10**3, "KB": 10**3, "KIB": 2**10, "M": 10**6, "MB": 10**6, "MIB": 2**20}
UNITS |= {"G": 10**9, "GB": 10**9, "GIB": 2**30}


def parse_size(text: str, option: str) -> int:
    """Bytes of ``text``, its unit decimal unless it has an i. Raises UsageError, naming the option."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    factor = UNITS.get(found[2].upper()) if found else None
    if found is None or factor is None:
        raise UsageError(f"Expected {option} to be a number of bytes such as 12000, 700KB or 3MB, got '{text}'.")
    return int(float(found[1]) * factor)


def show_size(count: float) -> str:
    """Bytes in the largest decimal unit that leaves at least one before the point: 7,840 B, 224.7 KB, 3.1 MB."""
    if count < 10**4:
        return f"{count:,.0f} B"
    return f"{count / 10**3:,.1f} KB" if count < 10**6 else f"{count / 10**6:,.1f} MB"
