"""A cut with everything that is known of it, and the figures by which cuts are limited and compared."""

from collections.abc import Callable
from dataclasses import dataclass

from dermsplit_convert.cut_search.measured import UNMEASURED, Measured
from dermsplit_convert.cut_search.sizes import show_size
from dermsplit_convert.cut_search.timing import Times
from dermsplit_convert.cuts import Cut


@dataclass(frozen=True)
class Candidate:
    """``bits`` are those of one value on the wire. What was not measured is None."""

    cut: Cut
    bits: int = 8
    times: Times | None = None
    measured: Measured = UNMEASURED

    @property
    def layer(self) -> str:
        """The cut's name."""
        return self.cut.layer

    @property
    def wire_bytes(self) -> int:
        """Bytes of the features, packed."""
        return self.cut.packed_bytes(self.bits)

    def as_json(self) -> dict[str, object]:
        """The cut's own JSON, and times in milliseconds and measured figures where there are any."""
        times = {"head_ms": self.times.head_ms, "tail_ms": self.times.tail_ms} if self.times else {}
        return {**self.cut.as_json(), **times, **self.measured.model_dump(exclude_none=True)}


@dataclass(frozen=True)
class Figure:
    """One number of a candidate; less is always better.

    ``compared`` figures decide what dominates what. Time is none of them: it grows with the head as MACs do, and its
    noise would keep cuts that are worse in everything else.
    """

    option: str
    words: str
    best: str
    read: Callable[[Candidate], float | None]
    show: Callable[[float], str]
    compared: bool = True


FIGURES = (
    Figure("--max-bytes", "features", "the smallest features", lambda one: one.wire_bytes, show_size),
    Figure(
        "--max-head-download",
        "a head download",
        "the smallest head download",
        lambda one: one.cut.head.download_bytes,
        show_size,
    ),
    Figure(
        "--max-head-macs",
        "head MACs",
        "the fewest head MACs",
        lambda one: one.cut.head.macs,
        lambda macs: f"{macs:,.0f}",
    ),
    Figure(
        "--max-head-ms",
        "a head time",
        "the fastest head",
        lambda one: one.times.head_ms if one.times else None,
        lambda ms: f"{ms:.1f} ms",
        compared=False,
    ),
    Figure(
        "--max-flips",
        "a share of flips",
        "the fewest flips",
        lambda one: one.measured.flips,
        lambda share: f"{share:.2%}",
    ),
    Figure(
        "--max-leakage", "leakage", "the least leakage", lambda one: one.measured.leakage, lambda value: f"{value:g}"
    ),
)
"""In the order in which sentences name them."""
