"""The files that a study leaves: leakage.json, .csv and .md, gallery.png, frontier.png."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.leakage.attack import Attacked
from dermsplit_convert.leakage.figures import draw_frontier, draw_gallery
from dermsplit_convert.leakage.reached import gap, reached
from dermsplit_convert.leakage.record import CodingRecord, LeakageRecord
from dermsplit_convert.leakage.tables import (
    attribute_table,
    csv_rows,
    frontier_table,
    optimised_table,
    rank_table,
    rebuilt_table,
)

NAME = "leakage"


@dataclass(frozen=True)
class LeakageReport:
    """What was found; the bundle's own cut comes first."""

    manifest: Manifest
    attacked: list[Attacked]

    def record(self) -> LeakageRecord:
        """What leakage.json holds."""
        codings = [
            CodingRecord(
                coding=one.coding,
                noise=one.noise,
                features_sha256=one.sha256,
                leakage=round(reached(one), 4),
                gap=round(gap(one), 4),
                head=one.head,
                price=one.price,
                optimised=one.optimised.result if one.optimised else None,
                result=one.result,
            )
            for one in self.attacked
        ]
        return LeakageRecord(bundle=self.manifest.id, model=self.manifest.name, codings=codings, notes=self.notes)

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
        made = (rebuilt_table, optimised_table, frontier_table, rank_table, attribute_table)
        tables = [table(self.attacked) for table in made]
        parts = [about, *(table.markdown() for table in tables if table.cells)]
        if self.notes:
            parts.append("\n".join(f"- {note}" for note in self.notes))
        return "\n\n".join(parts) + "\n"


def write_report(report: LeakageReport, photos: NDArray[np.float32], directory: Path) -> None:
    """Write all files, photos being float32 [N, P, P, 3] in 0..1; those of an earlier study are replaced."""
    write_figures(report, directory)
    draw_gallery(report.attacked, photos, directory / "gallery.png")
    draw_frontier(report.attacked, directory / "frontier.png")


def write_figures(report: LeakageReport, directory: Path) -> None:
    """Write what holds no photo: all but the gallery and the frontier."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = csv_rows(report.attacked)
    with (directory / f"{NAME}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    record = report.record().model_dump_json(indent=2)
    (directory / f"{NAME}.json").write_text(record + "\n", encoding="utf-8")
    (directory / f"{NAME}.md").write_text(report.markdown(), encoding="utf-8")
