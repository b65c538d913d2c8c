"""The files that a study leaves: leakage.json, .csv and .md, summary.json, measured.json, gallery.png, frontier.png."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.leakage.attack import Attacked
from dermsplit_convert.leakage.figures import draw_frontier, draw_gallery
from dermsplit_convert.leakage.tables import attribute_table, csv_rows, rank_table, rebuilt_table

NAME = "leakage"


@dataclass(frozen=True)
class LeakageReport:
    """What was found; the bundle's own cut comes first."""

    manifest: Manifest
    attacked: list[Attacked]

    def as_json(self) -> dict[str, object]:
        """Plain JSON; ``codings`` are contract records."""
        return {
            "bundle": self.manifest.id,
            "model": self.manifest.name,
            "codings": [one.result.model_dump(mode="json") for one in self.attacked],
            "notes": self.notes,
        }

    @property
    def notes(self) -> list[str]:
        """Whether each decoder trained, in a sentence each."""
        return [note for one in self.attacked for note in one.notes]

    def markdown(self) -> str:
        """The tables with what has to be known to read them."""
        own = self.attacked[0].result
        about = (
            f"{self.manifest.name} {self.manifest.id}, cut at {own.cut}: {own.training_images:,} training and "
            f"{own.images:,} test images of {own.groups:,} other lesions or patients, at {own.side}x{own.side} pixels. "
            "Every attacker has the head and sees the features as they are sent; intervals are over lesions or "
            "patients."
        )
        parts = [about, rebuilt_table(self.attacked).markdown(), rank_table(self.attacked).markdown()]
        attributes = attribute_table(self.attacked)
        if attributes.cells:
            parts.append(attributes.markdown())
        if self.notes:
            parts.append("\n".join(f"- {note}" for note in self.notes))
        return "\n\n".join(parts) + "\n"


def measured(report: LeakageReport) -> dict[str, dict[str, float]]:
    """The highest SSIM reached at each layer, as `dermsplit cuts --measured` reads it."""
    highest: dict[str, float] = {}
    for one in report.attacked:
        reached = max(found.ssim.value for found in one.result.rebuilt if not found.baseline)
        highest[one.result.cut] = max(reached, highest.get(one.result.cut, 0.0))
    return {layer: {"leakage": round(ssim, 4)} for layer, ssim in highest.items()}


def write_report(report: LeakageReport, photos: NDArray[np.float32], directory: Path) -> None:
    """Write all files, photos being float32 [N, P, P, 3] in 0..1; those of an earlier study are replaced."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = csv_rows(report.attacked)
    with (directory / f"{NAME}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    _write_json(directory / f"{NAME}.json", report.as_json())
    # The bundle's own figures, as the manifest's field holds them.
    _write_json(directory / "summary.json", report.attacked[0].result.model_dump(mode="json"))
    _write_json(directory / "measured.json", measured(report))
    (directory / f"{NAME}.md").write_text(report.markdown(), encoding="utf-8")
    draw_gallery(report.attacked, photos, directory / "gallery.png")
    draw_frontier(report.attacked, directory / "frontier.png")


def _write_json(path: Path, body: object) -> None:
    path.write_text(json.dumps(body, indent=2, allow_nan=False) + "\n", encoding="utf-8")
