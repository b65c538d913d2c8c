"""How far a measurement is, with the time left, on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from dermsplit_convert.bench.measure import Advance


@contextmanager
def images_bar(total: int) -> Iterator[Advance]:
    """A bar over so many images; gives what is to be told of those done."""
    columns = (TextColumn("images"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("images", total=total)
        yield lambda done: progress.advance(task, done)
