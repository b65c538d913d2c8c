"""What the pictures of cuts share: colours, and where they may be written."""

from pathlib import Path
from typing import TYPE_CHECKING

from dermsplit_contract.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito 2008: told apart by colour-blind people too.
HEAD, TAIL, CUT, GREY = "#0072B2", "#D55E00", "#009E73", "#888888"
DPI = 120
FONT = 8


def check_pictures(plot: Path | None, at: str | None, pareto: Path | None) -> None:
    """Raise UsageError for a picture that could not be written, or a ``--at`` that no picture would show."""
    if at and not plot:
        raise UsageError("--at says where --plot parts head from tail: give --plot FILE.png too.")
    for option, path in (("--plot", plot), ("--pareto", pareto)):
        if path is not None and (path.suffix.lower() != ".png" or not path.absolute().parent.is_dir()):
            raise UsageError(f"Expected {option} to be a .png in a folder that is there, got '{path}'.")


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of so many inches, laid out so that nothing is cut off."""
    from matplotlib.figure import Figure  # without pyplot: no window system, no figure left open

    return Figure(figsize=(width, height), layout="constrained")


def save(figure: "Figure", path: Path) -> None:
    """Write the figure as a PNG. Raises UsageError where the file cannot be written."""
    try:
        figure.savefig(path, dpi=DPI, format="png")
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}.") from error
