"""The root command. It collects the commands of every installed role and words their errors, and imports none of them.

Each role registers a ``typer.Typer`` under the entry point group ``dermsplit.commands``; commands raise DermsplitError
and nothing else, so that every failure is one sentence and exit code 2.
"""

import sys
from importlib.metadata import entry_points, version
from typing import TYPE_CHECKING

from dermsplit_contract.errors import DermsplitError, MissingExtra

if TYPE_CHECKING:
    import typer

EXTRAS = {
    "ai_edge_litert": "litert",
    "cryptography": "phone",
    "h5py": "training",
    "keras": "keras",
    "imagehash": "training",
    "matplotlib": "training",
    "optuna": "training",
    "openvino": "openvino",
    "segno": "phone",
    "sklearn": "training",
    "tensorflow": "keras",
    "tensorflowjs": "convert",
}
"""Which extra brings an optional module."""

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command line; exits with 0, 2 for an error in one sentence, or 130 where the person stopped it."""
    try:
        root_command()()
    except DermsplitError as error:
        _fail(error)
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        _fail(
            MissingExtra(
                f"This command needs {error.name}, which is not installed. Run `pip install 'dermsplit[{extra}]'`."
            )
        )
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)


def root_command() -> "typer.Typer":
    """The command with every role's commands in it."""
    # Here, since whoever imports the contract for its formats needs no command line.
    import typer

    root = typer.Typer(
        name="dermsplit",
        help="Split computing for skin lesions: the photo stays on the phone, only features reach the server.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @root.callback(invoke_without_command=True)
    def about(
        show_version: bool = typer.Option(False, "--version", help="Print the version and stop."),
    ) -> None:
        if show_version:
            typer.echo(f"dermsplit {version('dermsplit')}")
            raise typer.Exit

    for entry in sorted(entry_points(group="dermsplit.commands"), key=lambda point: point.name):
        root.add_typer(entry.load())
    return root


def _fail(error: DermsplitError) -> None:
    print(f"error: {error.detail}", file=sys.stderr)
    sys.exit(EXIT_ERROR)
