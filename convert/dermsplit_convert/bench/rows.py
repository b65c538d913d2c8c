"""One row a form: what it weighs, and what it does to the answers compared with float32 features."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import Interval
from dermsplit_convert.bench.auc import auc, auc_difference, draw_groups
from dermsplit_convert.bench.judged import Judged
from dermsplit_convert.bench.measure import REQUEST, Measured

ALL = "all"
MEGABITS = (0.75, 6.3, 21.0)
"""Upload rates, Mb/s: a poor, a middling and a good mobile connection."""


@dataclass(frozen=True)
class Bytes:
    """Sizes over the images, in bytes."""

    median: float
    p95: float
    largest: int
    mean: float


@dataclass(frozen=True)
class Row:
    """One form. ``auc`` and ``difference`` are by domain and over ``all``, None where a class is missing.

    ``difference`` is the AUC less that of float32 features; ``flips`` counts decisions that differ from theirs at the
    first operating point. ``upload_ms`` is the median request's time on the line alone, by megabits a second.
    """

    sent: str
    images: int
    sizes: dict[str, Bytes]
    entropy: float | None
    auc: dict[str, float | None]
    difference: dict[str, Interval | None]
    flips: int
    largest_difference: float
    upload_ms: dict[str, float]

    @property
    def request(self) -> Bytes:
        """The whole request body, uncompressed."""
        return self.sizes[REQUEST]

    @property
    def flip_share(self) -> float:
        """Flips in shares of the images."""
        return self.flips / self.images

    def as_json(self) -> dict[str, object]:
        """Plain JSON."""
        differences = {name: found and found.model_dump() for name, found in self.difference.items()}
        return {**asdict(self), "difference": differences, "flip_share": self.flip_share}


def build_rows(measured: Sequence[Measured], judged: Judged) -> list[Row]:
    """Judge every form against the first one, which is float32 features."""
    parts = {ALL: np.ones(len(judged.images), dtype=bool)}
    domains = sorted(set(judged.domains.tolist()))
    if len(domains) > 1:
        parts |= {domain: judged.domains == domain for domain in domains}
    drawn = {name: draw_groups(judged.groups[part]) for name, part in parts.items()}
    reference = measured[0].said
    rows = []
    for one in measured:
        found, differences = {}, {}
        for name, part in parts.items():
            truth = judged.malignant[part]
            found[name] = auc(one.said.malignant[part], truth)
            differences[name] = auc_difference(one.said.malignant[part], reference.malignant[part], truth, drawn[name])
        sizes = {name: summarise(values) for name, values in one.sizes.items()}
        rows.append(
            Row(
                sent=one.name,
                images=len(judged.images),
                sizes=sizes,
                entropy=one.entropy,
                auc=found,
                difference=differences,
                flips=one.said.flips(reference),
                largest_difference=float(np.abs(one.said.malignant - reference.malignant).max()),
                upload_ms={f"{rate:g}": sizes[REQUEST].median * 8 / (rate * 1000) for rate in MEGABITS},
            )
        )
    return rows


def summarise(sizes: NDArray[np.int64]) -> Bytes:
    """Median, 95th percentile, largest and mean of sizes [N]."""
    return Bytes(float(np.median(sizes)), float(np.percentile(sizes, 95)), int(sizes.max()), float(sizes.mean()))
