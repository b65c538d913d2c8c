"""The commands of the conversion. TensorFlow starts once a command has checked all that can be checked without it."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from dermsplit_convert.bench.commands import bench
from dermsplit_convert.bench_browser.commands import browser
from dermsplit_convert.bench_runtimes.commands import commands as runtimes_commands
from dermsplit_convert.bench_serve.commands import commands as serve_commands
from dermsplit_convert.bench_tail.commands import commands as tail_commands
from dermsplit_convert.cut_search.commands import commands as cut_commands
from dermsplit_convert.leakage.commands import commands as leakage_commands

if TYPE_CHECKING:
    from dermsplit_contract.manifest import Datatype

commands = typer.Typer()
commands.add_typer(cut_commands)
commands.add_typer(leakage_commands)
bench.command("browser")(browser)
bench.add_typer(runtimes_commands)
bench.add_typer(serve_commands)
bench.add_typer(tail_commands)
commands.add_typer(bench, name="bench")

Json = Annotated[bool, typer.Option("--json", help="Print plain JSON on stdout.")]
Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The folder that holds ham10000 and pad_ufes_20.")
]


IN_BROWSER = 50
"""Pictures that `verify --browser` runs: WebGL is emulated on machines without a graphics card, and slow."""


class HeadWeight(StrEnum):
    """How the browser's head stores its weights."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    INT8 = "int8"


class WireDatatype(StrEnum):
    """What the features are on the wire."""

    UINT8 = "UINT8"
    FP16 = "FP16"
    FP32 = "FP32"


@commands.command("convert")
def convert(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="What `dermsplit train` made.")],
    cut: Annotated[str, typer.Option(metavar="LAYER", help="`dermsplit cuts RUN` lists the layers.")],
    datatype: Annotated[WireDatatype, typer.Option(help="The features on the wire.")] = WireDatatype.UINT8,
    levels: Annotated[int, typer.Option(help="UINT8 only: 256, 16, 4 or 2.")] = 256,
    data: Data = None,
    out: Annotated[Path | None, typer.Option(metavar="BUNDLE", help="The bundle's own folder.")] = None,
    bundles: Annotated[Path, typer.Option(metavar="DIR", help="Where bundles lie, each in a folder of its id.")] = Path(
        "bundles"
    ),
    name: Annotated[str | None, typer.Option(help="The model's name in URLs; the run's by default.")] = None,
    head_weights: Annotated[
        HeadWeight,
        typer.Option(
            help="float16 halves the download, int8 halves it again; batch norms are folded and rounded first."
        ),
    ] = HeadWeight.FLOAT32,
    tail_in_page: Annotated[
        bool, typer.Option("--tail-in-page", help="Give the tail to browsers too, so that a phone can compute all.")
    ] = False,
    leakage: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The leakage.json of a bundle of this run, for the manifest and the card."),
    ] = None,
    decoder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="From `leakage --decoder-out`: lets the page show what the server could see."),
    ] = None,
) -> None:
    """Cut a trained network in two and write the bundle that page and server share."""
    from dermsplit_convert.pipeline import Order
    from dermsplit_convert.pipeline import convert as make

    console = Console(stderr=True)
    wanted: Datatype = datatype.value
    order = Order(run, cut, wanted, levels, data, name, head_weights.value, tail_in_page, leakage, decoder)
    made = make(order, lambda identity: out or bundles / identity, lambda step: console.print(f"{step} …"))
    spec = made.manifest.features
    console.print(f"{spec.values:,} values cross at {cut}: {spec.item_bytes:,} bytes as {spec.datatype}.")
    typer.echo(made.directory)


@commands.command("verify")
def verify(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    data: Data = None,
    images: Annotated[int, typer.Option(min=1, help="How many images to compare on.")] = 200,
    browser: Annotated[
        bool, typer.Option("--browser", help="Run the head in Chromium too, on WASM, WebGL and WebGPU, on 50 of them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Prove that a bundle's head and tail answer like the network they were cut from."""
    import numpy as np

    from dermsplit_contract.bundle import open_bundle
    from dermsplit_convert.browser.check import require_browser, verify_browser
    from dermsplit_convert.browser.table import browser_table
    from dermsplit_convert.tables import checks_table, print_table
    from dermsplit_convert.verify import gather_inputs, require
    from dermsplit_convert.verify import verify as run_checks

    opened = open_bundle(bundle)
    inputs = gather_inputs(opened, data, images)
    checks = run_checks(opened, inputs)
    spread = np.linspace(0, len(inputs.pictures) - 1, min(IN_BROWSER, len(inputs.pictures))).astype(int)
    shown = verify_browser(opened, inputs.pictures[spread]) if browser else []
    if as_json:
        body = {
            "bundle": opened.manifest.id,
            "inputs": inputs.source,
            "checks": [check.as_json() for check in checks],
            "browser": [check.as_json() for check in shown],
        }
        typer.echo(json.dumps(body, indent=2))
    else:
        print_table(checks_table(opened.manifest, inputs.source, checks))
        if browser:
            print_table(browser_table(opened.manifest, inputs.source, shown))
    require(checks)
    if browser:
        require_browser(shown)
