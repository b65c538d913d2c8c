"""Atheris, guided by what code the bytes reach: `python -m tests.fuzz.run request CORPUS -max_total_time=600`.

`make fuzz` runs it on every target. What follows the target is libFuzzer's own: folders and flags.
"""

import sys

import atheris

with atheris.instrument_imports(include=["dermsplit_contract", "dermsplit_server"], enable_loader_override=False):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Feed one target until it fails or its time is over."""
    name = sys.argv[1]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
