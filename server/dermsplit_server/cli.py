"""`dermsplit serve` and `dermsplit predict`. Whatever is heavy is imported by the command that needs it."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()


def _path(given: str) -> Path:
    # An empty path would be the folder that one stands in: a variable of a script that is not set.
    if not given:
        raise typer.BadParameter("Expected the path of a photo or of a folder, got an empty one.")
    return Path(given)


DEFAULT_SERVER = "http://127.0.0.1:8000"


@commands.command()
def serve(
    bundles: Annotated[Path | None, typer.Option(help="Folder of bundles, or one bundle. The one that ships.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. This computer alone: 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on: 8000. 0 takes a free one.")] = None,
    engine: Annotated[str | None, typer.Option(help="What runs the tail: auto, openvino or keras.")] = None,
    prevalence: Annotated[
        float | None, typer.Option(help="Share of malignant lesions among those asked about, for shifted answers.")
    ] = None,
    allowed_hosts: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Names that the server goes by, with commas; * for any.")
    ] = None,
    phone: Annotated[
        bool, typer.Option("--phone", help="Listen on the local network, over TLS, and print the QR code for a phone.")
    ] = False,
    settings: Annotated[Path | None, typer.Option(help="File of settings: lines like DERMSPLIT_PORT=8000.")] = None,
) -> None:
    """Serve the page and the tail. Every flag may also be set by environment, as DERMSPLIT_PORT."""
    from rich.console import Console

    from dermsplit_server.serve import serve as run
    from dermsplit_server.settings import read_settings

    given = {"bundles": bundles, "host": host, "port": port, "engine": engine, "prevalence": prevalence}
    given |= {"allowed_hosts": allowed_hosts, "phone": phone or None}
    run(read_settings(settings, **given), Console())


@commands.command()
def predict(
    photos: Annotated[
        list[Path], typer.Argument(help="Photos, or folders of photos.", metavar="PHOTO...", parser=_path)
    ],
    server: Annotated[str, typer.Option(help="Address of the server that runs the tail.")] = DEFAULT_SERVER,
    bundle: Annotated[Path | None, typer.Option(help="Take the head from this bundle, not from the server.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON: a list with one object a photo.")] = False,
    save_request: Annotated[Path | None, typer.Option(help="Write the request of one photo to this file.")] = None,
    labels: Annotated[
        Path | None, typer.Option(help="CSV with columns image and label, or image and malignant.")
    ] = None,
    part: Annotated[str | None, typer.Option(help="Only rows of the labels whose column part is this: test.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write one line a photo to this CSV file.")] = None,
    age: Annotated[float | None, typer.Option(help="Age in years, where the bundle takes it.")] = None,
    sex: Annotated[str | None, typer.Option(help="Sex, as the bundle's manifest words it.")] = None,
    site: Annotated[str | None, typer.Option(help="Place on the body, as the bundle's manifest words it.")] = None,
    prevalence: Annotated[
        float | None, typer.Option(help="Share of malignant lesions: asks what the probabilities are there.")
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(
            envvar="DERMSPLIT_API_KEY", help="Key for a server that asks for one; safer as DERMSPLIT_API_KEY."
        ),
    ] = None,
) -> None:
    """Run the head here and the tail on a server. The photos stay on this computer.

    With --labels the photos that have one are sent, and AUC, sensitivity and specificity are printed. A photo that
    cannot be read is reported and the others go on; the exit code is then 2. What --age, --sex and --site tell holds
    for every photo of the call. --prevalence changes no decision.
    """
    from dermsplit_server.client.command import Wishes, run
    from dermsplit_server.client.told import Told

    told = Told(age, sex, site, prevalence)
    run(photos, Wishes(server, bundle, json, save_request, labels, part, csv, told, api_key or None))
