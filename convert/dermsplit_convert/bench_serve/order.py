"""What is to be measured, on which processors, and of whom."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dermsplit_contract.errors import UsageError
from dermsplit_convert.bench_serve.contenders import CONTENDERS, Contender
from dermsplit_convert.bench_serve.environments import default_place


@dataclass(frozen=True)
class ServeOrder:
    """What to measure. ``seconds`` is for each load, ``cores`` the processors that every server is pinned to."""

    bundle: Path
    data: Path | None = None
    images: int = 32
    only: Sequence[str] = ()
    rounds: int = 5
    seconds: float = 3.0
    connections: tuple[int, ...] = (1, 8, 32)
    cores: int = 1
    environments: Path = field(default_factory=default_place)
    install_seconds: float = 600.0
    start_seconds: float = 180.0


def choose(only: Sequence[str]) -> list[Contender]:
    """The contenders of these names, whatever their case; all of them where there are none. Raises UsageError."""
    by_name = {one.name.lower(): one for one in CONTENDERS}
    if strangers := [name for name in only if name.lower() not in by_name]:
        names = ", ".join(one.name for one in CONTENDERS)
        raise UsageError(f"There is no contender '{strangers[0]}'. Those there are: {names}.")
    wanted = {name.lower() for name in only} or set(by_name)
    return [one for name, one in by_name.items() if name in wanted]


def split_processors(cores: int) -> tuple[list[int], list[int]]:
    """The processors of the servers, the first ``cores`` of those allowed, and those of the client, all others.

    Raises UsageError where none would be left for the client.
    """
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    if len(allowed) <= cores:
        raise UsageError(
            f"Of {len(allowed)} processors none is left for the client beside {cores} for the server. Give fewer with "
            "--cores, or measure on a larger machine."
        )
    return allowed[:cores], allowed[cores:]
