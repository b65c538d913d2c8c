"""`dermsplit bench browser`."""

from pathlib import Path
from typing import Annotated

import typer


def browser(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    backend: Annotated[
        list[str] | None, typer.Option("--backend", help="wasm, webgl or webgpu; all three by default.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of head and whole network, cold and warm visit.")] = 5,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="For browser.csv; runs/browser-ID.")] = None,
) -> None:
    """Time the head against the whole network in Chromium, and a cold and a warm visit on a slow line."""
    from dermsplit_contract.bundle import open_bundle
    from dermsplit_convert.bench_browser.heads import head_share, time_heads
    from dermsplit_convert.bench_browser.report import print_report, write_csv
    from dermsplit_convert.bench_browser.visits import time_visits

    opened = open_bundle(bundle)
    times = time_heads(opened, backend or ["wasm", "webgl", "webgpu"], rounds)
    visits = time_visits(opened, rounds)
    print_report(opened.manifest, times, head_share(opened), visits)
    target = out or Path("runs") / f"browser-{opened.manifest.id}"
    write_csv(times, visits, target)
    typer.echo(target)
