"""What was seen of a contender in every round, and the row that it comes to."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dermsplit_convert.bench_runtimes.answer import Answer
from dermsplit_convert.bench_runtimes.contenders import ONNX, Contender
from dermsplit_convert.bench_serve.report import Spread

NOT_COUNTED = ("harness.html", "rival.html", "apps/", "bundle/golden/")
"""Fetched for the measurement alone; a script in ``apps`` stands for the page around a rival."""
MODELS = ("bundle/", ONNX)
GZIP_LEVEL = 9


@dataclass(frozen=True)
class Visit:
    """One round: milliseconds from nothing to the first answer, and the median of a warm run."""

    cold_ms: float
    warm_ms: float


@dataclass(frozen=True)
class Row:
    """A contender: ``error`` says why it did not run; without ``answer.right`` there are no times.

    ``ratio`` is its warm run over that of TF.js on WebAssembly in the same round: median, lowest, highest. Bytes are
    those of gzip at its best, a file at a time.
    """

    contender: Contender
    error: str | None = None
    answer: Answer | None = None
    cold_ms: Spread | None = None
    warm_ms: Spread | None = None
    ratio: Spread | None = None
    runtime_bytes: int | None = None
    model_bytes: int | None = None

    def as_json(self) -> dict[str, object]:
        """Plain JSON, a number or null for each figure."""
        told = asdict(self)
        told.pop("contender")
        contender = self.contender
        named = {"runtime": contender.name, "back_end": contender.backend, "threads": contender.threads}
        return named | {"right": self.answer.right if self.answer else None} | told


def build_row(
    contender: Contender,
    answer: Answer,
    visits: Mapping[int, Visit],
    reference: Mapping[int, Visit],
    fetched: Mapping[str, Path],
) -> Row:
    """Of visits by round; without times where the answer is wrong, without ratios where the reference has none."""
    runtime, model = wire_bytes(fetched)
    if not answer.right or not visits:
        return Row(contender, None, answer, runtime_bytes=runtime, model_bytes=model)
    ratios = [visit.warm_ms / reference[turn].warm_ms for turn, visit in visits.items() if turn in reference]
    return Row(
        contender,
        None,
        answer,
        Spread.of([visit.cold_ms for visit in visits.values()]),
        Spread.of([visit.warm_ms for visit in visits.values()]),
        Spread.of(ratios) if ratios else None,
        runtime,
        model,
    )


def wire_bytes(fetched: Mapping[str, Path]) -> tuple[int, int]:
    """Bytes of runtime and of model, of the files behind what was fetched."""
    counted = {name: path for name, path in fetched.items() if not name.startswith(NOT_COUNTED)}
    model = [path for name, path in counted.items() if name.startswith(MODELS)]
    runtime = [path for name, path in counted.items() if not name.startswith(MODELS)]
    return _gzipped(runtime), _gzipped(model)


def _gzipped(paths: Sequence[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), GZIP_LEVEL, mtime=0)) for path in paths)
