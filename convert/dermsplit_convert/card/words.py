"""Tables and intervals as the card writes them."""

from collections.abc import Sequence

from dermsplit_contract.measures import Interval

MISSING = "too few"


def interval(measured: Interval | None) -> str:
    """An estimate with its 95% interval."""
    return MISSING if measured is None else f"{measured.value:.3f} ({measured.low:.3f} to {measured.high:.3f})"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "|" + "|".join(cells) + "|" if cells[0] == "---" else f"| {' | '.join(cells)} |" for cells in lines
    )
