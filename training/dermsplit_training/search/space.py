"""Which settings of a recipe are searched, and between which values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dermsplit_contract.errors import UsageError
from dermsplit_training.recipe import Recipe
from dermsplit_training.recipe_file import read_recipe

Value = int | float


@dataclass(frozen=True)
class Dimension:
    """One setting: either everything from ``low`` to ``high``, on a logarithmic scale or not, or some ``values``."""

    key: str
    whole: bool
    low: Value = 0
    high: Value = 0
    log: bool = False
    values: tuple[Value, ...] = ()

    def setting(self, value: Value) -> str:
        """As --set takes it; to four digits, and so it is trained too."""
        return f"{self.key}={value:d}" if isinstance(value, int) else f"{self.key}={value:.4g}"

    @property
    def ends(self) -> tuple[Value, Value]:
        """The smallest and the largest value."""
        return (min(self.values), max(self.values)) if self.values else (self.low, self.high)

    @property
    def text(self) -> str:
        """The range as a person writes it."""
        return ",".join(f"{value:g}" for value in self.values) or f"{self.low:g}:{self.high:g}"


@dataclass(frozen=True)
class Searched:
    """A recipe and what is searched in it."""

    path: Path
    settings: Sequence[str]
    space: Sequence[Dimension]
    base: Recipe

    def lines(self, values: Mapping[str, Value]) -> list[str]:
        """The settings of a trial, as --set takes them."""
        return [dimension.setting(values[dimension.key]) for dimension in self.space]

    def recipe(self, values: Mapping[str, Value]) -> Recipe:
        """The recipe of a trial."""
        return read_recipe(self.path, [*self.settings, *self.lines(values)])


def parse_space(learning_rate: str, dropout: str, batch_size: str) -> list[Dimension]:
    """The three dimensions from what their options say: low:high, a,b,c or one value.

    Raises UsageError for text that is none of these.
    """
    return [
        _parse("--learning-rate", "train.learning_rate", learning_rate, log=True),
        _parse("--dropout", "top.dropout", dropout),
        _parse("--batch-size", "train.batch_size", batch_size, log=True, whole=True),
    ]


def read_searched(path: Path, settings: Sequence[str], space: Sequence[Dimension]) -> Searched:
    """Read the recipe and see that it can be trained at both ends of every dimension.

    Raises RecipeInvalid where it cannot, UsageError where --set names a setting that is searched.
    """
    for dimension in space:
        if any(setting.partition("=")[0] == dimension.key for setting in settings):
            option = "--" + dimension.key.partition(".")[2].replace("_", "-")
            raise UsageError(f"--set gives {dimension.key}, which is searched. To hold it, give {option} one value.")
    searched = Searched(path, settings, space, read_recipe(path, settings))
    for end in (0, 1):
        searched.recipe({dimension.key: dimension.ends[end] for dimension in space})
    return searched


def _parse(option: str, key: str, text: str, log: bool = False, whole: bool = False) -> Dimension:
    number = int if whole else float
    try:
        if ":" in text:
            low, high = (number(word) for word in text.split(":"))
            if high > low and (low > 0 or not log):
                return Dimension(key, whole, low, high, log)
        else:
            values = [number(word) for word in text.split(",")]
            if len(set(values)) == len(values):
                return Dimension(key, whole, values=tuple(values))
    except ValueError:
        pass
    kind = "whole numbers" if whole else "numbers"
    above = " above zero" if log else ""
    raise UsageError(f"Expected {option} as low:high, a,b,c or one value, {kind}{above}, got '{text}'.")
