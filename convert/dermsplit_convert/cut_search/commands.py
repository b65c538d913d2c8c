"""`dermsplit cuts`: list the legal cuts of a network, draw them, recommend some."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from dermsplit_convert.cut_search.sizes import parse_size

if TYPE_CHECKING:
    import keras

    from dermsplit_convert.cut_search.search import Answer, Question

commands = typer.Typer()


@commands.command("cuts")
def cuts(
    network: Annotated[str, typer.Argument(metavar="RUN|BACKBONE", help="A run, or a name such as mobilenet_v2.")],
    alpha: Annotated[float, typer.Option(min=0.1, max=4.0, help="Width of a MobileNet backbone.")] = 1.0,
    size: Annotated[int, typer.Option(min=32, max=1024, help="Input of a backbone, pixels square.")] = 224,
    bits: Annotated[int, typer.Option(help="Of a value on the wire: 32, 16, 8, 4, 2 or 1.")] = 8,
    time: Annotated[bool, typer.Option("--time", help="Measure head and tail on this machine.")] = False,
    recommend: Annotated[
        bool, typer.Option("--recommend", help="Show only the cuts that fit and that no other dominates, and say why.")
    ] = False,
    max_bytes: Annotated[str | None, typer.Option(metavar="SIZE", help="Of the features, packed: 8000, 8KB.")] = None,
    max_head_download: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Of the head's float32 weights: 700KB, 3MB.")
    ] = None,
    max_head_macs: Annotated[
        float | None, typer.Option(min=0, help="Multiply-accumulates of the head for one input.")
    ] = None,
    max_head_ms: Annotated[
        float | None, typer.Option(min=0, help="Time of the head on this machine; implies --time.")
    ] = None,
    max_flips: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Share of decisions that may flip; needs --leakage or --measured."),
    ] = None,
    max_leakage: Annotated[
        float | None,
        typer.Option(min=0, help="SSIM of the best attack's pictures, at most; needs --leakage or --measured."),
    ] = None,
    measured: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help='{"LAYER": {"flips": 0.01, "leakage": 0.2}, ...}')
    ] = None,
    leakage: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE.json", help="A leakage.json of this network, as often as wanted; of --bits only."),
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="LAYER", help="Where --plot parts head from tail.")] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the network, its cuts, and what crosses at each.")
    ] = None,
    pareto: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw bytes on the wire against what the head costs.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print plain JSON on stdout.")] = False,
) -> None:
    """List every layer where a network can be cut, and what each cut costs; or recommend some of them."""
    from dermsplit_convert.cut_search.figure import check_pictures
    from dermsplit_convert.cut_search.search import Question, check_question, search
    from dermsplit_convert.cuts import check_cut
    from dermsplit_convert.networks import open_named

    limits = _limits(
        {
            "--max-bytes": _size(max_bytes, "--max-bytes"),
            "--max-head-download": _size(max_head_download, "--max-head-download"),
            "--max-head-macs": max_head_macs,
            "--max-head-ms": max_head_ms,
            "--max-flips": max_flips,
            "--max-leakage": max_leakage,
        }
    )
    question = Question(recommend, limits, bits, time, measured, leakage or ())
    check_question(question)
    check_pictures(plot, at, pareto)
    model = open_named(network, alpha, size)
    if at:
        check_cut(model, at)
    console = Console(stderr=True)
    with console.status("") as status:
        answer = search(model, question, lambda step: status.update(f"{step} …"))
    _draw(model, question, answer, network, plot, at, pareto)
    for note in answer.notes:
        console.print(note)
    _print(network, question, answer, as_json)


def _size(text: str | None, option: str) -> int | None:
    return None if text is None else parse_size(text, option)


def _limits(options: dict[str, float | int | None]) -> dict[str, float]:
    return {option: float(most) for option, most in options.items() if most is not None}


def _draw(
    model: "keras.Model",
    question: "Question",
    answer: "Answer",
    network: str,
    plot: Path | None,
    at: str | None,
    pareto: Path | None,
) -> None:
    if plot:
        from dermsplit_convert.cut_search.network_plot import draw_network

        draw_network(model, answer.candidates, network, at, plot)
    if pareto:
        from dermsplit_convert.cut_search.pareto_plot import draw_pareto

        draw_pareto(answer.candidates, question.limits, network, pareto)


def _print(network: str, question: "Question", answer: "Answer", as_json: bool) -> None:
    from dermsplit_convert.tables import cuts_table, print_table

    if as_json:
        body: dict[str, Any] = {"network": network, "cuts": [one.as_json() for one in answer.candidates]}
        if question.recommend:
            body["recommended"] = [{"layer": one.candidate.layer, "why": one.why} for one in answer.recommended]
        typer.echo(json.dumps(body, indent=2))
        return
    shown = [one.candidate for one in answer.recommended] if question.recommend else answer.candidates
    title = f"{network}: {len(answer.candidates)} legal cuts"
    print_table(cuts_table(f"{title}, {len(shown)} recommended" if question.recommend else title, shown))
    for one in answer.recommended:
        typer.echo(f"{one.candidate.layer}: {one.why}")
