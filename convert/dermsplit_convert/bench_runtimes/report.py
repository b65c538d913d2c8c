"""What a measurement of the browser's runtimes leaves: a table on the terminal, runtimes.md, .json and .csv."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.bench.tables import TextTable
from dermsplit_convert.bench_runtimes.contenders import RIVALS
from dermsplit_convert.bench_runtimes.install import CONVERTER
from dermsplit_convert.bench_runtimes.row import GZIP_LEVEL, Row
from dermsplit_convert.bench_serve.report import Spread

NAME = "runtimes"
COLUMNS = [
    "runtime",
    "back end",
    "threads",
    "features",
    "cold ms",
    "warm ms",
    "over TF.js WASM",
    "runtime KB",
    "model KB",
]


@dataclass(frozen=True)
class RuntimesReport:
    """``browser`` is the version of Chromium."""

    manifest: Manifest
    browser: str
    rounds: int
    rows: Sequence[Row]

    @property
    def title(self) -> str:
        """Of which bundle, in what."""
        rounds = "1 round" if self.rounds == 1 else f"{self.rounds} rounds"
        return f"{self.manifest.name} {self.manifest.id}: its head in Chromium {self.browser}, {rounds}"

    def table(self) -> TextTable:
        """A row a contender."""
        return TextTable(COLUMNS, [_cells(row) for row in self.rows])

    def failures(self) -> list[str]:
        """A line for each that did not run."""
        return [f"{row.contender.said} did not run: {row.error}" for row in self.rows if row.error is not None]

    def as_json(self) -> dict[str, object]:
        """Plain JSON."""
        return {
            "bundle": self.manifest.id,
            "model": self.manifest.name,
            "browser": self.browser,
            "packages": [*(rival.package for rival in RIVALS), *CONVERTER],
            "compression": f"gzip, level {GZIP_LEVEL}, a file at a time",
            "rounds": self.rounds,
            "rows": [row.as_json() for row in self.rows],
        }


NOTES = (
    "Features: of those of the golden input, right where at most 2% are a whole number off and none further. Cold: "
    "from nothing to the first answer in a fresh browser profile, all files from loopback. Warm: a picture to its "
    "features, the runtimes in turns; median of the rounds, with the lowest and the highest. KB are thousands of bytes "
    f"by gzip at level {GZIP_LEVEL}, a file at a time: of TF.js the build with the page's operations alone, of the "
    "others what they publish. "
    "WebGL and WebGPU are computed by the processor in this browser: their times say nothing of a graphics card's. "
    f"Installed were {', '.join(rival.package for rival in RIVALS)}; the head is ONNX by {', '.join(CONVERTER)}."
)


def write_report(report: RuntimesReport, directory: Path) -> None:
    """Write the three files; those of an earlier measurement are replaced."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report.as_json(), indent=2, allow_nan=False) + "\n"
    (directory / f"{NAME}.json").write_text(text, encoding="utf-8")
    lines = ["# Runtimes of the browser", f"{report.title}. {NOTES}", report.table().markdown()]
    failures = "\n".join(f"- {line}" for line in report.failures())
    (directory / f"{NAME}.md").write_text("\n\n".join(filter(None, [*lines, failures])) + "\n", encoding="utf-8")
    with (directory / f"{NAME}.csv").open("w", newline="", encoding="utf-8") as file:
        flat = [_flat(row) for row in report.rows]
        writer = csv.DictWriter(file, list(flat[0]))
        writer.writeheader()
        writer.writerows(flat)


def _cells(row: Row) -> list[str]:
    contender = row.contender
    named = [contender.name, contender.backend, str(contender.threads) if contender.backend == "wasm" else ""]
    return [
        *named,
        _features(row),
        _times(row.cold_ms, 0),
        _times(row.warm_ms, 1),
        _times(row.ratio, 2),
        "" if row.runtime_bytes is None else f"{row.runtime_bytes / 1e3:,.0f}",
        "" if row.model_bytes is None else f"{row.model_bytes / 1e3:,.0f}",
    ]


def _features(row: Row) -> str:
    if row.answer is None:
        return "not run"
    shares = f"{row.answer.off_by_one:.1%} off by 1"
    if row.answer.further_off:
        shares += f", {row.answer.further_off:.1%} further"
    return f"{'right' if row.answer.right else 'WRONG'}: {shares}"


def _times(spread: Spread | None, places: int) -> str:
    if spread is None:
        return ""
    return f"{spread.median:.{places}f} ({spread.low:.{places}f} to {spread.high:.{places}f})"


def _flat(row: Row) -> dict[str, object]:
    told = row.as_json()
    flat: dict[str, object] = {key: told[key] for key in ("runtime", "back_end", "threads", "right", "error")}
    flat["off_by_one"] = "" if row.answer is None else row.answer.off_by_one
    flat["further_off"] = "" if row.answer is None else row.answer.further_off
    for name, spread in (("cold_ms", row.cold_ms), ("warm_ms", row.warm_ms), ("ratio", row.ratio)):
        for part in ("median", "low", "high"):
            flat[f"{name}_{part}"] = "" if spread is None else getattr(spread, part)
    return flat | {"runtime_bytes": row.runtime_bytes, "model_bytes": row.model_bytes}
