"""Figures and tables as the report and its warnings write them."""

from collections.abc import Iterable, Sequence

from dermsplit_contract.measures import Interval

NONE = "–"


def short(value: float) -> str:
    """Three decimals without needless zeros: 0 and 1 only where the value is exactly that."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    if text == "0" and value > 0:
        return "under 0.001"
    if text == "1" and value < 1:
        return "over 0.999"
    return text


def bracketed(found: Interval | None) -> str:
    """An estimate with its 95% interval, or a dash where it is not defined."""
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]" if found else NONE


def signed(found: Interval) -> str:
    """A difference with its 95% interval, each with its sign."""
    return f"{found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def decimals(value: float | None) -> str:
    """A figure without an interval, or a dash where it is not defined."""
    return NONE if value is None else f"{value:.3f}"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in GitHub's Markdown, the first column to the left, the others to the right."""
    rule = [":--", *["--:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in [header, rule, *rows]) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
