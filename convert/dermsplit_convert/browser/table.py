"""What a browser's back ends gave, as a table."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.browser.check import BackendCheck


def browser_table(manifest: Manifest, source: str, checks: Sequence[BackendCheck]) -> Table:
    """One row a back end; one that did not run says why. ``source`` is where the pictures come from."""
    unit = "levels" if manifest.features.levels else "shares of the largest"
    title = f"{manifest.name} {manifest.id} in Chromium, by the page's own worker"
    caption = f"{source}; features in {unit}; decisions at {manifest.operating_points[0].name}; times are of software"
    table = Table(title=title, caption=caption, box=box.SIMPLE)
    table.add_column("back end")
    for column in ("golden case", "features", "features off", "probability", "flips", "ms"):
        table.add_column(column, justify="right")
    table.add_column("result")
    for check in checks:
        if check.error is not None:
            table.add_row(check.backend, *[""] * 6, f"[yellow]not run: {check.error}")
            continue
        table.add_row(
            check.backend,
            f"{check.golden_difference:.2e}",
            f"{check.features_difference:.2e}",
            f"{check.share_off:.2%}",
            f"{check.probability_difference:.2e}",
            f"{check.flips} of {check.images}",
            f"{check.milliseconds:.0f}",
            "[green]passed" if check.passed else "[red]failed",
        )
    return table
