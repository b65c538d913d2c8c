"""Counts, ages and what a check found, as tables in the terminal."""

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dermsplit_training.data.check import CheckReport, NearReport
from dermsplit_training.data.demographics import AgeTable
from dermsplit_training.data.split import PARTS
from dermsplit_training.data.stats import DataReport

console = Console()

SHOWN = 10


def print_data(report: DataReport) -> None:
    """Images of each data set and diagnosis, by part where they have parts."""
    parts = PARTS if any(count.images for count in report.counts) else ()
    table = _table(("data set", "diagnosis", "label"), (*parts, "all"))
    for count in report.counts:
        by_part = [count.images.get(part, 0) for part in parts]
        names = map(escape, (count.data_set, count.diagnosis, count.label))
        table.add_row(*names, *map(str, by_part), str(count.total))
    console.print(table)
    for size in report.sizes:
        _say(f"{size.data_set}: {size.images} images of {size.groups} lesions or patients")


def print_demographics(report: DataReport, tables: Sequence[AgeTable]) -> None:
    """Each data set's images by class, age and sex; then by site and skin type where these are known."""
    for size in report.sizes:
        own = [table for table in tables if table.data_set == size.data_set]
        console.print(_age_table(size.data_set, own))
        for title, count in (("site", size.sites), ("skin type", size.skin_types)):
            if count:
                _say(f"{size.data_set} by {title}. {_counts(count, size.images)}")


def print_check(report: CheckReport) -> None:
    """The counts, then everything that was found, ten of each at most."""
    print_data(report.counts)
    _list("unreadable images", [found.problem for found in report.unreadable])
    _list("lesions or patients in more than one part", report.crossing_groups)
    same = [f"{' = '.join(found.images)} ({', '.join(found.parts)}){_leak(found.leak)}" for found in report.same_files]
    _list("files that are there more than once", same)
    _print_near(report.near_duplicates)


def _print_near(report: NearReport) -> None:
    _say(
        f"{report.pairs} pairs of near duplicates by perceptual hash, {report.across_groups} of different lesions or "
        f"patients, {report.across_parts} in different parts"
    )
    for pair in report.listed[:SHOWN]:
        images = " and ".join(f"{image} ({group})" for image, group in zip(pair.images, pair.groups, strict=True))
        parts = " and ".join(dict.fromkeys(pair.parts))
        _say(f"  likeness {pair.likeness:.3f}, {pair.bits} bits, in {parts}: {images}")
    if report.listed:
        _say(
            "  A warning, no failure: a perceptual hash takes some pictures for the same that are not. Likeness is the "
            "correlation of the grey thumbnails; look at those above 0.96."
        )


def _age_table(data_set: str, tables: Sequence[AgeTable]) -> Table:
    sexes = list(tables[0].mean_age)
    shown = _table(("class", "age"), sexes, title=f"{data_set}: images by class, age and sex")
    for table in tables:
        for band, images in table.images.items():
            name = escape(table.name) if band == next(iter(table.images)) else ""
            shown.add_row(name, band, *(str(images[sex]) for sex in sexes))
        means = [table.mean_age[sex] for sex in sexes]
        shown.add_row("", "mean age", *("-" if mean is None else f"{mean:.1f}" for mean in means), end_section=True)
    return shown


def _table(texts: Iterable[str], numbers: Iterable[str], title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    for name in texts:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _counts(count: Mapping[str, int], images: int) -> str:
    known = ", ".join(f"{name}: {number}" for name, number in count.items())
    return f"{known}, unknown: {images - sum(count.values())}"


def _list(title: str, found: Sequence[str]) -> None:
    _say(f"{len(found)} {title}{':' if found else ''}")
    for line in found[:SHOWN]:
        _say(f"  {line}")
    if len(found) > SHOWN:
        _say(f"  and {len(found) - SHOWN} more")


def _leak(leak: bool) -> str:
    return ": a leak" if leak else ""


def _say(text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
