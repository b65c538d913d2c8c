"""The files that a measurement leaves: wire.csv, wire.md, wire.json and wire.png."""

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.bench.plot import plot_bytes
from dermsplit_convert.bench.rows import Row
from dermsplit_convert.bench.summary import AUC_SLACK, Summary
from dermsplit_convert.bench.tables import coder_table, csv_columns, domain_table, main_table

NAME = "wire"


@dataclass(frozen=True)
class WireReport:
    """What crosses in every form, for one bundle."""

    manifest: Manifest
    rows: list[Row]
    summary: Summary

    def as_json(self) -> dict[str, object]:
        """Plain JSON."""
        return {
            "bundle": self.manifest.id,
            "model": self.manifest.name,
            "cut": self.manifest.cut,
            "operating_point": self.manifest.operating_points[0].name,
            "summary": asdict(self.summary),
            "rows": [row.as_json() for row in self.rows],
        }

    def markdown(self) -> str:
        """The tables with what has to be known to read them."""
        manifest, images = self.manifest, self.summary.images
        shape = "x".join(map(str, manifest.features.shape))
        notes = (
            f"{manifest.name} {manifest.id}, cut at {manifest.cut} ({shape}), {images:,} test images, decisions at "
            f"{manifest.operating_points[0].name}. A request is the JSON and the tensor, a picture's is its file "
            "alone; HTTP headers are not counted, nor are round trips in the upload times. JPEG and WebP are of the "
            f"same {manifest.input.size}-pixel square that the head takes, decoded and classified by the whole "
            "network. Intervals are paired, over whole lesions or patients. A setting counts as good as the bundle "
            f"where its AUC over all images is at least the bundle's less {AUC_SLACK}; the smallest such by median "
            "bytes is the one compared with."
        )
        lines = "\n".join(f"- {line}" for line in self.summary.lines())
        text = f"# What crosses\n\n{notes}\n\n{lines}\n\n{main_table(self.rows).markdown()}\n"
        domains = domain_table(self.rows)
        if domains.cells:
            text += f"\n## AUC less that of float32 features, by domain\n\n{domains.markdown()}\n"
        coders = coder_table(self.rows)
        if coders.cells:
            text += (
                "\n## Coders\n\nMean bytes of the features, and in brackets over their order-0 entropy: one "
                f"distribution a channel, over all images.\n\n{coders.markdown()}\n"
            )
        return text


def write_report(report: WireReport, directory: Path) -> None:
    """Write the four files; those of an earlier measurement are replaced."""
    directory.mkdir(parents=True, exist_ok=True)
    flat = [csv_columns(row) for row in report.rows]
    with (directory / f"{NAME}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(flat[0]))
        writer.writeheader()
        writer.writerows(flat)
    text = json.dumps(report.as_json(), indent=2, allow_nan=False) + "\n"
    (directory / f"{NAME}.json").write_text(text, encoding="utf-8")
    (directory / f"{NAME}.md").write_text(report.markdown(), encoding="utf-8")
    plot_bytes(report.rows, directory / f"{NAME}.png")
