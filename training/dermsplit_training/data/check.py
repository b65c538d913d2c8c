"""What would spoil a training: unreadable images, images that are there twice, lesions or patients in two parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import Progress

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.duplicates import exact_duplicates, near_duplicates
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.scan import Scanned, scan
from dermsplit_training.data.split import Part, crossing_groups
from dermsplit_training.data.stats import DataReport, count_pictures

LISTED = 1000
"""Near duplicates that a report holds at most; the counts are of all."""


@dataclass(frozen=True)
class Unreadable:
    """An image that cannot be decoded to its end, and why."""

    image: str
    problem: str


@dataclass(frozen=True)
class SameFile:
    """Images whose files are the same to the byte. It is a leak where they are in several parts."""

    images: list[str]
    parts: list[Part]
    leak: bool


@dataclass(frozen=True)
class LookAlike:
    """Two images whose pHashes differ in ``bits`` of 64; ``likeness`` is the correlation of their grey thumbnails."""

    images: list[str]
    groups: list[str]
    parts: list[Part]
    bits: int
    likeness: float


@dataclass(frozen=True)
class NearReport:
    """Pairs of near duplicates, how many of them are of different groups, in different parts, or both.

    ``listed`` holds those of different groups or in different parts, the likest first.
    """

    pairs: int
    across_groups: int
    across_parts: int
    across_both: int
    listed: list[LookAlike]


@dataclass(frozen=True)
class CheckReport:
    """Everything that a check found."""

    images: int
    counts: DataReport
    unreadable: list[Unreadable]
    same_files: list[SameFile]
    near_duplicates: NearReport
    crossing_groups: list[str]


def check_pictures(pictures: Sequence[Picture], parts: Sequence[Part], data: Path, progress: Progress) -> CheckReport:
    """Read every image to its end and compare each with each. Nothing is raised: ``check_passed`` judges."""
    scanned = scan(pictures, data, progress)
    return CheckReport(
        images=len(pictures),
        counts=count_pictures(pictures, parts),
        unreadable=[
            Unreadable(picture.path, one.problem) for picture, one in zip(pictures, scanned, strict=True) if one.problem
        ],
        same_files=[_same_file(positions, pictures, parts) for positions in exact_duplicates(scanned)],
        near_duplicates=_near(scanned, pictures, parts),
        crossing_groups=crossing_groups(pictures, parts),
    )


def check_passed(report: CheckReport) -> None:
    """Raises DataInvalid for unreadable images, groups that cross parts, or one file in several parts.

    Near duplicates do not fail a check, since pHash takes some pictures for near that are not the same.
    """
    problems = []
    if bad := report.unreadable:
        problems.append(f"{len(bad)} of {report.images} images cannot be read. The first: {bad[0].problem}")
    if crossing := report.crossing_groups:
        problems.append(f"{len(crossing)} lesions or patients are in more than one part, the first is {crossing[0]}.")
    if leaking := [found for found in report.same_files if found.leak]:
        problems.append(
            f"{len(leaking)} files are in more than one part, the first as {' and '.join(leaking[0].images)}."
        )
    if problems:
        raise DataInvalid(" ".join(problems))


def _same_file(positions: Sequence[int], pictures: Sequence[Picture], parts: Sequence[Part]) -> SameFile:
    found = [parts[position] for position in positions]
    return SameFile([pictures[position].path for position in positions], found, len(set(found)) > 1)


def _near(scanned: Sequence[Scanned], pictures: Sequence[Picture], parts: Sequence[Part]) -> NearReport:
    pairs = near_duplicates(scanned)
    names = [f"{picture.data_set}/{picture.group}" for picture in pictures]
    groups, own = np.unique(names, return_inverse=True)[1], np.array(parts)
    other_group = groups[pairs.first] != groups[pairs.second]
    other_part = own[pairs.first] != own[pairs.second]
    listed = []
    for pair in np.flatnonzero(other_group | other_part)[:LISTED]:
        both = (int(pairs.first[pair]), int(pairs.second[pair]))
        listed.append(
            LookAlike(
                images=[pictures[position].path for position in both],
                groups=[pictures[position].group for position in both],
                parts=[parts[position] for position in both],
                bits=int(pairs.bits[pair]),
                likeness=round(float(pairs.likeness[pair]), 3),
            )
        )
    return NearReport(
        pairs=len(pairs.bits),
        across_groups=int(other_group.sum()),
        across_parts=int(other_part.sum()),
        across_both=int((other_group & other_part).sum()),
        listed=listed,
    )
