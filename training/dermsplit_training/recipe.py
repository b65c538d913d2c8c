"""A recipe: everything that decides what a training gives, apart from the images themselves."""

import difflib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dermsplit_contract.errors import RecipeInvalid

ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
"""The widths of MobileNetV2 that keras.applications has weights for."""


class Section(BaseModel):
    """Strict and immutable: an unknown key or a value of another type is an error, never a guess."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DataRecipe(Section):
    """Which images, and how they are divided by lesion or patient."""

    sets: list[Literal["HAM10000", "PAD-UFES-20"]] = Field(min_length=1)
    validation: float = Field(default=0.15, gt=0, le=0.4, description="Share of the images, to the nearest fold")
    test: float = Field(default=0.15, gt=0, le=0.4, description="Share of the images, to the nearest fold")
    split_seed: int = Field(default=1, ge=0)


class NetworkRecipe(Section):
    """The network from input to logits."""

    backbone: Literal["mobilenet_v2"] = "mobilenet_v2"
    alpha: float = Field(default=0.35, description="Width of every layer, one of those with ImageNet weights")
    input_size: int = Field(default=224, ge=32, le=512, multiple_of=32, description="Pixels, square")
    weights: Literal["imagenet", "none"] = "imagenet"
    dropout: float = Field(default=0.2, ge=0, lt=1)
    batch_norm_momentum: float = Field(default=0.95, gt=0, lt=1)

    @field_validator("alpha")
    @classmethod
    def _alpha_is_published(cls, alpha: float) -> float:
        if alpha not in ALPHAS:
            raise ValueError(f"expected one of {', '.join(map(str, ALPHAS))}, got {alpha}")
        return alpha


class AugmentRecipe(Section):
    """Random changes of training images, each in the units of its Keras layer. Zero leaves one out."""

    flip: bool = True
    rotation: float = Field(default=0.5, ge=0, le=0.5, description="Share of a full turn, either way")
    zoom: float = Field(default=0.15, ge=0, lt=1)
    brightness: float = Field(default=0.1, ge=0, lt=1)
    contrast: float = Field(default=0.15, ge=0, lt=1)


class TrainRecipe(Section):
    """AdamW with a warm-up and a cosine decay."""

    epochs: int = Field(default=8, ge=1)
    batch_size: int = Field(default=32, ge=2)
    learning_rate: float = Field(default=1e-3, gt=0)
    warmup_epochs: float = Field(default=0.5, ge=0)
    weight_decay: float = Field(default=1e-4, ge=0)
    phone_repeats: int = Field(default=3, ge=1, description="How often an epoch shows each phone photo")
    seed: int = Field(default=1, ge=0)


class OperatingPointRecipe(Section):
    """What the threshold is chosen for."""

    sensitivity: float = Field(default=0.95, gt=0, le=1, description="At least, on validation, in each domain")

    @property
    def name(self) -> str:
        """The operating point's name, for example sensitivity_95."""
        return f"sensitivity_{self.sensitivity * 100:g}".replace(".", "_")


class Recipe(Section):
    """One file of ``recipes/``."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Becomes the model's name in URLs")
    data: DataRecipe
    network: NetworkRecipe = NetworkRecipe()
    augment: AugmentRecipe = AugmentRecipe()
    train: TrainRecipe = TrainRecipe()
    operating_point: OperatingPointRecipe = OperatingPointRecipe()


def read_recipe(path: Path, settings: Sequence[str] = ()) -> Recipe:
    """Read a TOML recipe and lay ``settings`` such as ``train.epochs=2`` over it.

    Raises RecipeInvalid, naming the key, for a file that is not TOML, an unknown key or a value out of range.
    """
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RecipeInvalid(f"Expected a recipe at '{path}', found no file. Check the path.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeInvalid(f"'{path.name}' is not a TOML file: {error}.") from error
    for setting in settings:
        _lay_over(fields, setting)
    return parse_recipe(fields)


def parse_recipe(fields: dict[str, Any]) -> Recipe:
    """Check the fields of a recipe. Raises RecipeInvalid naming the first key that is wrong."""
    try:
        return Recipe.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the recipe"
        if first["type"] == "extra_forbidden":
            raise RecipeInvalid(f"The recipe has an unknown key '{key}'. {_nearest(key)}") from error
        raise RecipeInvalid(f"The recipe's '{key}' is not valid: {first['msg']}.") from error


def recipe_keys(section: type[BaseModel] = Recipe, prefix: str = "") -> list[str]:
    """Every key of a recipe in dotted form, sections before what they hold."""
    keys: list[str] = []
    for name, field in section.model_fields.items():
        keys.append(prefix + name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += recipe_keys(field.annotation, f"{prefix}{name}.")
    return keys


def _nearest(key: str) -> str:
    keys = [known for known in recipe_keys() if not key.startswith(f"{known}.")]
    last = key.rpartition(".")[2]
    by_whole = difflib.get_close_matches(key, keys, n=1, cutoff=0.8)
    by_last = [known for known in keys if difflib.get_close_matches(last, [known.rpartition(".")[2]], cutoff=0.6)]
    if found := by_whole + by_last:
        return f"Did you mean '{found[0]}'?"
    section = key.rpartition(".")[0]
    known = [name for name in keys if name.rpartition(".")[0] == section]
    return f"Known there: {', '.join(known or keys)}."


def _lay_over(fields: dict[str, Any], setting: str) -> None:
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise RecipeInvalid(f"Expected a setting like train.epochs=2, got '{setting}'.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text  # a bare word is text, so that a shell needs no quotes inside quotes
    *sections, last = key.split(".")
    for section in sections:
        fields = fields.setdefault(section, {})
        if not isinstance(fields, dict):
            raise RecipeInvalid(f"The setting '{key}' goes into '{section}', which is a value and holds no keys.")
    fields[last] = value
