"""A page of paragraphs, tables and pictures, written once and shown twice: in the terminal and as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

UNLIMITED = 10_000

Cell = tuple[str, ...]
"""The lines of a cell."""

UNKNOWN: Cell = ("-",)


@dataclass(frozen=True)
class Heading:
    """A title of the first or second rank."""

    text: str
    rank: int = 2


@dataclass(frozen=True)
class Grid:
    """A table: the first column is text, the others are numbers."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Image:
    """A picture in a file beside the page; a terminal leaves it out."""

    file: str
    caption: str


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    sentences: Sequence[str]


Block = str | Heading | Grid | Image | Points


def as_markdown(page: Sequence[Block]) -> str:
    """The page as a Markdown file."""
    return "\n\n".join(_markdown(block) for block in page) + "\n"


def print_page(page: Sequence[Block]) -> None:
    """Print the page on stdout; its tables in full, since a cell cut short would be worse than a long line."""
    for block in page:
        if isinstance(block, Grid):
            table = _rich_table(block)
            needed = Console(width=UNLIMITED).measure(table).maximum
            Console(width=max(Console().width, needed)).print(table)
        elif isinstance(block, Heading):
            Console().print(Text(block.text, style="bold"))
        elif isinstance(block, Points):
            for sentence in block.sentences:
                Console().print(f"- {sentence}", markup=False, highlight=False, soft_wrap=True)
        elif isinstance(block, str):
            Console().print(block, markup=False, highlight=False, soft_wrap=True)


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.rank} {block.text}"
    if isinstance(block, Points):
        return "\n".join(f"- {sentence}" for sentence in block.sentences)
    if isinstance(block, Image):
        return f"![{block.caption}]({block.file})"
    if isinstance(block, Grid):
        rule = ["---", *["---:"] * (len(block.header) - 1)]
        rows = [[" ".join(cell) for cell in row] for row in block.rows]
        return "\n".join(f"| {' | '.join(row)} |" for row in [list(block.header), rule, *rows])
    return block


def _rich_table(grid: Grid) -> Table:
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
    for place, title in enumerate(grid.header):
        lines = title.replace(" ", "\n", 1) if place and len(title) > len("as published") else title
        table.add_column(Text(lines), justify="right" if place else "left", no_wrap=True)
    for row in grid.rows:
        table.add_row(*(Text("\n".join(cell)) for cell in row))
    return table
